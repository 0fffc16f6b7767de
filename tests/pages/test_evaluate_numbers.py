"""The Evaluate page's part Numbers: the scores of a reader of numbers, and a set measured anew."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation import number_sets
from core.evaluation.number_sets import LineExample, LineSet
from core.evaluation.numbers import is_right
from core.settings import get_settings
from tests.pages.conftest import SHIPPED, Open, wait_for, words
from tests.support.numbers import make_numbers

PAGE = "pages/evaluate.py"


def open_numbers(open_page: Open) -> AppTest:
    page = open_page(PAGE)
    page.session_state["evaluate-part"] = "Numbers"
    return page.run()


@pytest.fixture
def card(library: Path) -> Path:
    """The card of a reader of numbers in the library."""
    shutil.copytree(SHIPPED, library / "digits")
    make_numbers(get_settings(), says="7")
    return library / "numbers" / "card.json"


@pytest.mark.usefixtures("card")
def test_scores_say_whose_they_are_and_of_how_many_lines(open_page: Open) -> None:
    page = open_numbers(open_page)
    assert "How well the reader of numbers **Numbers** (numbers) reads lines" in words(page)
    (row,) = page.table[0].value.to_dict("records")
    assert row == {
        "Set": "Composed lines",
        "Whole lines right": "90.00 % (95 % interval 85.00 to 95.00, n = 100)",
        "Confident": "80.00 % (95 % interval 71.12 to 86.66, n = 100)",
        "Of these wrong": "1.25 % (95 % interval 0.22 to 6.75, n = 80)",
    }


@pytest.mark.parametrize("spoilt", [{"scores": "none"}, {"alphabet": "01"}, {"name": "another"}])
def test_a_damaged_reader_is_named_with_what_is_wrong(open_page: Open, card: Path, spoilt: dict[str, str]) -> None:
    values = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps(values | spoilt), encoding="utf-8")
    page = open_numbers(open_page)
    assert not page.exception
    assert "The reader of numbers “numbers” is damaged. card.json" in page.error[0].value


def test_one_that_is_sure_of_nothing_says_so(open_page: Open, card: Path) -> None:
    values = json.loads(card.read_text(encoding="utf-8"))
    values["scores"][0] |= {"confident": 0.0, "confident_error": 0.0}
    card.write_text(json.dumps(values), encoding="utf-8")
    page = open_numbers(open_page)
    assert page.table[0].value["Of these wrong"].tolist() == ["none is confident"]


def test_one_without_scores_says_that_it_was_not_measured(open_page: Open, card: Path) -> None:
    values = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps(values | {"scores": []}), encoding="utf-8")
    page = open_numbers(open_page)
    assert not page.table
    assert "no scores" in page.info[0].value


def put_lines(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set of a line for each of these characters."""
    examples = [LineExample(np.full((40, 120), 220, np.uint8), character) for character in text]
    lines = LineSet("composed-lines", "Composed lines", lambda *_: examples, is_right)
    monkeypatch.setitem(number_sets.SETS, "composed-lines", lines)


def measure(page: AppTest) -> str:
    """Measure, and return what the page says of the lines that are right."""
    page.button(key="evaluate-numbers-measure").click().run()
    wait_for(page, lambda: len(page.table) > 1)
    return str(page.table[1].value["Whole lines right"][0])


@pytest.mark.usefixtures("card")
def test_the_reader_of_numbers_is_measured(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    put_lines("78", monkeypatch)
    page = open_numbers(open_page)
    assert page.table[0].value["Set"].tolist() == ["Composed lines"]
    assert "50.00 %" in measure(page)
    assert "1 line read wrong." in words(page)


def test_another_reader_of_that_name_is_measured_anew(
    open_page: Open, card: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_lines("7", monkeypatch)
    page = open_numbers(open_page)
    assert measure(page).startswith("100.00 %")
    shutil.rmtree(card.parent)
    make_numbers(get_settings(), says="8")
    page.run()
    assert len(page.table) == 1, "nobody has asked for this one yet"
    assert measure(page).startswith("0.00 %")


def test_without_a_reader_of_numbers_the_part_says_so(open_page: Open, library: Path) -> None:
    shutil.copytree(SHIPPED, library / "digits")
    page = open_numbers(open_page)
    assert "no reader of numbers" in page.info[0].value
