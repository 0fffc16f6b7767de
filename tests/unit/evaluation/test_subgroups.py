"""Scores by kind of character, and with look-alikes as one."""

import numpy as np
import pytest

from core.charsets import BALANCED, DIGITS, LETTERS, Charset
from core.evaluation import subgroups
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions
from core.report import tables


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
    found = {one.title: (one.right, one.images) for one in subgroups.shares(answered(BALANCED, MIXED))}
    assert found == {
        "Digits": (1, 3),  # the blank one is wrong
        "Capitals": (1, 2),
        "Lower case": (0, 1),
        subgroups.LOOK_ALIKES: (4, 6),  # O for 0 and 5 for S are right, A for a is not
        subgroups.FIRST_TWO: (3, 6),
    }


def test_kinds_that_do_not_occur_are_left_out() -> None:
    assert [one.title for one in subgroups.by_kind(answered(BALANCED, MIXED[:2]))] == ["Digits"]


def test_where_nothing_looks_alike_and_there_is_one_kind_there_is_nothing_to_say() -> None:
    assert subgroups.shares(answered(DIGITS, [("1", "7", "1")])) == []
    assert [one.title for one in subgroups.shares(answered(LETTERS, [("A", "B", "A")]))] == [
        subgroups.LOOK_ALIKES,
        subgroups.FIRST_TWO,
    ]


def test_a_share_has_its_interval() -> None:
    share = subgroups.Share("All", 50, 40)
    assert share.accuracy == pytest.approx(0.8)
    assert share.interval == wilson_interval(40, 50)


def test_the_table_begins_with_all() -> None:
    table = tables.shares(answered(BALANCED, MIXED))
    assert table["what"].tolist()[:2] == ["All", "Digits"]
    assert (table["right"][0], table["images"][0]) == (2, 6)
