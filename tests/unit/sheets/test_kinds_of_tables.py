"""Tables without an outline, with shaded rows, with narrow columns, with rows of several heights."""

import cv2
import numpy as np
import pytest

from core.sheets.page import find_layout
from tests.support.paper import LEVEL, UPRIGHT, WRITTEN, Pixels, blank_sheet, check, rule, with_writing, write_in_rows


def draw(picture: Pixels, level: range, upright: range, end: tuple[int, int]) -> Pixels:
    """Rules at these places, from the corner of the sheet's table to an end: x, y."""
    for at in level:
        cv2.line(picture, (UPRIGHT[0], at), (end[0], at), (70,) * 3, 2)
    for at in upright:
        cv2.line(picture, (at, LEVEL[0]), (at, end[1]), (70,) * 3, 2)
    return picture


@pytest.mark.parametrize("level", [LEVEL, LEVEL[1:-1]], ids=["framed above", "open above"])
@pytest.mark.parametrize("upright", [UPRIGHT, UPRIGHT[1:-1]], ids=["framed aside", "open aside"])
def test_a_table_without_an_outline_keeps_its_outer_cells(level: range, upright: range) -> None:
    check(write_in_rows(draw(blank_sheet(), level, upright, (UPRIGHT[-1], LEVEL[-1]))))


@pytest.mark.parametrize("shade", [0.6, 0.75, 0.9])
@pytest.mark.parametrize("rules", [70, 120])
def test_rows_may_be_shaded(shade: float, rules: int) -> None:
    picture = blank_sheet()
    for top in LEVEL[:-1:2]:
        picture[top : top + 90, UPRIGHT[0] : UPRIGHT[-1]] = round(248 * shade)
    check(write_in_rows(rule(picture, rules)))


@pytest.mark.parametrize("narrow", [45, 60])
def test_a_narrow_column_is_one(narrow: int) -> None:
    """Such as that of the numbers of rows, beside wide ones."""
    picture = np.full((620, 1200, 3), 248, np.uint8)
    upright = [50, 50 + narrow, *range(50 + narrow + 250, 1190, 250)]
    for at in LEVEL:
        cv2.line(picture, (50, at), (upright[-1], at), (70,) * 3, 2)
    for at in upright:
        cv2.line(picture, (at, LEVEL[0]), (at, LEVEL[-1]), (70,) * 3, 2)
    layout = find_layout(picture)
    assert (layout.rows, layout.columns) == (6, len(upright) - 1)


def test_writing_in_a_high_row_is_as_large_as_elsewhere() -> None:
    level = [50, 130, 210, 290, 590]
    picture = np.full((640, 900, 3), 248, np.uint8)
    for at in level:
        cv2.line(picture, (50, at), (800, at), (70,) * 3, 2)
    for at in UPRIGHT:
        cv2.line(picture, (at, 50), (at, 590), (70,) * 3, 2)
    for row, column in np.ndindex(4, 5):
        cv2.putText(picture, "52", (90 + 150 * column, level[row] + 60), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (40,) * 3, 3)
    layout = find_layout(picture)
    assert (layout.rows, layout.columns) == (4, 5)
    assert with_writing(picture, layout) == set(np.ndindex(4, 5))


def test_a_rule_beside_dark_writing_is_one() -> None:
    """Where the ink of a marker is beside a faint rule, only the marker counts as ink there."""
    picture = rule(blank_sheet(), 205)
    for row, column in WRITTEN:
        left, top = UPRIGHT[column], LEVEL[row]
        cv2.line(picture, (left + 12, top + 84), (left + 138, top + 84), (20,) * 3, 5)
        cv2.line(picture, (left + 75, top + 20), (left + 75, top + 80), (20,) * 3, 5)
    layout = find_layout(np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8))
    assert (layout.rows, layout.columns, len(layout.fields)) == (6, 5, 30)


@pytest.mark.parametrize("seed", range(4))
def test_first_digits_are_no_column_of_their_own(seed: int) -> None:
    """Numbers of one to three digits under each other, of which few have three, without upright rules."""
    rng = np.random.default_rng(seed)
    picture = np.full((900, 900, 3), 248, np.uint8)
    for row, column in np.ndindex(11, 3):
        for place, digit in enumerate(reversed(str(rng.integers(10, 130)))):
            at = (240 + 260 * column - 28 * place, 80 + 74 * row)
            cv2.putText(picture, digit, at, cv2.FONT_HERSHEY_SIMPLEX, 1.4, (40,) * 3, 3)
    layout = find_layout(picture)
    assert (layout.rows, layout.columns) == (11, 3)
