"""The Sheets page where nothing can be kept: a session holds what was read and done until it can be."""

import threading

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import get_settings
from core.sheets import store
from pages.components.sheets import desk
from tests.pages import sheets
from tests.pages.conftest import Open, png, wait_for

pytestmark = pytest.mark.usefixtures("reader")


def test_where_the_database_is_locked_nothing_that_was_read_is_lost(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        sheets.lock(locked)
        page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
        assert not page.exception
        assert "could not be kept" in sheets.said(page)
        assert "database is locked" in sheets.said(page)
        assert "12 fields" in sheets.said(page)
        sheets.line(sheets.pick(page, 0, 0)).set_value("5").run()
    sheets.press(page, "Keep")
    assert not page.exception
    assert not page.warning, "it is kept now"
    assert "5, typed" in sheets.said(page), "the field stays picked"
    (listed,) = store.listed(get_settings())
    assert sheets.texts_of(listed.id)[0] == "5"
    assert sheets.opened(page) == listed.id


def test_in_read_only_mode_pages_are_read_and_not_kept(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = open_page(sheets.PAGE)
    assert "last only as long as this window is open" in page.info[0].value
    sheets.bring(page, ("marks.png", png(sheets.table())))
    assert not page.exception
    assert "12 fields" in sheets.said(page)
    sheets.line(sheets.pick(page, 0, 0)).set_value("5").run()
    assert "5, typed" in sheets.said(page)
    page.button(key="sheets-undo").click().run()
    assert "5, typed" not in sheets.said(page)
    page.button(key="sheets-close").click().run()
    page.button(key="sheets-delete--1").click().run()
    assert "marks.png" not in "".join(button.label for button in page.button).replace("\\", "")
    monkeypatch.delenv("DIGITS_READ_ONLY")
    assert store.count(get_settings()) == 0


def test_a_session_that_holds_too_many_lets_the_first_go(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    monkeypatch.setattr(desk, "MOST_IN_SESSION", 1)
    page = sheets.bring(open_page(sheets.PAGE), ("two.tif", sheets.two_pages()))
    assert not page.exception
    assert sheets.opened(page) == -2
    assert "A session holds at most 1 page" in sheets.said(page)
    assert "two.tif." in sheets.said(page), "the first page, which was let go"


def test_what_somebody_has_worked_on_is_not_let_go(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    monkeypatch.setattr(desk, "MOST_IN_SESSION", 1)
    page = sheets.bring(open_page(sheets.PAGE), ("A.png", png(sheets.table())))
    sheets.line(sheets.pick(page, 0, 0)).set_value("5").run()
    page.button(key="sheets-close").click().run()
    sheets.bring(page, ("B.png", png(sheets.table(3, 2))))
    assert "A session holds at most 1 page" in sheets.said(page)
    assert "B.png" in sheets.said(page)
    sheets.press(page, "A.png")
    sheets.pick(page, 0, 0)
    assert "5, typed" in sheets.said(page)


def test_the_sheet_that_is_open_is_not_let_go(
    open_page: Open, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    monkeypatch.setattr(desk, "MOST_IN_SESSION", 1)
    held_up.set()
    page = sheets.bring(open_page(sheets.PAGE), ("A.png", png(sheets.table())))
    held_up.clear()
    page.button(key="sheets-close").click().run()
    sheets.begin_reading(page)
    sheets.press(page, "A.png")
    held_up.set()
    wait_for(page, lambda: "A session holds at most 1 page" in sheets.said(page))
    assert not page.error
    assert sheets.opened(page) == -1
    assert "kept or deleted some: marks.png." in sheets.said(page)


def type_into_column(page: AppTest, *texts: str) -> None:
    """Type into the first fields of the first column, one after the other."""
    for row, text in enumerate(texts):
        sheets.line(sheets.pick(page, row, 0)).set_value(text).run()


def test_what_was_typed_into_a_field_that_was_removed_is_kept_too(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        sheets.lock(locked)
        page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
        type_into_column(page, "5", "6")
        sheets.pick(sheets.go_to(page, "grid"), 0, 0)
        page.button(key="sheets-remove-0-0").click().run()
    sheets.press(page, "Keep")
    assert not page.error
    (listed,) = store.listed(get_settings())
    assert sheets.load(listed.id).now.fields[2].text == "6"
    page.button(key="sheets-undo").click().run()
    assert sheets.load(listed.id).now.fields[0].text == "5"


def test_undo_goes_on_after_a_sheet_is_kept(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as locked:
        sheets.lock(locked)
        page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
        type_into_column(page, "5", "6", "8")
    sheets.press(page, "Keep")
    number = sheets.opened(page)
    assert number
    for left in ({(0, 0): "5", (1, 0): "6"}, {(0, 0): "5"}, {}):
        page.button(key="sheets-undo").click().run()
        assert sheets.typed_into(number) == left


def test_undo_on_one_sheet_of_a_session_brings_back_nothing_of_another(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets.lock(monkeypatch)
    page = sheets.bring(open_page(sheets.PAGE), ("A.png", png(sheets.table())))
    sheets.pick(sheets.go_to(page, "grid"), 0, 1)
    page.button(key="sheets-remove-0-1").click().run()
    page.button(key="sheets-close").click().run()
    page.button(key="sheets-delete--1").click().run()
    sheets.bring(page, ("B.png", png(sheets.table(3, 2))))
    assert "6 fields" in sheets.said(page)
    assert page.button(key="sheets-undo").disabled


def test_a_number_of_a_session_is_not_given_again(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as locked:
        sheets.lock(locked)
        page = sheets.bring(open_page(sheets.PAGE), ("A.png", png(sheets.table())))
        first = sheets.opened(page)
    sheets.press(page, "Keep")
    page.button(key="sheets-close").click().run()
    sheets.lock(monkeypatch)
    sheets.bring(page, ("B.png", png(sheets.table(3, 2))))
    assert (first, sheets.opened(page)) == (-1, -2)


def test_all_pages_of_a_file_are_kept_together(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as locked:
        sheets.lock(locked)
        page = sheets.bring(open_page(sheets.PAGE), ("two.tif", sheets.two_pages()))
        page.button(key="sheets-page-next").click().run()
        sheets.line(sheets.pick(page, 0, 0)).set_value("5").run()
    sheets.press(page, "Keep")
    assert "All 2 pages of the file are kept" in sheets.said(page)
    assert "2 of 2" in sheets.said(page)
    second, first = store.listed(get_settings())
    assert (first.page, second.page, sheets.opened(page)) == (1, 2, second.id)
    assert sheets.texts_of(second.id)[0] == "5"
    page.button(key="sheets-close").click().run()
    assert [button.label for button in page.button if str(button.key).startswith("sheets-open-")] == [r"two\.tif"]


def test_pages_that_cannot_be_kept_stay_as_they_are(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    sheets.lock(monkeypatch)
    page = sheets.bring(open_page(sheets.PAGE), ("two.tif", sheets.two_pages()))
    sheets.press(page, "Keep")
    assert "database is locked" in page.error[0].value
    assert "1 of 2" in sheets.said(page)
