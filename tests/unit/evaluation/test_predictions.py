import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import Charset
from core.evaluation.calibration import apply_temperature
from core.evaluation.predictions import Predictions

TWO = Charset("two", "Two", ("a", "b"))


def made(
    probabilities: NDArray[np.float64], labels: list[int], threshold: float = 0.75, heat: float = 1.0
) -> Predictions:
    return Predictions("m", "d", "D", "test", TWO, np.array(labels), probabilities, heat, threshold)


def test_confident_error_is_the_share_of_the_confident() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    score = made(probabilities, [0, 1, 0, 1]).score()
    assert (score.accuracy, score.confident, score.confident_error) == pytest.approx((0.75, 0.75, 1 / 3))
    nothing_confident = made(probabilities, [0, 1, 0, 1], threshold=1.0).score()
    assert (nothing_confident.confident, nothing_confident.confident_error) == (0.0, 0.0)


def test_a_row_without_a_preference_is_a_blank_and_wrong() -> None:
    answers = made(np.array([[0.5, 0.5], [0.51, 0.49]]), [0, 0])
    assert answers.blank.tolist() == [True, False]
    assert answers.right.tolist() == [False, True]


def test_the_temperature_can_be_taken_back() -> None:
    logits = np.random.default_rng(0).normal(size=(50, 2)) * 3
    answers = made(apply_temperature(logits, 1.7), [0] * 50, heat=1.7)
    np.testing.assert_allclose(answers.before_temperature, apply_temperature(logits, 1.0), atol=1e-12)
