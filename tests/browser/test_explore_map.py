"""The parts Shapes to Labels of the Explore page as a person uses them."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.app import App
from tests.browser.conftest import DESKS, open_page
from tests.pages.conftest import png
from tests.support.strokes import Point, draw

PARTS = ("Shapes", "Preprocessing", "Augmentation", "Map", "Labels")
GALLERY = "explore-map-gallery"
CLEAR = 3.0  # no point is nearer to a lasso than this, in pixels, so that it is clear on which side it lies


def inside(point: Point, corners: Sequence[Point]) -> bool:
    """Whether a point lies in a polygon: a ray from it crosses the edges an odd number of times."""
    x, y = point
    crossed = False
    for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]]):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed = not crossed
    return crossed


def to_edge(point: Point, corners: Sequence[Point]) -> float:
    """How far a point lies from the edge of a polygon."""
    found = []
    for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]]):
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = min(max(((point[0] - x0) * (x1 - x0) + (point[1] - y0) * (y1 - y0)) / length, 0), 1)
        found.append(math.hypot(point[0] - x0 - along * (x1 - x0), point[1] - y0 - along * (y1 - y0)))
    return min(found)


def loneliest(points: dict[int, Point]) -> tuple[int, Point]:
    """The point that is farthest from all others, so that none lies over it."""

    def alone(item: tuple[int, Point]) -> float:
        return min(math.dist(item[1], point) for number, point in points.items() if number != item[0])

    return max(points.items(), key=alone)


def clear_lasso(points: Sequence[Point], least: int, most: int) -> list[Point]:
    """A pentagon on the map that holds between `least` and `most` points and comes near to none of them."""
    across, up = zip(*points, strict=True)
    for x, y in points:
        for radius, turn in product(range(30, 200, 5), (0.0, 0.4, 0.8)):
            angles = [turn + k * 1.2566 for k in range(5)]
            corners = [(x + radius * math.sin(angle), y - radius * math.cos(angle)) for angle in angles]
            if not all(min(across) < x < max(across) and min(up) < y < max(up) for x, y in corners):
                break
            held = sum(inside(point, corners) for point in points)
            if least <= held <= most and all(to_edge(point, corners) > CLEAR for point in points):
                return corners
    raise AssertionError("there is no such lasso")


@pytest.fixture(scope="module")
def map_desk(browser: Browser, address: str) -> Iterator[App]:
    """The part Map, the same page for several tests."""
    for app in open_page(browser, address, DESKS):
        yield app.open_explore("Map")


def test_lasso_lists_exactly_the_points_inside(map_desk: App) -> None:
    points = map_desk.map_points()
    assert len(points) == 450
    corners = clear_lasso(list(points.values()), 8, 40)
    map_desk.lasso(corners)
    expected = {number for number, point in points.items() if inside(point, corners)}
    expect(map_desk.selected).to_contain_text(f"{len(expected)} images selected")
    map_desk.wait_for_tiles(GALLERY, expected)


def test_large_selection_is_listed_page_by_page(map_desk: App) -> None:
    points = map_desk.map_points()
    corners = clear_lasso(list(points.values()), 50, 96)
    map_desk.lasso(corners)
    expected = {number for number, point in points.items() if inside(point, corners)}
    expect(map_desk.selected).to_contain_text(f"{len(expected)} images selected")
    expect(map_desk.tiles(GALLERY)).to_have_count(48)
    first = map_desk.tile_numbers(GALLERY)
    map_desk.button("Page 2").click()
    map_desk.wait_for_tiles(GALLERY, expected - first)


def test_mouse_on_a_point_shows_its_image_and_a_tile_tells_its_answer(map_desk: App) -> None:
    points = map_desk.map_points()
    number, (x, y) = loneliest(points)
    map_desk.page.mouse.move(x - 40, y)
    map_desk.page.mouse.move(x, y, steps=4)
    expect(map_desk.lens).to_be_visible()
    expect(map_desk.lens).to_have_attribute("data-place", str(number))  # all images are shown, so places are numbers
    map_desk.lasso([(x - 9, y - 9), (x + 9, y - 9), (x + 9, y + 9), (x - 9, y + 9)])
    expect(map_desk.selected).to_contain_text("1 image selected")
    map_desk.tiles(GALLERY).first.click()
    expect(map_desk.page.get_by_text(f"Image {number}, labelled")).to_be_visible()
    map_desk.page.mouse.move(5, 5)
    expect(map_desk.lens).to_be_hidden()


def test_another_map_starts_without_selection(map_desk: App) -> None:
    points = map_desk.map_points()
    corners = clear_lasso(list(points.values()), 8, 40)
    map_desk.lasso(corners)
    expect(map_desk.selected).to_be_visible()
    map_desk.page.get_by_role("radio", name="Pixels").click()
    expect(map_desk.selected).not_to_be_attached()
    expect(map_desk.page.get_by_text("Draw a lasso")).to_be_visible()


def test_tsne_takes_the_place_of_pca_when_it_is_there(map_desk: App) -> None:
    expect(map_desk.map.locator(".xtitle")).to_contain_text("First component")
    map_desk.page.get_by_role("radio", name="t-SNE").click()
    expect(map_desk.map.locator(".xtitle")).to_contain_text("t-SNE 1")
    assert len(map_desk.map_points()) == 450


def test_augmentation_changes_with_its_controls_and_repeats(desk: App) -> None:
    desk.open_explore("Augmentation")
    expect(desk.slider("Rotation")).to_be_visible()
    first = desk.augmented()
    assert len(set(first)) == 24
    desk.slider("Shear").press("ArrowRight")
    stronger = desk.augmented()
    assert stronger != first
    desk.slider("Shear").press("ArrowLeft")
    assert desk.augmented() == first
    desk.button("Other examples").click()
    assert not set(desk.augmented()) & set(first)
    desk.page.get_by_role("radio", name="None").click()
    expect(desk.slider("Rotation")).to_have_value("0")
    assert len(set(desk.augmented())) == 1
    desk.page.get_by_role("radio", name="Good and best").click()
    expect(desk.slider("Rotation")).to_have_value("12")


def test_strengths_last_over_pages(desk: App) -> None:
    desk.open_explore("Augmentation").slider("Rotation").press("ArrowRight")
    expect(desk.slider("Rotation")).to_have_value("13")
    desk.settle()
    desk.page.get_by_role("link", name="Draw").click()
    expect(desk.canvas).to_be_visible()
    desk.page.get_by_role("link", name="Explore").click()
    desk.page.get_by_role("tab", name="Augmentation").click()
    expect(desk.slider("Rotation")).to_have_value("13")
    expect(desk.slider("Shear")).to_have_value("12")


def test_own_picture_is_brought_to_the_middle(desk: App) -> None:
    desk.open_explore("Preprocessing")
    expect(desk.page.get_by_text("Squeezed", exact=True)).to_be_visible()
    desk.page.get_by_role("radio", name="Picture of yours").click()
    picker = desk.by_key("explore-preprocessing-file").locator("input[type=file]")
    small = png(draw("3", size=600, box=(30, 40, 150), pen=12))
    picker.set_input_files({"name": "three.png", "mimeType": "image/png", "buffer": small})
    expect(desk.page.get_by_role("img", name="Centred")).to_be_visible()
    expect(desk.page.get_by_role("heading", name="through the pipeline as 3")).to_be_visible()
    picker.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"hello"})
    expect(desk.page.get_by_text("could not be read")).to_be_visible()


def test_doubted_labels_and_their_csv(desk: App) -> None:
    desk.open_explore("Labels")
    tiles = desk.tiles("explore-labels-gallery")
    expect(tiles).to_have_count(24)
    name = tiles.nth(2).get_attribute("aria-label") or ""
    tiles.nth(2).click()
    expect(desk.page.get_by_role("heading", name=name.split(":")[0], exact=True)).to_be_visible()
    with desk.page.expect_download() as download:
        desk.button("Download CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 200
    assert f"Image {rows[2]['image']}: labelled {rows[2]['label']}" in name


def test_on_a_phone(phone: App) -> None:
    phone.open_explore("Shapes")
    for part in PARTS:
        phone.page.get_by_role("tab", name=part, exact=True).click()
        phone.settle()
        assert not phone.scrolls_sideways(), part


def test_finger_on_a_point_shows_its_image_and_lets_the_page_scroll(phone: App) -> None:
    x, y = max(phone.open_explore("Map").map_points().values())
    phone.page.touchscreen.tap(x, y)
    expect(phone.lens).to_be_visible()
    expect(phone.page.get_by_text("Tap a point")).to_be_visible()
    before = phone.map.evaluate("chart => chart._fullLayout.xaxis.range.join()")
    box = phone.map.bounding_box()
    assert box is not None
    middle, scrolled = box["x"] + box["width"] / 2, phone.scrolled()
    phone.touch([[(middle, 500), (middle - 10, 400), (middle - 20, 300)]])
    assert phone.scrolled() > scrolled
    assert phone.map.evaluate("chart => chart._fullLayout.xaxis.range.join()") == before


def test_in_the_dark_nothing_is_written_dark(dark: App) -> None:
    dark.open_explore(PARTS[0])
    for part in PARTS:
        dark.part(part)
        expect(dark.page.get_by_role("tab", name=part, exact=True)).to_have_attribute("aria-selected", "true")
        dark.settle()
        shades = dark.page.evaluate(
            """() => [...document.querySelectorAll(".js-plotly-plot text")].filter(e => e.textContent)
              .map(e => Math.max(...getComputedStyle(e).fill.match(/[\\d.]+/g).slice(0, 3).map(Number)))"""
        )
        assert min(shades, default=255) > 120, part
        assert bool(shades) == (part in ("Shapes", "Map")), part
