"""Small hands for composing lines, of characters drawn by hand for the tests."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from core.data.lines.hands import LETTERS, SIGNS, Hands, Strokes, upright
from core.data.lines.style import Style
from core.vision.normalise import to_glyph
from tests.support.strokes import CHARACTERS, draw, variants
from tests.support.unipen import on_tablet

# Strokes of signs, y upwards; a letter is any of the digits.
_SIGNS: dict[str, list[list[tuple[float, float]]]] = {
    ".": [[(0, 0), (1, 1)]],
    ",": [[(3, 10), (0, 0)]],
    "-": [[(0, 0), (10, 1)]],
    "/": [[(0, 0), (6, 10)]],
    "+": [[(0, 5), (10, 5)], [(5, 0), (5, 10)]],
    "=": [[(0, 0), (10, 0)], [(0, 5), (10, 5)]],
    ":": [[(0, 0), (1, 1)], [(0, 9), (1, 10)]],
    "$": [[(8, 8), (1, 7), (8, 3), (0, 2)], [(4, 10), (4, 0)]],
}

PLAIN = Style(
    height=50, pen=0.08, slant=0.0, stretch=1.0, gap=0.3, spread=0.02, touching=0.0, zero=1.0, wobble=0.01, rise=0.0,
    ligatures=0.0,
)  # fmt: skip
"""A neat hand whose characters stand apart."""


@cache
def small_hands() -> Hands:
    """Two writers who write each digit in one or two ways, some signs, and a glyph of each digit; no fonts."""
    digits = {digit: [_of(digit, variant) for variant in range(variants(digit))] for digit in CHARACTERS}
    first = {digit: ways[:1] for digit, ways in digits.items()}
    signs = {sign: [upright(_SIGNS[sign])] for sign in SIGNS}
    letters = {letter: [_of(CHARACTERS[place % 10])] for place, letter in enumerate(LETTERS + LETTERS.upper())}
    glyphs = {digit: to_glyph(255 - draw(digit))[None] for digit in CHARACTERS}
    return Hands([digits, first], signs | letters, glyphs)


def _of(digit: str, variant: int = 0) -> Strokes:
    return upright(on_tablet(digit, variant))


def write_font(folder: Path) -> str:
    """A file of the font that Pillow has within it."""
    font = ImageFont.load_default(20)
    assert isinstance(font, ImageFont.FreeTypeFont)
    path = folder / "font.ttf"
    path.write_bytes(font.font_bytes)
    return str(path)


def count_parts(ink: NDArray[np.uint8]) -> int:
    """Parts of white ink that hang together."""
    count, _ = cv2.connectedComponents((ink > 80).astype(np.uint8))
    return count - 1  # without the paper
