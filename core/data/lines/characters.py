"""Digits and signs as somebody writes them: which strokes, how high, and how far above the base line."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data.lines.hands import Strokes
from core.data.lines.pen import Pen
from core.data.lines.pieces import Mask, Piece
from core.data.strokes_on_paper import from_glyph

Range = tuple[float, float]
"""Bounds of a uniform draw, in digit heights."""

_GLYPH_INK = 40  # level from which an enlarged glyph counts as ink where its margin is cut off
_WIDEST = 1.6  # width of a glyph over its height: a wider one is made smaller
_HIGHEST = 0.6  # of a sign whose width is given


@dataclass(frozen=True)
class _Sign:
    """Whose strokes are taken, how large they are (`width` where a height says little), and how far they are lifted."""

    label: str
    lift: Range
    height: Range = (0, 0)
    width: Range | None = None


_SIGNS = {
    "-": _Sign("-", width=(0.25, 0.7), lift=(0.25, 0.6)),
    "=": _Sign("=", width=(0.35, 0.8), lift=(0.15, 0.45)),
    "+": _Sign("+", height=(0.4, 0.8), lift=(0.05, 0.3)),
    "×": _Sign("x", height=(0.3, 0.65), lift=(0.0, 0.3)),
    ":": _Sign(":", height=(0.3, 0.7), lift=(0.0, 0.2)),
    "/": _Sign("/", height=(0.9, 1.4), lift=(-0.2, 0.0)),
    "$": _Sign("$", height=(0.95, 1.4), lift=(-0.2, 0.0)),
}


def draw_digit(digit: str, pen: Pen) -> Piece:
    """A digit of the pen's writer; where there is none, one of MNIST's."""
    if pen.digits is None:
        glyphs = pen.hands.glyphs[digit]
        return _draw_glyph(glyphs[pen.rng.integers(len(glyphs))], _digit_height(digit, pen), pen)
    height = _digit_height(digit, pen)
    return pen.draw(pen.digit(digit), height, 0.0)


def draw_sign(sign: str, pen: Pen) -> Piece:
    """A sign of anybody's hand; KeyError where it is none."""
    if sign == ".":
        return _draw_point(pen)
    if sign == ",":
        return _draw_comma(pen)
    return _draw_listed(_SIGNS[sign], pen)


def _digit_height(digit: str, pen: Pen) -> float:
    return (pen.style.zero if digit == "0" else 1.0) * float(np.exp(pen.rng.normal(0, pen.style.wobble)))


def _draw_glyph(glyph: NDArray[np.uint8], height: float, pen: Pen) -> Piece:
    """A glyph without its margin, `height` digit heights high."""
    cut = _without_margin(from_glyph(glyph))
    pixels = max(4, round(height * pen.style.height))
    width = max(2, round(cut.shape[1] * pixels / max(cut.shape[0], cut.shape[1] / _WIDEST) * pen.style.stretch))
    mask = np.asarray(cv2.resize(cut, (width, pixels), interpolation=cv2.INTER_AREA), np.uint8)
    return Piece(mask, 0.0, pen.rng.normal(0, pen.style.wobble) * pen.style.height)


def _without_margin(ink: Mask) -> Mask:
    rows, columns = (np.flatnonzero(ink.max(axis=axis) > _GLYPH_INK) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _draw_listed(sign: _Sign, pen: Pen) -> Piece:
    strokes = pen.sign(sign.label)
    height = _fit_width(strokes, pen.rng.uniform(*sign.width)) if sign.width else pen.rng.uniform(*sign.height)
    return pen.draw(strokes, height, pen.rng.uniform(*sign.lift))


def _fit_width(strokes: Strokes, width: float) -> float:
    """The height at which strokes are as wide as this."""
    extent = max(float(np.max([stroke[:, 0].max() for stroke in strokes])), 0.05)
    return min(width / extent, _HIGHEST)


def _draw_point(pen: Pen) -> Piece:
    """A dot, or the short stroke that many make of one; it is scaled by its height."""
    rng = pen.rng
    stroke = np.array([[0, 0], [rng.uniform(0, 1.5), -rng.uniform(0.05, 1)]], np.float32)
    return pen.draw([stroke], rng.uniform(0.02, 0.1), rng.uniform(-0.06, 0.08))


def _draw_comma(pen: Pen) -> Piece:
    """Somebody's comma or a plain one, reaching below the base line."""
    rng = pen.rng
    height = rng.uniform(0.15, 0.4)
    strokes = pen.sign(",") if rng.random() < 0.5 else [_plain_comma(rng)]
    return pen.draw(strokes, height, rng.uniform(-0.75, -0.2) * height)


def _plain_comma(rng: Generator) -> NDArray[np.float32]:
    share = np.linspace(0, 1, 8, dtype=np.float32)
    return np.stack([-0.45 * share**2 * rng.uniform(0.3, 1.4) + 0.5, share - 1], axis=1).astype(np.float32)
