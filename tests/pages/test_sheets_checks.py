"""The Sheets page's checks, columns, worksheets, grid and templates."""

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.errors import SampleError
from core.settings import get_settings
from core.sheets import changes, store, template_store
from core.sheets.checks.content import CheckDigits, Content, Dates, Decimals, PostalCodes, Roster, Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.templates import Template
from tests.pages import sheets
from tests.pages.conftest import Open, png
from tests.support.read_sheets import read_table

pytestmark = pytest.mark.usefixtures("reader")

SUMS = read_table([["1", "10"], ["2", "20"], ["4", "40"], ["7", "70"]])


def test_checks_suggest_and_change_nothing_by_themselves(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = sheets.open_kept(open_page, number, "checks")
    assert "Read 340, which is less than 400; only 540 of its readings fits." in sheets.said(page)
    assert not sheets.load(number).edits
    sheets.press(page, "Take 540")
    assert sheets.texts_of(number)[2] == "540"
    assert "only 540" in sheets.load(number).edits[0].reason


def test_a_total_of_some_lines_is_added_and_removed(open_page: Open) -> None:
    number = sheets.keep(SUMS)
    page = sheets.open_kept(open_page, number, "checks")
    sheets.chosen(page, "The sum of, from").set_value(1).run()
    page.button(key="sheets-total-add").click().run()
    assert sheets.load(number).plan.totals == (Total("row", 3, (1, 2)),)
    assert "Row 4 is the sum of rows 2 and 3" in sheets.said(page)
    page.button(key="sheets-total-row-3-1-2").click().run()
    assert sheets.load(number).plan.totals == ()


def test_names_of_columns_keep_their_letters(open_page: Open) -> None:
    plan = Plan(columns=("VAT", "iPad"), totals=(Total("column", 1, (0,)),))
    assert "iPad is the sum of VAT" in sheets.said(sheets.open_kept(open_page, sheets.keep(SUMS, plan), "checks"))


CONTENTS: list[Content] = [
    Whole(Decimal(1), Decimal(9)),
    Decimals(3, exact=True, low=Decimal("0.5"), mark="comma"),
    Dates("year month day"),
    PostalCodes("Japan"),
    CheckDigits("ISBN-13"),
    Roster(("17", "18")),
]


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.kind)
def test_the_form_of_a_column_begins_with_what_is_known_and_keeps_it(open_page: Open, content: Content) -> None:
    number = sheets.keep(SUMS, Plan(contents={0: content}))
    page = sheets.open_kept(open_page, number, "checks")
    sheets.press(page, "Keep")
    assert sheets.load(number).revision == 1, "nothing was changed"
    sheets.asked(page, "Name").set_value("Sum")
    sheets.press(page, "Keep")
    assert not page.error
    assert sheets.load(number).revision == 2
    assert sheets.load(number).plan == Plan(columns=("Sum",), contents={0: content})


@pytest.mark.parametrize(("low", "why"), [("many", "are numbers"), ("nan", "are numbers"), ("99", "more than")])
def test_limits_that_make_no_sense_are_refused_in_a_sentence(open_page: Open, low: str, why: str) -> None:
    number = sheets.keep(SUMS, Plan(contents={0: Whole(high=Decimal(9))}))
    page = sheets.open_kept(open_page, number, "checks")
    sheets.asked(page, "At least").set_value(low)
    sheets.press(page, "Keep")
    assert not page.exception
    assert why in page.error[0].value
    assert sheets.load(number).revision == 1


def test_a_worksheet_is_marked(open_page: Open) -> None:
    number = sheets.keep(read_table([["2+3=5"], ["2+3=6"]]))
    page = sheets.open_kept(open_page, number, "checks")
    page.toggle(key="sheets-work").set_value(True).run()
    assert sheets.load(number).plan.worksheet
    assert "1 of 2 sums right" in sheets.said(page)


