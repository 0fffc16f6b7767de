"""Sheets as a person works with them: by keyboard alone, over a refresh and a restart, and on a phone by touch."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from core.settings import PROJECT_ROOT, Settings, to_environment
from core.sheets import store
from core.sheets.checks.plan import Plan
from core.sheets.export.files import table_csv
from core.sheets.export.pages import Page
from tests.browser.app import App
from tests.browser.conftest import DESKS, PHONES, open_page, settings_in
from tests.browser.server import serve
from tests.pages.conftest import png
from tests.support.numbers import make_numbers
from tests.support.read_sheets import TALL, WIDE, read_table
from tests.support.workers import Workshop

ROWS, COLUMNS, DOUBTFUL = 20, 10, 10


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library with a reader that takes everything for a 7."""
    settings = settings_in(tmp_path_factory.mktemp("sheets"))
    shutil.copytree(PROJECT_ROOT / "models" / "digits", settings.models_dir / "digits")
    make_numbers(settings, says="7")
    return settings


@pytest.fixture(scope="module")
def sheets_address(browser: Browser, settings: Settings, workers: Workshop) -> Iterator[str]:  # noqa: ARG001
    with serve(to_environment(settings), workers) as address:
        yield address


@pytest.fixture
def sheets_desk(browser: Browser, sheets_address: str) -> Iterator[App]:
    yield from open_page(browser, sheets_address, DESKS)


@pytest.fixture
def sheets_phone(browser: Browser, sheets_address: str) -> Iterator[App]:
    yield from open_page(browser, sheets_address, PHONES)


def page_of(rows: int, columns: int) -> bytes:
    """A ruled page whose cells are where `read_table` has its fields, with a stroke in each."""
    picture = np.full((TALL * rows + 2, WIDE * columns + 2, 3), 250, np.uint8)
    for row in range(rows + 1):
        cv2.line(picture, (0, TALL * row), (WIDE * columns, TALL * row), (60, 60, 60), 1)
    for column in range(columns + 1):
        cv2.line(picture, (WIDE * column, 0), (WIDE * column, TALL * rows), (60, 60, 60), 1)
    for row in range(rows):
        for column in range(columns):
            start = (WIDE * column + 40, TALL * row + 30)
            cv2.putText(picture, "7", start, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 30, 120), 2)
    return png(picture)


def keep_large(settings: Settings) -> int:
    """A sheet of 200 fields, ten of them doubtful."""
    texts = [[str(10 * row + column) for column in range(COLUMNS)] for row in range(ROWS)]
    doubts = {(2 * i, i): {texts[2 * i][i]: 0.6, f"9{i}": 0.4} for i in range(DOUBTFUL)}
    return store.keep(read_table(texts, doubts), Plan(), settings, page_of(ROWS, COLUMNS))


def test_ten_doubtful_of_two_hundred_are_reviewed_by_keyboard_alone(
    browser: Browser, settings: Settings, workers: Workshop, sheets_desk: App
) -> None:
    number = keep_large(settings)
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.choose_part_by_keyboard("Review")
    for left in range(DOUBTFUL, 0, -1):
        expect(app.page.get_by_text(f"{left} left")).to_be_visible()
        app.settle()
        app.page.keyboard.press("2" if left % 2 else "1")
    expect(app.page.get_by_text("Nothing is left to look at.")).to_be_visible()
    edits = store.load(number, settings).edits
    assert len(edits) == DOUBTFUL
    assert sum(edit.text.startswith("9") for edit in edits) == DOUBTFUL // 2
    before = csv(number, settings)
    app.page.reload()
    app.choose_part_by_keyboard("Review")
    expect(app.page.get_by_text("Nothing is left to look at.")).to_be_visible()
    with serve(to_environment(settings), workers) as restarted:
        for again in open_page(browser, restarted, DESKS):
            again.open(f"/sheets?sheet={number}").choose_part_by_keyboard("Review")
            expect(again.page.get_by_text("Nothing is left to look at.")).to_be_visible()
    assert csv(number, settings) == before


def csv(number: int, settings: Settings) -> bytes:
    kept = store.load(number, settings)
    return table_csv([Page(kept.read, kept.plan, kept.edits)])


def test_a_value_is_typed_in_review_by_keyboard(settings: Settings, sheets_desk: App) -> None:
    number = keep_large(settings)
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.choose_part_by_keyboard("Review")
    expect(app.page.get_by_text("10 left")).to_be_visible()
    field = app.page.get_by_label("Another value")
    for _ in range(60):
        if field.evaluate("element => element === document.activeElement"):
            break
        app.page.keyboard.press("Tab")
    app.page.keyboard.type("123")
    app.page.keyboard.press("Enter")
    expect(app.page.get_by_text("9 left")).to_be_visible()
    assert store.load(number, settings).edits[0].text == "123"
    app.settle()
    app.page.keyboard.press("Escape")
    app.page.locator("h1").click()
    app.page.keyboard.press("u")
    expect(app.page.get_by_text("10 left")).to_be_visible()


