"""What the making of a model has used a set of images for: whether a score on them says how it does on new ones."""

from enum import Enum

from core.data.sources import SOURCES
from core.model.card import Card


class Use(Enum):
    """What images were used for. Only a score on unused ones says how a model does on new images."""

    NOTHING = "nothing"
    TRAINING = "training"
    CHOOSING = "choosing"
    KIN = "kin"  # of the same pages as its training images, or another copy of them: some may be among them


WARNINGS = {
    Use.KIN: "These come from the pages that the model was trained on: some of them may be among its training images.",
    Use.TRAINING: "The model was trained on these images: the figures do not say how it does on new ones.",
    Use.CHOOSING: "Epoch, temperature and limit of the model were chosen on these images: the figures are flattering.",
}
"""What is to be said of a score on images that were used."""


def use_of(card: Card, dataset: str, split: str, title: str) -> Use:
    """What a model has used a split of a data set for.

    Args:
        card: the model's.
        dataset, split: their names.
        title: that of the images themselves, as in `Dataset.title`: a stand-in has another one than what it stands for.
    """
    learnt_from = {source.name: source for source in card.sources}
    kin, own = SOURCES[dataset].kin if dataset in SOURCES else (), learnt_from.get(dataset)
    if (own and own.title != title) or not learnt_from.keys().isdisjoint(kin):
        return Use.KIN
    if own and own.with_test:
        return Use.TRAINING
    if not own or split == "test":
        return Use.NOTHING
    return Use.TRAINING if split == "train" else Use.CHOOSING
