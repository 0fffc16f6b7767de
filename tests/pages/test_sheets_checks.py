"""The Sheets page's checks, columns, worksheets, grid and templates."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from core.errors import SampleError
from core.settings import get_settings
from core.sheets import changes, store, template_store
from core.sheets.checks.content import CheckDigits, Content, Dates, Decimals, PostalCodes, Roster, Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.templates import Template
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
    pick,
    press,
    said,
    table,
    texts_of,
)
from tests.support.read_sheets import read_table

SUMS = read_table([["1", "10"], ["2", "20"], ["4", "40"], ["7", "70"]])


@pytest.fixture(autouse=True)
def reader(add_model: Callable[..., Path]) -> None:
    make_reader(add_model)


def test_checks_suggest_and_change_nothing_by_themselves(open_page: Open) -> None:
    number = keep(DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = open_kept(open_page, number, "checks")
    assert "Read 340, which is less than 400; only 540 of its readings fits." in said(page)
    assert not load(number).edits
    press(page, "Take 540")
    assert texts_of(number)[2] == "540"
    assert "only 540" in load(number).edits[0].reason


def test_a_total_of_some_lines_is_added_and_removed(open_page: Open) -> None:
    number = keep(SUMS)
    page = open_kept(open_page, number, "checks")
    page.selectbox(key="sheets-total-row-from").set_value(1).run()
    page.button(key="sheets-total-add").click().run()
    assert load(number).plan.totals == (Total("row", 3, (1, 2)),)
    assert "Row 4 is the sum of rows 2 and 3" in said(page)
    page.button(key="sheets-total-row-3-1-2").click().run()
    assert load(number).plan.totals == ()


def test_names_of_columns_keep_their_letters(open_page: Open) -> None:
    plan = Plan(columns=("VAT", "iPad"), totals=(Total("column", 1, (0,)),))
    assert "iPad is the sum of VAT" in said(open_kept(open_page, keep(SUMS, plan), "checks"))


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
    number = keep(SUMS, Plan(contents={0: content}))
    page = open_kept(open_page, number, "checks")
    press(page, "Keep")
    assert not page.error
    assert load(number).revision == 2
    assert load(number).plan.contents == {0: content}


@pytest.mark.parametrize(("low", "why"), [("many", "are numbers"), ("nan", "are numbers"), ("99", "more than")])
def test_limits_that_make_no_sense_are_refused_in_a_sentence(open_page: Open, low: str, why: str) -> None:
    number = keep(SUMS, Plan(contents={0: Whole(high=Decimal(9))}))
    page = open_kept(open_page, number, "checks")
    page.text_input(key="sheets-column-0-1-low").set_value(low)
    press(page, "Keep")
    assert not page.exception
    assert why in page.error[0].value
    assert load(number).revision == 1


def test_a_worksheet_is_marked(open_page: Open) -> None:
    number = keep(read_table([["2+3=5"], ["2+3=6"]]))
    page = open_kept(open_page, number, "checks")
    page.toggle(key="sheets-work").set_value(True).run()
    assert load(number).plan.worksheet
    assert "1 of 2 sums right" in said(page)


def test_a_worksheet_that_cannot_be_stored_says_so_once(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    number = keep(SUMS)
    page = open_kept(open_page, number, "checks")
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
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    go_to(page, "grid")
    assert "a table of 4 rows and 3 columns" in said(page)
    pick(page, 0, 1)
    page.button(key="sheets-merge-0-1-01").click().run()
    number = store.listed(get_settings())[0].id
    read = load(number).read
    assert next(f for f in read.layout.fields if (f.row, f.column) == (0, 1)).columns == 2
    page.button(key="sheets-remove-0-1").click().run()
    assert not any((f.row, f.column) == (0, 1) for f in load(number).read.layout.fields)


def test_a_template_is_kept_and_laid_over_the_next_page(open_page: Open) -> None:
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    kept = load(store.listed(get_settings())[0].id)
    changes.revise(kept, kept.read, Plan(columns=("Name", "Marks", "Sum")), get_settings())
    go_to(page, "template")
    page.text_input(key="sheets-template-name").set_value("Mark sheet").run()
    page.button(key="sheets-template-keep").click().run()
    page.button(key="sheets-close").click().run()
    again = bring(page, ("second.png", png(np.roll(table(), 6, axis=1))))
    assert "Mark sheet" in said(again)
    assert load(store.listed(get_settings())[0].id).plan.columns == ("Name", "Marks", "Sum")


def test_a_template_of_the_same_name_is_replaced_only_after_a_question(open_page: Open) -> None:
    template_store.save(Template("Marks", SUMS.layout, Plan(columns=("Old",))), get_settings())
    page = open_kept(open_page, keep(SUMS, Plan(columns=("New",))), "template")
    page.text_input(key="sheets-template-name").set_value("Marks").run()
    assert "There is a template “Marks” already" in said(page)
    assert template_store.load("Marks", get_settings()).plan.columns == ("Old",)
    page.button(key="sheets-template-keep-Marks").click().run()
    assert template_store.load("Marks", get_settings()).plan.columns == ("New",)


def test_a_damaged_template_keeps_no_page_from_being_read(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    template_store.save(Template("Marks", SUMS.layout, Plan()), get_settings())
    template_store.save(Template("Other", SUMS.layout, Plan()), get_settings())
    unpack = template_store._unpack
    monkeypatch.setattr(template_store, "_unpack", lambda name, text: unpack(name, "{}" if name == "Marks" else text))
    page = bring(open_page(PAGE), ("marks.png", png(table())))
    assert not page.exception
    assert "12 fields" in said(page)
    assert "The template Marks is damaged" in said(page)
