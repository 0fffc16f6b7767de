import numpy as np
import pytest

from core.explore.statistics import class_images, quantiles, sizes


def blank(count: int = 1) -> np.ndarray:
    return np.zeros((count, 28, 28), np.uint8)


def test_sizes_of_a_rectangle_by_hand() -> None:
    image = blank()
    image[0, 4:14, 6:9] = 255  # 10 high, 3 wide
    found = sizes(image)
    assert (found.height[0], found.width[0]) == (10, 3)
    assert found.ink[0] == pytest.approx(30 / 784)


def test_half_dark_ink_counts_half_and_faint_dirt_gives_no_size() -> None:
    images = blank(2)
    images[0, 0, 0] = 51
    images[1, 5, 5] = 15  # fainter than what the pipeline takes for ink
    found = sizes(images)
    assert found.ink[0] == pytest.approx(0.2 / 784)
    assert found.height.tolist() == [1, 0]
    assert found.width.tolist() == [1, 0]


def test_gaps_inside_belong_to_the_extent_and_edges_count() -> None:
    images = blank(1)
    images[0, 0, 27] = images[0, 27, 0] = 200
    found = sizes(images)
    assert (found.height[0], found.width[0]) == (28, 28)


def test_no_images_have_no_sizes() -> None:
    found = sizes(blank(0))
    assert len(found.ink) == len(found.height) == len(found.width) == 0


def test_mean_and_spread_are_those_of_numpy_and_a_class_without_images_is_empty() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (5000, 28, 28), dtype=np.uint8)  # more than one chunk
    labels = random.choice([0, 2], 5000)
    found = class_images(images, labels, 3)
    assert found.counts.tolist() == [(labels == 0).sum(), 0, (labels == 2).sum()]
    for place in (0, 2):
        np.testing.assert_allclose(found.mean[place], images[labels == place].mean(axis=0), rtol=1e-6)
        np.testing.assert_allclose(found.spread[place], images[labels == place].std(axis=0), rtol=1e-4)
    assert not found.mean[1].any()
    assert not found.spread[1].any()


def test_equal_images_have_no_spread() -> None:
    images = np.full((300, 28, 28), 173, np.uint8)
    assert class_images(images, np.zeros(300, np.int64), 1).spread.max() < 0.01


def test_quantiles_by_class() -> None:
    values = np.concatenate([np.arange(101), np.full(5, 7)])
    labels = np.array([0] * 101 + [2] * 5)
    found = quantiles(values, labels, 3)
    assert [line[0] for line in (found.lowest, found.quarter, found.median)] == [5, 25, 50]
    assert [line[0] for line in (found.three_quarters, found.highest)] == [75, 95]
    assert found.median[2] == 7
    assert np.isnan(found.median[1])
