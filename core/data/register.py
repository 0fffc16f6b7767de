"""The register of data sets: a line for each, in the order in which they are listed."""

from core.charsets import CHARSETS, Charset
from core.data.emnist import PARTS
from core.data.mnist import Mnist
from core.data.my_samples import MySamples
from core.data.optdigits import OptDigits
from core.data.pen_strokes import PenStrokes
from core.data.photos import Photos
from core.data.segments import SegmentDigits
from core.data.source import Source
from core.data.uci_digits import UciDigits
from core.data.unipen import CHARSET_OF
from core.data.unipen_source import Unipen
from core.errors import ConfigError

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Mnist(),
        PenStrokes(),
        UciDigits(),
        SegmentDigits(),
        OptDigits(),
        Photos(),
        *PARTS.values(),
        *map(Unipen, CHARSET_OF),
        *map(MySamples, CHARSETS.values()),
    )
}

ALWAYS_PRESENT = UciDigits.name
"""The data set that needs no files and no download."""


def get_source(name: str) -> Source:
    """Look up a data set; ConfigError where there is none of that name."""
    if name not in SOURCES:
        raise ConfigError(f"There is no data set {name!r}. Known: {', '.join(SOURCES)}.")
    return SOURCES[name]


def is_mine(name: str) -> bool:
    return isinstance(SOURCES.get(name), MySamples)


def samples_of(charset: Charset) -> str:
    return MySamples(charset).name
