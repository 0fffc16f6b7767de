"""The Sheets page: pages brought in, the values, the review, checks, the grid, templates, and read-only mode."""

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from core.settings import get_settings
from core.sheets import changes, store
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.sheet import Sheet
from tests.pages.conftest import Open, png, texts, wait_for, words
from tests.support.numbers import make_numbers
from tests.support.read_sheets import read_table

PAGE = "pages/sheets.py"


@pytest.fixture(autouse=True)
def reader(add_model: Callable[..., Path]) -> None:
    """A reader that takes everything written for a 7, and the shipped model of digits."""
    add_model()
    make_numbers(get_settings(), says="7")


def table(rows: int = 4, columns: int = 3) -> NDArray[np.uint8]:
    """A ruled table with a thick stroke in each cell of its first column."""
    picture = np.full((60 + 80 * rows, 60 + 160 * columns, 3), 245, np.uint8)
    for row in range(rows + 1):
        cv2.line(picture, (30, 30 + 80 * row), (30 + 160 * columns, 30 + 80 * row), (40, 40, 40), 2)
    for column in range(columns + 1):
        cv2.line(picture, (30 + 160 * column, 30), (30 + 160 * column, 30 + 80 * rows), (40, 40, 40), 2)
    for row in range(rows):
        cv2.putText(picture, "7", (90, 90 + 80 * row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, (20, 30, 120), 4)
    return picture


def bring(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    page.file_uploader(key="sheets-files").set_value([(name, data, "image/png") for name, data in files]).run()
    return wait_for(page, lambda: bool(opened(page) or page.warning or page.error))


def opened(page: AppTest) -> int | None:
    if "sheets-open" not in page.session_state:
        return None
    number: int | None = page.session_state["sheets-open"]
    return number


def keep(sheet: Sheet, plan: Plan | None = None) -> int:
    """A sheet that was read before, with a picture of it."""
    return store.keep(sheet, plan or Plan(), get_settings(), png(table()))


def open_kept(open_page: Open, number: int) -> AppTest:
    opened = open_page(PAGE)
    opened.session_state["sheets-open"] = number
    return opened.run()


def part(page: AppTest, name: str) -> AppTest:
    page.session_state["sheets-part"] = name
    return page.run()


DOUBTS = read_table([["12", "7"], ["340", "8"]], {(1, 0): {"340": 0.6, "540": 0.4}, (0, 1): {"7": 0.6, "1": 0.4}})


def test_says_what_it_is_for_before_anything_is_brought(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "nothing is sent anywhere" in words(page)
    assert page.file_uploader(key="sheets-files").label.startswith("Choose or drop pages")


def test_a_page_is_read_kept_and_shown(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    assert not page.exception
    assert "12 fields" in texts(page)
    (listed,) = store.listed(get_settings())
    assert (listed.path, listed.fields) == ("marks.png", 12)
    read = store.load(listed.id, get_settings()).read
    assert [field.text for field in read.fields if field.field.column == 0] == ["7"] * 4
    assert {field.verdict for field in read.fields if field.field.column > 0} == {"blank"}


def test_what_cannot_be_read_is_said_and_the_others_are_read(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("bad.png", b"hello"), ("marks.png", png(table())))
    assert not page.exception
    assert "bad\\.png" in page.warning[0].value
    assert store.count(get_settings()) == 1


def test_a_sheet_is_opened_again_by_its_address(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_page(PAGE)
    page.query_params["sheet"] = str(number)
    page.run()
    assert "page.png" in texts(page).replace("\\", "")
    page.button(key="sheets-close").click().run()
    assert page.query_params.get("sheet", []) == []


def test_one_that_is_gone_says_so(open_page: Open) -> None:
    page = open_kept(open_page, 99)
    assert "There is no sheet 99" in words(page).replace("\\", "")
    assert not page.exception
    assert page.file_uploader(key="sheets-files")


def test_review_asks_the_most_consequential_first_and_ends(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = part(open_kept(open_page, number), "review")
    assert "Row 2, column 1" in texts(page).replace("\\", "")
    assert [page.button(key=f"sheets-review-{i}").label.split("*")[2] for i in (1, 2)] == ["340", "540"]
    page.button(key="sheets-review-2").click().run()
    assert store.load(number, get_settings()).now.fields[2].text == "540"
    assert "Row 1, column 2" in texts(page).replace("\\", "")
    page.text_input(key="sheets-review-type-0-1").set_value("9").run()
    assert store.load(number, get_settings()).now.fields[1].text == "9"
    assert "Nothing is left" in page.success[0].value
    page.button(key="sheets-review-undo").click().run()
    assert store.load(number, get_settings()).now.fields[1].text == "7"
    assert "Row 1, column 2" in texts(page).replace("\\", "")


def test_review_can_put_off_and_blank(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = part(open_kept(open_page, number), "review")
    page.button(key="sheets-review-later").click().run()
    assert "Row 1, column 2" in texts(page).replace("\\", "")
    page.button(key="sheets-review-blank").click().run()
    assert store.load(number, get_settings()).now.fields[1].text == ""
    assert "Row 2, column 1" in texts(page).replace("\\", "")


def test_the_picked_field_is_shown_with_its_readings(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number)
    page.session_state["sheets-picked"] = (1, 0)
    page.run()
    assert "340, unsure" in texts(page)
    page.button(key="sheets-field-0").click().run()
    assert store.load(number, get_settings()).now.fields[2].text == "540"


def test_checks_suggest_and_change_nothing_by_themselves(open_page: Open) -> None:
    number = keep(DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = part(open_kept(open_page, number), "checks")
    said = texts(page).replace("\\", "")
    assert "Read 340, which is less than 400; only 540 of its readings fits." in said
    assert not store.load(number, get_settings()).edits
    take = next(button for button in page.button if button.label == "Take 540")
    take.click().run()
    kept = store.load(number, get_settings())
    assert kept.now.fields[2].text == "540"
    assert "only 540" in kept.edits[0].reason


def test_a_total_is_added_and_removed(open_page: Open) -> None:
    number = keep(read_table([["1"], ["2"], ["4"]]), Plan(totals=(Total("row", 2, (0, 1)),)))
    page = part(open_kept(open_page, number), "checks")
    assert "Row 3 is the sum of rows 1 to 2" in texts(page)
    page.button(key="sheets-total-0").click().run()
    assert store.load(number, get_settings()).plan.totals == ()


def test_the_grid_is_corrected(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    part(page, "grid")
    assert "a table of 4 rows and 3 columns" in texts(page)
    page.session_state["sheets-picked"] = (0, 1)
    page.run()
    page.button(key="sheets-merge-01").click().run()
    number = store.listed(get_settings())[0].id
    read = store.load(number, get_settings()).read
    assert next(f for f in read.layout.fields if (f.row, f.column) == (0, 1)).columns == 2
    page.button(key="sheets-remove").click().run()
    assert not any((f.row, f.column) == (0, 1) for f in store.load(number, get_settings()).read.layout.fields)


def test_a_template_is_kept_and_laid_over_the_next_page(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    first = store.listed(get_settings())[0].id
    kept = store.load(first, get_settings())
    changes.revise(kept, kept.read, Plan(columns=("Name", "Marks", "Sum")), get_settings())
    part(page, "template")
    page.text_input(key="sheets-template-name").set_value("Mark sheet").run()
    page.button(key="sheets-template-keep").click().run()
    page.button(key="sheets-close").click().run()
    del page.session_state["sheets-done"]
    again = bring(page, ("second.png", png(np.roll(table(), 6, axis=1))))
    assert "Mark sheet" in words(again).replace("\\", "")
    second = store.listed(get_settings())[0]
    assert store.load(second.id, get_settings()).plan.columns == ("Name", "Marks", "Sum")


def test_sheets_are_listed_and_deleted(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_page(PAGE)
    page.button(key=f"sheets-delete-{number}").click().run()
    assert store.count(get_settings()) == 0
    assert not page.exception


def test_in_read_only_mode_pages_are_read_and_not_kept(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    assert not page.exception
    assert "12 fields" in texts(page)
    page.session_state["sheets-picked"] = (0, 0)
    page.run()
    page.text_input(key="sheets-field-type-0-0").set_value("5").run()
    assert "5, confident" in texts(page)
    monkeypatch.delenv("DIGITS_READ_ONLY")
    assert store.count(get_settings()) == 0


def test_without_a_reader_of_numbers_the_page_says_so(open_page: Open, library: Path) -> None:
    page = open_page(PAGE)
    shutil.rmtree(library / "numbers")
    page = bring(page, ("marks.png", png(table())))
    assert not page.exception
    assert "no reader of numbers" in words(page).replace("\\", "")
