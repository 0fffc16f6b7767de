import dataclasses

import pytest
from filelock import FileLock

from core.errors import RunError
from core.runs import estimate, queue
from core.runs.estimate import Timing, is_busy, make_estimate, time_batches
from core.runs.folder import LOCK_FILE, State, write_status
from core.settings import Settings
from core.training.config import PRESETS, TrainConfig


def test_steps_and_seconds_of_the_whole_training() -> None:
    config = TrainConfig(epochs=3, batch_size=256)
    found = make_estimate(config, Timing(1000, 0.05, 0.001), images=54_000, validation_images=6_000)
    assert found.steps == 3 * 211
    assert found.seconds == pytest.approx(3 * 211 * 0.05 + 3 * 6)
    assert (found.parameters, found.images, found.validation_images) == (1000, 54_000, 6_000)


def test_a_few_batches_are_timed_in_another_process(settings: Settings) -> None:
    timing = time_batches(dataclasses.replace(PRESETS["quick"], batch_size=32), settings)
    assert timing.parameters == 70_586
    assert 0 < timing.step_seconds < 10
    assert 0 < timing.image_seconds < timing.step_seconds
    assert not timing.disturbed


def test_a_timing_beside_another_training_says_so(settings: Settings) -> None:
    run = queue.create(TrainConfig(name="other"), settings)
    assert not is_busy(settings)  # it waits
    write_status(run.folder, dataclasses.replace(run.status, state=State.RUNNING))
    with FileLock(run.folder / LOCK_FILE):
        assert is_busy(settings)
        assert time_batches(TrainConfig(architecture="lenet5", batch_size=2), settings).disturbed
    assert not is_busy(settings)  # its worker is gone


def test_a_timing_that_fails_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(estimate, "PROJECT_ROOT", settings.data_dir)  # where there is no such module
        with pytest.raises(RunError, match="timing of a few batches failed"):
            time_batches(TrainConfig(), settings)
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(RunError, match=r"more than 0.01 seconds"):
        time_batches(TrainConfig(), settings)
