"""The Sheets page: pages brought in, opened, gone through, deleted, and read in read-only mode."""

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import cached
from core.settings import get_settings
from core.sheets import changes, store
from core.sheets.checks.plan import Plan
from core.sheets.layout import Layout
from core.sheets.sheet import Sheet
from core.sheets.store import KeptSheet
from pages.components import widgets
from pages.components.sheets.opened import Opened
from tests.pages import sheets
from tests.pages.conftest import Open, png
from tests.support.read_sheets import read_table

pytestmark = pytest.mark.usefixtures("reader")


def test_says_what_it_is_for_before_anything_is_brought(open_page: Open) -> None:
    page = open_page(sheets.PAGE)
    assert not page.exception
    assert "nothing is sent anywhere" in sheets.said(page)
    assert page.file_uploader(key="sheets-files").label.startswith("Choose or drop pages")


def test_a_page_is_read_kept_and_shown(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
    assert not page.exception
    assert "12 fields" in sheets.said(page)
    (listed,) = store.listed(get_settings())
    assert (listed.path, listed.fields) == ("marks.png", 12)
    read = sheets.load(listed.id).read
    assert [field.text for field in read.fields if field.field.column == 0] == ["7"] * 4
    assert {field.verdict for field in read.fields if field.field.column > 0} == {"blank"}


def test_the_pictures_of_what_was_read_do_not_stay_in_memory(open_page: Open) -> None:
    sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
    assert not any(str(key).startswith("sheets-read") for key in cached.jobs()._jobs)


def test_what_cannot_be_read_is_said_until_noted_and_the_others_are_read(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("bad*.png", b"hello"), ("marks.png", png(sheets.table())))
    assert not page.exception
    assert "bad*.png" in sheets.said(page)
    assert store.count(get_settings()) == 1
    assert "bad*.png" in sheets.said(sheets.pick(page, 0, 0))
    page.button(key="sheets-noted-ok").click().run()
    assert "bad*.png" not in sheets.said(page)


def test_a_sheet_is_opened_again_by_its_address(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = open_page(sheets.PAGE)
    page.query_params["sheet"] = str(number)
    page.run()
    assert "page.png" in sheets.said(page)
    page.button(key="sheets-close").click().run()
    assert page.query_params.get("sheet", []) == []


def test_the_address_names_the_sheet_that_is_open(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = open_page(sheets.PAGE)
    page.button(key=f"sheets-open-{number}").click().run()
    assert page.query_params["sheet"] == str(number)


def test_one_that_is_gone_says_so(open_page: Open) -> None:
    page = open_page(sheets.PAGE)
    page.query_params["sheet"] = "99"
    page.run()
    assert not page.exception
    assert "There is no sheet 99" in sheets.said(page)
    assert page.file_uploader(key="sheets-files")
    assert page.query_params.get("sheet", []) == []


def test_what_there_is_to_say_stays_when_the_open_sheet_is_gone(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("bad.png", b"hello"), ("marks.png", png(sheets.table())))
    number = sheets.opened(page)
    assert number
    changes.delete(number, get_settings())
    page.run()
    assert f"There is no sheet {number}" in sheets.said(page)
    assert "bad.png" in page.warning[0].value.replace("\\", "")


def test_where_the_database_cannot_be_read_there_is_a_way_out(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS))
    good = get_settings().database_url
    damaged = Path(good.removeprefix("sqlite:///")).with_name("damaged.db")
    damaged.write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{damaged}")
    page.run()
    assert not page.exception
    assert "not a database" in sheets.said(page)
    monkeypatch.setenv("DIGITS_DATABASE_URL", good)
    page.button(key="sheets-try-again").click().run()
    assert "page.png" in sheets.said(page)


@pytest.mark.parametrize("part", ["values", "review", "checks", "grid", "template", "take"])
def test_a_sheet_whose_picture_is_damaged_shows_its_values(open_page: Open, part: str) -> None:
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS, picture=b"\x89PNG\r\n\x1a\nnothing more"), part)
    assert "picture of this page is damaged" in "\n".join(each.value for each in page.info)
    assert not page.exception


def test_a_picture_of_any_size_is_sent_small(open_page: Open) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2500, 2500, 3), np.uint8)
    page = sheets.open_kept(open_page, sheets.keep(sheets.DOUBTS, picture=png(noise)))
    sheets.pick(page, 0, 0)
    (component,) = [each for each in page.get("bidi_component") if "sheets-page" in str(each.proto.id)]
    assert len(component.proto.SerializeToString()) < 2_500_000


