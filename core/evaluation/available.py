"""What a model can be looked at on: its stored answers, and the data sets on this machine. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.charsets import get_charset
from core.data.register import SOURCES
from core.evaluation.leakage import Leakage, leakage_of
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.settings import Settings


@dataclass(frozen=True)
class Choice:
    """A split of a data set.

    Attributes:
        dataset, split: their names.
        title: the data set's, as it is shown.
        use: what the model's making has used it for.
        stored: whether the model's folder holds answers to it.
        present: whether its images are on this machine, so that it can be measured here.
        copy: whether they are another copy of a data set of this name, to which the model's folder holds answers.
    """

    dataset: str
    split: str
    title: str
    use: Leakage
    stored: bool
    present: bool
    copy: bool = False

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.dataset}-{self.split}{'-copy' if self.copy else ''}"


def available(card: Card, stored: Mapping[str, Predictions], settings: Settings) -> list[Choice]:
    """Everything there is to look at: stored answers first, by title, then what can be measured on this machine."""
    found = [
        Choice(
            one.dataset,
            one.split,
            one.title,
            leakage_of(card, one.dataset, one.split, one.title),
            stored=True,
            present=_title_here(one.dataset, settings) == one.title,
        )
        for one in sorted(stored.values(), key=lambda answers: answers.title)
    ]
    kept = {(choice.dataset, choice.split): choice.title for choice in found}
    charset = get_charset(card.charset)
    for name, source in SOURCES.items():
        title = _title_here(name, settings)
        if title and charset.covers(source.charset) and "test" in source.splits:
            found += [
                Choice(
                    name,
                    split,
                    title,
                    leakage_of(card, name, split, title),
                    stored=False,
                    present=True,
                    copy=(name, split) in kept,
                )
                for split in sorted(source.splits, key=lambda split: split != "test")
                if kept.get((name, split)) != title
            ]
    return found


def _title_here(name: str, settings: Settings) -> str | None:
    """The title of a data set as it is on this machine; None where it is not."""
    source = SOURCES.get(name)
    return source.title_of(settings) if source and source.present(settings) else None
