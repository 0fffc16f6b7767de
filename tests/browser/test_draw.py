"""The Draw page as a person uses it."""

import cv2
import numpy as np
import pytest
from playwright.sync_api import FloatRect, Locator, expect

from tests.browser.app import App


def box(locator: Locator) -> FloatRect:
    """Where an element is on the page."""
    found = locator.bounding_box()
    assert found is not None
    return found


@pytest.mark.parametrize("digit", "147")
def test_reads_a_digit_drawn_by_mouse(desk_canvas: App, digit: str) -> None:
    desk_canvas.clear()
    desk_canvas.draw(digit)
    expect(desk_canvas.answer).to_have_text(digit)
    expect(desk_canvas.panel).to_contain_text("sure")


@pytest.mark.parametrize("digit", "259")
def test_reads_a_digit_drawn_by_finger(phone_canvas: App, digit: str) -> None:
    phone_canvas.clear()
    phone_canvas.touch_draw(digit)
    expect(phone_canvas.answer).to_have_text(digit)
    assert phone_canvas.scrolled() == 0


def test_straight_link_has_the_whole_frame(desk: App) -> None:
    desk.open("/draw")
    expect(desk.canvas).to_be_visible()
    for link in ("Home", "Draw", "Upload"):
        expect(desk.page.get_by_role("link", name=link)).to_be_visible()


def test_refresh_starts_anew_and_works(desk: App) -> None:
    desk.open("/draw").draw("7")
    expect(desk.answer).to_have_text("7")
    desk.page.reload()
    expect(desk.panel).to_contain_text("Draw one digit")
    desk.draw("1")
    expect(desk.answer).to_have_text("1")


def test_undo_takes_strokes_back_one_by_one(desk_canvas: App) -> None:
    desk_canvas.clear()
    desk_canvas.draw("1", variant=0)
    expect(desk_canvas.answer).to_have_text("1")
    one = desk_canvas.ink()
    desk_canvas.draw("0")
    expect(desk_canvas.answer).not_to_have_text("1")
    desk_canvas.undo.click()
    expect(desk_canvas.answer).to_have_text("1")
    assert desk_canvas.ink() == pytest.approx(one)
    desk_canvas.undo.click()
    expect(desk_canvas.panel).to_contain_text("Draw one digit")
    assert desk_canvas.ink() == 0
    expect(desk_canvas.undo).to_be_disabled()


def test_a_drawing_is_there_again_after_a_visit_elsewhere(desk: App) -> None:
    desk.open("/draw").draw("1")
    expect(desk.answer).to_have_text("1")
    drawn = desk.ink()
    desk.page.get_by_role("link", name="Home").click()
    expect(desk.page.get_by_role("heading", name="Digit Lab")).to_be_visible()
    desk.page.get_by_role("link", name="Draw", exact=True).click()
    expect(desk.answer).to_have_text("1")
    desk.wait_for_more_ink(drawn - 1)
    desk.undo.click()
    expect(desk.panel).to_contain_text("Draw one digit")
    assert desk.ink() == 0


def test_the_hidden_toolbar_of_the_canvas_takes_no_focus(desk: App) -> None:
    desk.open("/draw").draw("1")
    expect(desk.answer).to_have_text("1")
    desk.chosen("model").focus()
    desk.page.keyboard.press("Tab")
    expect(desk.page.get_by_role("slider", name="Pen width")).to_be_focused()


def test_clear_can_be_used_again_and_again(desk_canvas: App) -> None:
    desk_canvas.clear()
    for digit in ("7", "1"):
        desk_canvas.draw(digit)
        expect(desk_canvas.answer).to_have_text(digit)
        desk_canvas.button("Clear").click()
        expect(desk_canvas.panel).to_contain_text("Draw one digit")
        assert desk_canvas.ink() == 0


def test_pen_is_as_wide_as_chosen(desk_canvas: App) -> None:
    desk_canvas.clear()
    desk_canvas.draw("1")
    expect(desk_canvas.answer).to_have_text("1")
    thin = desk_canvas.ink()
    desk_canvas.clear()
    slider = desk_canvas.by_key("pen-width").get_by_role("slider")
    for _ in range(15):
        slider.press("ArrowRight")
    desk_canvas.settle()
    desk_canvas.draw("1")
    expect(desk_canvas.answer).to_have_text("1")
    assert desk_canvas.ink() > 1.5 * thin


