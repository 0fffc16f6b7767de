"""Letters as well as digits, as a person meets them: drawn, restricted, and in a matrix of 62 classes."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from core.charsets import BALANCED, BYCLASS
from tests.browser.app import App
from tests.browser.conftest import DESKS, open_page


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


@pytest.fixture
def byclass(browser: Browser, library_address: str) -> Iterator[App]:
    """A page of the server with a model of 62 classes."""
    yield from open_page(browser, library_address, **DESKS)


def test_a_matrix_of_62_classes_can_be_read_at_1280_pixels(byclass: App) -> None:
    byclass.open("/evaluate").evaluate("Byclass")
    expect(byclass.matrix).to_have_count(1)
    byclass.settle()
    for axis in ("x", "y"):
        labels = byclass.axis_labels(axis)
        assert [text for text, _, _, _ in labels] == list(BYCLASS.similarity_order)
        assert all(size >= 10 for _, _, _, size in labels)  # pixels
        ends = [(start, end) for _, start, end, _ in labels]
        assert all(after >= end for (_, end), (after, _) in pairwise(ends)), axis
    assert not byclass.scrolls_sideways()
    place = BYCLASS.similarity_order.index("a")
    byclass.part_of_matrix("Lower case")
    expect(byclass.matrix.locator(".ytick")).to_have_count(26)
    byclass.part_of_matrix("All")
    expect(byclass.matrix.locator(".ytick")).to_have_count(62)
    byclass.click_cell(place, BYCLASS.similarity_order.index("A"))
    expect(byclass.page.get_by_role("heading", name="a read as A")).to_be_visible()


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
