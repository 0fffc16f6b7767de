"""Ink pictures: from any ink, from glyphs, from strokes, and of several in a row."""

import cv2
import numpy as np
import pytest

from core.data.strokes_on_paper import LONGER, SIDE, fit, from_glyph, from_strokes, row_of
from core.vision.grey import Pixels
from core.vision.normalise import crop, to_glyph
from tests.support.strokes import draw

BLANK = np.zeros((SIDE, SIDE), np.uint8)
FOUR = 255 - draw("4")


def is_ink_picture(picture: Pixels) -> bool:
    """Whether the ink's longer side is as long as it should be, and its box in the middle."""
    rows, columns = (np.flatnonzero((picture >= 16).any(axis=axis)) for axis in (1, 0))
    middles = [(ends[0] + ends[-1]) / 2 for ends in (rows, columns)]
    longer = max(np.ptp(rows), np.ptp(columns)) + 1
    return bool(picture.shape == (SIDE, SIDE) and abs(longer - LONGER) <= 1 and np.ptp([*middles, SIDE / 2]) <= 1.5)


def parts(picture: Pixels) -> int:
    count, _ = cv2.connectedComponents((picture > 64).astype(np.uint8))
    return count - 1  # without the paper


@pytest.mark.parametrize("shape", [(9, 3), (3, 9), (400, 300), (64, 64), (1, 1), (200, 1)])
def test_any_ink_fits(shape: tuple[int, int]) -> None:
    picture = fit(np.pad(np.full(shape, 255, np.uint8), ((3, 40), (70, 0))))
    assert is_ink_picture(picture)
    assert picture.max() == 255


def test_no_ink_is_a_blank_picture() -> None:
    for nothing in (np.zeros((10, 20), np.uint8), np.full((28, 28), 15, np.uint8)):
        assert (fit(nothing) == BLANK).all()
        assert (from_glyph(nothing) == BLANK).all()


def test_a_glyph_is_enlarged_and_stays_what_it_is() -> None:
    glyph = to_glyph(FOUR)
    picture = from_glyph(glyph)
    assert is_ink_picture(picture)
    again = to_glyph(picture)
    assert np.corrcoef(again.ravel().astype(float), glyph.ravel().astype(float))[0, 1] > 0.93
    blurred = fit(glyph)
    assert np.isin(picture, (0, 255)).mean() > np.isin(blurred, (0, 255)).mean(), "its edges are steeper"


def test_strokes_are_drawn_upright_with_a_pen_of_any_width() -> None:
    seven = [[(0, 300), (200, 300), (80, 0)]]
    thin, thick = from_strokes(seven, 2), from_strokes(seven, 9)
    for picture in (thin, thick):
        assert is_ink_picture(picture)
        rows = np.flatnonzero((picture > 64).sum(axis=1) > 25)
        assert rows.max() < SIDE / 2, "the bar is above"
    assert (thick > 64).sum() > 2.5 * (thin > 64).sum()


def test_a_point_is_a_dot() -> None:
    for strokes in ([[(5, 5)]], [[(5, 5), (5, 5)]], [[], [(5, 5)]]):
        dot = from_strokes(strokes, 4)
        assert is_ink_picture(dot)
        assert crop(dot).mean() > 130, "round and filled"
    small_i = from_strokes([[(100, 200), (100, 0)], [(100, 300)]], 5)
    assert is_ink_picture(small_i)
    assert parts(small_i) == 2


def test_a_broad_nib_is_wide_across_one_diagonal() -> None:
    rising, falling = [[(0, 0), (100, 100)]], [[(0, 100), (100, 0)]]

    def covered(strokes: list[list[tuple[int, int]]], nib: float) -> int:
        return int((from_strokes(strokes, 4, nib) > 64).sum())

    assert covered(rising, 0) == pytest.approx(covered(falling, 0), rel=0.1)
    assert covered(falling, 1.5) > 1.5 * covered(rising, 1.5)


def test_several_stand_in_a_row() -> None:
    inks = [fit(255 - draw(character)) for character in "248"]
    for seed in range(10):
        row = row_of(inks, np.random.default_rng(seed))
        assert is_ink_picture(row)
        height, width = crop(row).shape
        assert width > 1.2 * height
        assert (row == row_of(inks, np.random.default_rng(seed))).all()
    assert len({row_of(inks, np.random.default_rng(seed)).tobytes() for seed in range(10)}) == 10


def test_a_row_leaves_blanks_out() -> None:
    one = fit(FOUR)
    alone, with_blank = (row_of(inks, np.random.default_rng(0)) for inks in ([one], [one, BLANK]))
    assert (alone == with_blank).all()
    assert parts(alone) == 1
    assert (row_of([BLANK], np.random.default_rng(0)) == BLANK).all()
