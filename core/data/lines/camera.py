"""The light over a line, and what a camera, a scanner or a file makes of it."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data.lines.layers import Layer, Shape, smooth_noise

Grey = NDArray[np.uint8]
"""A picture (H, W)."""


def light(shape: Shape, rng: Generator) -> Layer:
    """Light, 0.2 to 1.2: a gradient, a soft shadow, the edge of a hard one."""
    across, down = np.linspace(-0.5, 0.5, shape[1]), np.linspace(-0.5, 0.5, shape[0])
    level = 1 + rng.normal(0, 0.15) * across[None] + rng.normal(0, 0.1) * down[:, None]
    if rng.random() < 0.3:
        level = level * (1 - rng.uniform(0, 0.5) / (1 + np.exp(-2 * smooth_noise(shape, 80, rng))))
    if rng.random() < 0.12:
        edge = across[None] * shape[1] / 40 + down[:, None] * rng.normal(0, 4) - rng.uniform(-1, 1) * shape[1] / 80
        level = level * (1 - rng.uniform(0.1, 0.6) / (1 + np.exp(-edge * rng.uniform(2, 12))))
    return np.clip(level, 0.2, 1.2).astype(np.float32)


def grain(shape: Shape, rng: Generator) -> Layer:
    """Noise of the sensor and of the paper, around 0."""
    fine = rng.standard_normal(shape, np.float32) * rng.uniform(0, 0.035)
    return np.asarray(fine + smooth_noise(shape, 4, rng) * rng.uniform(0, 0.03), np.float32)


def record(picture: Layer, clean: bool, smallest: float, rng: Generator) -> Grey:
    """A picture (H, W), 0 to 1, as a file has it: smaller, and sometimes out of focus, compressed, of two levels,
    or light on dark. A clean one is neither blurred nor compressed; none is made smaller than by `smallest`."""
    if not clean and rng.random() < 0.4:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2.4)), np.float32)
    grey = np.asarray(np.clip(_shrink(picture, smallest, rng), 0, 1) * 255, np.uint8)
    if not clean and rng.random() < 0.4:
        grey = _compress(grey, int(rng.integers(15, 90)))
    if rng.random() < 0.06:
        grey = _threshold(grey)
    return 255 - grey if rng.random() < 0.12 else grey


def _shrink(picture: Layer, smallest: float, rng: Generator) -> Layer:
    factor = max(smallest, rng.uniform(0.5, 1.0) if rng.random() < 0.6 else rng.uniform(0.2, 0.5))
    size = (max(4, round(picture.shape[1] * factor)), max(4, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _compress(grey: Grey, quality: int) -> Grey:
    _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)


def _threshold(grey: Grey) -> Grey:
    """Black and white, by Otsu's level (1979)."""
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray((grey > level) * 255, np.uint8)
