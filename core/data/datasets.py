"""The data sets of the project: what there is, whether it lies on this machine, and its images as glyphs."""

import csv
import hashlib
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from core.charsets import DIGITS, Charset
from core.data import samples
from core.data.idx import read_pair
from core.data.mnist import DOWNLOAD_BYTES, FOLDER, download_mnist, mnist_damage, mnist_present, read_mnist
from core.data.strokes import PenDigit, download_strokes, draw, read_strokes, strokes_file, writers_of
from core.errors import ConfigError, DataError, DataMissing, SampleError
from core.jobs import Progress, ignore
from core.settings import Settings
from core.vision.decode import decode
from core.vision.normalise import normalise

Pairs = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Glyphs (N, 28, 28) and labels (N,)."""

DRAWINGS_PER_DIGIT = {"train": 4, "validation": 3, "test": 1}
DRAW_SEED = {"train": 1, "validation": 2, "test": 3}
UCI_TEST_SHARE = 0.25
REPORT_EVERY = 100  # images


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
        present: whether it is there whole.
        download_bytes: what a download costs, 0 when there is none or its size is not known.
        damage: what is wrong with one that is there, but not whole; None for one that is absent or present.
        how: what to put into its folder, for one that cannot be downloaded.
        slow: whether its images are drawn when they are read, which takes half a minute for a training split.
    """

    name: str
    title: str
    description: str
    licence: str
    splits: tuple[str, ...]
    where: str
    read: Callable[[str, Settings, Progress], Pairs]
    present: Callable[[Settings], bool]
    download: Callable[[Path, Progress], None] | None = None
    download_bytes: int = 0
    damage: Callable[[Settings], str | None] = lambda _: None
    how: str = ""
    slow: bool = False


def load(name: str, split: str, settings: Settings, progress: Progress = ignore) -> Dataset:
    """Read a split of a data set.

    Args:
        name, split: as SOURCES has them.
        settings: where the data lie.
        progress: told the images that are drawn so far, and those in all, where that takes long.

    Raises:
        ConfigError: there is no such data set or split.
        DataMissing: it is not on this machine.
        DataError: its files are damaged.
    """
    source = get_source(name)
    if split not in source.splits:
        raise ConfigError(f"{source.title} has no split {split!r}. It has: {', '.join(source.splits)}.")
    folder = settings.data_dir / source.where
    if not source.present(settings):
        remedy = f"Fetch it with: python -m core data download {name}" if source.download else source.how
        if damage := source.damage(settings):
            raise DataError(f"{source.title} in {folder} is damaged: {damage}. {remedy}")
        raise DataMissing(f"{source.title} is not in {folder}. {remedy}")
    try:
        images, labels = source.read(split, settings, progress)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise DataError(f"{source.title} in {folder} is damaged: {error}.") from error
    if not len(labels):
        raise DataError(f"{source.title} in {folder} holds no images for {split}.")
    return Dataset(name, source.title, split, source.licence, DIGITS, images, labels)


def count(name: str, split: str, settings: Settings) -> int:
    """How many images a split has; one whose images have to be drawn is counted without drawing them.

    Raises:
        ConfigError, DataMissing, DataError: as `load` does.
    """
    if name == "pen-strokes" and get_source(name).present(settings):
        wanted = set(writers_of(split))
        return DRAWINGS_PER_DIGIT[split] * sum(digit.writer in wanted for digit in read_strokes(settings.data_dir))
    return len(load(name, split, settings).labels)


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
    if not source.present(settings):
        source.download(settings.data_dir, progress)


def to_glyphs(pictures: Iterable[Any], progress: Progress = ignore, total: int = 0) -> NDArray[np.uint8]:
    """Send pictures through the whole pipeline, on all cores.

    Args:
        pictures: arrays as `normalise` takes them.
        progress, total: told how many are done, and this number.

    Returns:
        uint8 (N, 28, 28); all zero where a picture is blank.
    """
    return _on_all_cores(lambda picture: normalise(picture).glyph, pictures, progress, total)


def _on_all_cores(
    make: Callable[[Any], NDArray[np.uint8]], items: Iterable[Any], progress: Progress, total: int
) -> NDArray[np.uint8]:
    """Glyphs (N, 28, 28) of N items in their order; an exception from `progress` ends it soon."""
    glyphs = []
    pool = ThreadPoolExecutor()  # OpenCV releases the interpreter lock
    try:
        for glyph in pool.map(make, items):
            glyphs.append(glyph)
            if len(glyphs) % REPORT_EVERY == 0:
                progress(len(glyphs), total)
    finally:
        pool.shutdown(cancel_futures=True)
    return np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)


def _read_pen_strokes(
    split: str, settings: Settings, progress: Progress
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Every digit of the split's writers, drawn afresh several times for training, once for the test."""
    wanted = set(writers_of(split))
    digits = [digit for digit in read_strokes(settings.data_dir) if digit.writer in wanted] * DRAWINGS_PER_DIGIT[split]
    seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(digits))

    def drawing(item: tuple[PenDigit, np.random.SeedSequence]) -> NDArray[np.uint8]:
        digit, seed = item
        return normalise(draw(digit, np.random.default_rng(seed))).glyph

    glyphs = _on_all_cores(drawing, zip(digits, seeds, strict=True), progress, len(digits))
    return glyphs, np.array([digit.label for digit in digits], np.int64)


