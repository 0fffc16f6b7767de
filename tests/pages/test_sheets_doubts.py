"""A field that is not certain: it looks so wherever the Sheets page shows it, and is counted as it looks."""

import json
import re
from collections.abc import Callable

import pytest

from core.sheets.layout import Layout
from core.sheets.sheet import Sheet
from pages.components import widgets
from tests.pages import sheets
from tests.pages.conftest import Open
from tests.support.read_sheets import read_field

pytestmark = pytest.mark.usefixtures("reader")

FIELDS = (
    read_field((0, 0), "7"),
    read_field((0, 1), "", verdict="blank", confidence=0.6),
    read_field((0, 2), "4", {"9": 0.3}),
    read_field((0, 3), "", verdict="illegible"),
)
DOUBTS = Sheet("page.png", 1, Layout("table", 1, 4, tuple(field.field for field in FIELDS)), FIELDS)


def test_a_doubtful_blank_is_marked_in_the_table(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(DOUBTS))
    assert list(page.dataframe[0].value.iloc[0]) == ["7", "?", "4 ?", "??"]


def test_a_doubtful_blank_looks_and_is_said_to_be_unsure_on_the_picture(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(DOUBTS))
    (picture,) = [each for each in page.get("bidi_component") if "sheets-page" in each.proto.id]
    shapes = json.loads(picture.proto.json)["fields"]
    assert [shape["tone"] for shape in shapes] == ["confident", "unsure", "unsure", "illegible"]
    assert shapes[1]["spoken"] == "Row 1, column 2: unsure"


def test_a_doubtful_blank_is_said_to_be_unsure_beside_its_picture(open_page: Open) -> None:
    page = sheets.pick(sheets.open_kept(open_page, sheets.keep(DOUBTS)), 0, 1)
    assert "Nothing, unsure" in sheets.said(page)


def test_fields_that_are_not_certain_are_counted_as_the_page_to_print_marks_them(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(widgets, "download", lambda title, data, *_, **__: offered.update({title: data}))
    page = sheets.open_kept(open_page, sheets.keep(DOUBTS), "take")
    assert "3 fields of this page are not certain yet" in sheets.said(page)
    assert len(re.findall('<td class="(unsure|illegible)">', offered["Page to print"]().decode())) == 3


def test_it_is_said_which_file_does_not_mark_what_is_not_certain(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(DOUBTS), "take")
    assert "the table as CSV does not" in sheets.said(page)
