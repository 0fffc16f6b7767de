"""Dotted rules, squared paper, and a sheet that the picture's edge cuts off."""

import cv2
import numpy as np
import pytest

from core.sheets.page import find_layout
from tests.support.paper import (
    COLUMNS,
    LEVEL,
    ROWS,
    SHAPE,
    UPRIGHT,
    WRITTEN,
    blank_sheet,
    check,
    rule,
    squares,
    turned,
    with_writing,
    write_in_rows,
)


@pytest.mark.parametrize("degrees", [0.0, 1.5])
@pytest.mark.parametrize("apart", [5, 7, 9])
def test_dots_in_a_line_are_a_rule(apart: int, degrees: float) -> None:
    picture = blank_sheet()
    for at in LEVEL:
        for x in range(UPRIGHT[0], UPRIGHT[-1] + 1, apart):
            cv2.circle(picture, (x, at), 1, (70,) * 3, -1)
    for at in UPRIGHT:
        for y in range(LEVEL[0], LEVEL[-1] + 1, apart):
            cv2.circle(picture, (at, y), 1, (70,) * 3, -1)
    check(turned(write_in_rows(picture), degrees))


@pytest.mark.parametrize(("step", "colour"), [(14, (205, 225, 240)), (22, (190, 215, 190)), (34, (215, 215, 215))])
def test_a_table_on_squared_paper_is_that_table(step: int, colour: tuple[int, int, int]) -> None:
    check(write_in_rows(rule(squares(step, colour))))


@pytest.mark.parametrize("step", [14, 26])
def test_numbers_on_squared_paper_stand_in_rows_and_columns(step: int) -> None:
    picture = write_in_rows(squares(step, (200, 215, 235)))
    layout = find_layout(picture)
    assert (layout.rows, layout.columns) == (ROWS, COLUMNS)
    assert with_writing(picture, layout) == WRITTEN


def test_a_table_of_many_small_squares_is_no_squared_paper() -> None:
    picture = np.full((760, 760, 3), 248, np.uint8)
    for at in range(40, 721, 40):
        cv2.line(picture, (40, at), (720, at), (80,) * 3, 2)
        cv2.line(picture, (at, 40), (at, 720), (80,) * 3, 2)
    for row, column in np.ndindex(17, 17):
        if (row + column) % 3:
            cv2.putText(picture, "7", (50 + 40 * column, 70 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40,) * 3, 2)
    layout = find_layout(picture)
    assert (layout.rows, layout.columns, len(layout.fields)) == (17, 17, 289)


def test_a_strip_of_desk_beside_a_sheet_is_no_row_or_column() -> None:
    """Numbers without rules on a sheet that reaches the edge of the picture, as hands hold a camera."""
    corners = np.array([[0, 0], [900, 0], [900, 620], [0, 620]], np.float32)
    seen = np.array([[30, 22], [862, 0], [893, 606], [0, 586]], np.float32)
    desk = (70, 90, 120)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    picture = np.asarray(
        cv2.warpPerspective(write_in_rows(blank_sheet()), matrix, SHAPE[::-1], borderValue=desk), np.uint8
    )
    layout = find_layout(picture)
    assert (layout.rows, layout.columns) == (ROWS, COLUMNS)
    assert with_writing(picture, layout) == WRITTEN


@pytest.mark.parametrize("level", [90, 150, 190])
@pytest.mark.parametrize(("cells", "side"), [(12, 80), (13, 40), (16, 60)])
def test_a_grey_table_of_many_squares_is_no_squared_paper(cells: int, side: int, level: int) -> None:
    """A quarter of its cells are written, darker than its rules, and one in six of them over a rule."""
    rng = np.random.default_rng(cells)
    end = 40 + cells * side
    picture = np.full((end + 40, end + 40, 3), 248, np.uint8)
    for at in range(40, end + 1, side):
        cv2.line(picture, (40, at), (end, at), (level,) * 3, 2)
        cv2.line(picture, (at, 40), (at, end), (level,) * 3, 2)
    written = {at for at in np.ndindex(cells, cells) if rng.random() < 0.25}
    for row, column in written:
        off = side // 6 if rng.random() < 1 / 6 else 0
        corner = (48 + side * column + off, 40 + side * row + int(0.75 * side) + off)
        cv2.putText(
            picture, str(1 + row % 9), corner, cv2.FONT_HERSHEY_SIMPLEX, side / 45, (40,) * 3, max(2, side // 20)
        )
    layout = find_layout(picture)
    assert (layout.rows, layout.columns, len(layout.fields)) == (cells, cells, cells * cells)
    assert with_writing(picture, layout) == written


@pytest.mark.parametrize("dot", [1, 2])
@pytest.mark.parametrize(("share", "down"), [(0.5, 0.72), (0.6, 0.65), (0.8, 0.7)])
def test_a_dotted_line_to_write_on_is_no_writing(share: float, down: float, dot: int) -> None:
    picture = rule(blank_sheet(), 60)
    for row, column in np.ndindex(ROWS, COLUMNS):
        left, top = UPRIGHT[column], LEVEL[row]
        if (row, column) in WRITTEN:
            cv2.putText(picture, "47", (left + 40, top + 68), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (40,) * 3, 4)
        else:
            first = left + int(75 * (1 - share))
            for x in range(first, first + int(150 * share), 6):
                cv2.circle(picture, (x, top + int(90 * down)), dot, (60,) * 3, -1)
    check(picture)
