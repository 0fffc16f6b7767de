"""IDX, the format of MNIST's files: a magic number, the length of every axis, the bytes (LeCun, "The MNIST database").

Read with NumPy alone: torchvision's reader gives the same arrays, but takes two seconds to import.
"""

import gzip
import shutil
import struct
import zlib
from abc import abstractmethod
from pathlib import Path
from typing import IO, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from core.data.source import Pairs, Source
from core.errors import DataError
from core.settings import Settings

_UINT8 = 8  # the third byte of the magic number says what the values are


def idx_shape(path: Path) -> tuple[int, ...]:
    """The length of every axis, from the header; ValueError where it is no IDX file, or not as long as it says.

    The size of a packed file is not checked.
    """
    with _open(path) as file:
        magic = file.read(4)
        if len(magic) < 4 or magic[:3] != bytes((0, 0, _UINT8)) or not magic[3]:
            raise ValueError(f"{path.name} is not an IDX file of bytes")
        lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise ValueError(f"{path.name} ends within its header")
    shape = struct.unpack(f">{magic[3]}I", lengths)
    expected, size = 4 + len(lengths) + int(np.prod(shape, dtype=np.int64)), path.stat().st_size
    if size != expected and not _is_packed(path):
        raise ValueError(f"{path.name} has {size:,} bytes instead of {expected:,}")
    return shape


def validate_idx(path: Path) -> str | None:
    """What is wrong with the header of a file whose name says how many axes it has, as MNIST's do; None if sound."""
    try:
        shape = idx_shape(path)
    except FileNotFoundError:
        return f"{path.name} is missing"
    except (OSError, ValueError, EOFError, zlib.error) as error:
        return str(error)
    axes = 3 if "idx3" in path.name else 1
    return None if len(shape) == axes else f"{path.name} has {len(shape)} axes instead of {axes}"


class IdxSource(Source):
    """A data set of images of 28x28 pixels in IDX files that are named as MNIST's are."""

    @abstractmethod
    def files(self, data_dir: Path) -> list[Path]:
        """Images and labels to train on, images and labels to test with."""

    def present(self, settings: Settings) -> bool:
        return all(validate_idx(path) is None for path in self.files(settings.data_dir))

    def damage(self, settings: Settings) -> str | None:
        paths = self.files(settings.data_dir)
        problems = (problem for path in paths if (problem := validate_idx(path)))
        return next(problems, None) if any(path.exists() for path in paths) else None

    def pair(self, split: str, data_dir: Path) -> tuple[Path, Path]:
        """The images and the labels of a split."""
        images, labels, test_images, test_labels = self.files(data_dir)
        return (images, labels) if split == "train" else (test_images, test_labels)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read a file whole; it raises as `idx_shape`."""
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
    """The file of that name, or where there is none, "train-images.idx3-ubyte" for -idx3, or either with ".gz"."""
    dotted = path.with_name(path.name.replace("-idx", ".idx"))
    others = (path, dotted, path.with_name(f"{path.name}.gz"), dotted.with_name(f"{dotted.name}.gz"))
    return next((other for other in others if other.is_file()), path)


def _is_packed(path: Path) -> bool:
    return path.suffix == ".gz"


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if _is_packed(path) else path.open("rb")


def read_pair(images: Path, labels: Path, classes: int, side: int | None = None) -> Pairs:
    """Read images, of this height and width where one is given, and their labels: uint8 (N, H, W) and int64 (N,).

    ValueError where a file is damaged, the two do not belong together, or a label is not below `classes`.
    """
    pictures, answers = read_idx(images), read_idx(labels)
    if pictures.ndim != 3 or answers.ndim != 1 or len(pictures) != len(answers):
        raise ValueError(f"{images.name} {pictures.shape} and {labels.name} {answers.shape} do not belong together")
    if answers.max(initial=0) >= classes:
        raise ValueError(f"{labels.name} holds the label {answers.max()}, but there are only {classes} classes")
    height, width = pictures.shape[1:]
    if side and (height, width) != (side, side):
        raise ValueError(f"its images have {height} x {width} pixels instead of {side} x {side}")
    return pictures, answers.astype(np.int64)


def unpack_idx(packed: IO[bytes], name: str, scratch: Path, path: Path) -> None:
    """Unpack a gzipped file of this name to `scratch`, and move it to `path` once it is known to be sound."""
    try:
        with gzip.open(packed) as source, scratch.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{name} cannot be unpacked: {error}.") from error
    if problem := validate_idx(scratch):
        raise DataError(f"{name} does not hold what was expected: {problem}.")
    scratch.replace(path)
