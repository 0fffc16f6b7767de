"""The pages with letters of one case, read by the model of letters and digits."""

from pathlib import Path

import pytest

from tests.pages.conftest import Open, texts, wait_for, words
from tests.support.unipen import write_unipen

pytestmark = pytest.mark.usefixtures("letters", "unipen")

NAME = "unipen-small-letters"


@pytest.fixture
def unipen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small letters, and capitals, in an otherwise empty data folder."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    write_unipen(tmp_path / "data", "small-letters", "bei" * 6)
    write_unipen(tmp_path / "data", "capitals", "AHO")


def test_explore_shows_what_the_model_makes_of_them(open_page: Open) -> None:
    page = open_page("pages/explore.py")
    page.session_state["explore-dataset"] = NAME
    page.session_state["explore-split"] = "test"
    page.run()
    wait_for(page, lambda: bool(page.tabs))
    assert page.metric[0].value == "18"
    assert page.selectbox(key="explore-dataset").options[-3:-1] == [
        "UNIPEN capitals (stand-in)",
        "UNIPEN small letters (stand-in)",
    ]
    for part in [tab.label for tab in page.tabs]:
        page.session_state["explore-part"] = part
        page.run()
        assert not page.exception, part
        assert "reads other characters" not in words(page), part
    page.session_state["explore-part"] = "Browse"
    page.session_state["explore-image"] = 0
    page.run()
    assert "Right: read as b" in texts(page)


def test_evaluate_restricts_the_answers_to_the_26(open_page: Open) -> None:
    page = open_page("pages/evaluate.py")
    choice = page.selectbox(key="evaluate-data-balanced")
    assert "UNIPEN small letters (stand-in), test (same pages)" in choice.options
    choice.set_value(f"{NAME}-test-copy").run()
    wait_for(page, lambda: "n\u00a0=\u00a018" in words(page))
    assert "The images are read as lower case only" in words(page)
    for part in [tab.label for tab in page.tabs]:
        page.session_state["evaluate-part"] = part
        page.run()
        assert not page.exception, part


def test_train_makes_no_model_of_one_case_alone(open_page: Open) -> None:
    page = open_page("pages/train.py")
    sets = next(one for one in page.multiselect if one.label == "Data sets")
    sets.set_value(["unipen-capitals"]).run()
    assert not page.exception
    assert "UNIPEN capitals holds capitals alone, which no model is made for" in words(page)
