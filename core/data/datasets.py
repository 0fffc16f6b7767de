"""The data sets of the project: what there is, whether it lies on this machine, and its images as glyphs."""

import csv
import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.charsets import DIGITS, Charset
from core.data.download import Progress, fetch
from core.data.strokes import PenDigit, download_strokes, draw, read_strokes, strokes_file, writers_of
from core.errors import ConfigError, DataError, DataMissing
from core.settings import Settings
from core.vision.decode import decode
from core.vision.normalise import normalise

DRAWINGS_PER_DIGIT = {"train": 4, "validation": 3, "test": 1}
DRAW_SEED = {"train": 1, "validation": 2, "test": 3}
UCI_TEST_SHARE = 0.25


@dataclass(frozen=True)
class Dataset:
    """Images ready for a network, with their labels.

    Attributes:
        images: uint8 (N, 28, 28) glyphs; one that was found blank is all zero.
        labels: int64 (N,), places in `charset.characters`.
        sha256: hash of images and labels.
    """

    name: str
    title: str
    split: str
    licence: str
    charset: Charset
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    @property
    def sha256(self) -> str:
        """Hash of the images and labels as they are here."""
        return hashlib.sha256(self.images.tobytes() + self.labels.tobytes()).hexdigest()


@dataclass(frozen=True)
class Source:
    """Where a data set comes from and how to read it.

    Attributes:
        splits: the parts it has. One without "validation" leaves it to the training to set some images aside.
        where: its folder in the data folder; empty when it comes with a library.
        download_bytes: what a download costs, 0 when there is none.
    """

    name: str
    title: str
    description: str
    licence: str
    splits: tuple[str, ...]
    where: str
    read: Callable[[str, Path], tuple[NDArray[np.uint8], NDArray[np.int64]]]
    present: Callable[[Path], bool]
    download: Callable[[Path, Progress], None] | None = None
    download_bytes: int = 0


def load(name: str, split: str, settings: Settings) -> Dataset:
    """Read a split of a data set.

    Raises:
        ConfigError: there is no such data set or split.
        DataMissing: it is not on this machine.
        DataError: its files are damaged.
    """
    source = get_source(name)
    if split not in source.splits:
        raise ConfigError(f"{source.title} has no split {split!r}. It has: {', '.join(source.splits)}.")
    if not source.present(settings.data_dir):
        remedy = f"Fetch it with: python -m core data download {name}" if source.download else "It has to be put there."
        raise DataMissing(f"{source.title} is not in {settings.data_dir / source.where}. {remedy}")
    try:
        images, labels = source.read(split, settings.data_dir)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise DataError(f"{source.title} in {settings.data_dir / source.where} is damaged: {error}.") from error
    return Dataset(name, source.title, split, source.licence, DIGITS, images, labels)


def get_source(name: str) -> Source:
    """Look up a data set by name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in SOURCES:
        raise ConfigError(f"There is no data set {name!r}. Known: {', '.join(SOURCES)}.")
    return SOURCES[name]


def download(name: str, settings: Settings, progress: Progress) -> None:
    """Fetch a data set, unless it is there already.

    Raises:
        ConfigError: there is no such data set, or it cannot be fetched.
        DataError: it could not be fetched.
    """
    source = get_source(name)
    if source.download is None:
        raise ConfigError(f"{source.title} cannot be fetched by this program. {source.description}")
    if not source.present(settings.data_dir):
        source.download(settings.data_dir, progress)


def to_glyphs(pictures: Iterable[Any]) -> NDArray[np.uint8]:
    """Send pictures through the whole pipeline, on all cores.

    Args:
        pictures: arrays as `normalise` takes them.

    Returns:
        uint8 (N, 28, 28); all zero where a picture is blank.
    """
    with ThreadPoolExecutor() as pool:  # OpenCV releases the interpreter lock
        return np.stack(list(pool.map(lambda picture: normalise(picture).glyph, pictures)))


def _read_mnist(split: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from torchvision.datasets import MNIST

    read = MNIST(data_dir, train=split == "train", download=False)
    return read.data.numpy(), read.targets.numpy().astype(np.int64)


def _mnist_present(data_dir: Path) -> bool:
    files = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return all((data_dir / "MNIST" / "raw" / f"{name}-ubyte").is_file() for name in files)


def _download_mnist(data_dir: Path, progress: Progress) -> None:
    """Fetch what torchvision's MNIST lists, from its mirrors, checked by its hashes; unpack into its folder."""
    from torchvision.datasets import MNIST
    from torchvision.datasets.utils import extract_archive

    raw = data_dir / "MNIST" / "raw"
    total = SOURCES["mnist"].download_bytes
    before = 0
    for name, md5 in MNIST.resources:
        archive = raw / name

        def overall(done: int, _: int, before: int = before) -> None:
            progress(before + done, total)

        fetch([mirror + name for mirror in MNIST.mirrors], archive, overall, md5)
        before += archive.stat().st_size
        # Unpacked beside its place, so that a full disk leaves no half file under the name that counts.
        unpacking = raw / "unpacking"
        unpacking.mkdir(exist_ok=True)
        try:
            extract_archive(str(archive), str(unpacking))
            (unpacking / archive.stem).replace(raw / archive.stem)
        except OSError as error:
            raise DataError(f"{name} could not be unpacked in {raw}: {error}.") from error
        finally:
            (unpacking / archive.stem).unlink(missing_ok=True)
            unpacking.rmdir()
            archive.unlink(missing_ok=True)


