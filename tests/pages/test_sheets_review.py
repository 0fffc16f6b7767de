"""The Sheets page's values and review: one field at a time, each press about that field, and all of it undone."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan
from core.sheets.sheet import ReadField
from core.sheets.store import KeptSheet
from pages.components.sheets.values import shown
from tests.pages.conftest import Open, act_unseen
from tests.pages.sheets import DOUBTS, keep, load, make_reader, open_kept, pick, press, said, texts_of
from tests.support.read_sheets import read_field, read_table


@pytest.fixture(autouse=True)
def reader(add_model: Callable[..., Path]) -> None:
    make_reader(add_model)


def in_force(kept: KeptSheet) -> list[str]:
    return [edit.text for edit in kept.edits if not edit.undone]


def test_review_asks_the_most_consequential_first_and_ends(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number, "review")
    assert "Row 2, column 1" in said(page)
    page.button(key="sheets-review-1-0-2-540").click().run()
    assert texts_of(number)[2] == "540"
    assert "Row 1, column 2" in said(page)
    page.text_input(key="sheets-review-type-0-1").set_value("9").run()
    assert texts_of(number)[1] == "9"
    assert "Nothing is left" in page.success[0].value
    page.button(key="sheets-undo").click().run()
    assert texts_of(number)[1] == "7"
    assert "Row 1, column 2" in said(page)


def test_a_press_on_a_field_that_is_gone_says_nothing_of_the_next(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number, "review")
    button = page.button(key="sheets-review-1-0-2-540")
    button.click().run()
    button._value = True
    page.run()
    assert texts_of(number) == ["12", "7", "540", "8"]


def test_what_was_typed_is_stored_once(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number, "review")
    typed = page.text_input(key="sheets-review-type-1-0").set_value("541")
    act_unseen(page, typed.run)
    page.run()
    assert in_force(load(number)) == ["541"]


def test_what_is_put_off_comes_again_after_all_others(open_page: Open) -> None:
    sheet = read_table([["12", "7"], ["340", "8"]], {(0, 1): {"1": 0.4}, (1, 0): {"540": 0.4}, (1, 1): {"3": 0.4}})
    page = open_kept(open_page, keep(sheet), "review")
    order = []
    for _ in range(5):
        (later,) = [button for button in page.button if str(button.key).startswith("sheets-review-later")]
        order.append(later.key)
        later.click().run()
    assert len(set(order[:3])) == 3
    assert order[3:] == order[:2]


def test_the_last_one_cannot_be_put_off(open_page: Open) -> None:
    sheet = read_table([["12", "7"]], {(0, 1): {"1": 0.4}})
    page = open_kept(open_page, keep(sheet), "review")
    later = page.button(key="sheets-review-later-0-1")
    assert later.disabled
    assert later.help == "This is the last one."


def test_nothing_is_written(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number, "review")
    page.button(key="sheets-review-blank-1-0").click().run()
    assert texts_of(number)[2] == ""


def test_a_text_that_cannot_be_stored_is_refused_in_a_sentence(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = open_kept(open_page, number, "review")
    page.text_input(key="sheets-review-type-1-0").set_value("5\u200b40").run()
    assert not page.exception
    assert "without control characters" in page.error[0].value
    assert texts_of(number)[2] == "340"


def test_what_a_check_suggests_is_offered_first_and_its_reason_kept(open_page: Open) -> None:
    number = keep(DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = open_kept(open_page, number, "review")
    page.button(key="sheets-review-1-0-1-540").click().run()
    (edit,) = load(number).edits
    assert edit.source == "rule"
    assert "only 540" in edit.reason


def test_the_picked_field_is_shown_with_its_readings(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = pick(open_kept(open_page, number), 1, 0)
    assert "340, unsure" in said(page)
    page.button(key="sheets-field-1-0-540").click().run()
    assert texts_of(number)[2] == "540"
    assert "540, typed" in said(page)
    assert "read as 340" in "\n".join(each.value for each in page.caption)


def test_every_kind_of_change_is_undone_in_turn(open_page: Open) -> None:
    number = keep(DOUBTS)
    before = load(number)
    page = pick(open_kept(open_page, number), 1, 0)
    page.button(key="sheets-field-1-0-540").click().run()
    page.session_state["sheets-part"] = "checks"
    page.run()
    page.text_input(key="sheets-column-0-1-name").set_value("Sum")
    press(page, "Keep")
    assert load(number).plan.columns == ("Sum",)
    page.session_state["sheets-part"] = "grid"
    page.run()
    page.button(key="sheets-remove-1-0").click().run()
    assert len(load(number).read.fields) == 3
    for _ in range(3):
        page.button(key="sheets-undo").click().run()
        assert not page.error
    after = load(number)
    assert [field.place for field in after.now.fields] == [field.place for field in before.now.fields]
    assert texts_of(number) == ["12", "7", "340", "8"]
    assert after.plan == before.plan
    assert page.button(key="sheets-undo").disabled


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (read_field((0, 0), "47"), "47"),
        (read_field((0, 0), "47", {"41": 0.3}), "47 ?"),
        (read_field((0, 0), "", verdict="illegible"), "??"),
        (read_field((0, 0), "47", verdict="struck"), "47 struck out"),
    ],
)
def test_cells_show_the_verdict(field: ReadField, expected: str) -> None:
    assert shown(field, set()) == expected
    assert shown(field, {(0, 0)}) == f"{expected} !"


@pytest.mark.parametrize("columns", [("A", "A", "A (2)"), ("", "column 1", "A")])
def test_columns_may_have_the_same_title(open_page: Open, columns: tuple[str, ...]) -> None:
    sheet = read_table([["1", "2", "3"]])
    page = open_kept(open_page, keep(sheet, Plan(columns=columns)))
    assert not page.exception
    (grid,) = page.dataframe
    assert list(grid.value.iloc[0]) == ["1", "2", "3"]


def test_what_was_typed_into_the_picked_field_is_stored_once(open_page: Open) -> None:
    number = keep(DOUBTS)
    page = pick(open_kept(open_page, number), 0, 0)
    typed = page.text_input(key="sheets-field-type-0-0").set_value("541")
    act_unseen(page, typed.run)
    assert in_force(load(number)) == ["541"]
