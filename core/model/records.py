"""A model's folder beside card and weights: its answers to test sets, and the history of its training.

Reading them needs no torch, so a page that shows them opens at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset, get_charset
from core.errors import ConfigError, ModelError
from core.files import BROKEN
from core.model.card import Card

if TYPE_CHECKING:
    import pandas as pd
    from numpy.lib.npyio import NpzFile

EVALUATION_FILE = "evaluation.npz"
HISTORY_FILE = "history.csv"
HISTORY_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "learning_rate",
    "seconds",
)
# What numpy raises, and the zip file under it, for a file that is cut off, changed or of another kind.
_UNREADABLE = (*BROKEN, KeyError, AttributeError, TypeError)


@dataclass(frozen=True)
class StoredAnswers:
    """A model's answers to a test set, kept to be looked at where the data are missing."""

    dataset: str
    labels: NDArray[np.int64]  # (N,), indices in the charset
    probabilities: NDArray[np.floating]  # (N, C)
    charset: str = ""  # name of the one that was told apart, where it is not the model's

    def classes(self, model_charset: Charset) -> Charset:
        """The charset that was told apart; ConfigError where there is no such one, or the model does not read it."""
        charset = get_charset(self.charset) if self.charset else model_charset
        if not model_charset.covers(charset):
            raise ConfigError(f"a model of {model_charset.title.lower()} does not read {charset.title.lower()}.")
        return charset


def write_evaluations(folder: Path, evaluations: Iterable[StoredAnswers]) -> None:
    arrays: dict[str, Any] = {}
    for evaluation in evaluations:
        arrays[f"{evaluation.dataset}/labels"] = evaluation.labels.astype(np.uint8)
        arrays[f"{evaluation.dataset}/probabilities"] = evaluation.probabilities.astype(np.float32)
        arrays[f"{evaluation.dataset}/charset"] = np.array(evaluation.charset)
    np.savez_compressed(folder / EVALUATION_FILE, **arrays)


def read_evaluations(folder: Path, card: Card) -> dict[str, StoredAnswers]:
    """The stored answers by data set, each checked to be a distribution over classes of the card for every label.

    ModelError where the file is missing or damaged, or does not fit the card.
    """
    try:
        with np.load(folder / EVALUATION_FILE, allow_pickle=False) as arrays:
            names = [key.removesuffix("/labels") for key in arrays.files if key.endswith("/labels")]
            answers = {name: _answers(name, arrays) for name in names}
    except FileNotFoundError as error:
        raise ModelError(f"{EVALUATION_FILE} is missing.") from error
    except _UNREADABLE as error:
        raise ModelError(f"{EVALUATION_FILE} is damaged: {error}.") from error
    for name, answer in answers.items():
        try:
            _check(answer, len(answer.classes(get_charset(card.charset)).characters))
        except (ConfigError, ValueError) as error:
            raise ModelError(f"{EVALUATION_FILE} is damaged or does not fit the card: {name}: {error}") from error
    return answers


def _answers(name: str, arrays: "NpzFile") -> StoredAnswers:
    labels, probabilities = arrays[f"{name}/labels"], arrays[f"{name}/probabilities"]
    if labels.dtype.kind not in "iu" or probabilities.dtype.kind != "f":
        raise ValueError(f"{name} has labels of the type {labels.dtype} and probabilities of {probabilities.dtype}")
    charset = str(arrays[f"{name}/charset"]) if f"{name}/charset" in arrays.files else ""
    return StoredAnswers(name, labels.astype(np.int64), probabilities, charset)


def _check(answers: StoredAnswers, classes: int) -> None:
    labels, probabilities = answers.labels, answers.probabilities
    if labels.ndim != 1 or not len(labels) or probabilities.shape != (len(labels), classes):
        raise ValueError(
            f"expected a row for each label and a column for each of {classes} classes, got answers of the shape "
            f"{probabilities.shape} to labels of the shape {labels.shape}."
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"there are labels outside of the {classes} classes.")
    sums = probabilities.sum(axis=1, dtype=np.float64)
    if not (probabilities >= 0).all() or not np.allclose(sums, 1, atol=1e-3):
        raise ValueError("the probabilities do not sum to 1.")


def read_history(folder: Path) -> "pd.DataFrame":
    """A row for each epoch, with the columns of HISTORY_COLUMNS, shares 0 to 1; ModelError where it is damaged."""
    import pandas as pd

    try:
        history = pd.read_csv(folder / HISTORY_FILE)
        numbers = history[list(HISTORY_COLUMNS)].astype(float)
        if numbers.empty or not np.isfinite(numbers.to_numpy()).all():
            raise ValueError("it has no rows, or a row that is not complete")
        return numbers.astype({"epoch": int})
    except FileNotFoundError as error:
        raise ModelError(f"{HISTORY_FILE} is missing.") from error
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{HISTORY_FILE} is damaged: {error}.") from error
