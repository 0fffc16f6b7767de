import numpy as np
import pytest

from core.charsets import DIGITS
from core.evaluation.mistakes import Confusion, commonest, hardest, in_cell, most_confused
from core.evaluation.predictions import Predictions, read_stored
from core.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]


def test_the_most_confused_classes_take_part_in_most_errors() -> None:
    confusion = np.array([[90, 2, 0, 0], [0, 80, 5, 0], [2, 1, 70, 0], [0, 0, 0, 9]])
    assert most_confused(confusion, 2) == {1, 2}
    assert most_confused(confusion, 9) == {0, 1, 2, 3}
    assert confusion.trace() == 249  # nothing was changed


def answered(items: list[tuple[int, int, float]]) -> Predictions:
    """Answers from (true class, answer, confidence)."""
    rows = np.full((len(items), 10), 0.0)
    for row, (_, read, sure) in zip(rows, items, strict=True):
        row[:] = (1 - sure) / 9
        row[read] = sure
    return Predictions("m", "d", "D", "test", DIGITS, np.array([true for true, _, _ in items]), rows, 1.0, 0.9)


def test_the_commonest_confusions_come_first() -> None:
    confusion = np.array([[90, 2, 0], [0, 80, 5], [2, 1, 70]])
    assert commonest(confusion, 3) == [Confusion(1, 2, 5), Confusion(0, 1, 2), Confusion(2, 0, 2)]
    assert len(commonest(confusion, 99)) == 4
    assert commonest(np.diag([3, 4, 5]), 5) == []
    assert confusion.trace() == 240  # nothing was changed


def test_every_image_is_in_exactly_one_cell(mnist: Predictions) -> None:
    found = [in_cell(mnist, true, read) for true in range(10) for read in range(10)]
    assert [len(places) for places in found] == mnist.confusion.ravel().tolist()
    assert np.sort(np.concatenate(found)).tolist() == list(range(10_000))


def test_a_cell_is_ordered_by_confidence(mnist: Predictions) -> None:
    places = in_cell(mnist, 9, 4)
    assert (mnist.labels[places] == 9).all()
    assert (mnist.predicted[places] == 4).all()
    assert (np.diff(mnist.confidence[places]) <= 0).all()


def test_the_hardest_mistakes_are_the_most_confident_ones(mnist: Predictions) -> None:
    places = hardest(mnist)
    assert len(places) == (mnist.predicted != mnist.labels).sum()
    assert not mnist.right[places].any()
    assert (np.diff(mnist.confidence[places]) <= 0).all()
    assert sorted(np.concatenate([hardest(mnist, true) for true in range(10)]).tolist()) == sorted(places.tolist())


def test_equal_confidences_keep_the_order_of_the_data() -> None:
    answers = answered([(1, 7, 0.8), (2, 2, 0.99), (1, 7, 0.8), (1, 7, 0.9)])
    assert hardest(answers).tolist() == [3, 0, 2]
    assert in_cell(answers, 1, 7).tolist() == [3, 0, 2]
    assert hardest(answers, 2).tolist() == []


def test_a_blank_is_a_mistake_and_the_last_of_them() -> None:
    answers = answered([(0, 0, 0.1), (4, 9, 0.3)])
    assert answers.blank.tolist() == [True, False]
    assert hardest(answers).tolist() == [1, 0]
