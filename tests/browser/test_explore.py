"""Explore without any data set and without a network, as a person uses it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from core.data.datasets import Dataset, load
from core.settings import Settings
from tests.browser.app import App
from tests.browser.server import serve

TILES = "explore-tiles"
NOWHERE = "http://127.0.0.1:9"
PROXIES = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)


@pytest.fixture(scope="module")
def address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    """A server on a machine with neither data nor a network."""
    empty = str(tmp_path_factory.mktemp("data"))
    with serve({**PROXIES, "no_proxy": "", "NO_PROXY": "", "DIGITS_DATA_DIR": empty}) as address:
        yield address


@pytest.fixture(scope="module")
def digits() -> Dataset:
    """What is seen: the UCI digits, which are always there."""
    return load("uci-digits", "test", Settings(Path(), Path()))


def test_opens_on_the_digits_that_are_always_there(desk: App) -> None:
    desk.open("/explore")
    expect(desk.page.get_by_test_id("stMetric").first).to_contain_text("450")
    expect(desk.by_key("explore-counts").locator(".bars .point")).to_have_count(10)
    expect(desk.by_key("explore-pixel-values").locator(".barlayer")).to_be_visible()
    assert not desk.scrolls_sideways()


def test_no_network_is_said_and_the_rest_works(desk: App) -> None:
    desk.open("/explore").choose_data("MNIST")
    desk.button("Download MNIST (11.6 MB)").click()
    failure = desk.page.get_by_role("alert").filter(has_text="could not be fetched")
    expect(failure).to_contain_text("Is this machine online?")
    expect(failure).to_contain_text("Connection refused")
    desk.button("Try again").click()
    expect(failure).to_contain_text("Connection refused")
    desk.button("Look at UCI digits instead").click()
    expect(desk.page.get_by_test_id("stMetric").first).to_contain_text("450")


def test_the_open_part_stays_open_for_another_data_set_and_after_another_page(desk: App) -> None:
    def is_open() -> None:
        expect(desk.page.get_by_role("tab", name="Shapes")).to_have_attribute("aria-selected", "true")
        expect(desk.page.get_by_text("Mean image")).to_be_visible()

    desk.open_explore("Shapes")
    is_open()
    desk.choose_data("MNIST")  # which is not there, so that there are no parts of it
    desk.button("Look at UCI digits instead").click()
    is_open()
    desk.page.get_by_role("link", name="Upload").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Upload pictures")
    desk.page.get_by_role("link", name="Explore").click()
    is_open()


def test_pages_and_tiles(desk: App, digits: Dataset) -> None:
    desk.open_explore("Browse")
    expect(desk.tiles(TILES)).to_have_count(60)
    desk.wait_for_tiles(TILES, range(60))
    desk.by_key("explore-page").get_by_role("button", name="Page 8").click()
    expect(desk.tiles(TILES)).to_have_count(30)
    desk.tiles(TILES).nth(3).click()
    expect(desk.page.get_by_role("heading", name=f"Image 423: {digits.labels[423]}")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="read as")).to_be_visible()
    expect(desk.page.get_by_role("img", name="Training image")).to_have_count(8)


def test_tiles_by_keyboard(desk: App) -> None:
    desk.open_explore("Browse")
    tiles = desk.tiles(TILES)
    tiles.nth(4).focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="Image 4:")).to_be_visible()
    desk.settle()
    desk.page.keyboard.press("Tab")  # the place on the keyboard is kept
    expect(tiles.nth(5)).to_be_focused()
    desk.page.keyboard.press("Space")
    expect(desk.page.get_by_role("heading", name="Image 5:")).to_be_visible()
    expect(tiles.nth(5)).to_have_attribute("aria-pressed", "true")
    expect(tiles.nth(4)).to_have_attribute("aria-pressed", "false")


def test_tiles_follow_the_steps_and_can_be_picked_again(desk: App) -> None:
    desk.open_explore("Browse")
    tiles = desk.tiles(TILES)
    tiles.nth(7).click()
    expect(desk.page.get_by_role("heading", name="Image 7:")).to_be_visible()
    desk.by_key("explore-next").get_by_role("button").click()
    expect(desk.page.get_by_role("heading", name="Image 8:")).to_be_visible()
    expect(tiles.nth(8)).to_have_attribute("aria-pressed", "true")
    tiles.nth(7).click()
    expect(desk.page.get_by_role("heading", name="Image 7:")).to_be_visible()


def test_every_pixel_has_its_number(desk: App, digits: Dataset) -> None:
    desk.open_explore("Browse")
    expect(desk.enlarged.locator(".heatmaplayer image")).to_be_visible()
    row, column = np.unravel_index(int(digits.images[0].argmax()), (28, 28))
    assert f"value {digits.images[0].max()}" in desk.point_at_pixel(int(row), int(column))
    assert "value 0" in desk.point_at_pixel(1, 2)


def test_number_of_no_image_is_refused_at_the_field(desk: App) -> None:
    desk.open_explore("Browse")
    expect(desk.tiles(TILES)).to_have_count(60)
    field = desk.page.get_by_role("spinbutton", name="Go to image")
    field.fill("100000")
    field.press("Enter")
    desk.settle()
    expect(desk.page.get_by_role("heading", name="Image 0:")).to_be_visible()
    field.fill("200")
    field.press("Enter")
    expect(desk.page.get_by_role("heading", name="Image 200:")).to_be_visible()
    expect(desk.by_key(TILES).get_by_role("button", name="Image 200:")).to_have_attribute("aria-pressed", "true")


def test_classes_and_shuffling(desk: App, digits: Dataset) -> None:
    desk.open_explore("Browse")
    expect(desk.tiles(TILES)).to_have_count(60)
    desk.by_key("explore-classes").get_by_role("button", name="3", exact=True).click()
    threes = [int(place) for place in np.flatnonzero(digits.labels == 3)]
    expect(desk.page.get_by_text(f"1 to {len(threes)} of {len(threes)} images")).to_be_visible()
    desk.wait_for_tiles(TILES, threes)
    first = desk.tiles(TILES).first.get_attribute("aria-label")
    desk.page.get_by_role("radio", name="Shuffled").click()
    expect(desk.tiles(TILES).first).not_to_have_attribute("aria-label", first or "")
    desk.wait_for_tiles(TILES, threes)


def test_on_a_phone(phone: App) -> None:
    phone.open_explore("Browse")
    phone.tiles(TILES).nth(11).tap()
    expect(phone.page.get_by_role("heading", name="Image 11:")).to_be_visible()
    phone.settle()
    expect(phone.enlarged.locator(".heatmaplayer image")).to_be_visible()
    assert not phone.scrolls_sideways()
    phone.choose_data("MNIST")
    expect(phone.button("Look at UCI digits instead")).to_be_visible()
    assert not phone.scrolls_sideways()


def test_in_the_dark(dark: App) -> None:
    dark.open_explore("Browse")
    expect(dark.enlarged.locator(".heatmaplayer image")).to_be_visible()
    expect(dark.page.get_by_role("heading", name="read as")).to_be_visible()
    assert not dark.scrolls_sideways()
