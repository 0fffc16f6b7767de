import dataclasses
import time
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from core.errors import RunError
from core.runs import estimate, queue
from core.runs.estimate import Timing, is_busy, is_stale, make_estimate, time_batches, timing_of_last_run
from core.runs.folder import LOCK_FILE, VALIDATION_FILE, Run, State, write_status
from core.settings import Settings
from core.training.config import PRESETS, TrainConfig


def test_steps_and_seconds_of_the_whole_training() -> None:
    config = TrainConfig(epochs=3, batch_size=256)
    steps, seconds = make_estimate(config, Timing(1000, 0.05, 0.001), images=54_000, validation_images=6_000)
    assert steps == 3 * 211
    assert seconds == pytest.approx(3 * 211 * 0.05 + 3 * 6)


@pytest.mark.usefixtures("real_workers")
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


def finished(settings: Settings, config: TrainConfig, **changes: Any) -> Run:
    """A run that trained 1,000 steps in each of 4 epochs, 100 images a second, and validated 200 images."""
    run = queue.create(config, settings)
    values = {"epoch": 4, "steps": 1000, "images_per_second": 100.0, "seconds": 4 * 410.0, "parameters": 1234}
    write_status(run.folder, dataclasses.replace(run.status, **(values | {"state": State.FINISHED} | changes)))
    labels = np.zeros(200, np.int64)
    np.savez(run.folder / VALIDATION_FILE, labels=labels, predicted=labels, wrong=labels[:0], images=labels[:0])
    return run


def test_the_last_training_of_its_kind_says_how_long_the_next_one_takes(settings: Settings) -> None:
    config = TrainConfig(name="first", batch_size=40)
    assert timing_of_last_run(config, settings) is None
    finished(settings, config, seconds=9.0, parameters=0)  # of an earlier version, which did not count them
    finished(settings, dataclasses.replace(config, name="other", architecture="light"))
    finished(settings, dataclasses.replace(config, name="broken"), state=State.FAILED)
    assert timing_of_last_run(config, settings) is None
    finished(settings, dataclasses.replace(config, name="last", epochs=4, learning_rate=0.5))
    timing = timing_of_last_run(config, settings)
    assert timing is not None
    assert (timing.parameters, timing.run, timing.disturbed) == (1234, "last", False)
    _, seconds = make_estimate(dataclasses.replace(config, epochs=2), timing, images=40_000, validation_images=200)
    assert seconds == pytest.approx(2 * 410.0)


def test_a_training_that_was_stopped_amid_an_epoch_counts_its_steps(settings: Settings) -> None:
    config = TrainConfig(name="stopped", batch_size=40)
    finished(settings, config, epoch=1, step=900, seconds=410.0 + 900 * 0.4)
    timing = timing_of_last_run(config, settings)
    assert timing is not None
    assert timing.image_seconds == pytest.approx(10.0 / 200)


def test_an_old_timing_is_stale_and_a_disturbed_one_when_nothing_disturbs(settings: Settings) -> None:
    now = time.time()
    assert not is_stale(Timing(1, 0.1, 0.1, measured=now), settings)
    assert is_stale(Timing(1, 0.1, 0.1, measured=now - estimate.STALE_SECONDS - 1), settings)
    assert is_stale(Timing(1, 0.1, 0.1, measured=now, disturbed=True), settings)


@pytest.mark.usefixtures("real_workers")
def test_a_timing_that_fails_is_said(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(estimate, "PROJECT_ROOT", settings.data_dir)  # where there is no such module
        with pytest.raises(RunError, match="timing of a few batches failed"):
            time_batches(TrainConfig(), settings)
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(RunError, match=r"more than 0.01 seconds"):
        time_batches(TrainConfig(), settings)
