import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from core.evaluation.calibration import at_threshold, calibration_bins, coverage
from core.evaluation.metrics import expected_calibration_error, wilson_interval
from tests.unit.evaluation.test_metrics import random_answers

CONFIDENCE = np.array([0.9, 0.8, 0.8, 0.6, 0.5])
RIGHT = np.array([True, True, False, True, False])


def test_bins_weighted_by_their_images_give_the_calibration_error() -> None:
    for seed in range(5):
        probabilities, labels = random_answers(seed)
        bins = calibration_bins(probabilities, labels)
        used = bins.images > 0
        gaps = np.abs(bins.confidence - bins.accuracy)[used] @ bins.images[used] / len(labels)
        assert gaps == pytest.approx(expected_calibration_error(probabilities, labels), abs=1e-12)
        assert bins.images.sum() == len(labels)


def test_bins_equal_scikit_learn() -> None:
    probabilities, labels = random_answers(7)
    bins = calibration_bins(probabilities, labels)
    right = probabilities.argmax(axis=1) == labels
    shares, means = calibration_curve(right, probabilities.max(axis=1), n_bins=15, strategy="uniform")
    used = bins.images > 0
    np.testing.assert_allclose(bins.accuracy[used], shares, atol=1e-12)
    np.testing.assert_allclose(bins.confidence[used], means, atol=1e-12)


def test_a_bin_holds_its_upper_edge_and_an_empty_one_is_not_a_number() -> None:
    bins = calibration_bins(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0, 1]), bins=4)
    assert bins.images.tolist() == [0, 1, 0, 1]
    assert (bins.low[1], bins.high[1]) == (0.25, 0.5)
    np.testing.assert_array_equal(bins.accuracy, [np.nan, 1, np.nan, 0])
    expected = [(0, 1), wilson_interval(1, 1), (0, 1), wilson_interval(0, 1)]
    np.testing.assert_allclose(bins.intervals, expected)


def test_coverage_by_hand() -> None:
    curve = coverage(CONFIDENCE, RIGHT)
    # The two answers at 0.8 cannot be parted.
    assert curve.threshold.tolist() == [0.9, 0.8, 0.6, 0.5]
    assert curve.confident.tolist() == [1, 3, 4, 5]
    assert curve.wrong.tolist() == [0, 1, 1, 2]
    assert curve.images == 5


def test_every_point_of_the_curve_is_what_its_threshold_does() -> None:
    curve = coverage(CONFIDENCE[::-1], RIGHT[::-1])
    for point in curve.thinned(100):
        assert point == at_threshold(CONFIDENCE, RIGHT, point.threshold)


def test_a_threshold_in_numbers() -> None:
    threshold = at_threshold(CONFIDENCE, RIGHT, 0.8)
    assert (threshold.confident, threshold.wrong, threshold.below) == (3, 1, 2)
    assert (threshold.coverage, threshold.error) == pytest.approx((0.6, 1 / 3))
    assert threshold.interval == wilson_interval(1, 3)


def test_a_threshold_that_nothing_reaches() -> None:
    threshold = at_threshold(CONFIDENCE, RIGHT, 1.0)
    assert (threshold.confident, threshold.coverage, threshold.error, threshold.interval) == (0, 0.0, 0.0, (0.0, 1.0))


@pytest.mark.parametrize("share_wrong", [0.0, 0.003, 0.3])
def test_thinning_keeps_the_ends_and_the_steps(share_wrong: float) -> None:
    generator = np.random.default_rng(0)
    confidence, right = generator.random(5000), generator.random(5000) >= share_wrong
    curve = coverage(confidence, right)
    points = curve.thinned(300)
    assert len(points) <= 300
    assert (points[0].confident, points[-1].confident) == (1, 5000)
    assert points[-1].wrong == (~right).sum()
    assert [point.threshold for point in points] == sorted((point.threshold for point in points), reverse=True)
    if share_wrong == 0.003:
        steps = set(curve.confident[np.flatnonzero(np.diff(curve.wrong, prepend=0))].tolist())
        assert steps <= {point.confident for point in points}


def test_one_answer_is_a_curve() -> None:
    assert len(coverage(np.array([0.7]), np.array([False])).thinned(300)) == 1
