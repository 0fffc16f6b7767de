"""Real worker processes on short trainings: started, asked, killed, started again."""

import dataclasses
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.numpy

from core.model.library import list_models
from core.model.records import read_history
from core.runs import queue
from core.runs.folder import (
    CHECKPOINT_FILE,
    LOCK_FILE,
    LOG_FILE,
    REQUEST_FILE,
    Request,
    Run,
    State,
    is_held,
    read_run,
)
from core.runs.reader import read_metrics
from core.settings import PROJECT_ROOT, Settings, to_environment
from core.training.config import TrainConfig
from tests.support.mnist import write_mnist

EPOCHS = 20
CONFIG = TrainConfig(
    name="short", datasets=("mnist",), architecture="lenet5", epochs=EPOCHS, batch_size=16, dropout=0.3, rotation=10.0
)
PATIENCE = 120


def wait(run: Run, *states: State, until: Callable[[Run], bool] = lambda _: True) -> Run:
    """The run as soon as it is in one of the states; where it has stopped, its worker has tidied up and gone, too."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now = read_run(run.folder)
        settled = now.state is State.RUNNING or not is_held(run.folder)
        if now.state in states and until(now) and settled:
            return now
        if now.state is State.FAILED and now.state not in states:
            break
        time.sleep(0.02)
    raise AssertionError(f"still {now.state}: {(run.folder / LOG_FILE).read_text()}")


def started(config: TrainConfig, settings: Settings) -> Run:
    run = queue.create(config, settings)
    queue.dispatch(settings)
    return run


def worker_of(run: Run) -> int:
    """The process that works on a run: the one that holds its lock, as Linux tells."""
    file = (run.folder / LOCK_FILE).stat()
    held = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    for line in Path("/proc/locks").read_text().splitlines():
        _, _, _, kind, process, lock, *_ = line.split()
        if kind == "WRITE" and lock == held:
            return int(process)
    raise ProcessLookupError(run.folder)


def kill(run: Run) -> None:
    os.kill(worker_of(run), signal.SIGKILL)
    while is_held(run.folder):
        time.sleep(0.01)


def weights(settings: Settings, name: str = "short") -> dict[str, bytes]:
    loaded = safetensors.numpy.load_file(settings.models_dir / name / "model.safetensors")
    return {key: value.tobytes() for key, value in loaded.items()}


@pytest.fixture
def here(settings: Settings) -> Settings:
    """A small MNIST, and an empty library."""
    write_mnist(settings.data_dir, 120)
    return settings


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The library after a run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    settings = Settings(folder / "data", folder / "models", folder / "runs", niceness=0)
    write_mnist(settings.data_dir, 120)
    done = wait(started(CONFIG, settings), State.FINISHED)
    assert (done.status.epoch, done.status.model) == (EPOCHS, "short")
    return settings


def test_a_killed_run_is_interrupted_and_ends_as_the_undisturbed_one(undisturbed: Settings, here: Settings) -> None:
    chance = random.Random(0)
    run = started(CONFIG, here)
    for _ in range(2):  # more often: tests/benchmarks/kill_worker.py
        wait(run, State.RUNNING, State.FINISHED)
        time.sleep(chance.uniform(0, 2))
        if read_run(run.folder).state is State.FINISHED:
            break
        kill(run)
        assert read_run(run.folder).state in (State.INTERRUPTED, State.FINISHED)
        assert all(entry.problem is None for entry in list_models(here))
        queue.enqueue(run, here)
        queue.dispatch(here)
    wait(run, State.FINISHED)
    assert weights(here) == weights(undisturbed)
    columns = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate"]
    expected = read_history(undisturbed.models_dir / "short")[columns]
    assert read_history(here.models_dir / "short")[columns].equals(expected)
    steps, epochs = read_metrics(run.folder)
    per_epoch = steps["steps"].iloc[0]
    assert list(zip(steps["epoch"], steps["step"], strict=True)) == list(
        itertools.product(range(1, EPOCHS + 1), range(1, per_epoch + 1))
    )
    assert epochs["epoch"].tolist() == list(range(1, EPOCHS + 1))


def test_pause_resume_stop_and_cancel(undisturbed: Settings, here: Settings) -> None:
    run = started(CONFIG, here)
    wait(run, State.RUNNING, until=lambda now: now.status.epoch + now.status.step > 0)
    queue.ask(run, Request.PAUSE, here)
    paused = wait(run, State.PAUSED)
    queue.enqueue(paused, here)
    queue.dispatch(here)
    wait(run, State.FINISHED)
    assert weights(here) == weights(undisturbed)

    long = started(dataclasses.replace(CONFIG, name="long", epochs=1000), here)
    wait(long, State.RUNNING, until=lambda now: now.status.best_epoch > 0)
    queue.ask(long, Request.STOP, here)
    stopped = wait(long, State.FINISHED)
    assert stopped.status.epoch < 1000
    assert len(read_history(here.models_dir / "long")) == stopped.status.best_epoch

    other = started(dataclasses.replace(CONFIG, name="other", epochs=1000), here)
    wait(other, State.RUNNING, until=lambda now: now.status.best_epoch > 0)
    queue.cancel(other, here)
    wait(other, State.CANCELLED)
    assert not (here.models_dir / "other").exists()
    assert not (other.folder / CHECKPOINT_FILE).exists()


def test_a_run_that_is_killed_while_it_stops_is_kept_where_it_was_stopped(here: Settings) -> None:
    long = started(dataclasses.replace(CONFIG, epochs=1000), here)
    wait(long, State.RUNNING, until=lambda now: now.status.best_epoch > 0)
    queue.ask(long, Request.STOP, here)
    stopping = wait(long, State.RUNNING, until=lambda now: now.status.message == "Measuring on the test images")
    kill(long)
    queue.enqueue(read_run(long.folder), here)
    queue.dispatch(here)
    kept = wait(long, State.FINISHED)
    assert (kept.status.epoch, kept.status.step) == (stopping.status.epoch, stopping.status.step)
    assert len(read_history(here.models_dir / "short")) == kept.status.best_epoch
    assert not (long.folder / REQUEST_FILE).exists()


def test_two_starts_at_once_one_runs_the_other_waits(here: Settings) -> None:
    first, second, third = (
        queue.create(dataclasses.replace(CONFIG, name=name, epochs=1), here) for name in ("one", "two", "three")
    )
    queue.move_up(third, here)
    assert [run.config.name for run in queue.queue(here)] == ["one", "three", "two"]
    queue.dispatch(here)
    queue.dispatch(here)
    assert [read_run(run.folder).state for run in (first, second, third)] == [
        State.RUNNING,
        State.QUEUED,
        State.QUEUED,
    ]
    queue.cancel(second, here)
    wait(third, State.FINISHED)  # the first worker starts the next one at its end
    assert read_run(first.folder).state is State.FINISHED
    assert read_run(second.folder).state is State.CANCELLED


def test_a_worker_outlives_the_process_that_started_it(here: Settings) -> None:
    run = queue.create(dataclasses.replace(CONFIG, epochs=1), here)
    start = "import signal, time; from core.runs import queue; from core.settings import get_settings; "
    start += "signal.signal(signal.SIGHUP, signal.SIG_DFL); "  # which nohup would have it ignore
    start += "queue.dispatch(get_settings()); print('started', flush=True); time.sleep(600)"
    environment = dict(os.environ) | to_environment(here)
    with subprocess.Popen(
        [sys.executable, "-c", start],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"started\n"
        os.killpg(starter.pid, signal.SIGHUP)  # as where its terminal is closed
        starter.wait()
        assert starter.returncode
    wait(run, State.FINISHED)


@pytest.mark.usefixtures("real_workers")
def test_absent_data_fail_with_a_reason_and_the_run_can_go_on(settings: Settings) -> None:
    run = started(dataclasses.replace(CONFIG, datasets=("mnist",)), settings)
    failed = wait(run, State.FAILED)
    assert "MNIST is not in" in failed.status.message
