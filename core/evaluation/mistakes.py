"""Which images stand behind the figures: those of one cell of the confusion matrix, and the hardest mistakes.

Needs no torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Confusion:
    """One class that was read as another.

    Attributes:
        true, read: places in the charset.
        count: number of images.
    """

    true: int
    read: int
    count: int


def commonest(confusion: NDArray[np.int64], most: int) -> list[Confusion]:
    """The commonest confusions, most frequent first; those of equal count in the matrix' order.

    Args:
        confusion: counts (C, C): row is the true class, column the predicted one.
        most: how many to give; fewer where there are fewer.
    """
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    places = [divmod(int(place), len(wrong)) for place in order if wrong.flat[place]]
    return [Confusion(true, read, int(wrong[true, read])) for true, read in places]


def most_confused(confusion: NDArray[np.int64], count: int) -> set[int]:
    """The classes that take part in most errors: read as others, or others read as them."""
    wrong = confusion.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")
    return {int(place) for place in order[:count]}


def in_cell(answers: Predictions, true: int, read: int) -> NDArray[np.int64]:
    """The images of one cell of the confusion matrix, as indices in the data set, most confident first."""
    return _most_confident_first(answers, (answers.labels == true) & (answers.predicted == read))


def hardest(answers: Predictions, true: int | None = None) -> NDArray[np.int64]:
    """The images that were read wrong, as indices in the data set, most confident first.

    Args:
        answers: of a model to a set of images.
        true: only those of this class; None for all.
    """
    chosen = ~answers.right if true is None else ~answers.right & (answers.labels == true)
    return _most_confident_first(answers, chosen)


def _most_confident_first(answers: Predictions, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    places = np.flatnonzero(chosen)
    return places[np.argsort(-answers.confidence[places], kind="stable")]
