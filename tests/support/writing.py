"""Characters for made-up pictures, as pen strokes or as glyphs, and their ink at any size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.data.pen_strokes import read_strokes, strokes_file
from tests.support import strokes as drawn_by_hand

Pixels = NDArray[np.uint8]
Ink = NDArray[np.float32]
"""(H, W), 0 on paper, 1 on the stroke."""
Points = NDArray[np.float64]
Strokes = tuple[Points, ...]
"""Each (points, 2), x and y in any unit, y downwards."""
Character = Strokes | Pixels
"""Strokes, or a glyph: uint8 (H, W), white on black."""

THINNEST, THICKEST = 0.06, 0.15  # pen width as a share of a character's longer side
LEAST_PEN = 1.3  # pixels
SMALLEST = 20  # longer side of a character, pixels, below which people no longer read it surely

_SPECK_SHARE = 1 / 200  # of a picture's side


@dataclass(frozen=True)
class Labelled:
    """A character and what it is."""

    label: str
    character: Character


def from_tablet(strokes: Iterable[Sequence[tuple[int, int]]]) -> Strokes:
    """Strokes of a tablet, whose y runs upwards."""
    return tuple(np.array(stroke, np.float64).reshape(-1, 2) * (1, -1) for stroke in strokes if len(stroke))


def digits(random: np.random.Generator, count: int, data_dir: Path | None = None) -> list[Labelled]:
    """Digits as strokes, every digit about as often: those of the test writers, or the tests' own without data."""
    hands = list(_test_writers(data_dir)) if data_dir and strokes_file(data_dir).is_file() else list(_own(random))
    of_digit = {label: [one for one in hands if one.label == label] for label in "0123456789"}
    labels = [str(place % 10) for place in range(count)]
    return [of_digit[label][random.integers(len(of_digit[label]))] for label in labels]


def _test_writers(data_dir: Path) -> Iterator[Labelled]:
    for digit in read_strokes(data_dir, "test"):
        yield Labelled(digit.label, from_tablet(digit.strokes))


def _own(random: np.random.Generator) -> Iterator[Labelled]:
    """Digits of `tests.support.strokes`, each way of writing them leant and stretched a little."""
    for label in drawn_by_hand.CHARACTERS:
        for variant in range(drawn_by_hand.variants(label)):
            for _ in range(4):
                lean = np.array([[random.uniform(0.6, 1.0), random.uniform(-0.25, 0.1)], [0, 1]])
                lines = drawn_by_hand.strokes(label, variant)
                yield Labelled(label, tuple(np.array(line) @ lean.T for line in lines))