def test_a_field_is_picked_on_the_page_by_keyboard(settings: Settings, sheets_desk: App) -> None:
    number = keep_large(settings)
    app = sheets_desk.open(f"/sheets?sheet={number}")
    first = app.page.get_by_role("button", name="Row 1, column 1:")
    expect(first).to_be_visible()
    first.focus()
    app.page.keyboard.press("ArrowRight")
    app.page.keyboard.press("ArrowDown")
    app.page.keyboard.press("Enter")
    expect(app.by_key("sheets-field")).to_contain_text("Row 2, column 2")


def test_on_a_phone_a_page_is_read_checked_and_sent(settings: Settings, sheets_phone: App, tmp_path: Path) -> None:
    app = sheets_phone.open("/sheets")
    page = page_of(4, 3)
    app.upload_to("sheets-files", [("page.png", page)])
    expect(app.page.get_by_text("12 fields")).to_be_visible()
    assert not app.scrolls_sideways()
    app.page.get_by_role("button", name="Row 2, column 1:").tap()
    expect(app.by_key("sheets-field")).to_contain_text("7")
    app.page.get_by_role("radio", name="Take away").tap()
    with app.page.expect_download() as download:
        app.button("Excel (XLSX)").tap()
    target = tmp_path / "page.xlsx"
    download.value.save_as(target)
    assert target.read_bytes().startswith(b"PK")
    assert store.count(settings) >= 1


def test_a_box_is_drawn_where_a_field_is_to_be(settings: Settings, sheets_desk: App) -> None:
    number = store.keep(read_table([["7", "7"], ["7", ""]]), Plan(), settings, page_of(4, 3))
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.choose_part_by_keyboard("Grid")
    app.page.get_by_text("Draw a box").click()
    app.settle()
    app.drag_on_sheet((0.7, 0.55), (0.95, 0.95))
    expect(app.page.get_by_text("5 fields", exact=False).first).to_be_visible()
    fields = store.load(number, settings).read.layout.fields
    assert len(fields) == 5


def test_after_a_choice_by_keyboard_the_next_field_has_the_focus(settings: Settings, sheets_desk: App) -> None:
    number = keep_large(settings)
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.choose_part_by_keyboard("Review")
    expect(app.page.get_by_text("10 left")).to_be_visible()
    app.page.get_by_label("Another value").focus()
    for left in (9, 8):
        app.page.keyboard.type("123")
        app.page.keyboard.press("Enter")
        expect(app.page.get_by_text(f"{left} left")).to_be_visible()
        app.settle()  # until then the line of the field before may still be there, beside the new one
        expect(app.page.get_by_label("Another value")).to_be_focused()
    assert [edit.text for edit in store.load(number, settings).edits] == ["123", "123"]


def test_the_line_of_a_picked_field_keeps_the_focus(settings: Settings, sheets_desk: App) -> None:
    number = keep_large(settings)
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.page.get_by_role("button", name="Row 1, column 1:").click()
    line = app.by_key("sheets-field").get_by_label("Another value")
    line.fill("5")
    app.page.keyboard.press("Enter")
    expect(app.by_key("sheets-field")).to_contain_text("5, typed")
    app.settle()
    expect(line).to_be_focused()
    expect(line).to_have_value("")


def test_on_a_phone_the_panel_of_a_picked_field_is_in_sight(settings: Settings, sheets_phone: App) -> None:
    number = keep_large(settings)
    app = sheets_phone.open(f"/sheets?sheet={number}")
    app.page.get_by_role("button", name="Row 2, column 1:").tap()
    expect(app.by_key("sheets-field")).to_contain_text("Row 2")
    app.settle()
    expect(app.by_key("sheets-field")).to_be_in_viewport(ratio=0.9)


def test_values_are_typed_into_the_table(settings: Settings, sheets_desk: App) -> None:
    number = store.keep(read_table([["12", "7"], ["340", "8"]]), Plan(), settings, page_of(2, 2))
    app = sheets_desk.open(f"/sheets?sheet={number}")
    app.type_into_table(0, 0, "5")
    app.type_into_table(1, 1, "34")
    edits = store.load(number, settings).edits
    assert [(edit.place, edit.text) for edit in edits] == [((0, 0), "5"), ((1, 1), "34")]
    app.button("Undo").click()
    expect(app.cell("8")).to_be_attached()
    app.type_into_table(0, 1, "9")
    in_force = {edit.place: edit.text for edit in store.load(number, settings).edits if not edit.undone}
    assert in_force == {(0, 0): "5", (0, 1): "9"}