def _read_uci_digits(split: str, _: Settings, progress: Progress) -> Pairs:
    """8x8 pictures of 0 to 16, turned into glyphs; a seeded quarter is the test."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    pictures = np.rint(images.reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    parts = train_test_split(pictures, labels, test_size=UCI_TEST_SHARE, random_state=0, stratify=labels)
    chosen, answers = (parts[0], parts[2]) if split == "train" else (parts[1], parts[3])
    glyphs = to_glyphs((_enlarge(picture) for picture in chosen), progress, len(chosen))
    return glyphs, answers.astype(np.int64)


def _enlarge(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An 8x8 picture on some paper, four times as large: at its own size a stroke is as wide as the gaps."""
    padded = np.pad(picture, 2)
    return np.asarray(cv2.resize(padded, (48, 48), interpolation=cv2.INTER_CUBIC), np.uint8)


def _optdigits_files(data_dir: Path) -> list[tuple[Path, Path]]:
    stems = [data_dir / "optdigits" / f"optdigits-{part}" for part in ("tra", "cv")]
    return [(Path(f"{stem}-images-idx3-ubyte"), Path(f"{stem}-labels-idx1-ubyte")) for stem in stems]


def _read_optdigits(_: str, settings: Settings, progress: Progress) -> Pairs:
    parts = [read_pair(*files, classes=len(DIGITS.characters)) for files in _optdigits_files(settings.data_dir)]
    pictures, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return to_glyphs(pictures, progress, len(pictures)), labels


def _read_photos(_: str, settings: Settings, progress: Progress) -> Pairs:
    """The photographs whose label is a single character."""
    folder = settings.data_dir / "photos"
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in DIGITS.characters]
    pictures = (decode((folder / row["file"]).read_bytes(), settings) for row in rows)
    glyphs = to_glyphs(pictures, progress, len(rows))
    return glyphs, np.array([DIGITS.characters.index(row["label"]) for row in rows], np.int64)


def _read_my_samples(split: str, settings: Settings, _: Progress) -> Pairs:
    """The user's own samples; a quarter of them, known by the hash of its pixels, is the test."""
    chosen = [one for one in samples.read(settings, DIGITS.name) if _is_test(one) == (split == "test")]
    glyphs = np.stack([one.glyph for one in chosen]) if chosen else np.zeros((0, 28, 28), np.uint8)
    return glyphs, np.array([DIGITS.characters.index(one.label) for one in chosen], np.int64)


def _is_test(sample: samples.Sample) -> bool:
    """The same for the same pixels, whatever else is stored, so that no image changes sides."""
    return zlib.crc32(sample.glyph.tobytes()) % 4 == 0


def _has_samples(settings: Settings) -> bool:
    try:
        return samples.exist(settings) and bool(samples.count(settings, DIGITS.name))
    except SampleError:
        return False


SOURCES = {
    source.name: source
    for source in (
        Source(
            "mnist",
            "MNIST",
            "60,000 + 10,000 digits of American census workers and students (LeCun, Cortes, Burges).",
            "CC BY-SA 3.0: Y. LeCun, C. Cortes, C. Burges",
            ("train", "test"),
            FOLDER,
            lambda split, settings, _: read_mnist(split, settings.data_dir),
            lambda settings: mnist_present(settings.data_dir),
            download_mnist,
            DOWNLOAD_BYTES,
            lambda settings: mnist_damage(settings.data_dir),
        ),
        Source(
            "pen-strokes",
            "Pen strokes",
            "7,494 digits of 30 Turkish writers as pen strokes, drawn at random size, place and pen width (UCI).",
            "CC BY 4.0: E. Alpaydin, F. Alimoglu, UCI Pen-Based Recognition of Handwritten Digits",
            ("train", "validation", "test"),
            "pendigits",
            _read_pen_strokes,
            lambda settings: strokes_file(settings.data_dir).is_file(),
            download_strokes,
            slow=True,
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
            lambda settings: all(path.is_file() for files in _optdigits_files(settings.data_dir) for path in files),
            how="Put the four files optdigits-tra-images-idx3-ubyte, optdigits-tra-labels-idx1-ubyte, "
            "optdigits-cv-images-idx3-ubyte and optdigits-cv-labels-idx1-ubyte there: the bitmaps of UCI's "
            "Optical Recognition of Handwritten Digits (https://archive.ics.uci.edu/dataset/80) "
            "in the format of MNIST's files.",
        ),
        Source(
            "photos",
            "Photographs",
            "Your own pictures of single digits, with a labels.csv of the columns file and label.",
            "your own",
            ("test",),
            "photos",
            _read_photos,
            lambda settings: (settings.data_dir / "photos" / "labels.csv").is_file(),
            how="Put your pictures there, and a labels.csv with a line for each: the file's name and its digit, under "
            "the heading file,label.",
        ),
        Source(
            "my-samples",
            "My samples",
            "What you drew or uploaded, and said what it is. A quarter of it is for testing.",
            "your own",
            ("train", "test"),
            "",
            _read_my_samples,
            _has_samples,
            how="Say what it is under an answer on the pages Draw and Upload, or import a file on My samples.",
        ),
    )
}
