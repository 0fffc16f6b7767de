import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as sk

from core.evaluation.metrics import (
    confusion_matrix,
    expected_calibration_error,
    negative_log_likelihood,
    wilson_interval,
)


def random_answers(seed: int, count: int = 500) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(10, 0.3), count)
    return probabilities, generator.integers(0, 10, count)


def test_wilson_interval_is_the_published_one() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I: 81 of 263, and 0 of 20.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(29, 29)[1] == 1.0


def test_wilson_interval_is_that_of_scipy() -> None:
    for right, total in [(0, 1), (1, 1), (0, 20), (7, 20), (31, 9_400), (9_969, 10_000), (10_000, 10_000)]:
        assert wilson_interval(right, total) == pytest.approx(
            tuple(binomtest(right, total).proportion_ci(method="wilson")), abs=1e-12
        )


@pytest.mark.parametrize(("right", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_wilson_interval_refuses_impossible_counts(right: int, total: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= right <= total"):
        wilson_interval(right, total)


def test_confusion_and_loss_equal_scikit_learn() -> None:
    probabilities, labels = random_answers(1)
    predicted = probabilities.argmax(axis=1)
    assert (confusion_matrix(predicted, labels, 10) == sk.confusion_matrix(labels, predicted, labels=range(10))).all()
    assert negative_log_likelihood(probabilities, labels) == pytest.approx(
        sk.log_loss(labels, probabilities, labels=range(10)), abs=1e-9
    )


def test_calibration_error_of_known_answers() -> None:
    # Ten answers at 0.75, of which half are right: the gap is 0.25.
    probabilities = np.tile([0.75, 0.25], (10, 1))
    labels = np.array([0, 1] * 5)
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.25)
    assert expected_calibration_error(np.eye(2)[[0, 1, 1]], np.array([0, 1, 1])) == 0


def test_calibration_error_weighs_bins_by_their_images() -> None:
    # Three sure and right, one at 0.6 and wrong: (3 * 0 + 1 * 0.6) / 4.
    probabilities = np.array([[1, 0], [1, 0], [0, 1], [0.6, 0.4]])
    assert expected_calibration_error(probabilities, np.array([0, 0, 1, 1])) == pytest.approx(0.15)
