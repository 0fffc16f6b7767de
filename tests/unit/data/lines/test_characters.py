"""Digits and signs: how large they are, and where they stand on the base line."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.lines.characters import draw_digit, draw_sign
from core.data.lines.hands import Hands
from core.data.lines.pen import Pen
from core.data.lines.pieces import Piece
from tests.support.hands import PLAIN, small_hands

HANDS = small_hands()
SIGNS = ".,-+×=:/$"
MARGIN = 2 + PLAIN.pen * PLAIN.height  # pixels of a piece around the middle line of its stroke


def pen(seed: int = 0, zero: float = 1.0, digits: bool = True, hands: Hands = HANDS) -> Pen:
    writer = hands.writers[0] if digits else None
    return Pen(hands, writer, replace(PLAIN, zero=zero, wobble=0.0), np.random.default_rng(seed))


def drawn(sign: str) -> list[Piece]:
    return [draw_sign(sign, pen(seed)) for seed in range(40)]


def extent(piece: Piece) -> tuple[float, float]:
    """How far up and down from the base line the stroke goes, in digit heights, y up."""
    return -(piece.top + MARGIN / 2) / PLAIN.height, -(piece.bottom - MARGIN / 2) / PLAIN.height


@pytest.mark.parametrize("digits", [True, False])
@pytest.mark.parametrize("digit", "0123456789")
def test_digits_stand_on_the_base_line(digit: str, digits: bool) -> None:
    top, bottom = extent(draw_digit(digit, pen(digits=digits)))
    assert top == pytest.approx(1, abs=0.12)
    assert bottom == pytest.approx(0, abs=0.12)


@pytest.mark.parametrize("digits", [True, False])
def test_zeros_are_as_high_as_the_hand_has_them(digits: bool) -> None:
    low, high = (draw_digit("0", pen(zero=zero, digits=digits)).height for zero in (0.6, 1.0))
    assert low - MARGIN * digits == pytest.approx(0.6 * (high - MARGIN * digits), abs=3)


def test_points_are_small_and_on_the_base_line() -> None:
    for piece in drawn("."):
        top, bottom = extent(piece)
        assert top < 0.25
        assert -0.12 < bottom < 0.12
        assert piece.mask.max() == 255


def test_commas_reach_below_the_base_line() -> None:
    for piece in drawn(","):
        top, bottom = extent(piece)
        assert bottom < 0
        assert top < 0.45


def test_dashes_and_equals_stand_above_the_base_line() -> None:
    for sign in "-=":
        for piece in drawn(sign):
            top, bottom = extent(piece)
            assert bottom > 0.05
            assert top < 1.1
            assert 0.15 * PLAIN.height < piece.width - MARGIN < 0.9 * PLAIN.height


def test_slashes_are_the_highest() -> None:
    heights = {sign: np.mean([piece.height for piece in drawn(sign)]) for sign in SIGNS}
    assert max(heights, key=lambda sign: heights[sign]) in "/$"


def test_only_signs_are_drawn_as_signs() -> None:
    with pytest.raises(KeyError):
        draw_sign("a", pen())


def test_the_ends_of_the_pen_are_known_of_strokes_alone() -> None:
    stroke = draw_digit("1", pen())
    assert stroke.ends
    (_, first), (_, last) = stroke.ends
    assert first < last <= 0, "a 1 is drawn downwards"
    assert draw_digit("1", pen(digits=False)).ends is None
