"""The errors behind the figures: common confusions, the hardest images, and accuracy by kind of character."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.charsets import GROUPS
from core.evaluation.metrics import confusion_matrix, wilson_interval
from core.evaluation.predictions import Predictions
from core.text import counted

LOOK_ALIKES, FIRST_TWO = "Alike as one", "In the first two"
_SPOKEN_WITH_A_VOWEL = "8AEFHILMNORSXaefhilmnorsx"


@dataclass(frozen=True)
class Confusion:
    """A class that was read as another, by their indices, in so many images."""

    true: int
    read: int
    count: int


def commonest(confusion: NDArray[np.int64], most: int) -> list[Confusion]:
    """The commonest confusions, at most so many, most frequent first; those of equal count in the matrix's order."""
    errors = off_diagonal(confusion)
    order = np.argsort(-errors, axis=None, kind="stable")[:most]
    cells = [divmod(int(index), len(errors)) for index in order if errors.flat[index]]
    return [Confusion(true, read, int(errors[true, read])) for true, read in cells]


def most_confused(confusion: NDArray[np.int64], count: int) -> set[int]:
    """The classes that take part in most errors, as the true class or as the answer."""
    errors = off_diagonal(confusion)
    order = np.argsort(-(errors.sum(axis=0) + errors.sum(axis=1)), kind="stable")
    return {int(index) for index in order[:count]}


def off_diagonal(confusion: NDArray[np.int64]) -> NDArray[np.int64]:
    """The errors of a confusion matrix: a copy with zeros on the diagonal."""
    return np.where(np.eye(len(confusion), dtype=bool), 0, confusion)


def in_cell(answers: Predictions, true: int, read: int) -> NDArray[np.int64]:
    """The images of one cell of the confusion matrix, as indices in the data set, most confident first."""
    return _most_confident_first(answers, (answers.labels == true) & (answers.predicted == read))


def hardest(answers: Predictions, true: int | None = None) -> NDArray[np.int64]:
    """The images that were read wrong, as indices in the data set, most confident first; of one class or of all."""
    wrong = ~answers.right
    return _most_confident_first(answers, wrong if true is None else wrong & (answers.labels == true))


def _most_confident_first(answers: Predictions, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    indices = np.flatnonzero(mask)
    return indices[np.argsort(-answers.confidence[indices], kind="stable")]


def in_a_sentence(answers: Predictions) -> str:
    """The errors in plain words: "Wrong 31 times in 10,000; most often a 2 taken for a 7."."""
    wrong = int((~answers.right).sum())
    if not wrong:
        return f"Not one of {counted(len(answers), 'image')} is read wrong."
    seen = ~answers.blank  # a blank has no answer that it could be taken for
    confusion = confusion_matrix(answers.predicted[seen], answers.labels[seen], len(answers.charset.characters))
    cells = commonest(confusion, 3)
    most = [f"{_with_article(answers, cell.true)} taken for {_with_article(answers, cell.read)}" for cell in cells]
    most = [words for words, cell in zip(most, cells, strict=True) if cell.count == cells[0].count > 1]
    often = f"; most often {' and '.join(most)}" if 0 < len(most) < 3 else ""
    return f"Wrong {counted(wrong, 'time')} in {len(answers):,}{often}."


def _with_article(answers: Predictions, index: int) -> str:
    name = " or ".join(answers.character(index))  # "L or l" for a class that stands for both cases
    return f"{'an' if name[0] in _SPOKEN_WITH_A_VOWEL else 'a'} {name}"


@dataclass(frozen=True)
class Share:
    """How many of some images, at least one, were read right."""

    title: str  # which images, or what counts as right
    images: int
    right: int

    @property
    def accuracy(self) -> float:
        return self.right / self.images

    @property
    def interval(self) -> tuple[float, float]:
        return wilson_interval(self.right, self.images)


def shares(answers: Predictions) -> list[Share]:
    """By kind of character, if the charset has several; and with look-alikes as one, if it has any."""
    by_group = by_kind(answers) if len(answers.charset.groups) > 1 else []
    return by_group + ([alike_as_one(answers), among_first_two(answers)] if answers.charset.look_alikes else [])


def by_kind(answers: Predictions) -> list[Share]:
    """Digits, capitals and lower case, by the true class; a capital that stands for both cases counts as a capital."""
    characters = np.array(answers.charset.characters)
    masks = {
        GROUPS[kind]: np.isin(characters, members)[answers.labels] for kind, members in answers.charset.groups.items()
    }
    return [
        Share(title, int(mask.sum()), int(answers.right[mask].sum())) for title, mask in masks.items() if mask.any()
    ]


def alike_as_one(answers: Predictions) -> Share:
    """An answer that looks like the true character counts as right, too."""
    group = answers.look_alike_group
    right = (group[answers.predicted] == group[answers.labels]) & ~answers.blank
    return Share(LOOK_ALIKES, len(answers), int(right.sum()))


def among_first_two(answers: Predictions) -> Share:
    """An answer counts as right if the true character is one of the two most probable."""
    first = np.argsort(-answers.probabilities, axis=1, kind="stable")[:, :2]
    right = (first == answers.labels[:, None]).any(axis=1) & ~answers.blank
    return Share(FIRST_TWO, len(answers), int(right.sum()))
