"""Undo on the Sheets page: it takes back what this session has done, and says no more than it does."""

import pytest

from core.settings import get_settings
from core.sheets import changes
from tests.pages import sheets
from tests.pages.conftest import Open
from tests.support.read_sheets import read_table

pytestmark = pytest.mark.usefixtures("reader")
SUMS = read_table([["1", "10"], ["2", "20"], ["3", "30"]])


def test_every_kind_of_change_is_undone_in_turn(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    before = sheets.load(number)
    page = sheets.pick(sheets.open_kept(open_page, number), 1, 0)
    page.button(key="sheets-field-1-0-540").click().run()
    sheets.go_to(page, "checks")
    sheets.asked(page, "Name").set_value("Sum")
    sheets.press(page, "Keep")
    assert sheets.load(number).plan.columns == ("Sum",)
    sheets.go_to(page, "grid")
    page.button(key="sheets-remove-1-0").click().run()
    assert len(sheets.load(number).read.fields) == 3
    for _ in range(3):
        page.button(key="sheets-undo").click().run()
        assert not page.error
    after = sheets.load(number)
    assert [field.place for field in after.now.fields] == [field.place for field in before.now.fields]
    assert sheets.texts_of(number) == ["12", "7", "340", "8"]
    assert after.plan == before.plan
    assert page.button(key="sheets-undo").disabled


def test_a_value_that_another_window_has_undone_is_passed_over(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 0, 0)
    sheets.line(page).set_value("5").run()
    sheets.line(page).set_value("6").run()
    changes.undo(number, get_settings())
    page.button(key="sheets-undo").click().run()
    assert not page.error
    assert sheets.typed_into(number) == {}


def test_where_all_was_undone_in_another_window_nothing_is_said_to_be(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 0, 0)
    sheets.line(page).set_value("5").run()
    changes.undo(number, get_settings())
    page.button(key="sheets-undo").click().run()
    assert not page.success
    assert "Nothing is left to undo" in page.error[0].value


def test_a_grid_that_another_window_has_changed_is_not_undone(open_page: Open) -> None:
    number = sheets.keep(SUMS)
    page = sheets.pick(sheets.open_kept(open_page, number, "grid"), 0, 0)
    page.button(key="sheets-remove-0-0").click().run()
    kept = sheets.load(number)
    changes.revise(kept, read_table([["9"]]), kept.plan, get_settings())
    page.button(key="sheets-undo").click().run()
    assert "changed in another window" in page.error[0].value
    assert sheets.texts_of(number) == ["9"]


def test_what_changes_nothing_is_nothing_to_undo(open_page: Open) -> None:
    number = sheets.keep(SUMS)
    page = sheets.open_kept(open_page, number, "checks")
    for _ in range(2):
        page.button(key="sheets-total-add").click().run()
    page.button(key="sheets-undo").click().run()
    assert not sheets.load(number).plan.totals
    assert page.button(key="sheets-undo").disabled


def test_deleting_one_sheet_leaves_the_undo_of_the_others(open_page: Open) -> None:
    number, other = sheets.keep(SUMS), sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number, "grid"), 0, 0)
    page.button(key="sheets-remove-0-0").click().run()
    page.button(key="sheets-close").click().run()
    page.button(key=f"sheets-delete-{other}").click().run()
    page.button(key=f"sheets-open-{number}").click().run()
    page.button(key="sheets-undo").click().run()
    assert len(sheets.load(number).read.fields) == 6
