"""Letters as well as digits, as a person meets them: drawn, restricted, and in a matrix."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from core.charsets import BALANCED
from tests.browser.app import App


@pytest.fixture
def letters(desk: App) -> App:
    """The Draw page on a large screen, switched to letters and digits."""
    desk.open("/draw").read_with("Letters and digits")
    expect(desk.panel).to_contain_text("Draw one letter or digit")
    return desk


def test_letters_and_digits_are_read(letters: App) -> None:
    for character in ("A", "b", "7"):
        letters.draw(character)
        expect(letters.answer).to_have_text(character)
        letters.clear("letter or digit")


def test_what_it_is_is_typed_again_after_a_slip(letters: App) -> None:
    letters.draw("A")
    expect(letters.answer).to_have_text("A")
    for slip in ("?", "bc"):
        letters.type_what_it_is(slip)
        expect(letters.page.get_by_role("alert")).to_contain_text(f"“{slip}” is")
    letters.type_what_it_is("a")
    expect(letters.page.get_by_text("Stored as a")).to_be_visible()
    letters.by_key("draw-unsay").get_by_role("button").click()
    expect(letters.button("Right")).to_be_visible()


def test_letters_are_read_on_a_phone(phone: App) -> None:
    phone.open("/draw").read_with("Letters and digits")
    expect(phone.panel).to_contain_text("Draw one letter or digit")
    phone.touch_draw("e")
    expect(phone.answer).to_have_text("e")
    assert not phone.scrolls_sideways()


def test_an_o_is_surely_one_of_two_until_it_is_said_what_is_written(letters: App) -> None:
    letters.draw("O")
    expect(letters.panel).to_contain_text("look alike: together")
    assert letters.answer.inner_text() in ("O", "0")
    letters.read_only("Digits")
    expect(letters.answer).to_have_text("0")
    expect(letters.panel).to_contain_text("Restricted to digits")
    letters.read_only("Lower case")
    expect(letters.answer).to_have_text("o")
    letters.page.get_by_role("link", name="Upload").click()
    expect(letters.page.get_by_role("heading", level=1)).to_have_text("Upload pictures")
    expect(letters.chosen("model")).to_have_text("Letters and digits")
    expect(letters.chosen("only")).to_have_text("Lower case")


def test_on_a_phone_the_matrix_shows_as_many_classes_as_it_can_name(phone: App) -> None:
    phone.open("/evaluate").evaluate("Letters and digits")
    expect(phone.chosen("evaluate-classes-shown-balanced")).to_have_text("The 16 most confused")
    expect(phone.matrix.locator(".xtick")).to_have_count(17)
    ends = [(start, end) for _, start, end, _ in phone.axis_labels("x")]
    assert all(after >= end for (_, end), (after, _) in pairwise(ends))
    phone.part_of_matrix("All")
    expect(phone.matrix.locator(".ytick")).to_have_count(47)
    expect(phone.matrix.locator(".xtick")).to_have_count(0)
    assert not phone.scrolls_sideways()
    phone.matrix.scroll_into_view_if_needed()
    box, before = phone.matrix.bounding_box(), phone.scrolled()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    phone.touch([[(middle, 500), (middle, 400), (middle, 300)]])
    assert phone.scrolled() > before
    phone.tap_cell(BALANCED.similarity_order.index("F"), BALANCED.similarity_order.index("f"))
    expect(phone.page.get_by_role("heading", name="F read as f", exact=True)).to_be_visible()
