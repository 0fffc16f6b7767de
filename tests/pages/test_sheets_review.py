"""The Sheets page's values and review: one field at a time, each press about that field, and all of it undone."""

from decimal import Decimal

import pytest

from core.errors import SampleError
from core.sheets import changes
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan
from core.sheets.sheet import Place
from tests.pages import sheets
from tests.pages.conftest import Open, act_unseen
from tests.support.read_sheets import read_table

pytestmark = pytest.mark.usefixtures("reader")


def test_review_asks_the_most_consequential_first_and_ends(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number, "review")
    assert "Row 2, column 1" in sheets.said(page)
    page.button(key="sheets-review-1-0-2-540").click().run()
    assert sheets.texts_of(number)[2] == "540"
    assert "Row 1, column 2" in sheets.said(page)
    sheets.line(page).set_value("9").run()
    assert sheets.texts_of(number)[1] == "9"
    assert "Nothing is left" in page.success[0].value
    page.button(key="sheets-undo").click().run()
    assert sheets.texts_of(number)[1] == "7"
    assert "Row 1, column 2" in sheets.said(page)


def test_a_press_on_a_field_that_is_gone_says_nothing_of_the_next(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number, "review")
    button = page.button(key="sheets-review-1-0-2-540")
    button.click().run()
    button._value = True
    page.run()
    assert sheets.texts_of(number) == ["12", "7", "540", "8"]


def test_what_was_typed_is_stored_once(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number, "review")
    typed = sheets.line(page).set_value("541")
    act_unseen(page, typed.run)
    page.run()
    assert [edit.text for edit in sheets.load(number).edits] == ["541"]


def test_what_is_put_off_comes_again_after_all_others(open_page: Open) -> None:
    sheet = read_table([["12", "7"], ["340", "8"]], {(0, 1): {"1": 0.4}, (1, 0): {"540": 0.4}, (1, 1): {"3": 0.4}})
    page = sheets.open_kept(open_page, sheets.keep(sheet), "review")
    order = []
    for _ in range(5):
        (later,) = [button for button in page.button if str(button.key).startswith("sheets-review-later")]
        order.append(later.key)
        later.click().run()
    assert len(set(order[:3])) == 3
    assert order[3:] == order[:2]


def test_the_last_one_cannot_be_put_off(open_page: Open) -> None:
    sheet = read_table([["12", "7"]], {(0, 1): {"1": 0.4}})
    page = sheets.open_kept(open_page, sheets.keep(sheet), "review")
    later = page.button(key="sheets-review-later-0-1")
    assert later.disabled
    assert later.help == "This is the last one."


def test_nothing_is_written(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number, "review")
    page.button(key="sheets-review-blank-1-0").click().run()
    assert sheets.texts_of(number)[2] == ""


def test_a_text_that_cannot_be_stored_is_refused_in_a_sentence(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.open_kept(open_page, number, "review")
    sheets.line(page).set_value("5\u200b40").run()
    assert not page.exception
    assert "without control characters" in page.error[0].value
    assert sheets.texts_of(number)[2] == "340"


def test_what_a_check_suggests_is_offered_first_and_its_reason_kept(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS, Plan(contents={0: Whole(low=Decimal(400))}))
    page = sheets.open_kept(open_page, number, "review")
    page.button(key="sheets-review-1-0-1-540").click().run()
    (edit,) = sheets.load(number).edits
    assert edit.source == "rule"
    assert "only 540" in edit.reason


def test_the_picked_field_is_shown_with_its_readings(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 1, 0)
    assert "340, unsure" in sheets.said(page)
    page.button(key="sheets-field-1-0-540").click().run()
    assert sheets.texts_of(number)[2] == "540"
    assert "540, typed" in sheets.said(page)
    assert "read as 340" in "\n".join(each.value for each in page.caption)


def test_what_was_typed_into_the_picked_field_is_stored_once(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 0, 0)
    typed = sheets.line(page).set_value("541")
    act_unseen(page, typed.run)
    assert [edit.text for edit in sheets.load(number).edits] == ["541"]


@pytest.mark.parametrize(("part", "place"), [("values", (0, 0)), ("review", (1, 0))])
def test_what_could_not_be_stored_stays_in_its_line(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, part: str, place: Place
) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number, part), *place)

    def refuse(*_: object) -> int:
        raise SampleError("The database is locked.")

    with monkeypatch.context() as locked:
        locked.setattr(changes, "write", refuse)
        sheets.line(page).set_value("12345").run()
        assert "locked" in page.error[0].value
        assert sheets.line(page).value == "12345"
    sheets.press(page, "Try again")
    assert sheets.typed_into(number) == {place: "12345"}


def test_of_blanks_alone_nothing_stays_in_the_line(open_page: Open) -> None:
    number = sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, number), 0, 0)
    sheets.line(page).set_value("  ").run()
    assert sheets.line(page).value == ""
    assert "Try again" not in [button.label for button in page.button]
    assert not sheets.load(number).edits


def test_what_is_left_in_a_line_is_not_that_of_the_field_there_on_another_sheet(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sheets.keep(sheets.DOUBTS), sheets.keep(sheets.DOUBTS)
    page = sheets.pick(sheets.open_kept(open_page, one), 0, 0)

    def refuse(*_: object) -> int:
        raise SampleError("The database is locked.")

    monkeypatch.setattr(changes, "write", refuse)
    sheets.line(page).set_value("12345").run()
    page.session_state["sheets-open"] = other
    assert sheets.line(page.run()).value == ""
