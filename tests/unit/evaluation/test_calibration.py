import numpy as np
import pytest

from core.evaluation.calibration import apply_temperature, choose_limit, fit_temperature
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


def test_limit_is_the_lowest_that_keeps_the_promise() -> None:
    confidence = np.array([0.99, 0.95, 0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, True, False, True, True])
    assert choose_limit(confidence, right, 0.0) == 0.9
    assert choose_limit(confidence, right, 0.2) == 0.6  # 1 wrong of 6
    assert choose_limit(confidence, right, 0.15) == 0.9


def test_limit_does_not_part_equal_confidences() -> None:
    confidence = np.array([0.9, 0.8, 0.8])
    assert choose_limit(confidence, np.array([True, True, False]), 0.1) == 0.9


def test_limit_is_one_when_the_surest_answer_is_wrong() -> None:
    assert choose_limit(np.array([0.9]), np.array([False]), 0.1) == 1.0
