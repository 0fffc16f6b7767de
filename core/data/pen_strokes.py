"""Digits as pen strokes: the UCI Pen-Based Recognition data (Alpaydin and Alimoglu, 1998; CC BY 4.0).

7,494 digits of 30 writers, 250 each. They are drawn here as a person would draw them on the canvas of the Draw page.
"""

import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.download import fetch, workplace
from core.data.source import DRAW_SEED, Pairs, Source, map_to_glyphs
from core.data.unipen import pack
from core.errors import DataError, DataMissing
from core.jobs import Progress
from core.settings import Settings
from core.vision.normalise import normalise

ARCHIVE_URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
ARCHIVE_MEMBER = "pendigits-orig.tra.Z"
STROKES_SHA256 = "f5767774abe52715ba9ca152b1dc3b0b65c03d2e77114fc5c8e80c156bdc35f3"
"""Hash of the strokes, not of the file that carries them, so that it holds for the archive and for a copy."""

CANVAS = 280  # pixels a side
SMALLEST, LARGEST = 80, 240  # longer side of a drawn digit, pixels
THINNEST, THICKEST = 6, 24  # pen width, pixels

WRITERS = 30
TEST_WRITERS, VALIDATION_WRITERS = 8, 4
SPLIT_SEED = 2026
DRAWINGS = {"train": 4, "validation": 3, "test": 1}
"""How often each digit is drawn."""


class Written(Protocol):
    """A character as pen strokes, of any data set."""

    @property
    def strokes(self) -> Sequence[Sequence[tuple[float, float]]]:
        """Strokes of (x, y), y upwards."""
        ...


@dataclass(frozen=True)
class PenDigit:
    """One digit: strokes of (x, y) points in tablet units, 0 to 500, y upwards."""

    label: int
    writer: int
    strokes: tuple[tuple[tuple[int, int], ...], ...]


def writers_of(split: str) -> list[int]:
    """The writers of a split, 1 to 30: eight for "test", four for "validation", the other eighteen for "train".

    They are drawn once by a fixed seed; no model is ever trained or chosen on a test writer's hand.
    """
    order = [int(writer) + 1 for writer in np.random.default_rng(SPLIT_SEED).permutation(WRITERS)]
    held_out = TEST_WRITERS + VALIDATION_WRITERS
    parts = {"test": order[:TEST_WRITERS], "validation": order[TEST_WRITERS:held_out], "train": order[held_out:]}
    return sorted(parts[split])


def strokes_file(data_dir: Path) -> Path:
    """Where the strokes lie: JSON, gzipped."""
    return data_dir / "pendigits" / "pendigits-train-strokes.json.gz"


def read_strokes(data_dir: Path) -> list[PenDigit]:
    """Read the digits of all writers.

    Raises:
        DataMissing: the file is not there.
        DataError: it is damaged, or not the published data.
    """
    path = strokes_file(data_dir)
    if not path.is_file():
        raise DataMissing(
            f"The pen strokes are not at {path}. Fetch them with: python -m core data download pen-strokes"
        )
    try:
        records = json.loads(gzip.decompress(path.read_bytes()))
        digits = [_from_record(record) for record in records]
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged ({error}). Delete it and fetch it again.") from error
    check_strokes(digits, STROKES_SHA256)
    return digits


def _from_record(record: dict[str, object]) -> PenDigit:
    strokes = tuple(tuple((int(x), int(y)) for x, y in stroke) for stroke in record["strokes"])  # type: ignore[attr-defined]
    return PenDigit(int(str(record["label"])), int(str(record["writer"])), strokes)


def check_strokes(digits: Sequence[PenDigit], sha256: str) -> None:
    """Hold the strokes against the hash of the published ones.

    Raises:
        DataError: they differ.
    """
    found = hash_strokes(digits)
    if found != sha256:
        raise DataError(
            f"The pen strokes have the hash {found[:12]}, not {sha256[:12]}: these are not the published ones."
        )


