"""EMNIST: letters and digits of American hands, fetched from where torchvision says, read from torchvision's folder.

Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017. All its parts come
in one file, so that whoever fetches one has them all.
"""

import gzip
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.charsets import BALANCED, BYCLASS, DIGITS, LETTERS, Charset
from core.data.download import fetch, workplace
from core.data.idx import idx_damage, idx_shape, read_pair, validate_idx
from core.errors import DataError
from core.jobs import Progress

FOLDER = "EMNIST/raw"
DOWNLOAD_BYTES = 561_753_746
_SPLITS = ("train", "test")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One of the ways in which EMNIST divides its images.

    Attributes:
        charset: its classes, in the order of its labels.
        first: the label of the first class.
        images: of the official files, to train on and to test with.
    """

    name: str
    charset: Charset
    images: tuple[int, int]
    first: int = 0


PARTS = {
    part.name: part
    for part in (
        Part("balanced", BALANCED, (112_800, 18_800)),
        Part("byclass", BYCLASS, (697_932, 116_323)),
        Part("bymerge", BALANCED, (697_932, 116_323)),
        Part("letters", LETTERS, (124_800, 20_800), first=1),
        Part("digits", DIGITS, (240_000, 40_000)),
    )
}


def read_part(part: Part, split: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Read "train" or "test", turned upright: uint8 (N, 28, 28) as they come, which are no glyphs yet, and int64 (N,).

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is damaged.
    """
    images, labels = (data_dir / FOLDER / name for name in _names(part, split))
    pictures, answers = read_pair(images, labels, len(part.charset.characters) + part.first)
    if answers.min(initial=part.first) < part.first:
        raise ValueError(f"{labels.name} holds the label {answers.min()}, but its labels begin at {part.first}")
    if pictures.shape[1:] != (28, 28):
        raise ValueError(f"its images have {pictures.shape[1]} x {pictures.shape[2]} pixels instead of 28 x 28")
    return np.ascontiguousarray(pictures.transpose(0, 2, 1)), answers - part.first


def count(part: Part, split: str, data_dir: Path) -> int:
    """How many images "train" or "test" has, of a part that is present. Only a header is read."""
    return idx_shape(data_dir / FOLDER / _names(part, split)[1])[0]


def _names(part: Part, split: str) -> tuple[str, str]:
    return f"emnist-{part.name}-{split}-images-idx3-ubyte", f"emnist-{part.name}-{split}-labels-idx1-ubyte"


def is_present(part: Part, data_dir: Path) -> bool:
    """Whether all four files of a part are there and as long as they say. Only their headers are read."""
    return all(validate_idx(path) is None for path in _files(part, data_dir))


def is_official(part: Part, data_dir: Path) -> bool:
    """Whether the files that are there are as long as those of Cohen and others."""
    return all(path.stat().st_size == _bytes_of(path) for path in _files(part, data_dir) if path.is_file())


def damage(part: Part, data_dir: Path) -> str | None:
    """What is wrong with a part that is there, but not whole; None where there is nothing of it, or all."""
    return idx_damage(_files(part, data_dir))


def _files(part: Part, data_dir: Path) -> list[Path]:
    return [data_dir / FOLDER / name for split in _SPLITS for name in _names(part, split)]


def download_all(data_dir: Path, progress: Progress) -> None:
    """Fetch the file of all parts that torchvision's EMNIST names, checked by its hash, and unpack what is missing.

    Raises:
        DataError: it could not be fetched, or not be written.
    """
    from torchvision.datasets import EMNIST

    raw = data_dir / FOLDER
    missing = [path for part in PARTS.values() for path in _files(part, data_dir) if validate_idx(path)]
    unpacked = sum(_bytes_of(path) for path in missing)
    total = DOWNLOAD_BYTES + unpacked
    with workplace(raw, total) as folder:
        archive = folder / "gzip.zip"
        fetch([EMNIST.url], archive, lambda done, _: progress(done, total), EMNIST.md5)
        done = DOWNLOAD_BYTES
        try:
            with zipfile.ZipFile(archive) as packed:
                for path in missing:
                    progress(done, total)
                    _unpack(packed, path, folder / path.name)
                    done += _bytes_of(path)
        except (zipfile.BadZipFile, KeyError) as error:
            raise DataError(f"{archive.name} cannot be unpacked: {error}.") from error
    progress(total, total)


def _bytes_of(path: Path) -> int:
    """How long an official file is."""
    _, name, split, *_ = path.name.split("-")
    images = PARTS[name].images[_SPLITS.index(split)]
    return images * 28 * 28 + 16 if "idx3" in path.name else images + 8


def _unpack(packed: zipfile.ZipFile, place: Path, beside: Path) -> None:
    """Unpack elsewhere and check before the file gets the name that counts."""
    try:
        with packed.open(f"gzip/{place.name}.gz") as zipped, gzip.open(zipped) as source, beside.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{place.name}.gz cannot be unpacked: {error}.") from error
    if problem := validate_idx(beside):
        raise DataError(f"{place.name}.gz does not hold what was expected: {problem}.")
    beside.replace(place)
