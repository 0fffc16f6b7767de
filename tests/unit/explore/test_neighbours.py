import numpy as np
import pytest

from core.explore.neighbours import nearest


def test_by_hand() -> None:
    images = np.zeros((4, 2, 2), np.uint8)
    images[1, 0, 0] = 255
    images[2, 0, 0] = images[2, 1, 1] = 255
    images[3] = 10
    indices, distances = nearest(images[0], images, 3)
    assert indices.tolist() == [0, 3, 1]
    assert distances == pytest.approx([0, np.sqrt(4 * 100) / 255, 1])


def test_as_all_distances_computed_at_once() -> None:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (2500, 28, 28)).astype(np.uint8)  # three chunks
    image = generator.integers(0, 256, (28, 28)).astype(np.uint8)
    expected = np.sqrt(((images.astype(np.float64) - image) ** 2).sum(axis=(1, 2))) / 255
    indices, distances = nearest(image, images, 20)
    assert indices.tolist() == np.argsort(expected, kind="stable")[:20].tolist()
    assert distances == pytest.approx(np.sort(expected)[:20])


def test_the_largest_distance_there_can_be_does_not_overflow() -> None:
    _, distances = nearest(np.zeros((28, 28), np.uint8), np.full((1, 28, 28), 255, np.uint8), 1)
    assert distances == pytest.approx([28])


def test_itself_is_left_out_but_not_its_twin() -> None:
    images = np.stack([np.full((3, 3), value, np.uint8) for value in (5, 9, 5)])
    assert nearest(images[0], images, 8, without=0)[0].tolist() == [2, 1]


def test_of_equally_near_ones_the_first_comes_first() -> None:
    images = np.full((50, 3, 3), 7, np.uint8)
    assert nearest(images[0], images, 4, without=1)[0].tolist() == [0, 2, 3, 4]


def test_fewer_images_than_asked_for() -> None:
    images = np.zeros((1, 3, 3), np.uint8)
    assert len(nearest(images[0], images, 8, without=0)[0]) == 0
    assert nearest(images[0], np.zeros((0, 3, 3), np.uint8), 8)[0].tolist() == []


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"expected an image of \(3, 3\), got \(2, 2\)"):
        nearest(np.zeros((2, 2), np.uint8), np.zeros((1, 3, 3), np.uint8), 1)