def test_a_worksheet_that_cannot_be_stored_says_so_once(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    number = sheets.keep(SUMS)
    page = sheets.open_kept(open_page, number, "checks")
    asked: list[int] = []

    def refuse(kept: store.KeptSheet, *_: object) -> int:
        asked.append(kept.id)
        raise SampleError("The database is locked.")

    monkeypatch.setattr(changes, "revise", refuse)
    page.toggle(key="sheets-work").set_value(True).run()
    assert not page.exception
    assert "locked" in page.error[0].value
    assert asked == [number]
    (toggle,) = [each for each in page.toggle if str(each.key).startswith("sheets-work")]
    assert not toggle.value


def test_the_grid_is_corrected(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
    sheets.go_to(page, "grid")
    assert "a table of 4 rows and 3 columns" in sheets.said(page)
    sheets.pick(page, 0, 1)
    page.button(key="sheets-merge-0-1-01").click().run()
    number = store.listed(get_settings())[0].id
    read = sheets.load(number).read
    assert next(f for f in read.layout.fields if (f.row, f.column) == (0, 1)).columns == 2
    page.button(key="sheets-remove-0-1").click().run()
    assert not any((f.row, f.column) == (0, 1) for f in sheets.load(number).read.layout.fields)


def test_a_template_is_kept_and_laid_over_the_next_page(open_page: Open) -> None:
    page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
    kept = sheets.load(store.listed(get_settings())[0].id)
    changes.revise(kept, kept.read, Plan(columns=("Name", "Marks", "Sum")), get_settings())
    sheets.go_to(page, "template")
    page.text_input(key="sheets-template-name").set_value("Mark sheet").run()
    page.button(key="sheets-template-keep").click().run()
    page.button(key="sheets-close").click().run()
    again = sheets.bring(page, ("second.png", png(np.roll(sheets.table(), 6, axis=1))))
    assert "Mark sheet" in sheets.said(again)
    assert sheets.load(store.listed(get_settings())[0].id).plan.columns == ("Name", "Marks", "Sum")


def test_a_template_of_the_same_name_is_replaced_only_after_a_question(open_page: Open) -> None:
    template_store.save(Template("Marks", SUMS.layout, Plan(columns=("Old",))), get_settings())
    page = sheets.open_kept(open_page, sheets.keep(SUMS, Plan(columns=("New",))), "template")
    page.text_input(key="sheets-template-name").set_value("Marks").run()
    assert "There is a template “Marks” already" in sheets.said(page)
    assert template_store.load("Marks", get_settings()).plan.columns == ("Old",)
    page.button(key="sheets-template-keep-Marks").click().run()
    assert template_store.load("Marks", get_settings()).plan.columns == ("New",)


def test_a_damaged_template_keeps_no_page_from_being_read(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    template_store.save(Template("Marks", SUMS.layout, Plan()), get_settings())
    template_store.save(Template("Other", SUMS.layout, Plan()), get_settings())
    unpack = template_store._unpack
    monkeypatch.setattr(template_store, "_unpack", lambda name, text: unpack(name, "{}" if name == "Marks" else text))
    page = sheets.bring(open_page(sheets.PAGE), ("marks.png", png(sheets.table())))
    assert not page.exception
    assert "12 fields" in sheets.said(page)
    assert "The template Marks is damaged" in sheets.said(page)


def test_the_form_of_a_column_is_that_of_its_sheet(open_page: Open) -> None:
    sheet = read_table([["1", "2"]])
    sheets.keep(replace(sheet, path="two.pdf", page=1))
    second = sheets.keep(replace(sheet, path="two.pdf", page=2), Plan(("Age",), {0: Whole(high=Decimal(9))}))
    page = sheets.open_kept(open_page, second - 1, "checks")
    page.button(key="sheets-page-next").click().run()
    assert (sheets.asked(page, "Name").value, sheets.asked(page, "At most").value) == ("Age", "9")
    sheets.press(page, "Keep")
    assert sheets.load(second).plan == Plan(("Age",), {0: Whole(high=Decimal(9))})


def test_the_form_of_a_column_stays_while_something_else_is_changed(open_page: Open) -> None:
    number = sheets.keep(SUMS)
    page = sheets.open_kept(open_page, number, "checks")
    sheets.chosen(page, "It holds").set_value("whole").run()
    name = sheets.asked(page, "Name").proto.id
    page.button(key="sheets-total-add").click().run()
    assert sheets.load(number).revision == 2
    assert sheets.asked(page, "Name").proto.id == name, "a browser keeps what is typed into the line"
    assert sheets.asked(page, "At least")


def test_the_form_of_a_column_begins_anew_where_another_window_has_said_what_it_holds(open_page: Open) -> None:
    number = sheets.keep(SUMS)
    page = sheets.open_kept(open_page, number, "checks")
    kept = sheets.load(number)
    changes.revise(kept, kept.read, Plan(("Age",), {0: Whole(high=Decimal(9))}), get_settings())
    page.run()
    assert (sheets.asked(page, "Name").value, sheets.asked(page, "At most").value) == ("Age", "9")


def test_a_total_that_was_being_chosen_is_of_its_sheet(open_page: Open) -> None:
    one, other = sheets.keep(SUMS), sheets.keep(SUMS)
    page = sheets.open_kept(open_page, one, "checks")
    sheets.chosen(page, "The sum of, from").set_value(1).run()
    page.session_state["sheets-open"] = other
    assert sheets.chosen(page.run(), "The sum of, from").value == 0


@pytest.mark.parametrize(("text", "low"), [("1,000", "1000"), ("1,5", "1.5"), ("1.125", "1.125"), ("", None)])
def test_limits_are_read_as_the_numbers_of_sheets_are(open_page: Open, text: str, low: str | None) -> None:
    number = sheets.keep(SUMS, Plan(contents={0: Decimals(3)}))
    page = sheets.open_kept(open_page, number, "checks")
    sheets.asked(page, "At least").set_value(text)
    sheets.press(page, "Keep")
    assert sheets.load(number).plan.contents == {0: Decimals(3, low=None if low is None else Decimal(low))}


def test_boxes_are_drawn_in_the_part_of_the_grid_alone(open_page: Open) -> None:
    page = sheets.open_kept(open_page, sheets.keep(SUMS), "grid")
    page.toggle(key="sheets-draws").set_value(True).run()
    assert draws(page)
    assert not draws(sheets.go_to(page, "values"))


def draws(page: AppTest) -> bool:
    """Whether a pointer draws on the picture of the page."""
    (picture,) = [each for each in page.get("bidi_component") if "sheets-page" in each.proto.id]
    return bool(json.loads(picture.proto.json)["draws"])
