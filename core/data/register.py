"""The register of data sets: what there is, where it comes from, and how it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.charsets import CHARSETS, DIGITS, Charset
from core.data import emnist, readers, unipen
from core.data.mnist import DOWNLOAD_BYTES, FOLDER, download_mnist, mnist_damage, mnist_present, read_mnist
from core.data.pen_strokes import download_strokes, strokes_file
from core.data.readers import Pairs
from core.data.segments import COUNTS, read_segments
from core.errors import ConfigError, SampleError
from core.jobs import Progress
from core.settings import Settings

_MINE = "my-samples"


@dataclass(frozen=True)
class Source:
    """Where a data set comes from and how to read it.

    Attributes:
        splits: the parts it has. One without "validation" leaves it to the training to set some images aside.
        folder: its folder in the data folder; empty when it comes with a library.
        present: whether it is there whole.
        download_bytes: what a download costs, 0 when there is none or its size is not known.
        damage: what is wrong with one that is there, but not whole; None for one that is absent or present.
        instructions: what to put into its folder, for one that cannot be downloaded.
        slow: whether its images are drawn when they are read, which takes half a minute or more for a training split.
        charset: what its labels are.
        overlaps_with: data sets made of the same pages: a test image of the one may be a training image of the other.
        official: whether what is there is what was published, as far as that shows at a look.
        count: how many images a split has, for one that need not be read for that.
        doubtful: whether some labels are known to be wrong, so that how sure a model may be is not chosen on it.
    """

    name: str
    title: str
    description: str
    licence: str
    splits: tuple[str, ...]
    folder: str
    read: Callable[[str, Settings, Progress], Pairs]
    present: Callable[[Settings], bool]
    download: Callable[[Path, Progress], None] | None = None
    download_bytes: int = 0
    damage: Callable[[Settings], str | None] = lambda _: None
    instructions: str = ""
    slow: bool = False
    charset: Charset = DIGITS
    overlaps_with: tuple[str, ...] = ()
    official: Callable[[Settings], bool] = lambda _: True
    count: Callable[[str, Settings], int] | None = None
    doubtful: bool = False

    def title_of(self, settings: Settings) -> str:
        """The title of what is there: other images under its files' names are a stand-in."""
        return self.title if self.official(settings) else f"{self.title} (stand-in)"


def get_source(name: str) -> Source:
    """Look up a data set by name.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in SOURCES:
        raise ConfigError(f"There is no data set {name!r}. Known: {', '.join(SOURCES)}.")
    return SOURCES[name]


def is_mine(name: str) -> bool:
    """Whether a data set holds the user's own samples."""
    return name.startswith(_MINE)


def samples_of(charset: Charset) -> str:
    """The name of the data set of the user's own samples of a charset."""
    return _MINE if charset == DIGITS else f"{_MINE}-{charset.name}"


def _has_samples(settings: Settings, charset: Charset) -> bool:
    """Whether there are any to be read; a page that only lists the data sets does not wait for a locked database."""
    from core.samples import store

    try:
        return store.exist(settings) and bool(store.count(settings, charset.name, patience=0.2))
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
        instructions="Say what it is under an answer on the pages Draw and Upload, or import a file on My samples.",
        charset=charset,
    )


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
        overlaps_with=("mnist", *(f"emnist-{other}" for other in emnist.PARTS if other != part.name)),
        official=lambda settings: emnist.is_official(part, settings.data_dir),
        count=lambda split, settings: emnist.count(part, split, settings.data_dir),
    )


def _unipen(kind: str, title: str, description: str) -> Source:
    return Source(
        f"unipen-{kind}",
        title,
        f"{description} as pen strokes, drawn at random size, place and pen width (UNIPEN). One download brings "
        "digits, capitals and small letters.",
        "CC BY 4.0: International Unipen Foundation, UNIPEN train-R01/V07 (Zenodo 1195803)",
        unipen.SPLITS,
        unipen.FOLDER,
        lambda split, settings, progress: readers.unipen_strokes(kind, split, settings, progress),
        lambda settings: unipen.strokes_file(settings.data_dir, kind).is_file(),
        unipen.download,
        unipen.DOWNLOAD_BYTES,
        slow=True,
        charset=unipen.CHARSET_OF[kind],
        official=lambda settings: unipen.is_official(settings.data_dir, kind),
        count=lambda split, settings: readers.count_unipen(kind, split, settings),
        doubtful=True,  # of the digits some four in a thousand are cut, or another digit than is said
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
            overlaps_with=tuple(f"emnist-{part}" for part in emnist.PARTS),
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
            count=readers.count_pen_strokes,
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
            "segment-digits",
            "Digits of straight strokes",
            "7,400 digits from corner to corner, as on forms with guide dots: made by rule, to learn from.",
            "made by this program",
            ("train", "validation"),
            "",
            lambda split, _, __: read_segments(split),
            lambda _: True,
            slow=True,
            count=lambda split, _: COUNTS[split],
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
            instructions="Put the four files optdigits-tra-images-idx3-ubyte, optdigits-tra-labels-idx1-ubyte, "
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
            instructions="Put your pictures there, and a labels.csv with a line for each: the file's name and its "
            "digit, under the heading file,label.",
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
        _unipen("digits", "UNIPEN digits", "12,940 digits of 429 writers of many countries"),
        _unipen("capitals", "UNIPEN capitals", "22,526 capitals of 1,105 writers of many countries"),
        _unipen("small-letters", "UNIPEN small letters", "48,821 small letters of 1,697 writers of many countries"),
        *map(_my_samples, CHARSETS.values()),
    )
}
