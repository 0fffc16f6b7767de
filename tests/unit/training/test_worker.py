"""Real worker processes on short trainings: started, asked, killed, started again."""

import dataclasses
import itertools
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.numpy

from core.model.library import list_models
from core.model.records import read_history
from core.settings import Settings
from core.training import runs
from core.training.config import TrainConfig
from core.training.runs import Request, Run, State

CONFIG = TrainConfig(
    name="short", datasets=("uci-digits",), architecture="lenet5", epochs=4, batch_size=16, dropout=0.3, rotation=10.0
)
PATIENCE = 120


def wait(run: Run, *states: State, until: Callable[[Run], bool] = lambda _: True) -> Run:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now = runs.read_run(run.folder)
        if now.state in states and until(now):
            return now
        if now.state is State.FAILED:
            break
        time.sleep(0.02)
    raise AssertionError(f"still {now.state}: {(run.folder / runs.LOG_FILE).read_text()}")


def started(config: TrainConfig, settings: Settings) -> Run:
    run = runs.create(config, settings)
    runs.dispatch(settings)
    return run


def worker_of(run: Run) -> int:
    """The process that works on a run, found by its command line as a person would."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"core.training.worker" in command and str(run.folder).encode() in command:
                return int(entry.name)
    raise ProcessLookupError(run.folder)


def kill(run: Run) -> None:
    os.kill(worker_of(run), signal.SIGKILL)
    while runs.is_held(run.folder):
        time.sleep(0.01)


def weights(settings: Settings, name: str = "short") -> dict[str, bytes]:
    loaded = safetensors.numpy.load_file(settings.models_dir / name / "model.safetensors")
    return {key: value.tobytes() for key, value in loaded.items()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The library after a run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    settings = Settings(folder / "data", folder / "models", folder / "runs")
    done = wait(started(CONFIG, settings), State.FINISHED)
    assert (done.status.epoch, done.status.model) == (4, "short")
    return settings


def test_a_killed_run_is_interrupted_and_ends_as_the_undisturbed_one(undisturbed: Settings, settings: Settings) -> None:
    chance = random.Random(0)
    run = started(CONFIG, settings)
    for _ in range(4):
        wait(run, State.RUNNING, State.FINISHED)
        time.sleep(chance.uniform(0, 4))
        if runs.read_run(run.folder).state is State.FINISHED:
            break
        kill(run)
        assert runs.read_run(run.folder).state in (State.INTERRUPTED, State.FINISHED)
        assert all(entry.problem is None for entry in list_models(settings))
        runs.enqueue(run, settings)
        runs.dispatch(settings)
    wait(run, State.FINISHED)
    assert weights(settings) == weights(undisturbed)
    columns = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate"]
    expected = read_history(undisturbed.models_dir / "short")[columns]
    assert read_history(settings.models_dir / "short")[columns].equals(expected)
    steps, epochs = runs.read_metrics(run.folder)
    per_epoch = steps["steps"].iloc[0]
    assert list(zip(steps["epoch"], steps["step"], strict=True)) == list(
        itertools.product(range(1, 5), range(1, per_epoch + 1))
    )
    assert epochs["epoch"].tolist() == [1, 2, 3, 4]


def test_pause_resume_stop_and_cancel(undisturbed: Settings, settings: Settings) -> None:
    run = started(CONFIG, settings)
    wait(run, State.RUNNING, until=lambda now: now.status.epoch + now.status.step > 0)
    runs.ask(run, Request.PAUSE, settings)
    paused = wait(run, State.PAUSED)
    assert not runs.is_held(run.folder)
    runs.enqueue(paused, settings)
    runs.dispatch(settings)
    wait(run, State.FINISHED)
    assert weights(settings) == weights(undisturbed)

    long = started(dataclasses.replace(CONFIG, name="long", epochs=400), settings)
    wait(long, State.RUNNING, until=lambda now: now.status.best_epoch > 0)
    runs.ask(long, Request.STOP, settings)
    stopped = wait(long, State.FINISHED)
    assert stopped.status.epoch < 400
    assert len(read_history(settings.models_dir / "long")) == stopped.status.best_epoch

    other = started(dataclasses.replace(CONFIG, name="other", epochs=400), settings)
    wait(other, State.RUNNING, until=lambda now: now.status.best_epoch > 0)
    runs.cancel(other, settings)
    wait(other, State.CANCELLED)
    assert not (settings.models_dir / "other").exists()
    assert not (other.folder / runs.CHECKPOINT_FILE).exists()


def test_two_starts_at_once_one_runs_the_other_waits(settings: Settings) -> None:
    first, second, third = (
        runs.create(dataclasses.replace(CONFIG, name=name, epochs=1), settings) for name in ("one", "two", "three")
    )
    runs.move_up(third, settings)
    assert [run.config.name for run in runs.queue(settings)] == ["one", "three", "two"]
    runs.dispatch(settings)
    runs.dispatch(settings)
    assert [runs.read_run(run.folder).state for run in (first, second, third)] == [
        State.RUNNING,
        State.QUEUED,
        State.QUEUED,
    ]
    runs.cancel(second, settings)
    wait(third, State.FINISHED)  # the first worker starts the next one at its end
    assert runs.read_run(first.folder).state is State.FINISHED
    assert runs.read_run(second.folder).state is State.CANCELLED


def test_absent_data_fail_with_a_reason_and_the_run_can_go_on(settings: Settings) -> None:
    run = started(dataclasses.replace(CONFIG, datasets=("mnist",)), settings)
    failed = wait(run, State.FAILED)
    assert "MNIST is not in" in failed.status.message
