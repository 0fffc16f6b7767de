"""Digits and some letters drawn by hand for the tests: pen strokes as polylines, so that no test needs a data set."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Stroke = list[Point]

_SUPERSAMPLING = 4
_CURVE_STEPS = 8

# Control points in a box from (0, 0) at the top left to (1, 1) at the bottom right. A character has one or more
# variants, a variant one or more strokes. "curve" runs a smooth line through its points, "line" joins them straight.
_CHARACTERS: dict[str, list[list[tuple[str, Stroke]]]] = {
    "0": [
        [("curve", [(0.55, 0.02), (0.28, 0.16), (0.17, 0.5), (0.27, 0.86), (0.5, 0.98), (0.74, 0.84), (0.83, 0.5),
                    (0.73, 0.15), (0.55, 0.02)])],
        [("curve", [(0.62, 0.06), (0.36, 0.05), (0.14, 0.36), (0.18, 0.78), (0.45, 0.97), (0.76, 0.78), (0.82, 0.38),
                    (0.66, 0.05), (0.48, 0.12)])],
    ],
    "1": [
        [("line", [(0.5, 0.0), (0.5, 1.0)])],
        [("line", [(0.24, 0.3), (0.54, 0.02), (0.54, 0.98)]), ("line", [(0.25, 0.98), (0.82, 0.98)])],
        [("line", [(0.2, 0.38), (0.56, 0.02), (0.5, 0.99)])],
    ],
    "2": [
        [("curve", [(0.18, 0.24), (0.3, 0.06), (0.55, 0.02), (0.78, 0.17), (0.74, 0.42), (0.5, 0.68), (0.17, 0.97)]),
         ("line", [(0.17, 0.97), (0.84, 0.97)])],
        [("curve", [(0.2, 0.2), (0.46, 0.02), (0.74, 0.15), (0.68, 0.47), (0.38, 0.84), (0.2, 0.93), (0.26, 0.78),
                    (0.48, 0.86), (0.68, 0.97), (0.86, 0.88)])],
    ],
    "3": [
        [("curve", [(0.2, 0.14), (0.45, 0.02), (0.74, 0.13), (0.72, 0.36), (0.44, 0.47)]),
         ("curve", [(0.44, 0.47), (0.74, 0.55), (0.83, 0.76), (0.64, 0.95), (0.36, 0.98), (0.16, 0.86)])],
        [("line", [(0.2, 0.03), (0.78, 0.03), (0.46, 0.4)]),
         ("curve", [(0.46, 0.4), (0.74, 0.48), (0.83, 0.72), (0.62, 0.95), (0.34, 0.97), (0.15, 0.84)])],
    ],
    "4": [
        [("line", [(0.62, 0.02), (0.12, 0.66), (0.88, 0.66)]), ("line", [(0.64, 0.3), (0.64, 0.99)])],
        [("curve", [(0.24, 0.03), (0.18, 0.3), (0.17, 0.52), (0.36, 0.57), (0.78, 0.5)]),
         ("line", [(0.78, 0.05), (0.72, 0.99)])],
    ],
    "5": [
        [("line", [(0.27, 0.03), (0.23, 0.44)]),
         ("curve", [(0.23, 0.44), (0.5, 0.38), (0.78, 0.52), (0.79, 0.78), (0.56, 0.97), (0.17, 0.9)]),
         ("line", [(0.27, 0.03), (0.8, 0.03)])],
        [("curve", [(0.26, 0.16), (0.23, 0.45), (0.52, 0.41), (0.79, 0.57), (0.76, 0.82), (0.5, 0.98), (0.16, 0.9)]),
         ("line", [(0.36, 0.02), (0.86, 0.0)])],
    ],
    "6": [
        [("curve", [(0.7, 0.02), (0.44, 0.14), (0.24, 0.42), (0.19, 0.72), (0.34, 0.95), (0.6, 0.97), (0.79, 0.8),
                    (0.73, 0.58), (0.5, 0.52), (0.29, 0.63), (0.21, 0.76)])],
    ],
    "7": [
        [("line", [(0.16, 0.05), (0.83, 0.05), (0.42, 0.99)])],
        [("line", [(0.16, 0.05), (0.83, 0.05), (0.42, 0.99)]), ("line", [(0.32, 0.53), (0.8, 0.5)])],
        [("line", [(0.16, 0.22), (0.18, 0.04), (0.84, 0.05), (0.46, 0.99)]), ("line", [(0.36, 0.55), (0.84, 0.5)])],
    ],
    "8": [
        [("curve", [(0.72, 0.16), (0.5, 0.02), (0.27, 0.14), (0.32, 0.36), (0.62, 0.53), (0.8, 0.76), (0.62, 0.96),
                    (0.36, 0.96), (0.2, 0.78), (0.34, 0.55), (0.64, 0.37), (0.72, 0.16)])],
    ],
    "9": [
        [("curve", [(0.77, 0.22), (0.56, 0.03), (0.3, 0.1), (0.21, 0.32), (0.35, 0.51), (0.6, 0.46), (0.77, 0.22)]),
         ("line", [(0.77, 0.22), (0.7, 0.99)])],
        [("curve", [(0.77, 0.22), (0.56, 0.03), (0.3, 0.1), (0.21, 0.32), (0.35, 0.51), (0.6, 0.46), (0.77, 0.22),
                    (0.79, 0.55), (0.72, 0.87), (0.46, 0.98), (0.2, 0.86)])],
    ],
}  # fmt: skip

CHARACTERS = tuple(_CHARACTERS)

_LETTERS: dict[str, list[list[tuple[str, Stroke]]]] = {
    "A": [
        [("line", [(0.14, 0.98), (0.5, 0.02), (0.86, 0.98)]), ("line", [(0.27, 0.64), (0.73, 0.64)])],
    ],
    "H": [
        [("line", [(0.2, 0.0), (0.2, 1.0)]), ("line", [(0.8, 0.0), (0.8, 1.0)]), ("line", [(0.2, 0.5), (0.8, 0.5)])],
    ],
    "O": [
        [("curve", [(0.5, 0.03), (0.2, 0.17), (0.06, 0.5), (0.2, 0.84), (0.5, 0.97), (0.8, 0.84), (0.94, 0.5),
                    (0.8, 0.17), (0.5, 0.03)])],
    ],
    "b": [
        [("line", [(0.28, 0.0), (0.28, 0.97)]),
         ("curve", [(0.28, 0.62), (0.46, 0.48), (0.68, 0.52), (0.76, 0.72), (0.68, 0.92), (0.46, 0.99), (0.28, 0.88)])],
    ],
    "e": [
        [("curve", [(0.16, 0.52), (0.5, 0.5), (0.82, 0.44), (0.76, 0.2), (0.5, 0.06), (0.26, 0.18), (0.14, 0.5),
                    (0.24, 0.82), (0.5, 0.96), (0.84, 0.84)])],
    ],
    "i": [
        [("line", [(0.5, 0.36), (0.5, 0.99)]), ("line", [(0.5, 0.04), (0.52, 0.08)])],
    ],
}  # fmt: skip
_DRAWN = _CHARACTERS | _LETTERS


def variants(character: str) -> int:
    """How many ways of writing `character` there are; variants count from 0."""
    return len(_DRAWN[character])


def strokes(character: str, variant: int = 0) -> list[Stroke]:
    """The pen strokes of a character: lists of (x, y) from 0 to 1, y downwards."""
    return [_smooth(points) if kind == "curve" else list(points) for kind, points in _DRAWN[character][variant]]


def draw(
    character: str, size: int = 280, box: tuple[float, float, float] = (60, 40, 200), pen: float = 16, variant: int = 0
) -> NDArray[np.uint8]:
    """Draw a character with a round pen, antialiased, as a canvas does.

    Args:
        size: side of the square picture in pixels.
        box: x, y and side in pixels of the square that the pen's middle line stays within.
        pen: width of the pen in pixels.

    Returns:
        uint8 (size, size), black ink (0) on white (255).
    """
    x, y, side = box
    placed = [[(x + px * side, y + py * side) for px, py in stroke] for stroke in strokes(character, variant)]
    return draw_strokes(placed, size, pen)


def draw_strokes(lines: Sequence[Sequence[Point]], size: int, pen: float) -> NDArray[np.uint8]:
    """Draw polylines given in pixels; uint8 (size, size), black ink on white."""
    large = np.full((size * _SUPERSAMPLING, size * _SUPERSAMPLING), 255, np.uint8)
    for line in lines:
        corners = np.round(np.array(line, np.float64) * _SUPERSAMPLING).astype(np.int32)
        cv2.polylines(large, [corners.reshape(-1, 1, 2)], False, 0, max(1, round(pen * _SUPERSAMPLING)))
    return np.asarray(cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _smooth(points: Stroke) -> Stroke:
    """A Catmull-Rom curve through the points (Catmull and Rom 1974)."""
    padded = [points[0], *points, points[-1]]
    curve = [
        _between(padded[i : i + 4], step / _CURVE_STEPS) for i in range(len(points) - 1) for step in range(_CURVE_STEPS)
    ]
    return [*curve, points[-1]]


def _between(four: Stroke, t: float) -> Point:
    before, start, end, after = (np.array(point) for point in four)
    curve = 2 * start + (end - before) * t + (2 * before - 5 * start + 4 * end - after) * t**2
    x, y = (curve + (3 * start - before - 3 * end + after) * t**3) / 2
    return float(x), float(y)
