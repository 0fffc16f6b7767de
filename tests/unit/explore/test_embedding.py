import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from core.explore.embedding import draw_sample, pca, tsne
from core.jobs import Cancelled


def digits(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    images, labels = load_digits(return_X_y=True)
    return images[:count].astype(np.uint8), labels[:count].astype(np.int64)


def test_pca_is_that_of_scikit_learn_up_to_signs() -> None:
    images, _ = digits()
    expected = PCA(5, svd_solver="full").fit(images)
    found, share = pca(images, 5)
    theirs = expected.transform(images)
    signs = np.sign((found * theirs).sum(axis=0))
    np.testing.assert_allclose(found * signs, theirs, atol=1e-3)
    assert share == pytest.approx(expected.explained_variance_ratio_.sum(), abs=1e-6)


def test_pca_takes_pictures_and_many_chunks() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5000, 4, 4), dtype=np.uint8)
    found, _ = pca(images, 2)
    flat = images.reshape(5000, 16).astype(np.float64)
    expected = PCA(2).fit_transform(flat)
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=0.1)


def test_pca_of_images_that_are_all_the_same_is_one_point() -> None:
    found, share = pca(np.full((10, 28, 28), 9, np.uint8), 2)
    assert not found.any()
    assert share == 1


def test_more_components_than_numbers_are_zero() -> None:
    found, share = pca(np.random.default_rng(0).random((20, 3), np.float32), 5)
    assert found.shape == (20, 5)
    assert not found[:, 3:].any()
    assert share == pytest.approx(1)


def test_sample_keeps_the_shares_of_the_classes_and_repeats_by_its_seed() -> None:
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    np.random.default_rng(1).shuffle(labels)
    places = draw_sample(labels, 101, seed=3)
    assert len(places) == len(set(places.tolist())) == 101
    assert np.abs(np.bincount(labels[places]) - [60.6, 30.3, 10.1]).max() < 1
    assert (np.diff(places) > 0).all()
    assert np.array_equal(places, draw_sample(labels, 101, seed=3))
    assert not np.array_equal(places, draw_sample(labels, 101, seed=4))


def test_a_sample_of_more_than_there_are_is_all() -> None:
    assert draw_sample(np.zeros(7, np.int64), 10, 0).tolist() == list(range(7))


def test_tsne_keeps_neighbours_together_repeats_and_tells_how_far_it_is() -> None:
    images, labels = digits()
    told: list[tuple[int, int]] = []
    places = tsne(images, 0, lambda done, total: told.append((done, total)))
    assert told == [(250, 1000), (500, 1000), (750, 1000), (1000, 1000)]
    near = KNeighborsClassifier(5).fit(places[::2], labels[::2])
    assert near.score(places[1::2], labels[1::2]) > 0.7
    assert np.array_equal(places, tsne(images, 0))


def test_tsne_stops_when_it_is_told_to() -> None:
    def stop(_: int, __: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        tsne(digits()[0], 0, stop)


@pytest.mark.parametrize("count", [5, 20])
def test_tsne_of_few_images(count: int) -> None:
    assert np.isfinite(tsne(digits(count)[0], 0)).all()


def test_tsne_of_images_that_are_all_the_same() -> None:
    assert np.isfinite(tsne(np.full((12, 28, 28), 9, np.uint8), 0)).all()
