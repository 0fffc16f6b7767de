"""The charts of confidence are tested on their data, not on pixels."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.calibration import confidence_histogram, coverage, reliability
from core.charts.figure import to_html
from core.evaluation.calibration import Bins, Threshold, at_threshold
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions, read_stored
from core.report import figures
from core.report.tables import Artifact
from core.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]


def bins(images: list[int], confidence: list[float], accuracy: list[float]) -> Bins:
    edges = np.linspace(0, 1, len(images) + 1)
    return Bins(edges[:-1], edges[1:], np.array(images), np.array(confidence), np.array(accuracy))


def test_reliability_draws_the_bins_that_are_used() -> None:
    after = bins([0, 10, 1000], [np.nan, 0.5, 0.9], [np.nan, 0.4, 0.95])
    before = bins([0, 0, 1010], [np.nan, np.nan, 0.8], [np.nan, np.nan, 0.9])
    figure = reliability(after, before)
    diagonal, without, with_it = figure.data
    assert diagonal.x == diagonal.y == (0, 100)
    assert list(with_it.x) == [50, 90]
    assert list(with_it.y) == [40, 95]
    assert [row[1] for row in with_it.customdata] == [10, 1000]
    assert list(with_it.marker.size) == pytest.approx([9, 15])
    low, high = wilson_interval(4, 10)
    assert with_it.error_y.arrayminus[0] == pytest.approx(40 - 100 * low)
    assert with_it.error_y.array[0] == pytest.approx(100 * high - 40)
    assert with_it.error_y.array[1] < 2  # of a thousand it is short
    assert without.error_y.array is None
    assert list(without.x) == [80]
    assert figure.layout.xaxis.range[0] < 100 / 3


def test_histogram_counts_every_answer_once(mnist: Predictions) -> None:
    figure = confidence_histogram(mnist.confidence, mnist.right, mnist.threshold)
    right, wrong = figure.data
    mistakes = int((mnist.predicted != mnist.labels).sum())
    assert (sum(right.y), sum(wrong.y)) == (10_000 - mistakes, mistakes)
    assert wrong.customdata[-1] == "95 to 100"
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.shapes[0].x0 == pytest.approx(100 * mnist.threshold)


def test_coverage_marks_both_thresholds() -> None:
    curve = [Threshold(0.9, 50, 0, 100), Threshold(0.8, 90, 1, 100), Threshold(0.5, 100, 4, 100)]
    figure = coverage(curve, curve[1], curve[0], start=0.4)
    high, low, line, own, tried = figure.data
    assert list(line.x) == [50, 90, 100]
    assert list(line.y) == pytest.approx([0, 100 / 90, 4])
    assert (own.x[0], own.y[0], tried.x[0], tried.y[0]) == pytest.approx((90, 100 / 90, 50, 0))
    for place, point in enumerate(curve):
        assert (low.y[place] / 100, high.y[place] / 100) == pytest.approx(point.interval)
    assert figure.layout.xaxis.range[0] == 40
    assert len(coverage(curve, curve[1]).data) == 4


def test_a_threshold_that_nothing_reaches_can_be_drawn(mnist: Predictions) -> None:
    figure = figures.coverage(mnist, at_threshold(mnist.confidence, mnist.right, 1.0))
    assert (figure.data[-1].x[0], figure.data[-1].y[0]) == (0, 0)


@pytest.mark.parametrize("named", figures.FIGURES, ids=lambda named: named.name)
def test_every_figure_has_titles_with_units(named: Artifact[go.Figure], mnist: Predictions) -> None:
    figure = named.make(mnist)
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text
    page = to_html(figure, "<b>").decode("utf-8")
    assert page.count("plotly.js v") == 1
