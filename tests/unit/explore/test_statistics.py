from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.data.datasets import load
from core.explore.statistics import describe
from core.settings import Settings


def test_by_hand() -> None:
    images = np.array([[[0, 255], [0, 0]], [[128, 127], [0, 255]]], np.uint8)
    found = describe(images, np.array([2, 0]), 4)
    assert found.counts.tolist() == [1, 0, 1, 0]
    assert (found.images, found.classes, found.size, found.pixels) == (2, 2, (2, 2), 8)
    assert found.mean == pytest.approx(3 * 255 / 8 / 255)
    assert found.ink == 3 / 8  # 127 is not yet ink
    assert found.paper == 4 / 8
    assert {value: found.histogram[value] for value in np.flatnonzero(found.histogram)} == {
        0: 4,
        127: 1,
        128: 1,
        255: 2,
    }


@pytest.mark.parametrize("count", [1, 3999, 4000, 4001])
def test_as_numpy_has_it(count: int) -> None:
    generator = np.random.default_rng(count)
    images = generator.integers(0, 256, (count, 4, 6)).astype(np.uint8)
    labels = generator.integers(0, 5, count)
    found = describe(images, labels, 5)
    assert found.size == (4, 6)
    assert found.mean == pytest.approx((images / 255).mean(), abs=1e-12)
    assert found.std == pytest.approx((images / 255).std(), abs=1e-12)
    assert found.ink == (images >= 128).mean()
    assert np.array_equal(found.histogram, np.bincount(images.ravel(), minlength=256))
    assert np.array_equal(found.counts, np.bincount(labels, minlength=5))


def test_published_figures_of_mnist(require_data: Callable[[str], Path]) -> None:
    data = load("mnist", "train", Settings(require_data("MNIST/raw").parents[1], Path()))
    found = describe(data.images, data.labels, 10)
    assert (round(found.mean, 4), round(found.std, 4)) == (0.1307, 0.3081)
    assert found.counts.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_nothing_cannot_be_described() -> None:
    with pytest.raises(ValueError, match="no images"):
        describe(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64), 10)
