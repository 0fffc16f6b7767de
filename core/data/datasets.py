"""The data sets of the project: what there is, whether it lies on this machine, and its images as glyphs."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.charsets import CHARSETS, DIGITS, Charset
from core.data import emnist, readers, samples
from core.data.mnist import DOWNLOAD_BYTES, FOLDER, download_mnist, mnist_damage, mnist_present, read_mnist
from core.data.readers import Pairs
from core.data.strokes import download_strokes, strokes_file
from core.errors import ConfigError, DataError, DataMissing, SampleError
from core.jobs import Progress, ignore
from core.settings import Settings, check_writable
from core.vision.normalise import to_glyph

_MINE = "my-samples"


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

    def at(self, places: NDArray[np.intp]) -> "Dataset":
        """Some of its images, in the order of these places."""
        return replace(self, images=self.images[places], labels=self.labels[places])

    def framed(self, charset: Charset) -> "Dataset":
        """With characters as large as in the glyphs of another charset, whose models are to read them."""
        if charset.side == self.charset.side:
            return self
        images = [to_glyph(image, charset.side) for image in self.images]
        return replace(self, images=np.stack(images) if images else self.images)


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
        charset: what its labels are.
        kin: data sets made of the same pages: a test image of the one may be a training image of the other.
        official: whether what is there is what was published, as far as that shows at a look.
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
    charset: Charset = DIGITS
    kin: tuple[str, ...] = ()
    official: Callable[[Settings], bool] = lambda _: True

    def title_of(self, settings: Settings) -> str:
        """The title of what is there: other images under its files' names are a stand-in."""
        return self.title if self.official(settings) else f"{self.title} (stand-in)"


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
    return Dataset(name, source.title_of(settings), split, source.licence, source.charset, images, labels)


def count(name: str, split: str, settings: Settings) -> int:
    """How many images a split has; one whose images have to be drawn is counted without drawing them.

    Raises:
        ConfigError, DataMissing, DataError: as `load` does.
    """
    if name == "pen-strokes" and get_source(name).present(settings):
        return readers.count_pen_strokes(split, settings)
    return len(load(name, split, settings).labels)


def get_source(name: str) -> Source:
    """Look up a data set by name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in SOURCES:
        raise ConfigError(f"There is no data set {name!r}. Known: {', '.join(SOURCES)}.")
    return SOURCES[name]


def restriction(dataset: str, charset: Charset) -> str:
    """How a model of this charset is scored on a data set of fewer characters: "read as digits only"; else empty."""
    held = SOURCES[dataset].charset if dataset in SOURCES else charset
    return f"read as {held.title.lower()} only" if held != charset else ""


def charset_of(names: Sequence[str]) -> Charset:
    """What a model reads that learns from data sets together: the charset of one of them, which holds the others'.

    Raises:
        ConfigError: there is none of a name, no charset holds the others, or they are made of the same pages.
    """
    found = [get_source(name) for name in names]
    widest = max(found, key=lambda source: len(source.charset.characters))
    if other := next((source for source in found if not widest.charset.holds(source.charset)), None):
        raise ConfigError(
            f"{widest.title} holds {widest.charset.title.lower()}, and {other.title} {other.charset.title.lower()}, "
            "which are not among them as classes of their own: a model cannot learn from both."
        )
    for source in found:
        if other := next((one for one in found if one.name in source.kin), None):
            raise ConfigError(
                f"{source.title} and {other.title} are made of the same pages: a test image of the one may be a "
                "training image of the other, and no score would be honest. Choose one of them."
            )
    return widest.charset


def download(name: str, settings: Settings, progress: Progress) -> None:
    """Fetch a data set, unless it is there already.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: there is no such data set, or it cannot be fetched.
        DataError: it could not be fetched.
    """
    check_writable(settings, "downloaded")
    source = get_source(name)
    if source.download is None:
        raise ConfigError(f"{source.title} cannot be fetched by this program. {source.description}")
    if not source.present(settings):
        source.download(settings.data_dir, progress)


def offered(settings: Settings) -> dict[str, bool]:
    """The data sets to tell of, by name, and whether each is here; of the user's samples none that nobody has stored.

    Where there are no samples at all, those of digits stand for all of them.
    """
    present = {name: source.present(settings) for name, source in SOURCES.items()}
    return {name: here for name, here in present.items() if here or not is_mine(name) or name == _MINE}


def is_mine(name: str) -> bool:
    """Whether a data set holds the user's own samples."""
    return name.startswith(_MINE)


