"""The Evaluate page as a person uses it: cells of the matrix lead to their images, here and on a phone, by key too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, expect

from core.charts.palette import INKS
from core.data import datasets
from core.evaluation.error_analysis import hardest, in_cell
from core.evaluation.predictions import Predictions, evaluate, read_stored
from core.model.library import load
from core.settings import PROJECT_ROOT, get_settings
from core.text import probability
from tests.browser.app import App
from tests.browser.conftest import DESKS, open_page

SHIPPED = PROJECT_ROOT / "models" / "digits"
PER_PAGE = 15


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    """The stored answers that the page starts with."""
    return read_stored(SHIPPED)["mnist"]


@pytest.fixture(scope="module")
def uci() -> Predictions:
    """Answers that the page has to measure; the data are on every machine."""
    settings = get_settings()
    return evaluate(load("digits", settings), datasets.load("uci-digits", "test", settings))


@pytest.fixture(scope="module")
def shipped_page(browser: Browser, address: str) -> Iterator[App]:
    """The page with the stored answers that it starts with, the same for several tests."""
    for app in open_page(browser, address, DESKS):
        yield app.open("/evaluate")


@pytest.fixture(scope="module")
def uci_page(browser: Browser, address: str) -> Iterator[App]:
    """The page with answers that it has measured, the same for several tests."""
    for app in open_page(browser, address, DESKS):
        app.open("/evaluate").choose("Measured on", "UCI digits, test")
        expect(app.page.get_by_text("n\u00a0=\u00a0450")).to_be_visible()
        yield app


def spoken(answers: Predictions, places: NDArray[np.int64]) -> list[str]:
    """What the tiles of images say."""
    return [
        f"Image {place:,}: {answers.character(answers.labels[place])} read as "
        f"{answers.character(answers.predicted[place])}, {probability(answers.confidence[place])} sure"
        for place in places
    ]


def expect_cell(app: App, answers: Predictions, true: int, read: int) -> None:
    """Exactly the images of this cell are shown, most confident first; of many the first page."""
    count = int(answers.confusion[true, read])
    title = f"{true} read as {read}: {count:,} image{'' if count == 1 else 's'}"
    expect(app.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    app.wait_for_mark(true, read)
    key = f"evaluate-cell-{true}-{read}"
    app.wait_for_spoken(key, spoken(answers, in_cell(answers, true, read)[:PER_PAGE]))


def test_a_click_on_a_cell_shows_exactly_its_images(
    shipped_page: App, mnist: Predictions, require_data: Callable[[str], Path]
) -> None:
    require_data("MNIST/raw")
    for true, read in ((9, 4), (6, 0), (5, 3), (4, 4), (1, 7)):
        shipped_page.click_cell(true, read)
        expect_cell(shipped_page, mnist, true, read)


def test_a_measurement_ends_and_its_cells_lead_to_their_images(uci_page: App, uci: Predictions) -> None:
    wrong = [(int(true), int(read)) for true, read in np.argwhere(uci.confusion) if true != read]
    for true, read in (wrong[0], wrong[-1], (3, 3)):
        uci_page.click_cell(true, read)
        expect_cell(uci_page, uci, true, read)


def test_a_picked_image_is_shown_in_detail(uci_page: App, uci: Predictions) -> None:
    uci_page.click_cell(5, 5)
    place = in_cell(uci, 5, 5)[3]
    uci_page.tiles("evaluate-cell-5-5").nth(3).click()
    detail = uci_page.by_key("evaluate-detail")
    expect(detail).to_contain_text(f"Image {place:,} of UCI digits, test")
    expect(detail.get_by_role("img", name=f"Image {place:,} as the network saw it")).to_be_visible()
    expect(detail.get_by_role("img", name="Probabilities: 5")).to_be_visible()


def test_the_list_of_confusions_chooses_a_cell_by_key(shipped_page: App) -> None:
    shipped_page.page.get_by_role("radio", name="9 read as 4: 5").focus()
    shipped_page.page.keyboard.press("Enter")
    expect(shipped_page.page.get_by_role("heading", name="9 read as 4: 5 images")).to_be_visible()


def test_errors_only_takes_the_right_answers_away(shipped_page: App, mnist: Predictions) -> None:
    expect(shipped_page.matrix).to_be_visible()
    right = str(mnist.confusion[0, 0])
    assert right in [text for text, _ in shipped_page.cell_numbers()]
    shipped_page.page.get_by_text("Errors only").click()
    expect(shipped_page.matrix.get_by_text(right, exact=True)).to_have_count(0)
    shipped_page.page.get_by_role("radio", name="Shares").click()
    share = f"{100 * mnist.confusion[9, 4] / mnist.confusion[9].sum():.1f}"
    expect(shipped_page.matrix.get_by_text(share, exact=True).first).to_be_visible()


def test_numbers_have_a_readable_ink_in_the_dark(dark: App, mnist: Predictions) -> None:
    dark.open("/evaluate")
    expect(dark.matrix).to_be_visible()
    inks = {colour for text, colour in dark.cell_numbers() if text in {"1", str(mnist.confusion[1, 1])}}
    assert inks == {"rgb(255, 255, 255)"}
    assert INKS[1] == "#ffffff"


def test_mistakes_are_shown_hardest_first(uci_page: App, uci: Predictions) -> None:
    uci_page.part("Mistakes")
    wanted = spoken(uci, hardest(uci))
    expect(uci_page.tiles("evaluate-mistakes--1")).to_have_count(len(wanted))
    uci_page.wait_for_spoken("evaluate-mistakes--1", wanted)


def test_on_a_phone(phone: App) -> None:
    phone.open("/evaluate")
    phone.click_cell(9, 4)
    expect(phone.page.get_by_role("heading", name="9 read as 4: 5 images")).to_be_visible()
    assert not phone.scrolls_sideways()
    for part in ("Mistakes", "Curves"):
        phone.part(part)
        expect(phone.page.get_by_role("tab", name=part)).to_have_attribute("aria-selected", "true")
        phone.settle()  # what is still being drawn may move the next tab from under the finger
        assert not phone.scrolls_sideways()
