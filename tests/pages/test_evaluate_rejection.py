"""The part What is not a character of the Evaluate page, on models that say the same of everything."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation import outlier_sets, rejection
from core.settings import Settings
from pages.components.evaluate.rejection import _spoken, _tile
from tests.pages.conftest import Open, texts, wait_for, words
from tests.support.models import make_model
from tests.unit.evaluation.test_rejection import SEVERAL, judged, make_knowing_model

PART = "What is not a character"
EACH = 20


@pytest.fixture
def settings(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty library, a machine without any data set, and few drawings of each kind."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(outlier_sets, "EACH", EACH)
    return Settings(tmp_path / "data", library)


def open_part(open_page: Open, name: str, dataset: str = "", part: str = PART) -> AppTest:
    page = open_page("pages/evaluate.py")
    if page.selectbox(key="model").value != name:
        page.selectbox(key="model").set_value(name).run()
    if dataset:
        choice = next(box for box in page.selectbox if box.label == "Measured on")
        choice.set_value(dataset).run()
        wait_for(page, lambda: bool(page.tabs))
    page.session_state["evaluate-part"] = part
    page.run()
    assert not page.exception
    return page


def test_a_model_that_takes_everything_for_a_3(open_page: Open, settings: Settings) -> None:
    make_knowing_model(settings, "bold", {3: 20.0})
    page = open_part(open_page, "bold", "uci-digits-test")
    assert PART in [tab.label for tab in page.tabs]
    wait_for(page, lambda: "drawings that are not one digit" in words(page))
    shown = words(page)
    assert "Of 140 drawings that are not one digit the model refuses 0 (0.00 %" in shown
    assert "confident of its answer to 140 (100.00 %" in shown
    assert "Of 450 real digits (UCI digits, test) it refuses 0 (0.00 %, 95 % interval 0.00 to 0.85 %)" in shown
    assert "the model's threshold of 50.0 %" in shown
    assert "No model is trained on these kinds: heart, smiley, star, house, spiral." in shown
    table = next(table.value for table in page.dataframe if "AUROC" in table.value)
    assert table["Kind"].tolist()[-4:] == ["Dot or line", "Several digits", rejection.NEW, rejection.ALL]
    assert set(table["Called confident"][:7]) == {"100.0 % (83.9 to 100.0)"}
    figure = json.loads(page.get("plotly_chart")[0].proto.spec)
    assert figure["layout"]["xaxis"]["title"]["text"].endswith("(%)")
    assert "taken for 3, over 99\\.9 % sure; under 0\\.1 % that it is not one digit" in texts(page)

    page.pills(key="evaluate-rejection-kind").set_value(2).run()
    assert not page.exception
    assert "Star\\: taken for 3" in texts(page)


def test_a_model_that_refuses_everything(open_page: Open, settings: Settings) -> None:
    make_knowing_model(settings, "shy", {SEVERAL: 20.0})
    page = open_part(open_page, "shy", "uci-digits-test")
    wait_for(page, lambda: "drawings that are not one digit" in words(page))
    assert "refuses 140 (100.00 %" in words(page)
    assert "it refuses 450 (100.00 %" in words(page)
    assert "more than one digit, over 99\\.9 % sure" in texts(page)


def test_a_model_that_knows_no_outliers_says_how_to_train_one(open_page: Open, settings: Settings) -> None:
    make_model(settings)
    page = open_part(open_page, "tiny")
    (info,) = (one.value for one in page.info)
    assert "does not know what is not a digit" in info
    assert "--outliers" in info
    assert not page.get("plotly_chart")


def test_without_the_images_it_says_how_to_get_them(open_page: Open, settings: Settings) -> None:
    make_knowing_model(settings, "bold", {3: 20.0})
    page = open_part(open_page, "bold")
    assert "The digits to compare with are missing" in words(page)
    assert "python \\-m core data download mnist" in words(page)


@pytest.mark.usefixtures("letters")
def test_letters_and_digits_are_characters(open_page: Open) -> None:
    page = open_page("pages/evaluate.py")
    assert "What is not a character" in [tab.label for tab in page.tabs]


def test_examples_say_what_they_were_taken_for() -> None:
    refused, unsure, sure = (
        rejection.examples([judged("Heart", [score], best=best)])[0]
        for score, best in ((0.75, 1.0), (0.25, 0.5), (0.0, 1.0))
    )
    assert (_tile(refused).caption, _tile(refused).note) == ("refused", "75.0 %")
    assert _spoken(refused) == "Heart: not a digit, 75.0 % sure"
    assert (_tile(unsure).caption, _tile(unsure).note) == ("as 3", "37.5 %, unsure")
    assert _spoken(unsure) == "Heart: taken for 3, unsure, 37.5 % sure; 25.0 % that it is not one digit"
    assert (_tile(sure).caption, _tile(sure).note) == ("as 3", ">99.9 % sure")
