"""The pen of one line: strokes to ink in the line's style, and the ligatures between characters."""

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data.lines.hands import Hands, Strokes, pick
from core.data.lines.pieces import Mask, Piece, Point
from core.data.lines.style import Style

_BITS = 4  # fractional bits of the points that OpenCV draws
_BEND = 0.02  # deviation of the matrix that stretches and slants a character: no two look the same

Digits = Mapping[str, list[Strokes]]
Vector = NDArray[np.float32]
"""x and y."""


class Pen:
    """A pen in somebody's hand.

    Attributes:
        hands: all that lines are written with.
        digits: the writer's digits; None where any writer's are taken.
        style: how the line is written.
        width: of the stroke in pixels.
    """

    def __init__(self, hands: Hands, digits: Digits | None, style: Style, rng: Generator) -> None:
        self.hands, self.digits, self.style, self.rng = hands, digits, style, rng
        self.width = max(1, round(style.pen * style.height))

    def digit(self, digit: str) -> Strokes:
        """One of the writer's drawings of a digit."""
        digits = self.digits or pick(self.hands.writers, self.rng)
        return pick(digits[digit], self.rng)

    def sign(self, label: str) -> Strokes:
        """Anybody's drawing of a sign or a letter."""
        return pick(self.hands.signs[label], self.rng)

    def draw(self, strokes: Strokes, height: float, lift: float) -> Piece:
        """Strokes as ink, `height` digit heights high, and so far above the base line as `lift` says."""
        style, rng = self.style, self.rng
        points = self._shape(strokes, height * style.height)
        low = np.min([stroke.min(axis=0) for stroke in points], axis=0) - self.width / 2 - 1
        high = np.max([stroke.max(axis=0) for stroke in points], axis=0) + self.width / 2 + 1
        mask = _ink(points, low, high, self.width)
        drop = rng.normal(0, style.wobble) * style.height
        base = high[1] - lift * style.height + drop
        return Piece(mask, 0.0, base, (_from_corner(points[0][0], low, mask), _from_corner(points[-1][-1], low, mask)))

    def ligature(self, left: Piece, right: Piece) -> Piece | None:
        """A stroke from the end of one character to the beginning of the next, where the style joins this pair."""
        if not (left.ends and right.ends and self.rng.random() < self.style.ligatures):
            return None
        start = np.array([left.x + left.ends[1][0], left.bottom + left.ends[1][1]], np.float32)
        end = np.array([right.x + right.ends[0][0], right.bottom + right.ends[0][1]], np.float32)
        sag = np.array([0, self.rng.uniform(-0.1, 0.25) * self.style.height], np.float32)
        share = np.linspace(0, 1, 12, dtype=np.float32)[:, None]
        curve = (1 - share) * start + share * end + 4 * share * (1 - share) * sag
        low = curve.min(axis=0) - self.width
        mask = _ink([curve], low, curve.max(axis=0) + self.width, self.width)
        return Piece(mask, float(low[0]), float(low[1]) + len(mask))

    def _shape(self, strokes: Strokes, pixels: float) -> Strokes:
        """Strokes in pixels, stretched and slanted as the style has it."""
        style = self.style
        matrix = np.array([[style.stretch * pixels, 0], [-style.slant * pixels, pixels]], np.float32)
        bend = self.rng.normal(0, _BEND, (2, 2)).astype(np.float32) * pixels
        return [stroke @ (matrix + bend) for stroke in strokes]


def _ink(strokes: Strokes, low: Vector, high: Vector, width: int) -> Mask:
    """Strokes drawn `width` pixels wide; the upper left of the mask lies at `low`, x and y."""
    columns, rows = np.ceil(high - low).astype(int) + 1
    mask = np.zeros((rows, columns), np.uint8)
    for stroke in strokes:
        dots = np.rint((stroke - low) * (1 << _BITS)).astype(np.int32)
        cv2.polylines(mask, [dots.reshape(-1, 1, 2)], False, 255, width, cv2.LINE_AA, _BITS)
    return mask


def _from_corner(point: Vector, low: Vector, mask: Mask) -> Point:
    """A point as seen from the lower left of a mask whose upper left is at `low`."""
    return float(point[0] - low[0]), float(point[1] - low[1]) - len(mask)
