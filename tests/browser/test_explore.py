"""Explore as a person uses it; on the machine without data and without a network where that is the point."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from core.data.datasets import Dataset, load
from core.settings import Settings
from tests.browser.app import App
from tests.browser.conftest import DESKS, Lab, open_page

TILES = "explore-tiles"


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """What is seen: the UCI digits, which are always there."""
    return load("uci-digits", "test", Settings(Path(), Path()))


def test_opens_on_the_digits_that_are_always_there(lab_desk: App) -> None:
    lab_desk.open("/explore")
    expect(lab_desk.page.get_by_test_id("stMetric").first).to_contain_text("450")
    expect(lab_desk.by_key("explore-counts").locator(".bars .point")).to_have_count(10)
    expect(lab_desk.by_key("explore-pixel-values").locator(".barlayer")).to_be_visible()
    assert not lab_desk.scrolls_sideways()


def test_no_network_is_said_and_the_rest_works(lab_desk: App) -> None:
    lab_desk.open("/explore").choose_data("MNIST")
    lab_desk.button("Download MNIST (11.6 MB)").click()
    failure = lab_desk.page.get_by_role("alert").filter(has_text="could not be fetched")
    expect(failure).to_contain_text("Is this machine online?")
    expect(failure).to_contain_text("Connection refused")
    lab_desk.button("Try again").click()
    expect(failure).to_contain_text("Connection refused")
    lab_desk.button("Look at UCI digits instead").click()
    expect(lab_desk.page.get_by_test_id("stMetric").first).to_contain_text("450")


def test_the_open_part_stays_open_for_another_data_set_and_after_another_page(lab_desk: App) -> None:
    def is_open() -> None:
        expect(lab_desk.page.get_by_role("tab", name="Shapes")).to_have_attribute("aria-selected", "true")
        expect(lab_desk.page.get_by_text("Mean image")).to_be_visible()

    lab_desk.open_explore("Shapes")
    is_open()
    lab_desk.choose_data("MNIST")  # which is not there, so that there are no parts of it
    lab_desk.button("Look at UCI digits instead").click()
    is_open()
    lab_desk.page.get_by_role("link", name="Upload").click()
    expect(lab_desk.page.get_by_role("heading", level=1)).to_have_text("Upload pictures")
    lab_desk.page.get_by_role("link", name="Explore").click()
    is_open()


@pytest.fixture(scope="module")
def browse_page(browser: Browser, lab: Lab) -> Iterator[App]:
    """The part Browse, the same page for several tests."""
    for app in open_page(browser, lab.address, DESKS):
        yield app.open_explore("Browse")


@pytest.fixture
def browse(browse_page: App) -> App:
    """The part Browse with image 0 chosen, wherever the last test has left it."""
    browse_page.by_key(f"{TILES}-page").get_by_role("button", name="Page 1", exact=True).click()
    first = browse_page.by_key(TILES).get_by_role("button", name="Image 0:")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(browse_page.page.get_by_role("heading", name="Image 0:")).to_be_visible()
    browse_page.settle()
    return browse_page


def test_pages_and_tiles(browse: App, digits: Dataset) -> None:
    browse.wait_for_tiles(TILES, range(60))
    browse.by_key(f"{TILES}-page").get_by_role("button", name="Page 8").click()
    expect(browse.tiles(TILES)).to_have_count(30)
    browse.tiles(TILES).nth(3).click()
    expect(browse.page.get_by_role("heading", name=f"Image 423: {digits.labels[423]}")).to_be_visible()
    expect(browse.page.get_by_role("heading", name="read as")).to_be_visible()
    expect(browse.page.get_by_role("img", name="Training image")).to_have_count(8)


def test_tiles_by_keyboard(browse: App) -> None:
    tiles = browse.tiles(TILES)
    tiles.nth(4).focus()
    browse.page.keyboard.press("Enter")
    expect(browse.page.get_by_role("heading", name="Image 4:")).to_be_visible()
    browse.settle()
    browse.page.keyboard.press("Tab")  # the place on the keyboard is kept
    expect(tiles.nth(5)).to_be_focused()
    browse.page.keyboard.press("Space")
    expect(browse.page.get_by_role("heading", name="Image 5:")).to_be_visible()
    expect(tiles.nth(5)).to_have_attribute("aria-pressed", "true")
    expect(tiles.nth(4)).to_have_attribute("aria-pressed", "false")


def test_tiles_follow_the_steps_and_can_be_picked_again(browse: App) -> None:
    tiles = browse.tiles(TILES)
    tiles.nth(7).click()
    expect(browse.page.get_by_role("heading", name="Image 7:")).to_be_visible()
    browse.by_key("explore-next").get_by_role("button").click()
    expect(browse.page.get_by_role("heading", name="Image 8:")).to_be_visible()
    expect(tiles.nth(8)).to_have_attribute("aria-pressed", "true")
    tiles.nth(7).click()
    expect(browse.page.get_by_role("heading", name="Image 7:")).to_be_visible()


def test_every_pixel_has_its_number(browse: App, digits: Dataset) -> None:
    expect(browse.enlarged.locator(".heatmaplayer image")).to_be_visible()
    row, column = np.unravel_index(int(digits.images[0].argmax()), (28, 28))
    assert f"value {digits.images[0].max()}" in browse.point_at_pixel(int(row), int(column))
    assert "value 0" in browse.point_at_pixel(1, 2)


def test_number_of_no_image_is_refused_at_the_field(browse: App) -> None:
    browse.go_to_image(100_000)
    browse.settle()
    expect(browse.page.get_by_role("heading", name="Image 0:")).to_be_visible()
    browse.go_to_image(200)
    expect(browse.page.get_by_role("heading", name="Image 200:")).to_be_visible()
    expect(browse.by_key(TILES).get_by_role("button", name="Image 200:")).to_have_attribute("aria-pressed", "true")


def test_classes_and_shuffling(browse: App, digits: Dataset) -> None:
    browse.by_key("explore-classes").get_by_role("button", name="3", exact=True).click()
    threes = [int(place) for place in np.flatnonzero(digits.labels == 3)]
    expect(browse.page.get_by_text(f"1 to {len(threes)} of {len(threes)} images")).to_be_visible()
    browse.wait_for_tiles(TILES, threes)
    first = browse.tiles(TILES).first.get_attribute("aria-label")
    browse.page.get_by_role("radio", name="Shuffled").click()
    expect(browse.tiles(TILES).first).not_to_have_attribute("aria-label", first or "")
    browse.wait_for_tiles(TILES, threes)


def test_on_a_phone(lab_phone: App) -> None:
    lab_phone.open_explore("Browse")
    lab_phone.tiles(TILES).nth(11).tap()
    expect(lab_phone.page.get_by_role("heading", name="Image 11:")).to_be_visible()
    lab_phone.settle()
    expect(lab_phone.enlarged.locator(".heatmaplayer image")).to_be_visible()
    assert not lab_phone.scrolls_sideways()
    lab_phone.choose_data("MNIST")
    expect(lab_phone.button("Look at UCI digits instead")).to_be_visible()
    assert not lab_phone.scrolls_sideways()


@pytest.fixture
def dark(browser: Browser, lab: Lab) -> Iterator[App]:
    """A new page of the lab of someone who likes it dark."""
    yield from open_page(browser, lab.address, DESKS, dark=True)


def test_in_the_dark(dark: App) -> None:
    dark.open_explore("Browse")
    expect(dark.enlarged.locator(".heatmaplayer image")).to_be_visible()
    expect(dark.page.get_by_role("heading", name="read as")).to_be_visible()
    assert not dark.scrolls_sideways()
