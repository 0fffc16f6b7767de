"""Whether a model's weights file is whole and the one that its card describes. Every page looks: it needs no torch."""

import hashlib
import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.model.card import Card

WEIGHTS_FILE = "model.safetensors"
_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000  # bytes; the limit of the safetensors library
_BITS = {"BOOL": 8, "U8": 8, "I8": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16}
_BITS |= {"I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64}
# What batch normalisation counts while it trains; nothing of it is learnt by gradients.
_NOT_TRAINED = ("running_mean", "running_var", "num_batches_tracked")


def check_weights(path: Path, card: Card) -> None:
    """Check size, header and hash of a weights file; the shapes of its tensors are checked when it is loaded.

    The answer is kept until the file's size or time changes.

    Raises:
        ModelError: it is missing, empty, cut off, no safetensors file, or another one than the card describes.
    """
    try:
        if not path.is_file():
            raise ModelError(f"{path.name} is missing.")
        stat = path.stat()
        problem = _problem(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino), card.weights_sha256, card.parameters)
    except OSError as error:
        raise ModelError(f"{path.name} cannot be read: {error.strerror}.") from error
    if problem:
        raise ModelError(f"{path.name} {problem}")


@lru_cache(maxsize=256)
def _problem(path: Path, _: tuple[int, ...], sha256: str, parameters: int) -> str | None:
    data = path.read_bytes()
    if not data:
        return "is empty."
    try:
        tensors, size = _read_header(data)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "is damaged: it does not begin with the header of a safetensors file."
    if size > len(data):
        return f"is cut off: it has {len(data):,} of {size:,} bytes."
    if hashlib.sha256(data).hexdigest() != sha256:
        return "is not the file that the card describes: its hash differs."
    trained = sum(math.prod(one["shape"]) for name, one in tensors.items() if not name.endswith(_NOT_TRAINED))
    if trained != parameters:
        return f"holds {trained:,} trained parameters, but the card says {parameters:,}."
    return None


def _read_header(data: bytes) -> tuple[dict[str, Any], int]:
    """The tensors that a safetensors file speaks of, and how many bytes it must have.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is no such header.
    """
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if length > _LONGEST_HEADER:
        raise ValueError("no header is that long")
    begin = _LENGTH_BYTES + length
    if begin > len(data):
        return {}, begin
    tensors = json.loads(data[_LENGTH_BYTES:begin])
    tensors.pop("__metadata__", None)
    for one in tensors.values():
        first, last = one["data_offsets"]
        if last - first != math.prod(one["shape"]) * _BITS[one["dtype"]] // 8:
            raise ValueError("a tensor's place is not of its size")
    return tensors, begin + max((one["data_offsets"][1] for one in tensors.values()), default=0)
