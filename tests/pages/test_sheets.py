"""The Sheets page: pages brought in, opened, gone through, deleted, and read in read-only mode."""

import shutil
import sqlite3
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core import cached
from core.errors import SampleError
from core.settings import get_settings
from core.sheets import store
from core.sheets.checks.plan import Plan
from pages.components.sheets import desk
from tests.pages.conftest import Open, png
from tests.pages.sheets import (
    DOUBTS,
    PAGE,
    bring,
    go_to,
    keep,
    load,
    make_reader,
    open_kept,
    opened,
    pick,
    press,
    said,
    table,
    texts_of,
)
from tests.support.read_sheets import read_table


@pytest.fixture(autouse=True)
def reader(add_model: Callable[..., Path]) -> None:
    make_reader(add_model)


def lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database as it is while another program holds it."""

    def refuse(*_: object) -> int:
        raise SampleError("The database of your samples cannot be used: database is locked.")

    monkeypatch.setattr(store, "keep", refuse)


def two_pages() -> bytes:
    """A TIFF of two pages."""
    data = BytesIO()
    pages = [Image.fromarray(table()), Image.fromarray(table(3, 2))]
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:])
    return data.getvalue()


def test_says_what_it_is_for_before_anything_is_brought(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "nothing is sent anywhere" in said(page)
    assert page.file_uploader(key="sheets-files").label.startswith("Choose or drop pages")


def test_a_page_is_read_kept_and_shown(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    assert not page.exception
    assert "12 fields" in said(page)
    (listed,) = store.listed(get_settings())
    assert (listed.path, listed.fields) == ("marks.png", 12)
    read = load(listed.id).read
    assert [field.text for field in read.fields if field.field.column == 0] == ["7"] * 4
    assert {field.verdict for field in read.fields if field.field.column > 0} == {"blank"}


def test_the_pictures_of_what_was_read_do_not_stay_in_memory(open_page: Open) -> None:
    bring(open_page(PAGE), ("marks.png", png(table())))
    assert not any(str(key).startswith("sheets-read") for key in cached.jobs()._jobs)


def test_what_cannot_be_read_is_said_until_noted_and_the_others_are_read(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("bad*.png", b"hello"), ("marks.png", png(table())))
    assert not page.exception
    assert "bad*.png" in said(page)
    assert store.count(get_settings()) == 1
    assert "bad*.png" in said(pick(page, 0, 0))
    page.button(key="sheets-noted-ok").click().run()
    assert "bad*.png" not in said(page)


def test_where_the_database_is_locked_nothing_that_was_read_is_lost(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as locked:
        lock(locked)
        page = bring(open_page(PAGE), ("marks.png", png(table())))
        assert not page.exception
        assert "could not be kept" in said(page)
        assert "database is locked" in said(page)
        assert "12 fields" in said(page)
        pick(page, 0, 0).text_input(key="sheets-field-type-0-0").set_value("5").run()
    press(page, "Keep")
    assert not page.exception
    (listed,) = store.listed(get_settings())
    assert texts_of(listed.id)[0] == "5"
    assert opened(page) == listed.id


def test_a_sheet_is_opened_again_by_its_address(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_page(PAGE)
    page.query_params["sheet"] = str(number)
    page.run()
    assert "page.png" in said(page)
    page.button(key="sheets-close").click().run()
    assert page.query_params.get("sheet", []) == []


def test_the_address_names_the_sheet_that_is_open(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_page(PAGE)
    page.button(key=f"sheets-open-{number}").click().run()
    assert page.query_params["sheet"] == str(number)


def test_one_that_is_gone_says_so(open_page: Open) -> None:
    page = open_page(PAGE)
    page.query_params["sheet"] = "99"
    page.run()
    assert not page.exception
    assert "There is no sheet 99" in said(page)
    assert page.file_uploader(key="sheets-files")
    assert page.query_params.get("sheet", []) == []


def test_where_the_database_cannot_be_read_there_is_a_way_out(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_kept(open_page, keep(DOUBTS))
    good = get_settings().database_url
    damaged = Path(good.removeprefix("sqlite:///")).with_name("damaged.db")
    damaged.write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{damaged}")
    page.run()
    assert not page.exception
    assert "not a database" in said(page)
    monkeypatch.setenv("DIGITS_DATABASE_URL", good)
    page.button(key="sheets-try-again").click().run()
    assert "page.png" in said(page)


@pytest.mark.parametrize("part", ["values", "review", "checks", "grid", "template", "take"])
def test_a_sheet_whose_picture_is_damaged_shows_its_values(open_page: Open, part: str) -> None:
    page = open_kept(open_page, keep(DOUBTS, picture=b"\x89PNG\r\n\x1a\nnothing more"), part)
    assert "picture of this page is damaged" in "\n".join(each.value for each in page.info)
    assert not page.exception


def test_a_picture_of_any_size_is_sent_small(open_page: Open) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2500, 2500, 3), np.uint8)
    page = open_kept(open_page, keep(DOUBTS, picture=png(noise)))
    pick(page, 0, 0)
    (component,) = [each for each in page.get("bidi_component") if "sheets-page" in str(each.proto.id)]
    assert len(component.proto.SerializeToString()) < 2_500_000


def test_the_pages_of_a_file_are_gone_through_and_deleted_together(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("two.tif", two_pages()))
    first, second = sorted(sheet.id for sheet in store.listed(get_settings()))
    assert opened(page) == first
    assert page.button(key="sheets-page-previous").disabled
    page.button(key="sheets-page-next").click().run()
    assert opened(page) == second
    assert "2 of 2" in said(page)
    assert page.button(key="sheets-page-next").disabled
    page.button(key="sheets-page-previous").click().run()
    assert opened(page) == first
    page.button(key="sheets-close").click().run()
    assert "2 pages, 18 fields" in said(page)
    page.button(key=f"sheets-delete-{first}").click().run()
    assert store.count(get_settings()) == 0


def test_all_pages_of_a_file_are_taken_away_at_once(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("two.tif", two_pages()))
    go_to(page, "take")
    assert page.toggle(key="sheets-whole-file").value
    assert not page.exception


def test_of_deleted_sheets_nothing_stays(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = pick(open_kept(open_page, number), 1, 0)
    page.button(key="sheets-field-1-0-540").click().run()
    page.button(key="sheets-close").click().run()
    page.button(key=f"sheets-delete-{number}").click().run()
    assert not page.exception
    assert "page.png is deleted" in said(page)
    assert "sheets-history" not in page.session_state
    with sqlite3.connect(get_settings().database_url.removeprefix("sqlite:///")) as connection:
        rows = [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("sheets", "sheet_edits")]
    assert rows == [(0,), (0,)]


def test_in_read_only_mode_pages_are_read_and_not_kept(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = open_page(PAGE)
    assert "last only as long as this window is open" in page.info[0].value
    bring(page, ("marks.png", png(table())))
    assert not page.exception
    assert "12 fields" in said(page)
    pick(page, 0, 0).text_input(key="sheets-field-type-0-0").set_value("5").run()
    assert "5, typed" in said(page)
    page.button(key="sheets-undo").click().run()
    assert "5, typed" not in said(page)
    page.button(key="sheets-close").click().run()
    page.button(key="sheets-delete--1").click().run()
    assert "marks.png" not in "".join(button.label for button in page.button).replace("\\", "")
    monkeypatch.delenv("DIGITS_READ_ONLY")
    assert store.count(get_settings()) == 0


PARTS = [
    ("values", "sheets-field-type-0-0"),
    ("review", "sheets-review-type-1-0"),
    ("checks", "sheets-work"),
    ("grid", "sheets-remove-0-0"),
    ("template", "sheets-template-keep"),
]


@pytest.mark.parametrize(("part", "key"), PARTS)
def test_in_read_only_mode_what_changes_a_kept_sheet_is_closed_with_the_reason(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, part: str, key: str
) -> None:
    number = keep(DOUBTS)
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = pick(open_kept(open_page, number, part), 0, 0)
    (widget,) = [each for each in [*page.button, *page.text_input, *page.toggle] if each.key == key]
    assert widget.disabled
    assert "set to read only" in str(widget.help)


def test_a_session_that_holds_too_many_lets_the_first_go(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    monkeypatch.setattr(desk, "MOST_IN_SESSION", 1)
    page = bring(open_page(PAGE), ("two.tif", two_pages()))
    assert not page.exception
    assert opened(page) == -2
    assert "Only the last 1 pages are held" in said(page)


def test_without_a_reader_of_numbers_the_page_says_so(open_page: Open, library: Path) -> None:
    page = open_page(PAGE)
    shutil.rmtree(library / "numbers")
    page = bring(page, ("marks.png", png(table())))
    assert not page.exception
    assert "no reader of numbers" in said(page)


def test_titles_are_shown_as_they_were_written(open_page: Open) -> None:
    plan = Plan(columns=("*Total* VAT", ":smile:"))
    page = pick(open_kept(open_page, keep(read_table([["1", "2"]]), plan)), 0, 0)
    (heading,) = [each.value for each in page.markdown if "Row 1" in each.value]
    assert r"\*Total\* VAT" in heading
