"""Characters as pen strokes: their files, and how they are drawn as a person would on the canvas of the Draw page."""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from core.data.source import map_to_glyphs
from core.errors import DataError, DataMissing
from core.jobs import Progress
from core.vision.grey import Pixels

CANVAS = 280  # pixels a side
SMALLEST, LARGEST = 80, 240  # longer side of a drawn character, pixels
THINNEST, THICKEST = 6, 24  # pen width, pixels
_SEEDS = {"train": 1, "validation": 2, "test": 3}

Strokes = tuple[tuple[tuple[int, int], ...], ...]
"""Of (x, y) points in units of the tablet, y upwards."""


@dataclass(frozen=True)
class PenCharacter:
    """One character of a data set of pen strokes."""

    label: str
    writer: str
    strokes: Strokes


def read_file(path: Path, title: str, dataset: str, by: Callable[[str], bool] = lambda _: True) -> list[PenCharacter]:
    """Read the characters of a file that the wanted writers have written.

    Raises:
        DataMissing: the file is not there; the message says how to fetch the data set.
        DataError: it is damaged.
    """
    if not path.is_file():
        raise DataMissing(f"{title} are not at {path}. Fetch them with: python -m core data download {dataset}")
    try:
        records = json.loads(gzip.decompress(path.read_bytes()))
        return [_from_record(record) for record in records if by(str(record["writer"]))]
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error}). Delete it and fetch it again.") from error


def _from_record(record: dict[str, object]) -> PenCharacter:
    strokes = tuple(tuple((int(x), int(y)) for x, y in stroke) for stroke in record["strokes"])  # type: ignore[attr-defined]
    return PenCharacter(str(record["label"]), str(record["writer"]), tuple(filter(None, strokes)))


def pack(records: Sequence[Mapping[str, object]]) -> bytes:
    """The content of a file of strokes: JSON, gzipped, the same for the same records."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(json.dumps(records, separators=(",", ":")).encode())
    return packed.getvalue()


def draw_glyphs(
    characters: Sequence[PenCharacter], split: str, frame: Callable[[Pixels], Pixels], progress: Progress
) -> Pixels:
    """Draw each character, and make a glyph of the drawing: (N, 28, 28), for a split always the same."""

    def glyph(item: tuple[PenCharacter, np.random.SeedSequence]) -> Pixels:
        character, seed = item
        return frame(draw(character.strokes, np.random.default_rng(seed)))

    seeds = np.random.SeedSequence(_SEEDS[split]).spawn(len(characters))
    return map_to_glyphs(glyph, zip(characters, seeds, strict=True), progress, len(characters))


def draw(strokes: Strokes, random: np.random.Generator) -> Pixels:
    """Draw strokes as somebody would on the canvas, with a round pen: at a random size, place and pen width.

    The drawing is uint8 (280, 280), black (0) ink on white (255), antialiased by drawing at four times the size.
    """
    pen = float(random.uniform(THINNEST, THICKEST))
    points = [np.array(stroke, np.float64) * (1, -1) for stroke in strokes]
    low = np.min([stroke.min(axis=0) for stroke in points], axis=0)
    high = np.max([stroke.max(axis=0) for stroke in points], axis=0)
    scale = float(random.uniform(SMALLEST, LARGEST)) / max(*(high - low), 1.0)
    room = CANVAS - (high - low) * scale - pen
    corner = random.uniform(0, 1, 2) * room + pen / 2
    canvas = np.full((CANVAS * 4, CANVAS * 4), 255, np.uint8)
    for stroke in points:
        dots = np.rint(((stroke - low) * scale + corner) * 4 * 8).astype(np.int32)  # three fractional bits, see `shift`
        cv2.polylines(canvas, [dots.reshape(-1, 1, 2)], False, 0, max(round(pen * 4), 1), cv2.LINE_8, shift=3)
    return np.asarray(cv2.resize(canvas, (CANVAS, CANVAS), interpolation=cv2.INTER_AREA), np.uint8)
