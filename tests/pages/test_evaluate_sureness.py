"""The parts Classes, Sureness, and PR and ROC of the Evaluate page, on the stored answers of the shipped model."""

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics as sk
from streamlit.testing.v1 import AppTest

from core.evaluation.predictions import Predictions, read_stored
from core.evaluation.reliability import Limit
from pages.components.evaluate.sureness import describe
from tests.pages.conftest import SHIPPED, Open, texts

LIMIT = "evaluate-limit-93.9"


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(SHIPPED)["mnist"]


@pytest.fixture
def page(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The Evaluate page on a machine without any data set."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path))
    return open_page("pages/evaluate.py")


def open_part(page: AppTest, name: str) -> AppTest:
    """Open one of the page's tabs."""
    page.session_state["evaluate-part"] = name
    page.run()
    assert not page.exception
    return page


def test_classes_has_a_row_for_each_and_the_report(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "Classes")
    table = page.dataframe[0].value
    assert table["class"].tolist() == list("0123456789")
    assert table["images"].sum() == 10_000
    recall = sk.recall_score(mnist.labels, mnist.predicted, average=None)
    np.testing.assert_allclose(table["recall"], 100 * recall, atol=1e-9)
    assert table.set_index("class").loc["9", "often"] == "4 (5)"
    assert page.code[0].value.rstrip() == sk.classification_report(mnist.labels, mnist.predicted, digits=4).rstrip()


def test_sureness_names_both_calibration_errors_and_the_model_s_limit(page: AppTest) -> None:
    said = texts(open_part(page, "Sureness"))
    assert "**0.0015**" in said
    assert "**0.0424**" in said
    assert "confident of 18 of its 30 wrong answers" in said
    assert "limit of 93.9 %, **9,953** of 10,000 answers are confident (99.53 %), and **18** of them are wrong" in said
    assert "The other **47** are below it; 12 of those are wrong." in said


def test_another_limit_has_other_words(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "Sureness").slider(key=LIMIT).set_value(99.0).run()
    kept = mnist.confidence >= 0.99
    wrong = (kept & ~mnist.right).sum()
    assert f"limit of 99.0 %, **{kept.sum():,}** of 10,000 answers are confident" in texts(page)
    assert f"and **{wrong}** of them are wrong" in texts(page)
    page.slider(key=LIMIT).set_value(100.0).run()
    assert not page.exception
    assert "none of the 10,000 answers would be confident" in texts(page)


def test_a_limit_in_words() -> None:
    assert "**1** of them is wrong" in describe(Limit(0.5, 10, 1, 10), 1)
    assert "None is below it." in describe(Limit(0.5, 10, 1, 10), 1)
    assert "The other **2** are below it; 1 of those is wrong." in describe(Limit(0.5, 8, 0, 10), 1)


@pytest.mark.parametrize("limit", [0.0, 0.2, 1.0])
def test_any_limit_of_a_card_has_a_slider(limit: float, add_model: object, page: AppTest) -> None:
    add_model(limit=limit)  # type: ignore[operator]
    page.run()
    open_part(page, "Sureness")
    assert page.slider(key=f"evaluate-limit-{100 * limit:.1f}").value == 100 * limit


def test_rankings_begin_with_the_hardest_classes(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "PR and ROC")
    chosen = page.button_group[0]
    assert chosen.value == ["1", "4", "7", "9"]
    table = page.dataframe[0].value.set_index("class")
    for place in range(10):
        positive, scores = mnist.labels == place, mnist.probabilities[:, place]
        found = table.loc[str(place), ["average_precision", "roc_area"]]
        expected = [sk.average_precision_score(positive, scores), sk.roc_auc_score(positive, scores)]
        np.testing.assert_allclose(found.to_numpy(float), expected, atol=1e-9)
    chosen.set_value([]).run()
    assert not page.exception
    page.toggle(key="evaluate-ranking-whole").set_value(True).run()
    assert not page.exception
