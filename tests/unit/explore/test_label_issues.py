import numpy as np
import pytest

from core.charsets import DIGITS
from core.data.datasets import Dataset, load
from core.explore import label_issues
from core.explore.label_issues import HEADER, LabelIssues, find_label_issues, neighbour_probabilities, to_rows
from core.jobs import Cancelled
from core.settings import Settings

FLIPPED = 20


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("empty")
    return load("uci-digits", "train", Settings(folder, folder))


def flip(labels: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The labels with 20 of them wrong, and the places of these."""
    random = np.random.default_rng(seed)
    places = random.choice(len(labels), FLIPPED, replace=False)
    wrong = labels.copy()
    wrong[places] = (wrong[places] + random.integers(1, 10, FLIPPED)) % 10
    return wrong, places


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_labels_that_were_flipped_on_purpose_come_first(train: Dataset, seed: int) -> None:
    labels, places = flip(train.labels, seed)
    found = find_label_issues(labels, neighbour_probabilities(train.images, labels, 10))
    assert len(np.intersect1d(found.indices[: 2 * FLIPPED], places)) >= 18
    assert len(np.intersect1d(found.indices[found.flagged], places)) >= 12
    truly = dict(zip(places.tolist(), train.labels[places].tolist(), strict=True))
    right = [
        truly[place] == best
        for place, best in zip(found.indices.tolist(), found.suggested, strict=True)
        if place in truly
    ]
    assert np.mean(right) > 0.9


def test_neighbours_are_those_of_scikit_learn_without_the_image_itself(train: Dataset) -> None:
    from sklearn.neighbors import KNeighborsClassifier

    from core.explore.embedding import pca

    images, labels = train.images[:200], train.labels[:200]
    rows, _ = pca(images, 50)
    found = neighbour_probabilities(images, labels, 10)
    for place in (0, 57, 199):
        others = np.delete(np.arange(200), place)
        theirs = KNeighborsClassifier(10, weights="distance").fit(rows[others], labels[others])
        expected = np.zeros(10)
        expected[theirs.classes_] = theirs.predict_proba(rows[place : place + 1])[0]
        np.testing.assert_allclose(found[place], expected, atol=1e-4)


def test_an_own_label_has_no_say() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 20, (30, 28, 28), dtype=np.uint8)
    labels = np.zeros(30, np.int64)
    labels[4] = 1
    found = neighbour_probabilities(images, labels, 2)
    assert found[4].tolist() == pytest.approx([1, 0])
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_images_that_are_exactly_the_same_vote_too() -> None:
    images = np.zeros((5, 28, 28), np.uint8)
    found = neighbour_probabilities(images, np.array([0, 0, 0, 0, 1]), 2)
    np.testing.assert_allclose(found[4], [1, 0])
    np.testing.assert_allclose(found[0], [0.75, 0.25])


def test_of_more_twins_than_neighbours_ten_vote() -> None:
    found = neighbour_probabilities(np.zeros((40, 28, 28), np.uint8), np.zeros(40, np.int64), 2)
    np.testing.assert_allclose(found, np.tile([1.0, 0.0], (40, 1)))


def test_progress_goes_on_to_the_end_and_stops_the_work(train: Dataset) -> None:
    told: list[tuple[int, int]] = []
    neighbour_probabilities(train.images, train.labels, 10, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(train.images), len(train.images))
    assert told == sorted(told)

    def stop(_: int, __: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        neighbour_probabilities(train.images, train.labels, 10, stop)


def sure(labels: list[int], shares: list[float], classes: int = 3) -> np.ndarray:
    """Rows that give this share to the label, and the rest to the next class."""
    rows = np.zeros((len(labels), classes))
    for row, (label, share) in enumerate(zip(labels, shares, strict=True)):
        rows[row, label], rows[row, (label + 1) % classes] = share, 1 - share
    return rows


def test_list_is_ranked_by_the_probability_of_the_label() -> None:
    labels = np.array([0, 1, 2] * 20)
    shares = np.linspace(0.6, 0.99, 60)
    shares[[7, 30]] = 0.02, 0.01
    found = find_label_issues(labels, sure(labels.tolist(), shares.tolist()), most=10)
    assert len(found) == 10
    assert found.indices[:2].tolist() == [30, 7]
    assert found.flagged.tolist() == [True, True] + [False] * 8
    assert found.flagged_total == 2
    assert found.suggested[:2].tolist() == [(labels[30] + 1) % 3, (labels[7] + 1) % 3]
    np.testing.assert_allclose(found.given_share[:2], [0.01, 0.02])
    np.testing.assert_allclose(found.suggested_share[:2], [0.99, 0.98])
    assert (np.diff(found.given_share[2:]) >= 0).all()


def test_classes_that_do_not_occur_and_a_single_one() -> None:
    labels = np.array([0, 2] * 15)
    shares = [0.9] * 30
    shares[4] = 0.01
    assert find_label_issues(labels, sure(labels.tolist(), shares, classes=5)).indices[0] == 4
    one = find_label_issues(np.zeros(6, np.int64), sure([0] * 6, [0.9] * 6))
    assert (len(one), one.flagged_total) == (6, 0)


def test_images_are_compared_a_block_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    images = np.random.default_rng(0).integers(0, 256, (300, 6, 6), dtype=np.uint8)
    labels = np.arange(300) % 4
    at_once = neighbour_probabilities(images, labels, 4)
    monkeypatch.setattr(label_issues, "_BLOCK", 70)
    done: list[int] = []
    few = neighbour_probabilities(images, labels, 4, lambda now, _: done.append(now))
    assert done == [70, 140, 210, 280, 300]
    assert np.allclose(few, at_once)


def test_rows_for_a_table() -> None:
    found = LabelIssues(
        np.array([3]), np.array([7]), np.array([0.1]), np.array([0.85]), np.array([True]), flagged_total=1
    )
    rows = to_rows(found, np.array([0, 0, 0, 1]), DIGITS.characters)
    assert rows == [[3, "1", "7", 0.1, 0.85, "yes"]]
    assert len(HEADER) == len(rows[0])
