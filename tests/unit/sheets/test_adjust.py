from collections.abc import Sequence

import numpy as np
import pytest

from core.errors import SheetError
from core.sheets.adjust import add_field, merge_fields, move_field, read_again, remove_field
from core.sheets.layout import Field
from core.sheets.sheet import ReadField
from tests.support.read_sheets import field_at, read_table

TABLE = read_table([["1", "2"], ["3", "4"]])
CORNERS = [[10, 10], [90, 12], [92, 38], [8, 36]]


def places(fields: Sequence[Field]) -> list[tuple[int, int]]:
    return [(field.row, field.column) for field in fields]


def test_a_field_is_moved() -> None:
    moved = move_field(TABLE.layout, (0, 1), CORNERS)
    assert np.array_equal(moved.fields[1].quad, np.array(CORNERS, np.float32))
    assert np.array_equal(moved.fields[0].quad, TABLE.layout.fields[0].quad)


def test_a_field_is_added_where_it_lies() -> None:
    fewer = remove_field(TABLE.layout, (0, 1))
    assert places(fewer.fields) == [(0, 0), (1, 0), (1, 1)]
    again = add_field(fewer, field_at(0, 1).quad + 3)
    assert places(again.fields) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    beyond = add_field(TABLE.layout, field_at(2, 0).quad)
    assert (places(beyond.fields)[-1], beyond.rows, beyond.columns) == ((2, 0), 3, 2)
    assert places(add_field(TABLE.layout, CORNERS, (5, 7)).fields)[-1] == (5, 7)


def test_fields_are_merged() -> None:
    merged = merge_fields(TABLE.layout, [(0, 0), (0, 1)])
    assert places(merged.fields) == [(0, 0), (1, 0), (1, 1)]
    assert (merged.fields[0].rows, merged.fields[0].columns, merged.fields[0].box) == (1, 2, (0, 0, 200, 40))
    whole = merge_fields(merged, [(0, 0), (1, 0), (1, 1)])
    assert (whole.fields[0].rows, whole.fields[0].columns, whole.fields[0].box) == (2, 2, (0, 0, 200, 80))


def test_what_cannot_be_is_refused_in_words() -> None:
    layout = TABLE.layout
    for change, said in (
        (lambda: move_field(layout, (9, 9), CORNERS), "no field in row 10, column 10"),
        (lambda: remove_field(layout, (9, 9)), "no field in row 10, column 10"),
        (lambda: add_field(layout, CORNERS, (0, 0)), "in row 1, column 1 already"),
        (lambda: add_field(layout, CORNERS, (10**6, 0)), "at most 10,000 fields, rows and columns"),
        (lambda: add_field(layout, [[0, 0]], (3, 0)), "four corners"),
        (lambda: add_field(layout, np.full((4, 2), np.nan), (3, 0)), "four corners"),
        (lambda: add_field(layout, CORNERS[::-1], (3, 0)), "go round it"),
        (lambda: add_field(layout, [[0, 0], [2, 0], [2, 2], [0, 2]], (3, 0)), "4 pixels or longer"),
        (lambda: merge_fields(layout, [(0, 0), (0, 0)]), "Two fields or more"),
        (lambda: merge_fields(layout, [(0, 0), (1, 1)]), "fill a rectangle"),
    ):
        with pytest.raises(SheetError, match=said):
            change()


def test_only_what_changed_is_read_again() -> None:
    asked: list[Field] = []

    def read(fields: Sequence[Field]) -> list[ReadField]:
        asked.extend(fields)
        return [ReadField(field, "9", "confident", 0.9, (("9", 0.9),)) for field in fields]

    sheet = read_again(TABLE, move_field(TABLE.layout, (0, 1), CORNERS), read)
    assert places(asked) == [(0, 1)]
    assert [field.text for field in sheet.fields] == ["1", "9", "3", "4"]
    asked.clear()
    assert [field.text for field in read_again(TABLE, TABLE.layout, read).fields] == ["1", "2", "3", "4"]
    assert asked == []
