import dataclasses

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from core.evaluation.comparison import Difference, comparable, differences, mcnemar, seconds_an_image
from core.model.library import load
from core.settings import get_settings
from tests.unit.evaluation.test_predictions import made


def rights(both: int, first: int, second: int, none: int) -> tuple[np.ndarray, np.ndarray]:
    """Two columns of right and wrong with these counts."""
    one = np.array([True] * (both + first) + [False] * (second + none))
    other = np.array([True] * both + [False] * first + [True] * second + [False] * none)
    return one, other


def test_mcnemar_by_hand() -> None:
    # Of 5 discordant images all for one side: 2 * (1/2)^5.
    test = mcnemar(*rights(10, 5, 0, 3))
    assert (test.first, test.second, test.p) == pytest.approx((5, 0, 0.0625))
    assert test.by_chance
    # 1 against 8: 2 * (C(9,0) + C(9,1)) / 2^9 = 20 / 512.
    test = mcnemar(*rights(0, 1, 8, 0))
    assert test.p == pytest.approx(20 / 512)
    assert not test.by_chance


@pytest.mark.parametrize(("first", "second"), [(3, 9), (60, 40), (700, 400), (7, 7)])
def test_mcnemar_equals_scipy(first: int, second: int) -> None:
    p = mcnemar(*rights(100, first, second, 20)).p
    assert p == pytest.approx(binomtest(first, first + second, 0.5).pvalue)
    assert p == pytest.approx(min(1, 2 * binom.cdf(min(first, second), first + second, 0.5)))


def test_models_that_never_differ_differ_by_chance() -> None:
    assert mcnemar(*rights(5, 0, 0, 2)).p == 1.0


def test_differences_are_sorted_by_the_most_confident_mistake() -> None:
    one = made(np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.3, 0.7], [0.1, 0.9]]), [0, 0, 0, 0, 0])
    other = made(np.array([[0.8, 0.2], [0.9, 0.1], [0.7, 0.3], [0.45, 0.55], [0.05, 0.95]]), [0, 0, 0, 0, 0])
    found = differences(one, other)
    assert found[Difference.FIRST_RIGHT].tolist() == []
    assert found[Difference.SECOND_RIGHT].tolist() == [2, 1]
    assert found[Difference.BOTH_WRONG].tolist() == [4, 3]


def test_only_answers_to_the_same_images_are_comparable() -> None:
    shares = np.array([[0.9, 0.1], [0.1, 0.9]])
    answers = made(shares, [0, 1])
    assert comparable(answers, made(shares, [0, 1], heat=2.0))
    assert not comparable(answers, made(shares, [1, 1]))
    assert not comparable(answers, made(shares[:1], [0]))
    assert not comparable(answers, dataclasses.replace(answers, split="train"))


def test_the_time_for_an_image_is_measured() -> None:
    assert 0 < seconds_an_image(load("digits", get_settings()), runs=3) < 10
