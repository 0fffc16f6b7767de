"""Explore with the model of letters and digits: on letters, of which some stand for both cases, and on digits."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.charsets import BALANCED
from core.settings import get_settings
from tests.pages.conftest import Open, texts
from tests.support.emnist import write_emnist
from tests.support.mnist import write_mnist

pytestmark = pytest.mark.usefixtures("letters", "digits_are_read")

Opener = Callable[[str, str, int], AppTest]


@pytest.fixture
def open_image(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opener:
    """`open_image("Browse", "uci-digits", 3)` opens a part of the page on the third test image."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    write_emnist(tmp_path / "data", "balanced", each=2)

    def open_one(part: str, dataset: str, index: int) -> AppTest:
        page = open_page("pages/explore.py")
        page.session_state["explore-dataset"] = dataset
        page.session_state["explore-split"] = "test"
        page.session_state["explore-part"] = part
        page.session_state["explore-image"] = index
        page.run()
        assert not page.exception
        return page

    return open_one


def nine() -> int:
    """The place of a 9 among the UCI digits that is most surely a g, where it may be any character."""
    digits = cached.dataset("uci-digits", "test")
    nines = np.flatnonzero(digits.labels == 9)
    recogniser = cached.recogniser("characters")
    shares = recogniser.probabilities(digits.at(nines).framed(BALANCED).images)[:, BALANCED.characters.index("g")]
    assert shares.max() > 0.9
    return int(nines[shares.argmax()])


def test_an_image_of_digits_is_read_as_large_as_letters_are(open_image: Opener, sides_read: set[int]) -> None:
    place = nine()
    sides_read.clear()
    page = open_image("Browse", "uci-digits", place)
    assert "Right: read as 9" in texts(page)
    assert sides_read == {BALANCED.glyph_side}


def test_preprocessing_knows_a_letter_that_stands_for_both_cases(open_image: Opener) -> None:
    page = open_image("Preprocessing", "emnist-balanced", BALANCED.characters.index("C"))
    page.session_state["explore-preprocessing-size"] = 100
    page.session_state["explore-preprocessing-shade"] = 0
    page.run()
    shown = texts(page).split("**Through the pipeline**")[1]
    assert "**Cc**" in shown
    assert ":green[right]" in shown
    assert ":red[wrong]" not in shown


def test_preprocessing_says_of_two_same_mistakes_that_they_are_mistakes(open_image: Opener) -> None:
    """The file calls its A an O: both ways are to read an A."""
    page = open_image("Preprocessing", "emnist-balanced", BALANCED.characters.index("A"))
    page.session_state["explore-preprocessing-size"] = 100
    page.session_state["explore-preprocessing-shade"] = 0
    page.run()
    assert "Both are read as A" in texts(page)
    assert "wrongly" not in texts(page)
    digits = cached.dataset("emnist-balanced", "test")
    digits.labels[BALANCED.characters.index("A")] = BALANCED.characters.index("T")
    page.run()
    assert "Both are read as A, wrongly" in texts(page)


def test_a_model_of_digits_is_not_asked_for_letters(open_image: Opener, add_model: Callable[..., Path]) -> None:
    shutil.rmtree(add_model().parent / "characters")
    page = open_image("Preprocessing", "emnist-balanced", BALANCED.characters.index("A"))
    assert "The chosen model reads other characters than these." in [one.value for one in page.caption]
    assert "sure" not in texts(page).split("### ")[1]


def test_preprocessing_reads_digits_as_digits_and_large(open_image: Opener, sides_read: set[int]) -> None:
    page = open_image("Preprocessing", "uci-digits", nine())
    shown = texts(page).split("**Through the pipeline**")[1]
    assert "**9**" in shown
    assert ":green[right]" in shown
    assert BALANCED.glyph_side in sides_read
    assert 20 not in sides_read


def test_labels_say_why_the_model_does_not_judge_them(open_image: Opener, tmp_path: Path) -> None:
    def why(dataset: str) -> str:
        return next(part.value for part in open_image("Labels", dataset, 0).caption if "judged by" in part.value)

    write_mnist(tmp_path / "data", 20)
    assert "trained on the same pages" in why("mnist")
    write_emnist(tmp_path / "data", "letters", each=2)
    assert "reads other characters" in why("emnist-letters")
    shutil.rmtree(get_settings().models_dir / "characters")
    assert "there is no model" in why("uci-digits")