def log_uniform(random: np.random.Generator, low: float, high: float) -> float:
    """Every ratio of sizes as often."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def pen_width(random: np.random.Generator, side: float, low: float = THINNEST, high: float = THICKEST) -> float:
    """Pixels, for a character whose longer side has so many; the shares are those of that side."""
    return max(LEAST_PEN, side * float(random.uniform(low, high)))


def fit(character: Character, side: float, pen: float) -> Ink:
    """The ink of a character, cut tight, its longer side so many pixels and at least 1.

    Args:
        character: strokes or a glyph.
        side: longer side in pixels, the pen's width included.
        pen: width in pixels; a glyph keeps its own.
    """
    return _fit_strokes(character, side, pen) if isinstance(character, tuple) else _fit_glyph(character, side)


def _fit_strokes(strokes: Strokes, side: float, pen: float) -> Ink:
    low, high = bounds(strokes)
    scale = max(side - pen, 1.0) / max(float((high - low).max()), 1e-6)
    width, height = np.maximum(np.ceil((high - low) * scale + pen), 1).astype(int).tolist()
    finer = 8 if side < 100 else 4
    canvas = np.zeros((height * finer, width * finer), np.uint8)
    for stroke in strokes:
        dots = np.rint(((stroke - low) * scale + pen / 2) * finer * 8).astype(np.int32)
        dots = np.repeat(dots, 2, axis=0) if len(dots) == 1 else dots
        cv2.polylines(canvas, [dots.reshape(-1, 1, 2)], False, 255, max(1, round(pen * finer)), cv2.LINE_8, shift=3)
    return to_ink(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


def _fit_glyph(glyph: Pixels, side: float) -> Ink:
    x, y, width, height = cv2.boundingRect((glyph >= 16).astype(np.uint8))
    if not width:
        return np.zeros((1, 1), np.float32)
    cut = to_ink(glyph[y : y + height, x : x + width])
    factor = side / max(width, height)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if factor <= 1:
        return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32)
    large = cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC)
    steeper = min(max(1.0, factor / 1.5), 6.0)  # as steep an edge as a pen leaves at this size
    return np.asarray(np.clip((large - 0.45) * steeper + 0.45, 0, 1), np.float32)


def to_ink(picture: NDArray[np.generic]) -> Ink:
    """0 to 255 as 0 to 1."""
    return np.asarray(np.asarray(picture, np.float32) / 255, np.float32)


def bounds(strokes: Strokes) -> tuple[Points, Points]:
    """The least and the greatest x and y, each (2,)."""
    return np.min([line.min(axis=0) for line in strokes], axis=0), np.max(
        [line.max(axis=0) for line in strokes], axis=0
    )


def place(random: np.random.Generator, ink: Ink, height: int, width: int, stray: float = 0.5) -> Ink:
    """Ink in a larger rectangle, off its middle by up to `stray` of the room; what does not fit in is cut off."""
    ink = ink[:height, :width]
    room = np.array([height - ink.shape[0], width - ink.shape[1]])
    top, left = np.rint(room * (0.5 + random.uniform(-stray / 2, stray / 2, 2))).astype(int)
    placed = np.zeros((height, width), np.float32)
    placed[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return placed


def write(
    random: np.random.Generator,
    character: Character | None,
    height: int,
    width: int,
    share: tuple[float, float] = (0.5, 0.85),
) -> Ink:
    """A character in a rectangle, about its middle; without one nothing, or, as often, a speck.

    Args:
        character: strokes, a glyph, or None.
        height, width: of the rectangle, pixels.
        share: the least and the greatest share of the shorter side that the character's longer side takes.
    """
    if character is None:
        return _speck(random, height, width)
    side = min(height, width) * float(random.uniform(*share))
    return place(random, fit(character, side, pen_width(random, side)), height, width)


def _speck(random: np.random.Generator, height: int, width: int) -> Ink:
    ink = np.zeros((height, width), np.float32)
    if random.random() < 0.5:
        size = max(1, round(min(height, width) * _SPECK_SHARE * random.uniform(0.5, 1.5)))
        top, left = int(random.integers(height // 5, height * 4 // 5)), int(random.integers(width // 5, width * 4 // 5))
        ink[top : top + size, left : left + size] = 1
    return ink


def along(strokes: Strokes, step: float = 0.01) -> Strokes:
    """The same lines with a point every `step` of the character's longer side, each of two points at least."""
    low, high = bounds(strokes)
    unit = step * max(float((high - low).max()), 1e-6)
    return tuple(_resampled(line, unit) for line in strokes)


def _resampled(line: Points, unit: float) -> Points:
    reached = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    wanted = np.linspace(0, reached[-1], max(2, round(reached[-1] / unit) + 1))
    return np.stack([np.interp(wanted, reached, line[:, axis]) for axis in range(2)], axis=1)


def pieces(strokes: Strokes, keep: NDArray[np.bool_]) -> Strokes:
    """What is left of lines when only these of their points, counted through all of them, are kept."""
    found: list[Points] = []
    start = 0
    for line in strokes:
        kept = keep[start : start + len(line)]
        start += len(line)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]).astype(np.int8)))
        found += [line[begin:end] for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(found)
