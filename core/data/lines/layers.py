"""Layers that a picture of a line is made of."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Layer = NDArray[np.float32]
"""(H, W): of ink, 0 to 1; of paper or light, the level or a factor of it."""

Shape = tuple[int, ...]
"""Height and width in pixels."""


def to_layer(ink: NDArray[np.uint8]) -> Layer:
    """Ink of 0 to 255 as a layer."""
    return ink.astype(np.float32) / np.float32(255)


def smooth_noise(shape: Shape, cell: float, rng: Generator) -> Layer:
    """Noise of a standard deviation near 1 that varies over `cell` pixels."""
    knots = rng.normal(0, 1, (max(2, round(shape[0] / cell)), max(2, round(shape[1] / cell)))).astype(np.float32)
    return np.asarray(cv2.resize(knots, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def draw_line(layer: NDArray[np.uint8], points: Sequence[tuple[float, float]], width: int) -> None:
    """Draw a line of 255 through points, x and y, that are rounded to whole pixels."""
    dots = np.rint(points).astype(np.int32)
    cv2.polylines(layer, [dots.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA)
