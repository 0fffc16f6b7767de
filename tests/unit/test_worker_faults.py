"""What goes wrong outside a training: no room, no folder, other data, a locked database, a damaged checkpoint.

The causes are real, and each time the run says what is wrong and goes on, when it is mended, as if nothing had been.
"""

import dataclasses
import json
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.data.datasets import load
from core.errors import DataMissing, RunError, SampleError
from core.model.library import list_models
from core.runs import queue
from core.runs.folder import CHECKPOINT_FILE, Request, Run, State, list_runs, read_run, write_status
from core.samples import edits
from core.samples.store import Sample
from core.settings import PROJECT_ROOT, Settings
from core.training.config import TrainConfig
from core.training.data import load_training_set
from tests.support.disks import fill, small_disk
from tests.support.mnist import write_mnist
from tests.unit.test_worker import started, wait, weights, worker_of

EPOCHS = 20
CONFIG = TrainConfig(
    name="short",
    datasets=("mnist", "my-samples"),
    architecture="lenet5",
    epochs=EPOCHS,
    batch_size=16,
    dropout=0.3,
    rotation=10.0,
)


def place(folder: Path) -> Settings:
    """A small MNIST, samples, and an empty library."""
    settings = Settings(
        folder / "data", folder / "models", folder / "runs", f"sqlite:///{folder / 'samples.db'}", niceness=0
    )
    write_mnist(settings.data_dir)
    digits = load("uci-digits", "test", settings)
    labelled = zip(digits.images[:40], digits.labels[:40], strict=True)
    edits.add([Sample(image, str(label)) for image, label in labelled], settings)
    return settings


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """For batches of eight images a second thread would be waited for longer than it helps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return place(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The library after a training that nobody disturbed."""
    settings = place(tmp_path_factory.mktemp("undisturbed"))
    wait(started(CONFIG, settings), State.FINISHED)
    return settings


def begun(config: TrainConfig, settings: Settings) -> Run:
    """A training that runs and has a checkpoint."""
    return wait(started(config, settings), State.RUNNING, until=lambda now: now.status.best_epoch > 0)


def resumed(run: Run, settings: Settings) -> Run:
    queue.enqueue(read_run(run.folder), settings)
    queue.dispatch(settings)
    return run


def failed(run: Run) -> str:
    """What a run says that fails."""
    return wait(run, State.FAILED).status.message


def test_a_full_disk(here: Settings, undisturbed: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 24 * 1024):
        settings = dataclasses.replace(here, runs_dir=tmp_path / "disk" / "runs")
        run = begun(CONFIG, settings)
        fill(tmp_path / "disk")
        message = failed(run)
        assert "no room left" in message
        assert "Make some, and resume" in message
        whole = (run.folder / CHECKPOINT_FILE).read_bytes()
        (tmp_path / "disk" / "ballast").unlink()
        fill(tmp_path / "disk")  # of the reserve too
        with pytest.raises(RunError, match="No space left"):
            resumed(run, settings)
        assert read_run(run.folder).state is State.FAILED
        assert (run.folder / CHECKPOINT_FILE).read_bytes() == whole
        (tmp_path / "disk" / "ballast").unlink()
        wait(resumed(run, settings), State.FINISHED)
    assert weights(settings) == weights(undisturbed)


def limit(run: Run, largest: int) -> None:
    """Let the worker of a run write no file beyond so many bytes."""
    _, most = resource.prlimit(worker_of(run), resource.RLIMIT_FSIZE)
    resource.prlimit(worker_of(run), resource.RLIMIT_FSIZE, (largest, most))


def test_files_that_may_not_grow(here: Settings, undisturbed: Settings) -> None:
    """First the checkpoint finds no room, then nothing at all, not even a last word."""
    run = begun(CONFIG, here)
    limit(run, 200_000)
    message = failed(run)
    assert "File too large" in message
    assert "resume" in message
    wait(resumed(run, here), State.RUNNING, until=lambda now: now.status.message == "")
    limit(run, 0)
    wait(run, State.INTERRUPTED)
    wait(resumed(run, here), State.FINISHED)
    assert weights(here) == weights(undisturbed)


def test_a_queued_run_waits_for_room(here: Settings) -> None:
    run = queue.create(CONFIG, here)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(RunError, match=r"'short' waits: .* cannot be written: File too large"):
            queue.dispatch(here)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert read_run(run.folder).state is State.QUEUED