def test_nothing_jumps_when_the_answer_comes(desk: App) -> None:
    desk.open("/draw")
    parts = [desk.paper, desk.panel, desk.undo, desk.page.get_by_text("What the network sees")]
    expect(desk.page.get_by_role("img", name="Centred")).to_be_visible()
    expect(desk.page.get_by_role("img", name="Probabilities")).to_be_visible()
    before = [box(part) for part in parts]
    desk.draw("7")
    expect(desk.answer).to_have_text("7")
    desk.settle()
    assert [box(part) for part in parts] == before


def test_dark_page_is_a_dark_paper_with_light_ink_and_is_read(dark: App) -> None:
    dark.open("/draw").draw("3")
    expect(dark.answer).to_have_text("3")
    seen = np.asarray(cv2.imdecode(np.frombuffer(dark.paper.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    assert np.median(seen) < 60
    assert seen.max() > 200


def test_on_a_phone_the_canvas_fills_the_width_and_the_answer_is_above(phone: App) -> None:
    phone.open("/draw")
    expect(phone.canvas).to_have_js_property("width", 358)
    canvas, panel = box(phone.paper), box(phone.panel)
    assert canvas["x"] == pytest.approx(390 - canvas["x"] - canvas["width"], abs=1)
    assert canvas["width"] >= 350
    assert panel["y"] + panel["height"] <= canvas["y"]
    assert canvas["y"] + canvas["height"] < 844


@pytest.mark.parametrize(("width", "height", "side"), [(360, 640, 300), (844, 390, 300)])
def test_on_a_small_phone_answer_and_canvas_are_both_in_sight(phone: App, width: int, height: int, side: int) -> None:
    phone.page.set_viewport_size({"width": width, "height": height})
    phone.open("/draw")
    expect(phone.canvas).to_be_visible()
    phone.settle()
    phone.touch_draw("7")
    expect(phone.answer).to_have_text("7")
    assert phone.scrolled() == 0
    for part in (box(phone.paper), box(phone.answer), box(phone.undo)):
        assert part["x"] >= 0
        assert part["x"] + part["width"] <= width
        assert part["y"] + part["height"] <= height
    assert box(phone.paper)["width"] >= side


def test_page_stays_while_a_finger_draws(phone: App) -> None:
    phone.open("/draw")
    expect(phone.canvas).to_have_js_property("width", 358)
    area = box(phone.paper)
    x, bottom = area["x"] + 180, area["y"] + 300
    phone.touch([[(x, bottom - step) for step in range(0, 260, 20)]])
    expect(phone.answer).to_have_text("1")
    assert phone.scrolled() == 0


def test_a_palm_that_rests_on_the_canvas_is_not_the_pen(phone_canvas: App) -> None:
    phone_canvas.clear()
    area = box(phone_canvas.paper)
    right, bottom = area["x"] + area["width"] - 20, area["y"] + area["height"] - 20
    with phone_canvas.resting_hand((right, bottom)):
        phone_canvas.touch_draw("7")
        expect(phone_canvas.answer).to_have_text("7")
    phone_canvas.settle()
    drawn = phone_canvas.ink()
    assert phone_canvas.ink_at(right - area["x"], bottom - area["y"]) == 0, "the hand leaves no dot"
    phone_canvas.touch_draw("1")
    phone_canvas.wait_for_more_ink(drawn)


def test_a_tap_is_a_dot_and_a_wide_touch_is_none(phone_canvas: App) -> None:
    phone_canvas.clear()
    area = box(phone_canvas.paper)
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    before = phone_canvas.ink()
    with phone_canvas.resting_hand((x, y), radius=40):
        pass
    phone_canvas.settle()
    assert phone_canvas.ink() == before
    phone_canvas.page.touchscreen.tap(x, y)
    phone_canvas.wait_for_more_ink(before)
    expect(phone_canvas.panel).to_contain_text("not a digit", ignore_case=True)


def test_a_finger_can_begin_in_every_corner(phone: App) -> None:
    """The canvas component has a hidden toolbar over its upper right corner."""
    phone.open("/draw")
    expect(phone.canvas).to_have_js_property("width", 358)
    expect(phone.panel).to_contain_text("Draw one digit")
    area = box(phone.paper)
    left, right = area["x"] + 8, area["x"] + area["width"] - 8
    top, bottom = area["y"] + 8, area["y"] + area["height"] - 8
    middle = (left + right) / 2, (top + bottom) / 2
    for x, y in ((right, top), (left, top), (left, bottom), (right, bottom)):
        before = phone.ink()
        phone.touch([[(x + (middle[0] - x) * i / 8, y + (middle[1] - y) * i / 8) for i in range(8)]])
        phone.wait_for_more_ink(before)
