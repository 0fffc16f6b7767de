"""Characters of many hands as pen strokes: UNIPEN's training set (Guyon et al., "UNIPEN project of on-line data
exchange and recognizer benchmarks", 1994; International Unipen Foundation, Zenodo record 1195803, CC BY 4.0).

The scores here were measured on strokes that somebody took out of the published archive: some four of five of its
isolated characters, by a choice that is not recorded. What the download takes out of the archive holds them all, under
other names of the writers, and counts as a stand-in.
"""

import gzip
import hashlib
import re
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.charsets import CAPITALS, DIGITS, SMALL_LETTERS
from core.data.strokes import PenCharacter, read_file

KINDS = ("digits", "capitals", "small-letters", "signs")
SPLITS = ("train", "validation", "test")
CHARSET_OF = {"digits": DIGITS, "capitals": CAPITALS, "small-letters": SMALL_LETTERS}
"""What the kinds hold that are data sets; signs are no characters of any charset."""

FOLDER = "unipen"

CONTENT_SHA256 = {
    "digits": "ab5a22b7a0b4072b12075211e56b8d4d6aab0152552162144044e71c245182b5",
    "capitals": "e962f2ff306b6c328df03cac5a76a6e4f21943c0c8bafca51d82730630a4e402",
    "small-letters": "c8eb7b797a30a88904eca1c973cb6cf0bb0c4114522dd20172911380f615374c",
    "signs": "0a226d189b13139de15ca1f6cf775c5674efb917094e1d8b0c46e3c484a9f230",
}
"""Hashes of labels, writers and strokes, see `hash_content`; not of the files that carry them."""

_TEST_PERCENT, _VALIDATION_PERCENT = 20, 10
_BARE = 0.12  # a stroke is bare whose spread across is less than this share of that along it
_POINTS = 60  # on a stroke, to measure that
_WHOLE_AS_A_LINE = frozenset("1Iil")

_COUNTRY = re.compile(rb'"country":(?:null|"(?:[^"\\]|\\.)*"),')


def is_cut(character: PenCharacter) -> bool:
    """Whether it is one bare stroke under the label of a character that has more to it: only a piece of that.

    Upright, a bare stroke is a whole 1, I or l, and an i without its dot. Of the characters of writers for training
    54 % of these, where they are of one stroke, are bare, and of no others more than 4 %.
    """
    if len(character.strokes) != 1 or len(character.strokes[0]) < 2:
        return False
    points = _evenly(np.array(character.strokes[0], np.float64))
    (short, long), axes = np.linalg.eigh(np.cov(points.T))
    upright = abs(axes[1, 1]) > abs(axes[0, 1])
    return bool(short < _BARE**2 * long and not (upright and character.label in _WHOLE_AS_A_LINE))


def _evenly(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (N, 2) at even distances along a stroke: a tablet gives more of them where a pen is slow."""
    distances = np.append(0.0, np.hypot(*np.diff(points, axis=0).T).cumsum())
    even = np.linspace(0, distances[-1], _POINTS)
    return np.stack([np.interp(even, distances, column) for column in points.T], axis=1)


def strokes_file(data_dir: Path, kind: str) -> Path:
    return data_dir / FOLDER / f"unipen-{kind}-strokes.json.gz"


def split_of(writer: str) -> str:
    """The split that all characters of a writer belong to: by a hash of the name, so that it never changes."""
    draw = zlib.crc32(writer.encode()) % 100
    if draw < _TEST_PERCENT:
        return "test"
    return "validation" if draw < _TEST_PERCENT + _VALIDATION_PERCENT else "train"


def read_characters(data_dir: Path, kind: str, split: str) -> list[PenCharacter]:
    """Read the characters of one of KINDS that the writers of one of SPLITS have written.

    Of letters and digits to learn from and to choose on those that are cut are left out: taught that a bare stroke may
    be a T, an H or a 4, a network is unsure of every 1. The test has all of them. It raises as `read_file`.
    """
    dataset = f"unipen-{kind if kind in CHARSET_OF else 'digits'}"  # one download brings all kinds
    path = strokes_file(data_dir, kind)
    characters = read_file(path, f"UNIPEN's {kind}", dataset, lambda writer: split_of(writer) == split)
    keeps_all = split == "test" or kind not in CHARSET_OF
    return characters if keeps_all else [character for character in characters if not is_cut(character)]


def count(data_dir: Path, kind: str, split: str) -> int:
    """How many characters `read_characters` gives. It takes seconds, and is kept until the file changes."""
    return _count(data_dir, kind, split, _stamp(strokes_file(data_dir, kind)))


def _stamp(path: Path) -> tuple[int, ...]:
    """Differs where a file has changed; empty where there is none."""
    if not path.is_file():
        return ()
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=len(KINDS) * len(SPLITS))
def _count(data_dir: Path, kind: str, split: str, stamp: tuple[int, ...]) -> int:  # noqa: ARG001 - of the file
    return len(read_characters(data_dir, kind, split))


def is_official(data_dir: Path, kind: str) -> bool:
    """Whether the strokes that are there are those that the scores of this project were measured on."""
    path = strokes_file(data_dir, kind)
    return not path.is_file() or _is_official(path, kind, _stamp(path))


@lru_cache(maxsize=4 * len(KINDS))
def _is_official(path: Path, kind: str, stamp: tuple[int, ...]) -> bool:  # noqa: ARG001 - of the file
    try:
        return _hash_at(path) == CONTENT_SHA256[kind]
    except (OSError, EOFError, zlib.error):
        return False


def hash_file(data_dir: Path, kind: str) -> str:
    """The hash of the characters of one of KINDS that are there, see `hash_content`."""
    return _hash_at(strokes_file(data_dir, kind))


def _hash_at(path: Path) -> str:
    return hash_content(gzip.decompress(path.read_bytes()))


def hash_content(text: bytes) -> str:
    """SHA-256 of the labels, writers and strokes of a JSON text as `pack` makes it; the countries are left out."""
    return hashlib.sha256(_COUNTRY.sub(b"", text)).hexdigest()
