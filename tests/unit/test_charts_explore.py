import numpy as np
import pytest

from core.charts import class_counts, pixel_histogram, pixels


def test_class_counts() -> None:
    figure = class_counts(("a", "b", "c"), np.array([3, 0, 1]))
    bars = figure.data[0]
    assert list(bars.x) == ["a", "b", "c"]
    assert list(bars.y) == [3, 0, 1]
    assert list(bars.customdata) == [75, 0, 25]
    assert "%{customdata:.2f} % of all<extra></extra>" in bars.hovertemplate
    assert figure.layout.xaxis.type == "category"  # digits are names here, not numbers


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
