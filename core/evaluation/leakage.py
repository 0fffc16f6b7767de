"""What the making of a model has used a set of images for: whether a score on them says how it does on new ones."""

from enum import Enum

from core.data.register import SOURCES
from core.model.card import Card


class Leakage(Enum):
    """What images were used for. Only a score on unused ones says how a model does on new images."""

    NONE = "none"
    TRAINING = "training"
    SELECTION = "selection"
    OVERLAP = "overlap"  # of the same pages as its training images, or another copy of them: some may be among them


WARNINGS = {
    Leakage.OVERLAP: "These come from the pages that the model was trained on: some may be among its training images.",
    Leakage.TRAINING: "The model was trained on these images: the figures do not say how it does on new ones.",
    Leakage.SELECTION: "The model was chosen and calibrated on these images: the figures are flattering.",
}
"""What is to be said of a score on images that were used."""


def leakage_of(card: Card, dataset: str, split: str, title: str) -> Leakage:
    """What a model has used a split of a data set for.

    Args:
        card: the model's.
        dataset, split: their names.
        title: that of the images themselves, as in `Dataset.title`: a stand-in has another one than what it stands for.
    """
    learnt_from = {source.name: source for source in card.sources}
    kin, own = SOURCES[dataset].overlaps_with if dataset in SOURCES else (), learnt_from.get(dataset)
    if (own and own.title != title) or not learnt_from.keys().isdisjoint(kin):
        return Leakage.OVERLAP
    if own and own.with_test:
        return Leakage.TRAINING
    if not own or split == "test":
        return Leakage.NONE
    return Leakage.TRAINING if split == "train" else Leakage.SELECTION
