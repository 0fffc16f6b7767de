"""The Sheets page's table of values: what its cells show, and what is stored of what is typed into them."""

from decimal import Decimal

import pytest

from core.errors import SampleError
from core.settings import get_settings
from core.sheets import changes
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan
from core.sheets.edits import Edit
from core.sheets.sheet import ReadField
from pages.components.sheets.values import shown
from tests.pages import sheets
from tests.pages.conftest import Open
from tests.support.read_sheets import read_field, read_table

pytestmark = pytest.mark.usefixtures("reader")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (read_field((0, 0), "47"), "47"),
        (read_field((0, 0), "47", {"41": 0.3}), "47 ?"),
        (read_field((0, 0), "", verdict="illegible"), "??"),
        (read_field((0, 0), "47", verdict="struck"), "47 struck out"),
    ],
)
def test_cells_show_the_verdict(field: ReadField, expected: str) -> None:
    assert shown(field, set()) == expected
    assert shown(field, {(0, 0)}) == f"{expected} !"


@pytest.mark.parametrize("columns", [("A", "A", "A (2)"), ("", "column 1", "A")])
def test_columns_may_have_the_same_title(open_page: Open, columns: tuple[str, ...]) -> None:
    sheet = read_table([["1", "2", "3"]])
    page = sheets.open_kept(open_page, sheets.keep(sheet, Plan(columns=columns)))
    assert not page.exception
    (grid,) = page.dataframe
    assert list(grid.value.iloc[0]) == ["1", "2", "3"]


def test_what_is_typed_into_the_table_is_stored_once(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number)
    sheets.type_into_table(page, {(0, 0): "5"})
    assert sheets.typed_into(number) == {(0, 0): "5"}
    sheets.type_into_table(page, {(0, 0): "5", (1, 1): None})
    assert [(edit.place, edit.text) for edit in sheets.load(number).edits] == [((0, 0), "5"), ((1, 1), "")]


@pytest.mark.parametrize("mark", ["?", "??", "!", "?? !", "–", "struck out", "struck out !"])
def test_a_mark_that_is_left_behind_is_no_part_of_what_was_typed(open_page: Open, mark: str) -> None:
    number = sheets.keep(sheets.DOUBTS)
    sheets.type_into_table(sheets.open_kept(open_page, number), {(1, 0): f"123 {mark}"})
    assert sheets.typed_into(number) == {(1, 0): "123"}


def test_a_cell_that_nobody_touched_again_leaves_what_another_window_has_typed(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number)
    sheets.type_into_table(page, {(0, 0): "5"})
    changes.write(number, [Edit(0, 0, "9")], get_settings())
    sheets.type_into_table(page, {(0, 0): "5", (1, 1): "3"})
    assert sheets.typed_into(number) == {(0, 0): "9", (1, 1): "3"}


def test_a_cell_whose_field_another_window_has_removed_is_said_to_have_none(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number)
    changes.revise(sheets.load(number), read_table([["12", "7"]]), Plan(), get_settings())
    sheets.type_into_table(page, {(1, 1): "9"})
    assert not page.exception
    assert "no field in row 2, column 2" in page.error[0].value
    assert "Not stored: “9”" in page.error[0].value


def test_what_could_not_be_stored_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS))

    def refuse(*_: object) -> int:
        raise SampleError("The database is locked.")

    monkeypatch.setattr(changes, "write", refuse)
    sheets.type_into_table(page, {(0, 0): "5", (1, 1): "34"})
    assert page.error[0].value == "The database is locked. Not stored: “5”, “34”."


def test_the_table_begins_anew_where_a_value_was_undone(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS))
    sheets.type_into_table(page, {(0, 0): "5"})
    stored = page.dataframe[0].proto.id
    page.button(key="sheets-undo").click()
    sheets.type_into_table(page, {(0, 0): "5"})
    assert page.dataframe[0].value.iat[0, 0] == "12"
    assert page.dataframe[0].proto.id != stored


def test_the_table_stays_the_same_while_values_are_typed(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS))
    first = page.dataframe[0].proto.id
    sheets.type_into_table(page, {(0, 0): "5"})
    assert page.dataframe[0].proto.id == first


def test_what_is_typed_before_the_browser_has_the_new_table_is_stored(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = sheets.open_kept(open_page, number)
    first = page.dataframe[0].proto.id
    sheets.type_into_table(page, {(0, 0): "5"})
    assert page.dataframe[0].proto.id != first, "a check objects, and the table shows it"
    sheets.type_into_table(page, {(0, 0): "5", (1, 1): "34"}, first)
    assert [(edit.place, edit.text) for edit in sheets.load(number).edits] == [((0, 0), "5"), ((1, 1), "34")]


def test_of_a_block_what_has_a_field_is_stored_and_the_rest_named(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number, "grid"), 1, 1)
    page.button(key="sheets-remove-1-1").click().run()
    sheets.go_to(page, "values")
    sheets.type_into_table(page, {(0, 0): "5", (0, 1): "6", (1, 0): "7", (1, 1): "8"})
    assert sheets.typed_into(number) == {(0, 0): "5", (0, 1): "6", (1, 0): "7"}
    assert "Row 2, column 2: “8”" in page.error[0].value


def test_of_much_that_could_not_be_stored_the_first_is_said(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sheets.open_kept(open_page, sheets.keep(read_table([["1"] * 9])))

    def refuse(*_: object) -> int:
        raise SampleError("The database is locked.")

    monkeypatch.setattr(changes, "write", refuse)
    sheets.type_into_table(page, {(0, column): f"5{column}" for column in range(9)})
    assert page.error[0].value.endswith("Not stored: “50”, “51”, “52”, “53”, “54”, “55” and 3 more.")
