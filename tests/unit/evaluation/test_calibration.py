import numpy as np
import pytest

from core.evaluation.calibration import (
    LEAST_IMAGES,
    LOST_SHARE,
    apply_temperature,
    calibrate,
    choose_rejection_threshold,
    choose_threshold,
    fit_temperature,
)
from core.evaluation.metrics import expected_calibration_error


def test_fit_temperature_finds_the_one_that_was_used() -> None:
    generator = np.random.default_rng(0)
    honest = generator.normal(0, 2, (20_000, 10))
    probabilities = apply_temperature(honest, 1.0)
    labels = (probabilities.cumsum(axis=1) > generator.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(honest * 3, labels) == pytest.approx(3, rel=0.05)
    too_sure = apply_temperature(honest * 3, 1.0)
    mended = apply_temperature(honest * 3, 3.0)
    assert expected_calibration_error(mended, labels) < 0.02 < expected_calibration_error(too_sure, labels)


def test_probabilities_sum_to_one_even_for_huge_logits() -> None:
    rows = apply_temperature(np.array([[1e4, -1e4, 0.0]], np.float32), 0.5)
    assert rows.sum() == pytest.approx(1)
    assert np.isfinite(rows).all()


def test_threshold_is_the_lowest_that_keeps_the_promise() -> None:
    confidence = np.array([0.99, 0.95, 0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, True, False, True, True])
    assert choose_threshold(confidence, right, 0.0) == 0.9
    assert choose_threshold(confidence, right, 0.2) == 0.6  # 1 wrong of 6
    assert choose_threshold(confidence, right, 0.15) == 0.9


def test_threshold_does_not_part_equal_confidences() -> None:
    confidence = np.array([0.9, 0.8, 0.8])
    assert choose_threshold(confidence, np.array([True, True, False]), 0.1) == 0.9


def test_threshold_is_one_when_the_surest_answer_is_wrong() -> None:
    assert choose_threshold(np.array([0.9]), np.array([False]), 0.1) == 1.0


def test_a_threshold_does_not_hang_on_a_handful_of_images() -> None:
    """Of few images of one's own, one that is read wrong with certainty would leave no answer confident."""
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 4, (5000, 10))
    labels = (apply_temperature(logits, 1.0).cumsum(axis=1) > generator.random((5000, 1))).argmax(axis=1)
    few = np.eye(10)[[3, 3]] * 40, np.array([4, 3])
    _, alone = calibrate([(logits, labels)])
    _, beside = calibrate([(logits, labels), few])
    assert beside == pytest.approx(alone, abs=0.02)
    assert beside < 1.0
    _, only_few = calibrate([few])
    assert only_few == 1.0
    many = np.repeat(few[0], LEAST_IMAGES, axis=0), np.repeat(few[1], LEAST_IMAGES)
    assert calibrate([(logits, labels), many])[1] == 1.0


def test_the_rejection_threshold_loses_hardly_a_character() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(0, 1, (4000, 12))
    logits[np.arange(4000), np.arange(4000) % 10] += 6
    logits[:40, 11] += 8  # a hundredth of the characters look like several
    labels = np.arange(4000) % 10
    threshold = choose_rejection_threshold(logits, labels, 1.0, 2)
    refused = apply_temperature(logits, 1.0)[:, -2:].sum(axis=1) >= threshold
    assert 0.5 < threshold < 1
    assert 0 < refused.mean() <= LOST_SHARE + 1 / 4000


def test_what_is_no_character_does_not_move_the_rejection_threshold() -> None:
    logits = np.zeros((100, 12))
    logits[:, 3] = 9
    labels = np.full(100, 3)
    labels[50:] = 10
    assert choose_rejection_threshold(logits, labels, 1.0, 2) == 0.5
    assert choose_rejection_threshold(logits[:, :10], labels, 1.0, 0) == 1.0
