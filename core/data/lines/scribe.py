"""A text written in a line: characters set beside one another as one hand does, some of them touching."""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.random import Generator

from core.alphabet import ALPHABET, FILLED, ILLEGIBLE, STRUCK
from core.data.lines.characters import draw_digit, draw_sign
from core.data.lines.hands import Hands, pick
from core.data.lines.pen import Pen
from core.data.lines.pieces import Mask, Piece, join
from core.data.lines.printing import print_text
from core.data.lines.spacing import set_beside
from core.data.lines.style import Style
from core.data.lines.unusual import draw_filling, draw_half, draw_word

WRITABLE = frozenset(ALPHABET + " ") - {STRUCK}
"""Characters of a text: a space is a wider gap; what is struck out has been something else before."""

PRINTED, FROM_GLYPHS = 0.04, 0.17
"""Of all lines, the share that is printed, and the share up to which digits are MNIST's; else they are pen strokes."""

_IN_PRINT = str.maketrans({FILLED: "—", ILLEGIBLE: "Total"})
_DRAWN = {"½": draw_half, FILLED: draw_filling, ILLEGIBLE: draw_word}


@dataclass(frozen=True)
class Writing:
    """A text as ink without margin, and the middle of each of its characters, pixels from the left."""

    ink: Mask
    middles: list[float]

    def followed_by(self, other: "Writing", gap: float) -> "Writing":
        """This writing and another one `gap` pixels behind it, on a common lower edge."""
        pieces = [Piece(self.ink, 0.0, 0.0), Piece(other.ink, self.ink.shape[1] + round(gap), 0.0)]
        ink = np.zeros((max(piece.height for piece in pieces), int(pieces[1].right)), np.uint8)
        for piece in pieces:
            ink[len(ink) - piece.height :, int(piece.x) : int(piece.right)] = piece.mask
        return Writing(ink, self.middles + [pieces[1].x + middle for middle in other.middles])


class Scribe:
    """Writes texts in one hand: that of one writer, one of MNIST's digits of many hands, or print."""

    def __init__(self, hands: Hands, rng: Generator, style: Style) -> None:
        draw = rng.random()
        digits = pick(hands.writers, rng) if draw >= FROM_GLYPHS else None
        self.face = str(rng.choice(hands.faces)) if draw < PRINTED and hands.faces else None
        self.pen = Pen(hands, digits, style, rng)

    def write(self, text: str) -> Writing:
        """The ink of a text; of one without characters, a pixel of paper.

        Raises:
            ValueError: a character is not among WRITABLE.
        """
        if unknown := sorted(set(text) - WRITABLE):
            raise ValueError(f"a line is written in {''.join(sorted(WRITABLE))!r}, got {''.join(unknown)!r}")
        return self._print(text, self.face) if self.face else self._write(text)

    def _write(self, text: str) -> Writing:
        pieces, joints = self._set(text)
        if not pieces:
            return Writing(np.zeros((1, 1), np.uint8), [])
        left = min(piece.x for piece in pieces + joints)
        middles = (piece.x - left + piece.width / 2 for piece in pieces)
        # The middle of a digit that overhangs a point may lie left of the point's: it still comes behind it.
        return Writing(join(pieces + joints).mask, list(accumulate(middles, max)))

    def _set(self, text: str) -> tuple[list[Piece], list[Piece]]:
        """The characters of a text in their places, and the strokes that join some of them."""
        pen, gap = self.pen, 0.0
        pieces: list[Piece] = []
        joints: list[Piece] = []
        for character in text:
            if character == " ":
                gap += pen.rng.uniform(0.3, 0.9) * pen.style.height
                continue
            piece = _draw(character, pen)
            if pieces:
                set_beside(pieces[-1], piece, gap, character, pen)
                if joint := pen.ligature(pieces[-1], piece):
                    joints.append(joint)
            pieces.append(piece)
            gap = 0.0
        return pieces, joints

    def _print(self, text: str, face: str) -> Writing:
        """A printed text; its characters' middles are as far apart as if all were as wide."""
        style = self.pen.style
        ink = print_text(text.translate(_IN_PRINT), face, style.height, style.stretch)
        count = len(text.replace(" ", ""))
        return Writing(ink, [ink.shape[1] * (index + 0.5) / count for index in range(count)])


def _draw(character: str, pen: Pen) -> Piece:
    if character in _DRAWN:
        return _DRAWN[character](pen)
    return draw_digit(character, pen) if character.isdigit() else draw_sign(character, pen)
