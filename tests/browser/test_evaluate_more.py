"""The parts Calibration, Compare and Download of the Evaluate page in Chromium, with more models and no data set."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core.charsets import BYCLASS
from core.evaluation.calibration import at_threshold
from core.evaluation.predictions import read_stored
from tests.browser.app import App
from tests.browser.conftest import DESKS, OTHERS_WRONG, PHONE, PHONES, open_page
from tests.pages.conftest import SHIPPED

STEM = "digits-mnist-test"


@pytest.fixture(scope="module")
def address(library_address: str) -> str:
    """A server with more models."""
    return library_address


def test_the_slider_changes_the_words_and_the_mark(desk: App) -> None:
    mnist = read_stored(SHIPPED)["mnist"]
    desk.open_part("Calibration")
    own = at_threshold(mnist.confidence, mnist.right, mnist.threshold)
    assert desk.marked("evaluate-coverage") == pytest.approx((100 * own.coverage, 100 * own.error))
    handle = desk.slider("Confidence threshold")
    handle.focus()
    for _ in range(20):
        handle.press("ArrowLeft")
    percent = round(100 * mnist.threshold, 1) - 2
    tried = at_threshold(mnist.confidence, mnist.right, percent / 100)
    expect(desk.page.get_by_text(f"With a threshold of {percent:.1f} %, {tried.confident:,} of 10,000")).to_be_visible()
    desk.settle()
    assert desk.marked("evaluate-coverage") == pytest.approx((100 * tried.coverage, 100 * tried.error))
    assert tried.confident > own.confident


def test_the_camera_of_a_chart_saves_a_png(desk: App) -> None:
    picture = desk.open_part("Calibration").save_picture("evaluate-reliability")
    assert picture.name == "digit-lab-evaluate-reliability.png"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.stat().st_size > 5_000


@pytest.fixture(scope="module")
def downloads(browser: Browser, address: str) -> Iterator[App]:
    """The part with the files to download, the same page for several tests."""
    for app in open_page(browser, address, DESKS):
        yield app.open_part("Download")


def test_tables_come_as_csv_json_and_archive(downloads: App) -> None:
    table = downloads.save(downloads.file_button(f"{STEM}-confusion-matrix.csv"))
    assert table.name == f"{STEM}-confusion-matrix.csv"
    rows = list(csv.reader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")))
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == 10_000
    found = json.loads(downloads.save(downloads.file_button(f"{STEM}-classes.json")).read_bytes())
    assert (found["model"], found["images"], len(found["rows"])) == ("digits", 10_000, 10)
    with zipfile.ZipFile(downloads.save(downloads.file_button(f"{STEM}-tables.zip"))) as archive:
        assert {"predictions.csv", "comparison.json", "history.csv"} <= set(archive.namelist())
        assert archive.testzip() is None


def test_a_chart_comes_as_a_page_that_draws_itself(downloads: App, browser: Browser) -> None:
    page = downloads.save(downloads.file_button(f"{STEM}-coverage.html"))
    with _offline(browser, page) as opened:
        expect(opened.locator(".js-plotly-plot .xtitle")).to_have_text("Answers kept (%)")


def test_the_report_opens_without_a_network(downloads: App, browser: Browser) -> None:
    report = downloads.save(downloads.file_button(f"{STEM}-report.html"))
    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(17, 20, 28)")):
        with _offline(browser, report, color_scheme=scheme, viewport=PHONE) as opened:
            expect(opened.get_by_role("heading", level=1)).to_have_text("Digits")
            expect(opened.locator(".js-plotly-plot .xtitle")).to_have_count(4 + 6)
            for chart in opened.locator(".js-plotly-plot").all():
                expect(chart.locator(".main-svg").first).to_be_visible()
            assert opened.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            paper = opened.evaluate("getComputedStyle(document.body).backgroundColor")
            assert paper == colour


def test_two_models_are_compared_in_words(desk: App) -> None:
    desk.open_part("Compare")
    expect(
        desk.page.get_by_text(f"Only “Digits (digits)” is right on {OTHERS_WRONG} images, only “Digits (mine)” on 0.")
    ).to_be_visible()
    desk.button("Measure time").click()
    expect(desk.page.get_by_role("cell", name=" ms")).to_have_count(2)


def test_the_images_on_which_they_differ(desk: App, require_data: Callable[[str], Path]) -> None:
    require_data("MNIST/raw")
    desk.open_part("Compare")
    expect(desk.tiles("evaluate-differences")).to_have_count(OTHERS_WRONG)
    tile = desk.tiles("evaluate-differences").first
    assert "Digits (mine) says" in (tile.get_attribute("aria-label") or "")
    tile.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("region", name="The answers of both models")).to_be_visible()


@pytest.mark.parametrize(("kind", "dark"), [(DESKS, True), (PHONES, False)], ids=["dark", "phone"])
def test_every_part_fits_its_screen(browser: Browser, address: str, kind: dict[str, Any], dark: bool) -> None:
    charts = {"Calibration": 3, "PR and ROC": 2, "Classes": 0, "Compare": 0, "Download": 0}
    for app in open_page(browser, address, kind, dark):
        app.open("/evaluate")
        for part, count in charts.items():
            app.page.get_by_role("tab", name=part, exact=True).click()
            app.settle()
            expect(app.page.locator(".js-plotly-plot .xtitle:visible")).to_have_count(count)
            assert not app.scrolls_sideways(), part


def test_a_matrix_of_62_classes_can_be_read_at_1280_pixels(desk: App) -> None:
    desk.open("/evaluate").evaluate("Byclass")
    expect(desk.matrix).to_have_count(1)
    desk.settle()
    for axis in ("x", "y"):
        labels = desk.axis_labels(axis)
        assert [text for text, _, _, _ in labels] == list(BYCLASS.similarity_order)
        assert all(size >= 10 for _, _, _, size in labels)  # pixels
        ends = [(start, end) for _, start, end, _ in labels]
        assert all(after >= end for (_, end), (after, _) in pairwise(ends)), axis
    assert not desk.scrolls_sideways()
    place = BYCLASS.similarity_order.index("a")
    desk.part_of_matrix("Lower case")
    expect(desk.matrix.locator(".ytick")).to_have_count(26)
    desk.part_of_matrix("All")
    expect(desk.matrix.locator(".ytick")).to_have_count(62)
    desk.click_cell(place, BYCLASS.similarity_order.index("A"))
    expect(desk.page.get_by_role("heading", name="a read as A")).to_be_visible()


class _offline:  # noqa: N801 - used like a function
    """`with _offline(browser, file) as page:` opens a file with the network shut; any error on it fails the test."""

    def __init__(self, browser: Browser, file: Path, **options: object) -> None:
        self.context = browser.new_context(**options)  # type: ignore[arg-type]
        self.wanted: list[str] = []
        self.errors: list[str] = []
        self.context.route("http*://**", self._refuse)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(file.as_uri())

    def _refuse(self, route: Route) -> None:
        self.wanted.append(route.request.url)
        route.abort()

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert (self.wanted, self.errors) == ([], [])
