"""What stands in a model's folder beside card and weights: its answers to test sets, and the history of its training.

Reading them needs no torch, so a page that shows them opens at once.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset, get_charset
from core.errors import ConfigError, ModelError

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
# What numpy and the zip file under it raise for a file that is cut off, changed or of another kind.
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, BadZipFile, zlib.error)


@dataclass(frozen=True)
class StoredAnswers:
    """What a model said on a test set, kept so that it can be looked at where the data are not.

    Attributes:
        dataset: the data set's name.
        labels: int64 (N,), places in the charset.
        probabilities: float (N, C), in its order.
        charset: name of what was told apart, where that was not all that the model reads; else empty.
    """

    dataset: str
    labels: NDArray[np.int64]
    probabilities: NDArray[np.floating]
    charset: str = ""

    def classes(self, own: Charset) -> Charset:
        """What was told apart, by a model of the charset `own`.

        Raises:
            ModelError: there is no such charset, or such a model does not read it.
        """
        try:
            found = get_charset(self.charset) if self.charset else own
        except ConfigError as error:
            raise ModelError(f"{EVALUATION_FILE} is damaged: of {self.dataset} it says: {error}") from error
        if not own.covers(found):
            raise ModelError(
                f"{EVALUATION_FILE} is damaged: it has answers to {self.dataset} as {found.title.lower()}, which a "
                f"model of {own.title.lower()} does not give."
            )
        return found


def read_evaluations(folder: Path) -> dict[str, StoredAnswers]:
    """The stored test predictions by data set.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        with np.load(folder / EVALUATION_FILE, allow_pickle=False) as arrays:
            names = [key.removesuffix("/labels") for key in arrays.files if key.endswith("/labels")]
            return {name: _evaluation(name, arrays) for name in names}
    except FileNotFoundError as error:
        raise ModelError(f"{EVALUATION_FILE} is missing.") from error
    except _UNREADABLE as error:
        raise ModelError(f"{EVALUATION_FILE} is damaged: {error}.") from error


def _evaluation(name: str, arrays: "NpzFile") -> StoredAnswers:
    labels, probabilities = arrays[f"{name}/labels"], arrays[f"{name}/probabilities"]
    if labels.dtype.kind not in "iu" or probabilities.dtype.kind != "f":
        raise ValueError(f"{name} has labels of the type {labels.dtype} and probabilities of {probabilities.dtype}")
    charset = str(arrays[f"{name}/charset"]) if f"{name}/charset" in arrays.files else ""
    return StoredAnswers(name, labels.astype(np.int64), probabilities, charset)


def read_history(folder: Path) -> "pd.DataFrame":
    """The course of the training: one row an epoch, with the columns of HISTORY_COLUMNS, shares 0 to 1.

    Raises:
        ModelError: the file is missing or damaged.
    """
    import pandas as pd

    try:
        history = pd.read_csv(folder / HISTORY_FILE)
        numbers = history[list(HISTORY_COLUMNS)].astype(float)
        if numbers.empty or not np.isfinite(numbers.to_numpy()).all():
            raise ValueError("it has no rows, or a row that is not whole")
        return numbers.astype({"epoch": int})
    except FileNotFoundError as error:
        raise ModelError(f"{HISTORY_FILE} is missing.") from error
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"{HISTORY_FILE} is damaged: {error}.") from error
