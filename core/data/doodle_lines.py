"""Lines and shapes that doodles are drawn of: white ink on black, uint8 (96, 96)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels

SIDE = 96

Points = NDArray[np.float64]


def blank() -> Pixels:
    """A canvas without ink."""
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
    dots = np.rint(points * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(canvas, [dots], closed, 255, pen, cv2.LINE_AA, shift=3)


def draw_fill(canvas: Pixels, points: Points) -> None:
    """Fill the shape within points (N, 2)."""
    cv2.fillPoly(canvas, [np.rint(points * 8).astype(np.int32).reshape(-1, 1, 2)], 255, cv2.LINE_AA, shift=3)


def ring(random: np.random.Generator, corners: int, low: float, high: float) -> Points:
    """Corners around the middle, at distances of `low` to `high` pixels."""
    angles = (
        np.sort(random.uniform(0, 2 * np.pi, corners))
        if random.random() < 0.5
        else (np.arange(corners) * 2 * np.pi / corners + random.uniform(0, 2 * np.pi))
    )
    distance = random.uniform(low, high, corners)
    return SIDE / 2 + distance[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
