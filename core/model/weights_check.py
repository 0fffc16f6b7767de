"""Whether a weights file is whole and the one that its card describes. Every page asks, so torch is not needed."""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from safetensors import SafetensorError, deserialize

from core.errors import ModelError
from core.model.card import Card
from core.model.numbers_card import NumbersCard

WEIGHTS_FILE = "model.safetensors"
_DTYPES = frozenset({"F16", "BF16", "F32", "F64", "I64"})
# What batch normalisation counts while it trains; none of it is learnt by gradients.
_NOT_TRAINED = ("running_mean", "running_var", "num_batches_tracked")


def check_weights(path: Path, card: Card | NumbersCard) -> None:
    """Raise ModelError where a weights file is missing, damaged, or another one than the card describes.

    The result is kept until the file's size or time changes. Shapes of tensors are checked when it is loaded.
    """
    with _explained(path):
        stat = path.stat()
        problem = _problem(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino), card.weights_sha256, card.parameters)
    if problem:
        raise ModelError(f"{path.name} {problem}")


@lru_cache(maxsize=256)
def _problem(path: Path, _: tuple[int, ...], sha256: str, parameters: int) -> str | None:
    return _problem_of(path.read_bytes(), sha256, parameters)


def read_weights(path: Path, card: Card | NumbersCard) -> bytes:
    """The bytes of a weights file, checked anew, as by `check_weights`."""
    with _explained(path):
        data = path.read_bytes()
    if problem := _problem_of(data, card.weights_sha256, card.parameters):
        raise ModelError(f"{path.name} {problem}")
    return data


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ModelError(f"{path.name} is missing.") from error
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read: {error.strerror}.") from error


def _problem_of(data: bytes, sha256: str, parameters: int) -> str | None:
    """What is wrong with the bytes of a weights file, as the end of a sentence that begins with its name."""
    if not data:
        return "is empty."
    try:
        tensors = deserialize(data)
    except SafetensorError as error:
        return f"is cut off or damaged: it has {len(data):,} bytes, and cannot be read as safetensors ({error})."
    if hashlib.sha256(data).hexdigest() != sha256:
        return "is not the file that the card describes: its hash differs."
    if unknown := sorted({tensor["dtype"] for _, tensor in tensors} - _DTYPES):
        return f"holds numbers of the type {', '.join(unknown)}; expected {', '.join(sorted(_DTYPES))}."
    trained = sum(math.prod(tensor["shape"]) for name, tensor in tensors if not name.endswith(_NOT_TRAINED))
    if trained != parameters:
        return f"holds {trained:,} trained parameters, but the card says {parameters:,}."
    return None
