import dataclasses

import pytest

from core.errors import RunError
from core.training import estimate
from core.training.config import PRESETS, TrainConfig
from core.training.estimate import Timing, make_estimate, time_batches


def test_steps_and_seconds_of_the_whole_training() -> None:
    config = TrainConfig(epochs=3, batch_size=256)
    found = make_estimate(config, Timing(1000, 0.05, 0.001), images=54_000, validation_images=6_000)
    assert found.steps == 3 * 211
    assert found.seconds == pytest.approx(3 * 211 * 0.05 + 3 * 6)
    assert (found.parameters, found.images, found.validation_images) == (1000, 54_000, 6_000)


def test_a_few_batches_are_timed_in_another_process() -> None:
    timing = time_batches(dataclasses.replace(PRESETS["quick"], batch_size=32), classes=10)
    assert timing.parameters == 157_714
    assert 0 < timing.step_seconds < 10
    assert 0 < timing.image_seconds < timing.step_seconds


def test_a_timing_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="timing of a few batches failed"):
        time_batches(TrainConfig(), classes=1)
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(RunError, match=r"more than 0.01 seconds"):
        time_batches(TrainConfig(), classes=10)
