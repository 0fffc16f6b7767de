"""MNIST: fetched from where torchvision says, read from torchvision's folder, so that both programs share one copy."""

import gzip
import shutil
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.download import fetch, workplace
from core.data.idx import find_idx, idx_damage, read_pair, validate_idx
from core.errors import DataError
from core.jobs import Progress

FOLDER = "MNIST/raw"
CLASSES = 10
# Bytes of every file, packed and unpacked.
_BYTES = {
    "train-images-idx3-ubyte": (9_912_422, 47_040_016),
    "train-labels-idx1-ubyte": (28_881, 60_008),
    "t10k-images-idx3-ubyte": (1_648_877, 7_840_016),
    "t10k-labels-idx1-ubyte": (4_542, 10_008),
}
DOWNLOAD_BYTES = sum(packed for packed, _ in _BYTES.values())


def read_mnist(split: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Read a split, "train" or "test": uint8 (N, 28, 28) and int64 (N,).

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is damaged.
    """
    raw, part = data_dir / FOLDER, "train" if split == "train" else "t10k"
    files = (find_idx(raw / name) for name in (f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"))
    images, labels = read_pair(next(files), next(files), CLASSES)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"its images have {images.shape[1]} x {images.shape[2]} pixels instead of 28 x 28")
    return images, labels


def mnist_present(data_dir: Path) -> bool:
    """Whether all four files are there and as long as they say. Only their headers are read."""
    return all(validate_idx(path) is None for path in _files(data_dir))


def mnist_damage(data_dir: Path) -> str | None:
    """What is wrong with a MNIST that is there in part; None where there is nothing of it, or all."""
    return idx_damage(_files(data_dir))


def _files(data_dir: Path) -> list[Path]:
    return [find_idx(data_dir / FOLDER / name) for name in _BYTES]


def download_mnist(data_dir: Path, progress: Progress) -> None:
    """Fetch what torchvision's MNIST lists, from its mirrors, checked by its hashes; unpack into its folder.

    A file that is there and whole is not fetched again, so that a second try goes on where the first one ended.

    Raises:
        DataError: a file could not be fetched, or not be written.
    """
    from torchvision.datasets import MNIST

    raw = data_dir / FOLDER
    missing = [(name, md5) for name, md5 in MNIST.resources if validate_idx(raw / Path(name).stem)]
    sizes = [_BYTES[Path(name).stem] for name, _ in missing]
    total, needs = sum(packed for packed, _ in sizes), sum(map(sum, sizes))
    before = 0
    with workplace(raw, needs) as folder:
        for name, md5 in missing:
            archive = folder / name

            def overall(done: int, _: int, before: int = before) -> None:
                progress(before + done, total)

            fetch([mirror + name for mirror in MNIST.mirrors], archive, overall, md5)
            before += archive.stat().st_size
            _unpack(archive, raw / archive.stem)


def _unpack(archive: Path, place: Path) -> None:
    """Unpack beside the archive and check before the file gets the name that counts."""
    unpacked = archive.with_suffix("")
    try:
        with gzip.open(archive) as packed, unpacked.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{archive.name} cannot be unpacked: {error}.") from error
    if problem := validate_idx(unpacked):
        raise DataError(f"{archive.name} does not hold what was expected: {problem}.")
    archive.unlink()
    unpacked.replace(place)
