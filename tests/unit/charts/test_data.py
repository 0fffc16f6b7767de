"""The charts of a data set are tested on their data, not on pixels."""

import numpy as np
import pytest

from core.charts.data import class_boxes, class_counts, pixel_histogram, pixels
from core.charts.palette import class_colour
from core.explore.statistics import quantiles


def test_class_counts() -> None:
    figure = class_counts(("a", "b", "c"), np.array([3, 0, 1]))
    bars = figure.data[0]
    assert list(bars.x) == ["a", "b", "c"]
    assert list(bars.y) == [3, 0, 1]
    assert list(bars.customdata) == [75, 0, 25]
    assert "%{customdata:.2f} % of all<extra></extra>" in bars.hovertemplate
    assert figure.layout.xaxis.type == "category"  # digits are names here, not numbers
    assert figure.layout.xaxis.dtick == 1  # none is left out
    assert class_counts(("a", "b"), np.array([3, 0]), narrow=True).layout.xaxis.dtick is None


def test_pixel_histogram() -> None:
    counts = np.zeros(256, np.int64)
    counts[[0, 255]] = 900, 100
    figure = pixel_histogram(counts)
    assert list(figure.data[0].y) == counts.tolist()
    assert figure.data[0].customdata[0] == 90
    assert figure.layout.yaxis.type == "log"
    low, high = figure.layout.yaxis.range
    assert 10**low < 1 < 900 < 10**high
    assert "log" in figure.layout.yaxis.title.text


def test_nothing_at_all_draws_no_error() -> None:
    assert list(class_counts(("a",), np.array([0])).data[0].customdata) == [0]
    assert pixel_histogram(np.zeros(256, np.int64)).layout.yaxis.range[1] > 0


def test_pixels_are_the_image_upright() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    figure = pixels(image)
    assert np.array_equal(figure.data[0].z, image)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (0, 255)
    assert "value %{z}" in figure.data[0].hovertemplate
    top, bottom = figure.layout.yaxis.range[1], figure.layout.yaxis.range[0]
    assert (top, bottom) == pytest.approx((-0.5, 1.5))  # the first row is at the top
    assert figure.layout.yaxis.scaleanchor == "x"


def test_a_box_for_every_class_holds_its_quantiles() -> None:
    values, labels = np.concatenate([np.arange(101.0), np.arange(101) / 10]), np.repeat([0, 1], 101)
    figure = class_boxes(quantiles(values, labels, 2), ("a", "b"), [101, 101], "Ink (%)")
    first, second, hover = figure.data
    assert (first.lowerfence[0], first.q1[0], first.median[0], first.q3[0], first.upperfence[0]) == (5, 25, 50, 75, 95)
    assert (first.name, first.x[0], first.marker.color) == ("a", "a", class_colour(0))
    assert second.median[0] == 5
    assert list(hover.y) == [50, 5]
    assert hover.customdata[0].tolist() == [5, 25, 75, 95, 101]
    assert figure.layout.yaxis.title.text == "Ink (%)"
    assert figure.layout.xaxis.title.text == "Class"
