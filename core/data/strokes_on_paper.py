"""Ink by itself: characters and doodles without paper, large enough to be put on any.

An ink picture is uint8 (64, 64), white (255) on black (0), its longer side 60 pixels, in the middle of its box.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels
from core.vision.normalise import crop, resize

SIDE = 64
LONGER = 60
_SHARPEN = 1.6  # how much steeper an edge is made that was blurred by being enlarged

Strokes = Sequence[Sequence[tuple[float, float]]]


def fit(ink: Pixels) -> Pixels:
    """Any ink, uint8 (H, W), white on black, as an ink picture; all black where there is none."""
    if not (ink >= 16).any():
        return np.zeros((SIDE, SIDE), np.uint8)
    small = resize(crop(ink), LONGER)
    height, width = small.shape
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    placed = np.zeros((SIDE, SIDE), np.uint8)
    placed[top : top + height, left : left + width] = small
    return placed


def from_glyph(glyph: Pixels) -> Pixels:
    """A glyph, uint8 (28, 28), enlarged, its edges made as steep as a pen's; all black where there is no ink."""
    if not (glyph >= 16).any():
        return fit(glyph)
    cut = crop(glyph)
    height, width = cut.shape
    factor = LONGER / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    large = cv2.resize(cut.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return fit(np.asarray(np.clip((large - 110) * _SHARPEN + 110, 0, 255), np.uint8))


def from_strokes(strokes: Strokes, pen: float, nib: float = 0.0) -> Pixels:
    """Strokes of (x, y), y upwards, drawn with a pen so many pixels wide; a stroke of one point is a dot.

    `nib` is how many times as wide the pen is across than along, less one: 0 for a round pen, 1 for a broad nib.
    """
    points = [np.array(stroke, np.float64).reshape(-1, 2) * (1, -1) for stroke in strokes if len(stroke)]
    low, high = np.min([p.min(axis=0) for p in points], axis=0), np.max([p.max(axis=0) for p in points], axis=0)
    scale = (LONGER - pen) / max(*(high - low), 1.0)
    margin = (2 * SIDE - (high - low) * scale) / 2
    canvas = np.zeros((4 * SIDE, 4 * SIDE), np.uint8)  # twice as large each way, and twice the resolution
    for stroke in points:
        dots = np.rint(((stroke - low) * scale + margin) * 2 * 8).astype(np.int32)
        dots = np.repeat(dots, 2, axis=0) if len(dots) == 1 else dots
        cv2.polylines(canvas, [dots.reshape(-1, 1, 2)], False, 255, max(round(pen * 2), 1), cv2.LINE_AA, shift=3)
    if nib:
        wide = max(1, round(pen * 2 * nib))
        canvas = np.asarray(cv2.dilate(canvas, np.eye(wide, dtype=np.uint8)[::-1]), np.uint8)
    return fit(canvas)


def any_pen(random: np.random.Generator) -> float:
    """The width of somebody's pen in pixels of an ink picture: of a pencil on a large page as likely as of a marker."""
    return float(np.exp(random.uniform(np.log(1), np.log(10))))


def row_of(inks: Sequence[NDArray[np.uint8]], random: np.random.Generator) -> Pixels:
    """Some ink pictures beside each other, as a number or a word has them: about as high, nearly or just touching."""
    parts = [crop(ink) for ink in inks if (ink >= 16).any()]
    heights = [max(8, round(48 * float(random.uniform(0.75, 1.15)))) for _ in parts]
    sized = [
        cv2.resize(part, (max(3, round(part.shape[1] * height / part.shape[0])), height), interpolation=cv2.INTER_AREA)
        for part, height in zip(parts, heights, strict=True)
    ]
    sized = [part if part.shape[1] <= 90 else cv2.resize(part, (90, part.shape[0])) for part in sized]
    canvas = np.zeros((96, sum(part.shape[1] for part in sized) + 54 * len(sized)), np.uint8)
    left = 4
    for part in sized:
        height, width = part.shape
        top = int(np.clip(48 - height // 2 + random.normal(0, 4), 0, 96 - height))
        area = canvas[top : top + height, left : left + width]
        np.maximum(area, part, out=area)
        left += max(4, width + round(_gap(random)))
    return fit(canvas)


def _gap(random: np.random.Generator) -> float:
    """Pixels between two of a row whose characters are some 48 high: touching, near, or far apart."""
    kind = random.random()
    return random.uniform(*((-3, 2) if kind < 0.4 else (2, 18) if kind < 0.8 else (12, 48)))