def _has_samples(settings: Settings, charset: Charset) -> bool:
    try:
        return samples.exist(settings) and bool(samples.count(settings, charset.name))
    except SampleError:
        return False


def _my_samples(charset: Charset) -> Source:
    """What the user said to answers of models of one charset."""
    of_digits = charset == DIGITS
    return Source(
        samples_of(charset),
        "My samples" if of_digits else f"My samples of {charset.title[0].lower()}{charset.title[1:]}",
        "What you drew or uploaded, and said what it is. A quarter of it is for testing.",
        "your own",
        ("train", "test"),
        "",
        lambda split, settings, _: readers.my_samples(charset, split, settings),
        lambda settings: _has_samples(settings, charset),
        how="Say what it is under an answer on the pages Draw and Upload, or import a file on My samples.",
        charset=charset,
    )


def samples_of(charset: Charset) -> str:
    """The name of the data set of the user's own samples of a charset."""
    return _MINE if charset == DIGITS else f"{_MINE}-{charset.name}"


def _emnist(part: emnist.Part, title: str, description: str) -> Source:
    return Source(
        f"emnist-{part.name}",
        title,
        f"{description} (Cohen and others, from NIST's forms). One download brings all five parts of EMNIST.",
        "public domain: NIST Special Database 19, a work of the US Government",
        ("train", "test"),
        emnist.FOLDER,
        lambda split, settings, progress: readers.emnist(part, split, settings, progress),
        lambda settings: emnist.is_present(part, settings.data_dir),
        emnist.download_all,
        emnist.DOWNLOAD_BYTES,
        lambda settings: emnist.damage(part, settings.data_dir),
        charset=part.charset,
        kin=("mnist", *(f"emnist-{other}" for other in emnist.PARTS if other != part.name)),
        official=lambda settings: emnist.is_official(part, settings.data_dir),
    )


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
            kin=tuple(f"emnist-{part}" for part in emnist.PARTS),
        ),
        Source(
            "pen-strokes",
            "Pen strokes",
            "7,494 digits of 30 Turkish writers as pen strokes, drawn at random size, place and pen width (UCI).",
            "CC BY 4.0: E. Alpaydin, F. Alimoglu, UCI Pen-Based Recognition of Handwritten Digits",
            ("train", "validation", "test"),
            "pendigits",
            readers.pen_strokes,
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
            readers.uci_digits,
            lambda _: True,
        ),
        Source(
            "optdigits",
            "Scanned digits",
            "2,880 scans of 32x32 black and white pixels that fill their frame (UCI), as IDX files.",
            "CC BY 4.0",
            ("test",),
            "optdigits",
            readers.optdigits,
            lambda settings: all(
                path.is_file() for files in readers.optdigits_files(settings.data_dir) for path in files
            ),
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
            readers.photos,
            lambda settings: (settings.data_dir / "photos" / "labels.csv").is_file(),
            how="Put your pictures there, and a labels.csv with a line for each: the file's name and its digit, under "
            "the heading file,label.",
        ),
        _emnist(
            emnist.PARTS["balanced"],
            "EMNIST Balanced",
            "Digits and letters in 47 classes, in the official files as many of each",
        ),
        _emnist(
            emnist.PARTS["byclass"],
            "EMNIST ByClass",
            "Digits and letters of both cases, 62 classes as often as written",
        ),
        _emnist(
            emnist.PARTS["bymerge"],
            "EMNIST ByMerge",
            "The same images in the 47 classes of Balanced, as often as written",
        ),
        _emnist(
            emnist.PARTS["letters"],
            "EMNIST Letters",
            "Letters, both cases as one, in the official files as many of each of 26",
        ),
        _emnist(emnist.PARTS["digits"], "EMNIST Digits", "Digits, in the official files as many of each"),
        *map(_my_samples, CHARSETS.values()),
    )
}
