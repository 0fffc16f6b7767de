"""What a model can be evaluated on, and whether its training has seen those images. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from core.charsets import get_charset
from core.data.register import SOURCES
from core.model.card import Card
from core.settings import Settings

if TYPE_CHECKING:
    from core.evaluation.predictions import Predictions


class Leakage(Enum):
    """What images were used for while the model was made: only a score on unused ones holds for new images."""

    NONE = "none"
    TRAINING = "training"
    SELECTION = "selection"
    OVERLAP = "overlap"  # from the same pages as its training images, or another copy of them


WARNINGS = {
    Leakage.OVERLAP: "These come from the pages that the model was trained on: some may be among its training images.",
    Leakage.TRAINING: "The model was trained on these images: the figures do not say how it does on new ones.",
    Leakage.SELECTION: "The model was chosen and calibrated on these images: the figures are flattering.",
}


def leakage_of(card: Card, dataset: str, split: str, title: str) -> Leakage:
    """What a split was used for in making a model; `title` is that of the images, as a stand-in has one of its own."""
    trained_on = {source.name: source for source in card.sources}
    overlapping, same = SOURCES[dataset].overlaps_with if dataset in SOURCES else (), trained_on.get(dataset)
    if (same and same.title != title) or not trained_on.keys().isdisjoint(overlapping):
        return Leakage.OVERLAP
    if same and same.with_test:
        return Leakage.TRAINING
    if not same or split == "test":
        return Leakage.NONE
    return Leakage.TRAINING if split == "train" else Leakage.SELECTION


@dataclass(frozen=True)
class Choice:
    """A split of a data set that a model can be evaluated on."""

    dataset: str
    split: str
    title: str
    use: Leakage  # in making the model
    stored: bool  # the model's folder holds answers to it
    present: bool  # its images are on this machine, so that it can be measured here
    copy: bool = False  # another copy of a data set to which the model's folder holds answers

    @property
    def key(self) -> str:
        return f"{self.dataset}-{self.split}{'-copy' if self.copy else ''}"


def available(card: Card, stored: "Mapping[str, Predictions]", settings: Settings) -> list[Choice]:
    """Stored answers first, by title, then the data sets on this machine that the model can read."""

    def choice(dataset: str, split: str, title: str, **flags: bool) -> Choice:
        return Choice(dataset, split, title, leakage_of(card, dataset, split, title), **flags)

    by_title = sorted(stored.values(), key=lambda answers: answers.title)
    present = [_local_title(answers.dataset, settings) == answers.title for answers in by_title]
    choices = [
        choice(answers.dataset, answers.split, answers.title, stored=True, present=here)
        for answers, here in zip(by_title, present, strict=True)
    ]
    titles = {(answers.dataset, answers.split): answers.title for answers in by_title}
    charset = get_charset(card.charset)
    for name, source in SOURCES.items():
        title = _local_title(name, settings)
        if title and charset.covers(source.charset) and "test" in source.splits:
            choices += [
                choice(name, split, title, stored=False, present=True, copy=(name, split) in titles)
                for split in sorted(source.splits, key=lambda split: split != "test")
                if titles.get((name, split)) != title
            ]
    return choices


def _local_title(name: str, settings: Settings) -> str | None:
    """The title of the copy of a data set on this machine; None where there is none."""
    source = SOURCES.get(name)
    return source.title_of(settings) if source and source.present(settings) else None
