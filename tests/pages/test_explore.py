"""Explore: the choice of data, what is absent, and the first two parts."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.data.datasets import load
from core.explore.browse_order import browse_order
from core.settings import get_settings
from pages.components import job
from tests.pages.conftest import Open, texts, words
from tests.support.emnist import write_emnist
from tests.support.mnist import FILES, Mirror, serve_mnist, write_idx, write_mnist

PAGE = "pages/explore.py"
pytestmark = pytest.mark.usefixtures("digits_are_read")
UCI_TEST = 450


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder; nothing of it is remembered after the test."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("DIGITS_DATA_DIR", str(folder))
    yield folder
    cached.jobs().forget("explore-download-mnist")


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    with serve_mnist(tmp_path / "made") as mirror:
        mirror.stand_in(monkeypatch)
        yield mirror


def choose(page: AppTest, name: str) -> AppTest:
    return page.selectbox(key="explore-dataset").select(name).run()


def browse(page: AppTest) -> AppTest:
    page.session_state["explore-part"] = "Browse"
    return page.run()


def captions(page: AppTest) -> list[str]:
    """The captions of the pictures: the labels and distances of the neighbours."""
    return [picture.caption for part in page.get("image") for picture in part.proto.imgs if picture.caption]


def settle(page: AppTest) -> AppTest:
    """Run the page, as it does by itself, until the download has ended."""
    job = cached.jobs().get("explore-download-mnist")
    if job is None:
        return page.run()  # it has ended, and the page has seen it
    for _ in range(2000):
        if job.ended:
            return page.run()
        threading.Event().wait(0.01)
    raise AssertionError("the download does not end")


def test_opens_without_any_data_on_the_uci_digits(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="explore-dataset").value == "uci-digits"
    assert [tab.label for tab in page.tabs][:2] == ["Overview", "Browse"]
    shown = {metric.label: metric.value for metric in page.metric}
    assert (shown["Images"], shown["Classes"], shown["Image size"]) == ("450", "10", "28 × 28")
    assert "scikit-learn" in words(page)
    assert "CC BY 4.0" in words(page)


def test_opens_on_mnist_where_it_is(open_page: Open, data: Path) -> None:
    write_mnist(data)
    page = open_page(PAGE)
    assert page.selectbox(key="explore-dataset").value == "mnist"
    assert page.metric[0].value == "40"


def test_choice_lasts_across_pages(open_page: Open) -> None:
    page = open_page(PAGE)
    page.button_group(key="explore-split").set_value("train").run()
    assert page.metric[0].value == "1,347"
    page.switch_page("pages/draw.py").run()
    page.switch_page(PAGE).run()
    assert page.metric[0].value == "1,347"


def test_a_split_that_the_next_set_has_not_becomes_the_test(open_page: Open, data: Path) -> None:
    write_mnist(data)
    page = choose(open_page(PAGE), "pen-strokes")
    page.button_group(key="explore-split").set_value("validation").run()
    page = choose(page, "mnist")
    assert not page.exception
    assert page.button_group(key="explore-split").value == "test"
    assert page.metric[0].value == "40"


def test_absent_says_where_it_was_looked_for_and_what_still_works(open_page: Open, data: Path) -> None:
    page = choose(open_page(PAGE), "mnist")
    assert not page.exception
    assert not page.tabs
    assert "not on this machine" in page.info[0].value
    assert data.name in page.info[0].value
    assert page.button(key="explore-download-mnist-start").label == "Download MNIST (11.6 MB)"
    page.button(key="explore-instead").click().run()
    assert page.selectbox(key="explore-dataset").value == "uci-digits"
    assert page.tabs


@pytest.mark.parametrize("name", ["optdigits", "photos"])
def test_what_cannot_be_fetched_says_how_to_put_it_there(open_page: Open, name: str) -> None:
    page = choose(open_page(PAGE), name)
    assert not page.exception
    assert "cannot download it" in texts(page)
    assert "Put " in texts(page)
    assert [button.key for button in page.button] == ["explore-instead"]


def test_a_partial_data_set_is_named_and_can_be_fetched(open_page: Open, data: Path, mirror: Mirror) -> None:
    write_mnist(data)
    path = data / "MNIST" / "raw" / FILES[2]
    path.write_bytes(path.read_bytes()[:100])
    page = choose(open_page(PAGE), "mnist")
    assert "is not whole" in page.warning[0].value
    page.button(key="explore-download-mnist-start").click().run()
    assert settle(page).metric[0].value == "40"
    assert mirror.asked == [f"{FILES[2]}.gz"]


def test_download_that_breaks_off_says_so_and_the_next_try_succeeds(open_page: Open, mirror: Mirror) -> None:
    mirror.cut = {f"{FILES[2]}.gz"}
    page = choose(open_page(PAGE), "mnist")
    page.button(key="explore-download-mnist-start").click().run()
    page = settle(page)
    assert not page.exception
    assert "cut off after" in page.error[0].value
    assert not page.tabs
    mirror.cut = set()
    page.button(key="explore-download-mnist-again").click().run()
    page = settle(page)
    assert not page.error
    assert page.selectbox(key="explore-dataset").value == "mnist"
    assert page.metric[0].value == "40"


def test_download_is_shared_survives_a_refresh_and_can_be_cancelled(open_page: Open, mirror: Mirror) -> None:
    mirror.held.clear()
    page = choose(open_page(PAGE), "mnist")
    page.button(key="explore-download-mnist-start").click().run()
    while not mirror.asked:
        threading.Event().wait(0.01)
    other = open_page(PAGE)  # a refresh, or another person
    assert other.selectbox(key="explore-dataset").value == "mnist"
    other.button(key="explore-download-mnist-cancel").click().run()
    mirror.held.set()
    page = settle(page)
    assert "Cancelled" in words(page)
    assert mirror.asked == [f"{FILES[0]}.gz"]
    page.button(key="explore-download-mnist-again").click().run()
    assert settle(page).metric[0].value == "40"


def test_files_that_were_taken_away_are_offered_again(open_page: Open, data: Path, mirror: Mirror) -> None:
    page = choose(open_page(PAGE), "mnist")
    page.button(key="explore-download-mnist-start").click().run()
    page = settle(page)
    assert mirror.asked
    (data / "MNIST" / "raw" / FILES[0]).unlink()
    page.run()
    assert page.button(key="explore-download-mnist-start").label.startswith("Download MNIST again")


def test_damaged_values_are_an_error_with_a_sentence(open_page: Open, data: Path) -> None:
    write_mnist(data)
    write_idx(data / "MNIST" / "raw" / FILES[3], np.full(40, 77))
    page = open_page(PAGE)
    assert not page.exception
    assert "holds the label 77" in page.error[0].value
    write_mnist(data)
    assert page.run().metric[0].value == "40"  # what failed is not remembered


@pytest.mark.usefixtures("library")
def test_works_without_any_model(open_page: Open) -> None:
    page = browse(open_page(PAGE))
    assert not page.exception
    assert "There is no model" in page.error[0].value
    assert "### Image 0: " in texts(page)
    assert "Nearest training images" in texts(page)
    assert "sure" not in texts(page)


def test_bad_setting_is_said_once(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "many")
    page = open_page(PAGE)
    assert not page.exception
    assert len(page.error) == 1


def test_image_has_its_answer_and_its_neighbours(open_page: Open) -> None:
    page = browse(open_page(PAGE))
    assert not page.exception
    said = texts(page)
    assert "### Image 0: 2" in said
    assert "Right: read as 2" in said
    assert "labelled 2 as well" in words(page)


def test_image_among_its_own_training_images_is_not_its_neighbour(open_page: Open) -> None:
    page = open_page(PAGE)
    page.button_group(key="explore-split").set_value("train").run()
    page = browse(page)
    assert not page.exception
    found = captions(page)
    assert len(found) == 8
    assert all(float(caption.split("·")[1]) > 0 for caption in found)


def test_without_training_images_it_says_so(open_page: Open, data: Path) -> None:
    pictures = np.stack([np.pad(np.full((20, 6), 255, np.uint8), ((6, 6), (13, 13)))] * 3)
    for part in ("tra", "cv"):
        write_idx(data / "optdigits" / f"optdigits-{part}-images-idx3-ubyte", pictures)
        write_idx(data / "optdigits" / f"optdigits-{part}-labels-idx1-ubyte", np.ones(3))
    page = choose(browse(open_page(PAGE)), "optdigits")
    assert not page.exception
    assert "has no training images" in words(page)
    page.session_state["explore-part"] = "Overview"
    page.run()
    assert page.metric[1].value == "1 of 10"


def test_drawn_training_images_are_compared_only_when_that_is_asked_for(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = choose(browse(open_page(PAGE)), "segment-digits")
    page.button_group(key="explore-split").set_value("validation").run()
    while not page.number_input:  # its images are being drawn
        threading.Event().wait(0.1)
        page.run()
    assert "have to be drawn first, which takes half a minute or more." in words(page)
    monkeypatch.setattr(job, "_MANY", 6000)
    assert "have to be drawn first, which takes several minutes." in words(page.run())


def test_classes_without_images(open_page: Open, data: Path) -> None:
    write_mnist(data, count=5)
    page = browse(open_page(PAGE))
    page.button_group(key="explore-classes").set_value([9]).run()
    assert not page.exception
    assert "no images of these classes" in page.info[0].value
    page.button_group(key="explore-classes").set_value([9, 3]).run()
    assert "1 to 1 of 1 image" in words(page)


def test_going_to_an_image_opens_its_page_and_shows_every_class(open_page: Open) -> None:
    page = browse(open_page(PAGE))
    page.button_group(key="explore-classes").set_value([3]).run()
    page.number_input(key="explore-go-to").set_value(130).run()
    assert "### Image 130" in texts(page)
    assert page.session_state["explore-image"] == 130
    assert "121 to 180 of 450 images" in words(page)
    page.number_input(key="explore-go-to").set_value(UCI_TEST + 5).run()  # the browser refuses it at the field
    assert not page.exception
    assert "### Image 130" in texts(page)


def test_next_and_previous_turn_the_page(open_page: Open) -> None:
    page = browse(open_page(PAGE))
    assert page.button(key="explore-previous").disabled
    page.number_input(key="explore-go-to").set_value(59).run()
    page.button(key="explore-next").click().run()
    assert "### Image 60" in texts(page)
    assert "61 to 120 of 450 images" in words(page)
    page.button(key="explore-previous").click().run()
    assert "1 to 60 of 450 images" in words(page)
    page.number_input(key="explore-go-to").set_value(UCI_TEST - 1).run()
    assert page.button(key="explore-next").disabled


def test_a_seed_gives_the_same_order_twice(open_page: Open) -> None:
    labels = load("uci-digits", "test", get_settings()).labels

    def second(page: AppTest) -> str:
        """The heading of the second image in the order that is shown."""
        order = browse_order(labels, None, int(page.number_input(key="explore-seed").value or 0))
        page.session_state["explore-image"] = int(order[0])
        page.run()
        page.button(key="explore-next").click().run()
        return next(line for line in texts(page).splitlines() if line.startswith("### Image"))

    page = browse(open_page(PAGE))
    page.button_group(key="explore-order").set_value("Shuffled").run()
    first = second(page)
    page.button(key="explore-shuffle").click().run()
    assert page.number_input(key="explore-seed").value == 1
    assert second(page) != first
    page.number_input(key="explore-seed").set_value(0).run()
    assert second(page) == first


@pytest.mark.parametrize("index", [-3, 10**9])
def test_stale_image_of_another_set_is_brought_into_range(open_page: Open, index: int) -> None:
    page = open_page(PAGE)
    page.session_state["explore-image"] = index
    page = browse(page)
    assert not page.exception
    assert "### Image " in texts(page)


def test_another_set_begins_with_its_first_image(open_page: Open, data: Path) -> None:
    write_mnist(data)
    page = browse(choose(open_page(PAGE), "uci-digits"))
    page.number_input(key="explore-go-to").set_value(400).run()
    page = choose(page, "mnist")
    assert not page.exception
    assert "### Image 0: 0" in texts(page)
    assert "1 to 40 of 40 images" in words(page)


def test_card_of_a_model_that_reads_nothing_stays_out_of_the_way(
    open_page: Open, add_model: Callable[..., Path]
) -> None:
    (add_model() / "model.safetensors").write_bytes(b"damaged")
    page = browse(open_page(PAGE))
    assert not page.exception
    assert "Nearest training images" in texts(page)


def test_letters_that_are_not_the_published_ones_are_called_a_stand_in(open_page: Open, data: Path) -> None:
    write_emnist(data, "balanced", each=2)
    page = choose(open_page(PAGE), "emnist-balanced")
    options = page.selectbox(key="explore-dataset").options
    assert {"EMNIST Balanced (stand-in)", "EMNIST Letters (not on this machine)", "MNIST (not on this machine)"} <= {
        *options
    }
    assert not page.exception
