"""How far apart the characters of a line are."""

from core.data.lines.pen import Pen
from core.data.lines.pieces import Piece, clearance

SEPARATORS = ".,"


def set_beside(left: Piece, right: Piece, more: float, character: str, pen: Pen) -> None:
    """Move the right piece behind the left one, their inks as far apart as the line's style says.

    Args:
        more: pixels of a wider gap, such as between words; where it is 0, digits may touch.
        character: that the right piece is.
    """
    gap = _draw_gap(more, character, pen)
    right.bottom += pen.style.rise * left.right + pen.rng.normal(0, 0.01) * pen.style.height
    right.x = left.x + clearance(left, right, pen.style.height) + gap


def _draw_gap(more: float, character: str, pen: Pen) -> float:
    """Pixels between two inks; below 0 they overlap."""
    rng, style = pen.rng, pen.style
    if more == 0 and character.isdigit() and rng.random() < style.touching:
        return rng.uniform(-0.1, 0.01) * style.height - pen.width * 0.3
    gap = max(0.03, rng.normal(style.gap, style.spread)) * style.height + more
    return rng.uniform(0.02, 0.25) * style.height if character in SEPARATORS else gap
