"""How files are read on the Sheets page: what is left of a reading that was stopped, or left for something else."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from core import cached
from core.errors import SampleError
from core.jobs import Cancelled
from core.settings import get_settings
from core.sheets import store, template_store
from core.sheets.checks.plan import Plan
from core.sheets.reading import NOTHING, PageRead
from core.sheets.sheet import Sheet
from core.sheets.store import Listing
from core.sheets.templates import Template
from pages.components.sheets import bring, picture_file
from pages.components.sheets.files import by_file
from pages.components.sheets.notes import Note
from tests.pages import sheets
from tests.pages.conftest import PATIENCE, Open, png, wait_for


def stop_after(pages: int, monkeypatch: pytest.MonkeyPatch) -> bring.Brought:
    """Read two files of three pages each, and stop when so many pages are read."""

    def read_file(name: str, *_: object) -> list[PageRead]:
        return [PageRead(Sheet(name, page, NOTHING, ()), Plan(), None) for page in (1, 2, 3)]

    def progress(done: int, _: int) -> None:
        if done > pages:
            raise Cancelled

    monkeypatch.setattr(bring, "read_file", read_file)
    reader: Future[Any] = Future()
    reader.set_result(None)
    return bring.read_all([("a.pdf", b""), ("b.pdf", b"")], reader, "auto", get_settings(), progress)


def test_what_was_read_before_it_was_stopped_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    read = stop_after(1, monkeypatch)
    assert [page.sheet.page for page, _ in read.pages] == [1, 2]
    assert read.notes == [
        "You stopped the reading. 2 pages read; not read: what may follow page 2 of a.pdf, and b.pdf."
    ]


def test_where_it_was_stopped_at_the_last_page_no_more_is_said_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    read = stop_after(5, monkeypatch)
    assert read.notes == ["You stopped the reading. 6 pages read; not read: what may follow page 3 of b.pdf."]


def test_where_it_was_not_stopped_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    read = stop_after(6, monkeypatch)
    assert (len(read.pages), read.notes) == (6, [])


@pytest.mark.usefixtures("reader")
def test_a_reading_goes_on_when_a_sheet_is_opened(open_page: Open, held_up: threading.Event) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.begin_reading(open_page(sheets.PAGE))
    assert not page.get("file_uploader"), "what is chosen now would be lost when the first page opens"
    page.button(key=f"sheets-open-{number}").click().run()
    held_up.set()
    wait_for(page, lambda: store.count(get_settings()) == 2)
    assert sheets.opened(page) == number, "somebody works on it"
    assert "1 page read: you find it under “All sheets”" in sheets.said(page)
    assert (len(page.success), len(page.warning)) == (1, 0)
    assert not any(str(key).startswith("sheets-read") for key in cached.jobs()._jobs)


@pytest.mark.usefixtures("reader")
def test_what_was_said_before_stays_when_a_reading_ends_meanwhile(open_page: Open, held_up: threading.Event) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.begin_reading(open_page(sheets.PAGE))
    page.button(key=f"sheets-open-{number}").click().run()
    page.session_state["sheets-notes"] = [Note("bad.png: no picture.")]
    held_up.set()
    wait_for(page, lambda: bool(page.success))
    assert "bad.png" in sheets.said(page)


@pytest.mark.usefixtures("reader")
def test_one_page_that_cannot_be_kept_does_not_hold_up_others(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, second = picture_file.pack, sheets.table(3, 2)
    monkeypatch.setattr(picture_file, "pack", lambda seen, *q: b"" if seen.shape == second.shape else pack(seen, *q))
    files = {"A.png": sheets.table(), "B.png": second, "C.png": sheets.table()}
    page = sheets.bring(open_page(sheets.PAGE), *((name, png(picture)) for name, picture in files.items()))
    assert [sheet.path for sheet in store.listed(get_settings())] == ["C.png", "A.png"]
    (said,) = [each.value.replace("\\", "") for each in page.warning]
    assert said.startswith("What was read of B.png could not be kept")
    assert "A.png" not in said


@pytest.mark.usefixtures("reader")
def test_a_reading_goes_on_while_another_page_is_looked_at(
    open_page: Open, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sheets.begin_reading(open_page(sheets.PAGE))
    page.switch_page("pages/samples.py").run()
    (job,) = [job for key, job in cached.jobs()._jobs.items() if str(key).startswith("sheets-read")]
    held_up.set()
    assert len(job.result(PATIENCE).pages) == 1
    monkeypatch.setattr(bring, "read_file", None)  # nothing is read anew
    page.switch_page(sheets.PAGE).run()
    wait_for(page, lambda: bool(sheets.opened(page)))
    assert "marks.png" in sheets.said(page)


def stop(*_: object) -> Iterator[PageRead]:
    raise Cancelled


@pytest.mark.usefixtures("reader")
def test_a_reading_that_was_stopped_can_be_begun_again(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stopped:
        stopped.setattr(bring, "read_file", stop)
        page = sheets.begin_reading(open_page(sheets.PAGE))
        wait_for(page, lambda: "Cancelled." in sheets.said(page))
    assert page.file_uploader(key="sheets-files")
    sheets.press(page, "Try again")
    wait_for(page, lambda: bool(sheets.opened(page)))
    assert "12 fields" in sheets.said(page)


@pytest.mark.usefixtures("reader")
def test_a_reading_that_was_stopped_is_shown_until_noted(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    number = sheets.keep(sheets.DOUBTS)
    monkeypatch.setattr(bring, "read_file", stop)
    page = sheets.begin_reading(open_page(sheets.PAGE))
    wait_for(page, lambda: "Cancelled." in sheets.said(page))
    page.button(key=f"sheets-open-{number}").click().run()
    page.button(key="sheets-reading-ok").click().run()
    assert "Cancelled." not in sheets.said(page)
    page.button(key="sheets-close").click().run()
    assert "Cancelled." not in sheets.said(page)
    assert not any(str(key).startswith("sheets-read") for key in cached.jobs()._jobs)


@pytest.mark.usefixtures("reader")
def test_a_reading_that_was_noted_is_not_begun_anew(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring, "read_file", stop)
    page = sheets.begin_reading(open_page(sheets.PAGE))
    wait_for(page, lambda: "Cancelled." in sheets.said(page))
    page.button(key="sheets-reading-ok").click().run().run()
    assert "Cancelled." not in sheets.said(page)
    assert not any(str(key).startswith("sheets-read") for key in cached.jobs()._jobs)


@pytest.mark.usefixtures("reader")
def test_a_reading_is_begun_again_with_a_reader_that_was_restored(open_page: Open) -> None:
    page = open_page(sheets.PAGE)
    card = get_settings().models_dir / "numbers" / "card.json"
    whole = card.read_text(encoding="utf-8")
    card.write_text("{}", encoding="utf-8")
    sheets.begin_reading(page)
    wait_for(page, lambda: bool(page.error))
    card.write_text(whole, encoding="utf-8")
    sheets.press(page, "Try again")
    wait_for(page, lambda: bool(sheets.opened(page) or page.error))
    assert "12 fields" in sheets.said(page)


def test_a_locked_database_is_not_taken_for_a_damaged_template(monkeypatch: pytest.MonkeyPatch) -> None:
    template_store.save(Template("Marks", sheets.DOUBTS.layout, Plan()), get_settings())

    def refuse(*_: object) -> list[Template]:
        raise SampleError("The database is locked.")

    monkeypatch.setattr(template_store, "load_all", refuse)
    monkeypatch.setattr(template_store, "load", refuse)
    assert bring.load_templates(get_settings()) == ([], ["Pages were read without templates. The database is locked."])


def listing(number: int, path: str, page: int) -> Listing:
    return Listing(number, "2026-01-01", path, page, 4)


def test_sheets_are_put_together_by_file() -> None:
    listed = [listing(1, "a", 1), listing(2, "a", 3), listing(3, "a", 1), listing(4, "b", 2), listing(-1, "a", 1)]
    assert [file.numbers for file in by_file(listed[::-1])] == [[-1], [4], [3], [1, 2]]
