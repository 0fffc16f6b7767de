"""Confusions and hardest images, scores by kind of character, and the errors in a sentence."""

import numpy as np
import pytest

from core.charsets import BALANCED, DIGITS, LETTERS, Charset
from core.evaluation import error_analysis
from core.evaluation.error_analysis import Confusion, commonest, hardest, in_cell, most_confused
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions, read_stored
from core.report import tables
from core.settings import PROJECT_ROOT


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]


def test_the_most_confused_classes_take_part_in_most_errors() -> None:
    confusion = np.array([[90, 2, 0, 0], [0, 80, 5, 0], [2, 1, 70, 0], [0, 0, 0, 9]])
    assert most_confused(confusion, 2) == {1, 2}
    assert most_confused(confusion, 9) == {0, 1, 2, 3}
    assert confusion.trace() == 249  # nothing was changed


def sure_answers(items: list[tuple[int, int, float]]) -> Predictions:
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
    answers = sure_answers([(1, 7, 0.8), (2, 2, 0.99), (1, 7, 0.8), (1, 7, 0.9)])
    assert hardest(answers).tolist() == [3, 0, 2]
    assert in_cell(answers, 1, 7).tolist() == [3, 0, 2]
    assert hardest(answers, 2).tolist() == []


def test_a_blank_is_a_mistake_and_the_last_of_them() -> None:
    answers = sure_answers([(0, 0, 0.1), (4, 9, 0.3)])
    assert answers.blank.tolist() == [True, False]
    assert hardest(answers).tolist() == [1, 0]


def answered(charset: Charset, items: list[tuple[str, str, str]]) -> Predictions:
    """Answers from (true, the most probable, the second) characters; no second for one that was found blank."""
    rows = np.full((len(items), len(charset.characters)), 0.1 / len(charset.characters))
    for row, (_, first, second) in zip(rows, items, strict=True):
        if second:
            row[charset.characters.index(first)], row[charset.characters.index(second)] = 0.6, 0.3
    rows /= rows.sum(axis=1, keepdims=True)
    labels = np.array([charset.characters.index(true) for true, _, _ in items])
    return Predictions("m", "d", "D", "test", charset, labels, rows, 1.0, 0.9)


MIXED = [("0", "O", "0"), ("1", "1", "I"), ("A", "A", "4"), ("S", "5", "8"), ("a", "A", "9"), ("0", "0", "")]


def test_each_kind_and_what_look_alikes_cost() -> None:
    found = {one.title: (one.right, one.images) for one in error_analysis.shares(answered(BALANCED, MIXED))}
    assert found == {
        "Digits": (1, 3),  # the blank one is wrong
        "Capitals": (1, 2),
        "Lower case": (0, 1),
        error_analysis.LOOK_ALIKES: (4, 6),  # O for 0 and 5 for S are right, A for a is not
        error_analysis.FIRST_TWO: (3, 6),
    }


def test_kinds_that_do_not_occur_are_left_out() -> None:
    assert [one.title for one in error_analysis.by_kind(answered(BALANCED, MIXED[:2]))] == ["Digits"]


def test_where_nothing_looks_alike_and_there_is_one_kind_there_is_nothing_to_say() -> None:
    assert error_analysis.shares(answered(DIGITS, [("1", "7", "1")])) == []
    assert [one.title for one in error_analysis.shares(answered(LETTERS, [("A", "B", "A")]))] == [
        error_analysis.LOOK_ALIKES,
        error_analysis.FIRST_TWO,
    ]


def test_a_share_has_its_interval() -> None:
    share = error_analysis.Share("All", 50, 40)
    assert share.accuracy == pytest.approx(0.8)
    assert share.interval == wilson_interval(40, 50)


def test_the_table_begins_with_all() -> None:
    table = tables.shares(answered(BALANCED, MIXED))
    assert table["what"].tolist()[:2] == ["All", "Digits"]
    assert (table["right"][0], table["images"][0]) == (2, 6)


def test_the_errors_in_a_sentence() -> None:
    right = [("1", "1", "7")] * 4
    errors = [("2", "7", "1"), ("2", "7", "1"), ("4", "9", "1")]
    assert error_analysis.in_a_sentence(answered(DIGITS, right + errors)) == (
        "Wrong 3 times in 7; most often a 2 taken for a 7."
    )
    assert error_analysis.in_a_sentence(answered(DIGITS, right + errors[2:])) == "Wrong 1 time in 5."
    assert error_analysis.in_a_sentence(answered(DIGITS, right)) == "Not one of 4 images is read wrong."
    letters = answered(BALANCED, [("L", "1", "7")] * 2)
    assert error_analysis.in_a_sentence(letters) == "Wrong 2 times in 2; most often an L or l taken for a 1."


def test_equally_common_errors_are_named_together_if_there_are_two() -> None:
    two = [("8", "3", "1")] * 2 + [("4", "9", "1")] * 2
    assert error_analysis.in_a_sentence(answered(DIGITS, [*two, ("2", "7", "1")])) == (
        "Wrong 5 times in 5; most often a 4 taken for a 9 and an 8 taken for a 3."
    )
    assert error_analysis.in_a_sentence(answered(DIGITS, two)) == (
        "Wrong 4 times in 4; most often a 4 taken for a 9 and an 8 taken for a 3."
    )
    assert error_analysis.in_a_sentence(answered(DIGITS, [*two, *[("2", "7", "1")] * 2])) == "Wrong 6 times in 6."
    assert error_analysis.in_a_sentence(answered(DIGITS, [("2", "7", "")] * 3)) == "Wrong 3 times in 3."  # all blank