def _read_pen_strokes(split: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Every digit of the split's writers, drawn afresh several times for training, once for the test."""
    wanted = set(writers_of(split))
    digits = [digit for digit in read_strokes(data_dir) if digit.writer in wanted] * DRAWINGS_PER_DIGIT[split]
    seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(digits))

    def drawing(item: tuple[PenDigit, np.random.SeedSequence]) -> NDArray[np.uint8]:
        digit, seed = item
        return normalise(draw(digit, np.random.default_rng(seed))).glyph

    with ThreadPoolExecutor() as pool:
        glyphs = np.stack(list(pool.map(drawing, zip(digits, seeds, strict=True))))
    return glyphs, np.array([digit.label for digit in digits], np.int64)


def _read_uci_digits(split: str, _: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """8x8 pictures of 0 to 16, turned into glyphs; a seeded quarter is the test."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    pictures = np.rint(images.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    parts = train_test_split(pictures, labels, test_size=UCI_TEST_SHARE, random_state=0, stratify=labels)
    chosen, answers = (parts[0], parts[2]) if split == "train" else (parts[1], parts[3])
    return to_glyphs(_enlarge(picture) for picture in chosen), answers.astype(np.int64)


def _enlarge(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An 8x8 picture on some paper, four times as large: at its own size a stroke is as wide as the gaps."""
    padded = np.pad(picture, 2)
    return np.asarray(cv2.resize(padded, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8)


def _read_optdigits(_: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from torchvision.datasets.mnist import read_image_file, read_label_file

    stems = [str(data_dir / "optdigits" / f"optdigits-{part}") for part in ("tra", "cv")]
    pictures = np.concatenate([read_image_file(f"{stem}-images-idx3-ubyte").numpy() for stem in stems])
    labels = np.concatenate([read_label_file(f"{stem}-labels-idx1-ubyte").numpy() for stem in stems])
    return to_glyphs(pictures), labels.astype(np.int64)


def _read_photos(_: str, data_dir: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The photographs whose label is a single character."""
    folder = data_dir / "photos"
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in DIGITS.characters]
    pictures = (decode((folder / row["file"]).read_bytes(), Settings(data_dir, data_dir)) for row in rows)
    return to_glyphs(pictures), np.array([DIGITS.characters.index(row["label"]) for row in rows], np.int64)


SOURCES = {
    source.name: source
    for source in (
        Source(
            "mnist",
            "MNIST",
            "60,000 + 10,000 digits of American census workers and students (LeCun, Cortes, Burges).",
            "CC BY-SA 3.0: Y. LeCun, C. Cortes, C. Burges",
            ("train", "test"),
            "MNIST/raw",
            _read_mnist,
            _mnist_present,
            _download_mnist,
            11_594_722,
        ),
        Source(
            "pen-strokes",
            "Pen strokes",
            "7,494 digits of 30 Turkish writers as pen strokes, drawn at random size, place and pen width (UCI).",
            "CC BY 4.0: E. Alpaydin, F. Alimoglu, UCI Pen-Based Recognition of Handwritten Digits",
            ("train", "validation", "test"),
            "pendigits",
            _read_pen_strokes,
            lambda data_dir: strokes_file(data_dir).is_file(),
            download_strokes,
        ),
        Source(
            "uci-digits",
            "UCI digits",
            "1,797 digits of 8x8 pixels that come with scikit-learn: always there.",
            "CC BY 4.0",
            ("train", "test"),
            "",
            _read_uci_digits,
            lambda _: True,
        ),
        Source(
            "optdigits",
            "Scanned digits",
            "2,880 scans of 32x32 black and white pixels that fill their frame (UCI), as IDX files.",
            "CC BY 4.0",
            ("test",),
            "optdigits",
            _read_optdigits,
            lambda data_dir: (data_dir / "optdigits" / "optdigits-cv-labels-idx1-ubyte").is_file(),
        ),
        Source(
            "photos",
            "Photographs",
            "Your own pictures of single digits, with a labels.csv of the columns file and label.",
            "your own",
            ("test",),
            "photos",
            _read_photos,
            lambda data_dir: (data_dir / "photos" / "labels.csv").is_file(),
        ),
    )
}