def test_the_pages_of_a_file_are_gone_through_and_deleted_together(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("two.tif", sheets.two_pages()))
    first, second = sorted(sheet.id for sheet in store.listed(get_settings()))
    assert sheets.opened(page) == first
    assert page.button(key="sheets-page-previous").disabled
    page.button(key="sheets-page-next").click().run()
    assert sheets.opened(page) == second
    assert "2 of 2" in sheets.said(page)
    assert page.button(key="sheets-page-next").disabled
    page.button(key="sheets-page-previous").click().run()
    assert sheets.opened(page) == first
    page.button(key="sheets-close").click().run()
    assert "2 pages, 18 fields" in sheets.said(page)
    page.button(key=f"sheets-delete-{first}").click().run()
    assert store.count(get_settings()) == 0


def test_all_pages_of_a_file_are_taken_away_at_once(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(widgets, "download", lambda title, data, *_, **__: offered.update({title: data}))
    page = sheets.go_to(sheets.bring(open_page(sheets.PAGE), ("two.tif", sheets.two_pages())), "take")
    assert len(offered["CSV"]().splitlines()) == 1 + 4 + 3, "a header, and the rows of both pages"
    page.toggle(key="sheets-whole-file").set_value(False).run()
    assert len(offered["CSV"]().splitlines()) == 1 + 4


def test_of_deleted_sheets_nothing_stays(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 1, 0)
    page.button(key="sheets-field-1-0-540").click().run()
    page.button(key="sheets-close").click().run()
    page.button(key=f"sheets-delete-{number}").click().run()
    assert not page.exception
    assert "page.png is deleted" in sheets.said(page)
    assert number not in page.session_state["sheets-memory"]
    with sqlite3.connect(get_settings().database_url.removeprefix("sqlite:///")) as connection:
        rows = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("sheets", "sheet_edits")]
    assert rows == [(0,), (0,)]


PARTS = [
    ("values", "Another value"),
    ("review", "Another value"),
    ("checks", "The sums are somebody's work, to be marked"),
    ("grid", "Remove"),
    ("template", "Keep as template"),
]


@pytest.mark.parametrize(("part", "label"), PARTS)
def test_in_read_only_mode_what_changes_a_kept_sheet_is_closed_with_the_reason(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, part: str, label: str
) -> None:
    number = sheets.keep(sheets.DOUBTS)
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = sheets.pick(sheets.open_kept(open_page, number, part), 0, 0)
    (widget,) = [each for each in [*page.button, *page.text_input, *page.toggle] if each.label == label]
    assert widget.disabled
    assert "set to read only" in str(widget.help)


def test_without_a_reader_of_numbers_the_page_says_so(open_page: Open, library: Path) -> None:
    page = open_page(sheets.PAGE)
    shutil.rmtree(library / "numbers")
    page = sheets.bring(page, ("marks.png", png(sheets.table())))
    assert not page.exception
    assert "no reader of numbers" in sheets.said(page)


def test_titles_are_shown_as_they_were_written(open_page: Open) -> None:
    plan = Plan(columns=("*Total* VAT", ":smile:"))
    page = sheets.pick(sheets.open_kept(open_page, sheets.keep(read_table([["1", "2"]]), plan)), 0, 0)
    (heading,) = [each.value for each in page.markdown if "Row 1" in each.value]
    assert r"\*Total\* VAT" in heading


def test_the_picture_of_a_field_is_that_of_its_own_sheet() -> None:
    sheet, picture = read_table([["1", "2"], ["3", "4"]]), png(sheets.table())
    moved = replace(sheet.layout, fields=tuple(replace(f, quad=f.quad + 20) for f in sheet.layout.fields))
    one, other = (opened_with(layout, sheet, picture).crops[0, 0] for layout in (sheet.layout, moved))
    assert not np.array_equal(one, other)


def opened_with(layout: Layout, sheet: Sheet, picture: bytes) -> Opened:
    """A sheet of this layout as it is open where it cannot be kept: the first one of any session."""
    return Opened(KeptSheet(-1, "", 1, replace(sheet, layout=layout), Plan(), ()), picture, get_settings())
