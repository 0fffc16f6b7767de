"""The parts Classes, Sureness, and PR and ROC of the Evaluate page, on the stored answers of the shipped model."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as sk
from streamlit.testing.v1 import AppTest

from core.evaluation.calibration import Threshold
from core.evaluation.predictions import Predictions, read_stored
from core.model.card import read_card
from pages.components.evaluate.calibration import threshold_in_words
from tests.pages.conftest import SHIPPED, Open, texts
from tests.pages.test_evaluate import commonest

THRESHOLD = f"evaluate-threshold-{100 * read_card(SHIPPED).threshold:.1f}"


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
    true, read = commonest(mnist)
    assert table.set_index("class").loc[str(true), "often"] == f"{read} ({mnist.confusion[true, read]})"
    assert page.code[0].value.rstrip() == sk.classification_report(mnist.labels, mnist.predicted, digits=4).rstrip()


def calibration_error(confidence: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """The expected calibration error of fifteen bins as wide (Guo et al. 2017)."""
    bins = np.minimum((confidence * 15).astype(int), 14)
    return float(
        sum(abs(right[bins == k].mean() - confidence[bins == k].mean()) * (bins == k).mean() for k in set(bins))
    )


def test_sureness_names_both_calibration_errors_and_the_model_s_threshold(page: AppTest, mnist: Predictions) -> None:
    said = texts(open_part(page, "Calibration"))
    right, confident = mnist.predicted == mnist.labels, mnist.confidence >= mnist.threshold
    before = mnist.before_temperature.max(axis=1)
    for error in (calibration_error(mnist.confidence, right), calibration_error(before, right)):
        assert f"**{error:.4f}**" in said
    sure, wrong, below = int(confident.sum()), int((confident & ~right).sum()), int((~confident).sum())
    assert f"confident in {wrong} of its {(~right).sum()} wrong answers" in said
    assert f"threshold of {100 * mnist.threshold:.1f} %, **{sure:,}** of 10,000 answers are confident" in said
    assert f"({sure / 100:.2f} %), and **{wrong}** of them are wrong" in said
    assert f"The other **{below}** are below it; {(~confident & ~right).sum()} of those are wrong." in said


def test_another_threshold_has_other_words(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "Calibration").slider(key=THRESHOLD).set_value(99.0).run()
    kept = mnist.confidence >= 0.99
    wrong = (kept & ~mnist.right).sum()
    assert f"threshold of 99.0 %, **{kept.sum():,}** of 10,000 answers are confident" in texts(page)
    assert f"and **{wrong}** of them are wrong" in texts(page)
    page.slider(key=THRESHOLD).set_value(100.0).run()
    assert not page.exception
    assert "none of the 10,000 answers would be confident" in texts(page)


def test_a_threshold_in_words() -> None:
    assert "**1** of them is wrong" in threshold_in_words(Threshold(0.5, 10, 1, 10), 1)
    assert "None is below it." in threshold_in_words(Threshold(0.5, 10, 1, 10), 1)
    assert "The other **2** are below it; 1 of those is wrong." in threshold_in_words(Threshold(0.5, 8, 0, 10), 1)


@pytest.mark.parametrize("threshold", [0.0, 0.2, 1.0])
def test_any_threshold_of_a_card_has_a_slider(threshold: float, add_model: object, page: AppTest) -> None:
    add_model(threshold=threshold)  # type: ignore[operator]
    page.run()
    open_part(page, "Calibration")
    assert page.slider(key=f"evaluate-threshold-{100 * threshold:.1f}").value == 100 * threshold


def test_rankings_begin_with_the_hardest_classes(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "PR and ROC")
    chosen = page.button_group[0]
    table = page.dataframe[0].value.set_index("class")
    assert chosen.value == sorted(table["average_precision"].astype(float).nsmallest(4).index)
    for place in range(10):
        positive, scores = mnist.labels == place, mnist.probabilities[:, place]
        found = table.loc[str(place), ["average_precision", "roc_area"]]
        expected = [sk.average_precision_score(positive, scores), sk.roc_auc_score(positive, scores)]
        np.testing.assert_allclose(found.to_numpy(float), expected, atol=1e-9)
    chosen.set_value([]).run()
    assert not page.exception
    page.toggle(key="evaluate-ranking-whole").set_value(True).run()
    assert not page.exception
