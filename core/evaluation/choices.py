"""What a model can be looked at on: its stored answers, and the data sets on this machine. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from core.charsets import get_charset
from core.data.sources import SOURCES
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.settings import Settings


class Use(Enum):
    """What the model's making has used these images for. Only a score on unused ones says how it does on new images."""

    NOTHING = "nothing"
    TRAINING = "training"
    CHOOSING = "choosing"
    KIN = "kin"  # of the same pages as its training images, or another copy of them: some may be among them


@dataclass(frozen=True)
class Choice:
    """A split of a data set.

    Attributes:
        dataset, split: their names.
        title: the data set's, as it is shown.
        use: what the model's making has used it for.
        stored: whether the model's folder holds answers to it.
        present: whether its images are on this machine, so that it can be measured here.
    """

    dataset: str
    split: str
    title: str
    use: Use
    stored: bool
    present: bool

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.dataset}-{self.split}"


def choices(card: Card, stored: Mapping[str, Predictions], settings: Settings) -> list[Choice]:
    """Everything there is to look at: stored answers first, by title, then what can be measured on this machine."""
    kept = sorted(stored.values(), key=lambda answers: answers.title)
    found = [
        Choice(one.dataset, one.split, one.title, Use.NOTHING, stored=True, present=_present(one.dataset, settings))
        for one in kept
    ]
    there = {(choice.dataset, choice.split) for choice in found}
    charset = get_charset(card.charset)
    for name, source in SOURCES.items():
        if charset.holds(source.charset) and source.present(settings):
            found += [
                Choice(
                    name,
                    split,
                    source.title_of(settings),
                    _use(card, name, split, settings),
                    stored=False,
                    present=True,
                )
                for split in sorted(source.splits, key=lambda split: split != "test")
                if (name, split) not in there
            ]
    return found


def _present(name: str, settings: Settings) -> bool:
    return name in SOURCES and SOURCES[name].present(settings)


def _use(card: Card, name: str, split: str, settings: Settings) -> Use:
    learned_from = {source.name: source.title for source in card.sources}
    another_copy = name in learned_from and learned_from[name] != SOURCES[name].title_of(settings)
    if another_copy or not learned_from.keys().isdisjoint(SOURCES[name].kin):
        return Use.KIN
    if name not in learned_from or split == "test":
        return Use.NOTHING
    return Use.TRAINING if split == "train" else Use.CHOOSING