def hash_strokes(digits: Sequence[PenDigit]) -> str:
    """SHA-256 of labels, writers and points in their order."""
    text = json.dumps([[digit.label, digit.writer, digit.strokes] for digit in digits], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class PenStrokes(Source):
    """Every digit of a split's writers, drawn several times for training, once for the test."""

    name = "pen-strokes"
    title = "Pen strokes"
    description = "7,494 digits of 30 Turkish writers as pen strokes, drawn at random size, place and pen width (UCI)."
    licence = "CC BY 4.0: E. Alpaydin, F. Alimoglu, UCI Pen-Based Recognition of Handwritten Digits"
    splits = ("train", "validation", "test")
    folder = "pendigits"
    slow = True

    def present(self, settings: Settings) -> bool:
        """Whether there is a file of strokes."""
        return strokes_file(settings.data_dir).is_file()

    def count(self, split: str, settings: Settings) -> int:
        """The number of drawings in a split."""
        return len(self._digits(split, settings))

    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        """Draw the digits, and send the drawings through the whole pipeline."""
        digits = self._digits(split, settings)
        seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(digits))

        def drawing(item: tuple[PenDigit, np.random.SeedSequence]) -> NDArray[np.uint8]:
            digit, seed = item
            return normalise(draw(digit, np.random.default_rng(seed))).glyph

        glyphs = map_to_glyphs(drawing, zip(digits, seeds, strict=True), progress, len(digits))
        return glyphs, np.array([digit.label for digit in digits], np.int64)

    def _digits(self, split: str, settings: Settings) -> list[PenDigit]:
        wanted = set(writers_of(split))
        return [digit for digit in read_strokes(settings.data_dir) if digit.writer in wanted] * DRAWINGS[split]

    def download(self, data_dir: Path, progress: Progress) -> None:
        """Fetch the UCI archive, take the training writers' strokes out of it, check them, and keep them as JSON."""
        import unlzw3

        path = strokes_file(data_dir)
        with workplace(path.parent) as folder:
            archive = folder / "pendigits.zip"
            fetch([ARCHIVE_URL], archive, progress)
            try:
                with zipfile.ZipFile(archive) as opened:
                    text = unlzw3.unlzw(opened.read(ARCHIVE_MEMBER)).decode("ascii")
                digits = parse_unipen(text.splitlines())
            except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
                raise DataError(f"The archive from {ARCHIVE_URL} is not what was expected ({error}).") from error
            check_strokes(digits, STROKES_SHA256)
            scratch = folder / path.name
            scratch.write_bytes(pack([vars(digit) for digit in digits]))
            scratch.replace(path)


def parse_unipen(lines: Iterable[str]) -> list[PenDigit]:
    """Read digits from the UNIPEN text of the archive (Guyon et al., "UNIPEN project of on-line data exchange", 1994).

    A digit starts at `.SEGMENT`; `.COMMENT` gives its label, writer and number; its points stand, a line each,
    between `.PEN_DOWN` and `.PEN_UP`.

    Raises:
        ValueError: a line is not of that form.
    """
    digits: list[PenDigit] = []
    strokes: list[list[tuple[int, int]]] = []
    label = writer = None
    pen_down = False
    for line in [*lines, ".SEGMENT"]:
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            if label is not None and writer is not None:
                digits.append(PenDigit(label, writer, tuple(tuple(stroke) for stroke in strokes if stroke)))
            strokes, label, writer = [], None, None
        elif words[0] == ".COMMENT" and len(words) == 4 and all(word.isdecimal() for word in words[1:]):
            label, writer = int(words[1]), int(words[2])
        elif words[0] == ".PEN_DOWN":
            strokes.append([])
        if words[0].startswith("."):
            pen_down = words[0] == ".PEN_DOWN"
        elif pen_down:
            strokes[-1].append((int(words[0]), int(words[1])))
    return digits


def draw(digit: Written, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a character as somebody would on the canvas: at a random size, place and pen width.

    Returns:
        uint8 (280, 280), black (0) ink on white (255), antialiased.
    """
    pen = float(generator.uniform(THINNEST, THICKEST))
    points = [np.array(stroke, np.float64) * (1, -1) for stroke in digit.strokes]
    low = np.min([stroke.min(axis=0) for stroke in points], axis=0)
    high = np.max([stroke.max(axis=0) for stroke in points], axis=0)
    scale = float(generator.uniform(SMALLEST, LARGEST)) / max(*(high - low), 1.0)
    room = CANVAS - (high - low) * scale - pen
    corner = generator.uniform(0, 1, 2) * room + pen / 2
    return draw_lines([(stroke - low) * scale + corner for stroke in points], pen)


def draw_lines(lines: Sequence[NDArray[np.float64]], pen: float) -> NDArray[np.uint8]:
    """Draw polylines with a round pen.

    Args:
        lines: each float (points, 2), x and y in canvas pixels, y downwards.
        pen: width in pixels.

    Returns:
        uint8 (280, 280), black (0) ink on white (255), antialiased by drawing at four times the size.
    """
    canvas = np.full((CANVAS * 4, CANVAS * 4), 255, np.uint8)
    for line in lines:
        dots = np.rint(line * 4 * 8).astype(np.int32)  # three fractional bits, see `shift`
        cv2.polylines(canvas, [dots.reshape(-1, 1, 2)], False, 0, max(round(pen * 4), 1), cv2.LINE_8, shift=3)
    return cv2.resize(canvas, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
