"""Lines and shapes that doodles are drawn of: white ink on black, uint8 (96, 96)."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels

SIDE = 96

Points = NDArray[np.float64]
Pair = Sequence[float] | Points


def blank() -> Pixels:
    return np.zeros((SIDE, SIDE), np.uint8)


def any_width(random: np.random.Generator) -> int:
    """The width of a pen, 2 to 9 pixels."""
    return int(random.integers(2, 10))


def smooth(corners: Points, closed: bool = False) -> Points:
    """A smooth line through some corners, float (points, 2), by Catmull and Rom's spline (1974)."""
    ends = (corners[-1:], corners[:2]) if closed else (corners[:1], corners[-1:])
    padded = np.concatenate([ends[0], corners, ends[1]])
    a, b, c, d = (padded[start : len(padded) - 3 + start, None] for start in range(4))
    t = np.linspace(0, 1, 8)[:, None]
    parts = b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.asarray(parts.reshape(-1, 2))


def draw_line(canvas: Pixels, points: Points, pen: int, closed: bool = False) -> None:
    """Draw a line through points (N, 2), x and y in pixels, `pen` pixels wide."""
    cv2.polylines(canvas, _in_eighths(points), closed, 255, pen, cv2.LINE_AA, shift=3)


def draw_fill(canvas: Pixels, points: Points) -> None:
    """Fill the shape within points (N, 2)."""
    cv2.fillPoly(canvas, _in_eighths(points), 255, cv2.LINE_AA, shift=3)


def _in_eighths(points: Points) -> list[NDArray[np.int32]]:
    return [np.rint(points * 8).astype(np.int32).reshape(-1, 1, 2)]


def draw_arc(
    canvas: Pixels, middle: Pair, axes: Pair, pen: int, turn: float = 0, arc: tuple[int, int] = (0, 360)
) -> None:
    """Draw a part of an ellipse, filled where the pen is -1: middle and half axes in pixels, angles in degrees."""
    x, y, across, down = np.rint([*middle, *axes]).astype(int).tolist()
    cv2.ellipse(canvas, (x, y), (across, down), turn, *arc, 255, pen, cv2.LINE_AA)


def direction(angles: Points | float) -> Points:
    """Unit vectors (..., 2) at these angles."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def ring(random: np.random.Generator, corners: int, low: float, high: float) -> Points:
    """Corners around the middle, at distances of `low` to `high` pixels."""
    if random.random() < 0.5:
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    else:
        angles = np.arange(corners) * 2 * np.pi / corners + random.uniform(0, 2 * np.pi)
    return SIDE / 2 + random.uniform(low, high, corners)[:, None] * direction(angles)
