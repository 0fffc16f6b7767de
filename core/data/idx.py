"""IDX, the format of MNIST's files: a magic number, the length of every axis, the bytes (LeCun, "The MNIST database").

Read with NumPy alone: torchvision's reader gives the same arrays, but takes two seconds to import.
"""

import gzip
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

_UINT8 = 8  # the third byte of the magic number says what the values are


def idx_shape(path: Path) -> tuple[int, ...]:
    """What a file says that it holds; only its first bytes are read, and of a packed one not how long it is.

    Returns:
        The length of every axis.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no IDX file of bytes, or not as long as it says.
    """
    with _open(path) as file:
        magic = file.read(4)
        if len(magic) < 4 or magic[:3] != bytes((0, 0, _UINT8)) or not magic[3]:
            raise ValueError(f"{path.name} is not an IDX file of bytes")
        lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise ValueError(f"{path.name} ends within its header")
    shape = struct.unpack(f">{magic[3]}I", lengths)
    expected, found = 4 + len(lengths) + int(np.prod(shape, dtype=np.int64)), path.stat().st_size
    if found != expected and not _is_packed(path):
        raise ValueError(f"{path.name} has {found:,} bytes instead of {expected:,}")
    return shape


def validate_idx(path: Path) -> str | None:
    """What is wrong with a file of MNIST or EMNIST, whose name says how many axes it has; None for nothing.

    Only its header is read.
    """
    try:
        shape = idx_shape(path)
    except FileNotFoundError:
        return f"{path.name} is missing"
    except (OSError, ValueError, EOFError, zlib.error) as error:
        return str(error)
    axes = 3 if "idx3" in path.name else 1
    return None if len(shape) == axes else f"{path.name} has {len(shape)} axes instead of {axes}"


def idx_damage(paths: Sequence[Path]) -> str | None:
    """What is wrong with files that belong together and are there in part; None where there is none of them, or all."""
    problems = [problem for path in paths if (problem := validate_idx(path))]
    return problems[0] if problems and any(path.exists() for path in paths) else None


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read a file whole.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no IDX file of bytes, or not as long as it says.
    """
    shape = idx_shape(path)
    if not _is_packed(path):
        return np.fromfile(path, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
    try:
        with _open(path) as file:
            data = file.read(4 + 4 * len(shape) + int(np.prod(shape, dtype=np.int64)) + 1)
    except (EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} is cut off or damaged: {error}") from error
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape))
    if len(values) != np.prod(shape, dtype=np.int64):
        raise ValueError(f"{path.name} does not hold as many bytes as it says")
    return values.reshape(shape)


def find_idx(path: Path) -> Path:
    """A file of that name, or where there is none, the same under the names and packed as it is often found.

    "train-images.idx3-ubyte" for "train-images-idx3-ubyte", and either with ".gz".
    """
    dotted = path.with_name(path.name.replace("-idx", ".idx"))
    others = (path, dotted, path.with_name(f"{path.name}.gz"), dotted.with_name(f"{dotted.name}.gz"))
    return next((other for other in others if other.is_file()), path)


def _is_packed(path: Path) -> bool:
    return path.suffix == ".gz"


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if _is_packed(path) else path.open("rb")


def read_pair(images: Path, labels: Path, classes: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Read images and their labels, as uint8 (N, H, W) and int64 (N,).

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is damaged, the two do not belong together, or a label is not below `classes`.
    """
    pictures, answers = read_idx(images), read_idx(labels)
    if pictures.ndim != 3 or answers.ndim != 1 or len(pictures) != len(answers):
        raise ValueError(f"{images.name} {pictures.shape} and {labels.name} {answers.shape} do not belong together")
    if answers.max(initial=0) >= classes:
        raise ValueError(f"{labels.name} holds the label {answers.max()}, but there are only {classes} classes")
    return pictures, answers.astype(np.int64)