def test_a_file_in_the_place_of_the_runs_folder(settings: Settings) -> None:
    settings.runs_dir.write_text("not a folder")
    assert list_runs(settings) == []
    with pytest.raises(RunError, match=r"could not be set up in .*runs: "):
        queue.create(CONFIG, settings)
    settings.runs_dir.unlink()
    assert queue.create(CONFIG, settings).state is State.QUEUED


def test_a_disk_that_can_only_be_read(here: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1024):
        settings = dataclasses.replace(here, runs_dir=tmp_path / "disk" / "runs")
        stopped = queue.create(CONFIG, settings)
        write_status(stopped.folder, dataclasses.replace(stopped.status, state=State.PAUSED))
        waiting = queue.create(dataclasses.replace(CONFIG, name="other"), settings)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "disk")], check=True)
        assert {run.state for run in list_runs(settings)} == {State.QUEUED, State.PAUSED}
        changes_asked: tuple[Callable[[], object], ...] = (
            lambda: queue.create(dataclasses.replace(CONFIG, name="third"), settings),
            lambda: queue.enqueue(stopped, settings),
            lambda: queue.start_over(stopped, settings),
            lambda: queue.dispatch(settings),
            lambda: queue.cancel(waiting, settings),
            lambda: queue.delete(stopped, settings),
        )
        for change in changes_asked:
            with pytest.raises(RunError, match="Read-only file system"):
                change()
        subprocess.run(["mount", "-o", "remount,rw", str(tmp_path / "disk")], check=True)
        queue.cancel(waiting, settings)
        queue.enqueue(stopped, settings)
        assert [run.id for run in queue.queue(settings)] == [stopped.id]


def test_samples_that_are_gone_or_locked(here: Settings, tmp_path: Path) -> None:
    database = tmp_path / "samples.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SampleError, match=r"database is locked\. Another program holds it"):
            load_training_set(CONFIG, here)
    database.rename(tmp_path / "aside.db")
    with pytest.raises(DataMissing, match="My samples is not in"):
        load_training_set(CONFIG, here)
    (tmp_path / "aside.db").rename(database)
    assert len(load_training_set(CONFIG, here).images)


def test_data_that_vanish_or_change_and_a_name_that_is_taken(here: Settings, undisturbed: Settings) -> None:
    run = begun(CONFIG, here)
    queue.ask(run, Request.PAUSE, here)
    wait(run, State.PAUSED)
    raw = here.data_dir / "MNIST"
    raw.rename(here.data_dir / "aside")
    assert "MNIST is not in" in failed(resumed(run, here))
    (here.data_dir / "aside").rename(raw)

    more = load("uci-digits", "test", here)
    added = edits.add([Sample(image, str(label)) for image, label in zip(more.images, more.labels, strict=True)], here)
    before = (run.folder / CHECKPOINT_FILE).read_bytes()
    message = failed(resumed(run, here))
    assert "MNIST and My samples: the images are no longer those that the training began with" in message
    assert "Restore the former ones and resume" in message
    assert (run.folder / CHECKPOINT_FILE).read_bytes() == before
    edits.undo(added, here)

    other = here.models_dir / "short"
    shutil.copytree(PROJECT_ROOT / "models" / "digits", other)
    card = json.loads((other / "card.json").read_text(encoding="utf-8"))
    (other / "card.json").write_text(json.dumps(card | {"name": "short"}), encoding="utf-8")
    files = {path.name: path.read_bytes() for path in other.iterdir()}
    done = wait(resumed(run, here), State.FINISHED)
    assert done.status.model == "short-2"
    assert done.status.message == "The name “short” was taken meanwhile, so the model is called “short-2”."
    assert {path.name: path.read_bytes() for path in other.iterdir()} == files
    assert weights(here, "short-2") == weights(undisturbed)
    assert [(entry.name, entry.problem) for entry in list_models(here)] == [("short", None), ("short-2", None)]


def test_a_damaged_checkpoint_and_a_new_beginning(here: Settings, undisturbed: Settings) -> None:
    run = queue.create(CONFIG, here)
    (run.folder / CHECKPOINT_FILE).write_bytes(bytes(range(256)))
    queue.dispatch(here)
    assert "checkpoint.pt is damaged, so the training cannot go on. Start the training over" in failed(run)
    queue.start_over(run, here)
    queue.dispatch(here)
    wait(run, State.FINISHED)
    assert weights(here) == weights(undisturbed)
