"""What is left of a reading that was stopped, and the pages of a file among the sheets."""

from concurrent.futures import Future
from typing import Any

import pytest

from core.jobs import Cancelled
from core.settings import get_settings
from core.sheets.checks.plan import Plan
from core.sheets.reading import NOTHING, PageRead
from core.sheets.sheet import Sheet
from core.sheets.store import Listing
from pages.components.sheets import bring
from pages.components.sheets.files import by_file


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
    assert read.notes == ["You stopped the reading. 2 pages read; not read: what follows page 2 of a.pdf, and b.pdf."]


def test_all_that_was_read_is_told_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stop_after(6, monkeypatch).notes == []


def listing(number: int, path: str, page: int) -> Listing:
    return Listing(number, "2026-01-01", path, page, 4)


def test_sheets_are_put_together_by_file() -> None:
    sheets = [listing(1, "a", 1), listing(2, "a", 3), listing(3, "a", 1), listing(4, "b", 2), listing(-1, "a", 1)]
    assert [file.numbers for file in by_file(sheets[::-1])] == [[-1], [4], [3], [1, 2]]
