"""What pages make of a run's files: thinned curves, epochs, validation answers, the log, times, differences."""

import dataclasses
import fcntl
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from core.runs import folder, queue, reader
from core.runs.folder import LOCK_FILE, LOG_FILE, METRICS_FILE, VALIDATION_FILE, Run, State, Status, is_held
from core.settings import PROJECT_ROOT, Settings
from core.training.config import TrainConfig
from core.training.step import Epoch, Step


def steps(count: int, each_epoch: int) -> pd.DataFrame:
    """So many steps, with a loss that is their number from 1."""
    told = [
        asdict(Step(1 + number // each_epoch, 9, 1 + number % each_epoch, each_epoch, number + 1.0, 0.5, 900.0))
        for number in range(count)
    ]
    return pd.DataFrame(told)


def test_few_steps_are_given_as_they_are() -> None:
    done, loss = reader.by_step(steps(6, each_epoch=4), "loss")
    assert done.tolist() == [0.25, 0.5, 0.75, 1, 1.25, 1.5]
    assert loss.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("count", [10, 11, 19, 20, 1001])
def test_many_steps_become_means_of_neighbours(count: int) -> None:
    done, loss = reader.by_step(steps(count, each_epoch=5000), "loss", most=10)
    size = -(-count // 10)
    parts = [np.arange(count)[start : start + size] + 1 for start in range(0, count, size)]
    assert len(loss) == len(parts) <= 10
    assert loss.tolist() == pytest.approx([part.mean() for part in parts])
    assert done.tolist() == pytest.approx([part.mean() / 5000 for part in parts])


def test_the_learning_rate_is_thinned_as_the_loss_is() -> None:
    table = steps(7, each_epoch=7).assign(learning_rate=[0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.3])
    done, rate = reader.by_step(table, "learning_rate", most=4)
    assert rate.tolist() == pytest.approx([0.2, 0.6, 1.0, 1.3])
    assert done.tolist() == pytest.approx(reader.by_step(table, "loss", most=4)[0].tolist())


def test_no_steps_give_an_empty_curve() -> None:
    assert [len(part) for part in reader.by_step(pd.DataFrame(), "loss")] == [0, 0]


def write_metrics(folder: Path, text: str = "") -> None:
    lines: list[list[Any]] = []
    for number in (1, 2):
        lines.append(["step", asdict(Step(number, 2, 1, 1, 0.5, 0.01, 900.0))])
        lines.append(["epoch", asdict(Epoch(number, 0.5, 0.8, 0.4, 0.9 + number / 100, 0.01, 3.0))])
    whole = "".join(json.dumps(line) + "\n" for line in lines)
    (folder / METRICS_FILE).write_text(whole + text, encoding="utf-8")


@pytest.mark.parametrize("rest", ["", '["epoch", {"epoch": 3', '["epoch", {"epo\n'])
def test_epochs_are_read_up_to_what_is_not_whole(tmp_path: Path, rest: str) -> None:
    write_metrics(tmp_path, rest)
    epochs = reader.read_epochs(tmp_path)
    assert epochs["epoch"].tolist() == [1, 2]
    assert epochs["validation_accuracy"].tolist() == pytest.approx([0.91, 0.92])


def test_a_run_that_told_nothing_has_no_epochs(tmp_path: Path) -> None:
    assert reader.read_epochs(tmp_path).empty


def test_validation_answers_come_back_as_they_were_written(tmp_path: Path) -> None:
    labels, predicted, wrong = np.array([1, 2, 3]), np.array([1, 2, 8]), np.array([2])
    pictures = np.full((1, 28, 28), 7, np.uint8)
    np.savez(tmp_path / VALIDATION_FILE, labels=labels, predicted=predicted, wrong=wrong, images=pictures)
    found = reader.read_validation(tmp_path)
    assert found is not None
    assert found.labels.tolist() == [1, 2, 3]
    assert found.predicted.tolist() == [1, 2, 8]
    assert found.wrong.tolist() == [2]
    assert np.array_equal(found.images, pictures)


@pytest.mark.parametrize("data", [None, b"", b"PK\x03\x04rubbish", b"\x93NUMPY"])
def test_no_validation_or_a_damaged_one_is_none(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / VALIDATION_FILE).write_bytes(data)
    assert reader.read_validation(tmp_path) is None


def test_any_changed_byte_of_the_validation_leaves_it_readable_or_none(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {name: np.arange(50) for name in ("labels", "predicted", "wrong", "images")}
    np.savez_compressed(tmp_path / VALIDATION_FILE, **arrays)
    whole, random = (tmp_path / VALIDATION_FILE).read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        data = bytearray(whole)
        data[int(random.integers(len(data)))] ^= int(random.integers(1, 256))
        (tmp_path / VALIDATION_FILE).write_bytes(data)
        reader.read_validation(tmp_path)


def test_validation_never_unpickles(tmp_path: Path) -> None:
    names: dict[str, Any] = dict.fromkeys(("labels", "predicted", "wrong", "images"), np.array([{}], object))
    np.savez(tmp_path / VALIDATION_FILE, **names)
    assert reader.read_validation(tmp_path) is None


def test_the_log_ends_with_whole_lines(tmp_path: Path) -> None:
    assert reader.log_tail(tmp_path) == ""
    lines = [f"line {number}, ä" for number in range(2000)]
    (tmp_path / LOG_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    tail = reader.log_tail(tmp_path).splitlines()
    assert tail == lines[-len(tail) :]
    assert 0.8 * reader.LOG_BYTES < sum(len(line.encode()) + 1 for line in tail) <= reader.LOG_BYTES
    (tmp_path / LOG_FILE).write_text("one\ntwo\n", encoding="utf-8")
    assert reader.log_tail(tmp_path) == "one\ntwo\n"


def test_options_in_which_configurations_differ() -> None:
    first = TrainConfig(name="one")
    assert reader.differing_options([first, dataclasses.replace(first, name="two")]) == []
    others = [dataclasses.replace(first, epochs=9), dataclasses.replace(first, rotation=3.0)]
    assert reader.differing_options([first, *others]) == ["epochs", "rotation"]
    assert reader.differing_options([first]) == []


def run_of(name: str, state: State, updated: str, queued: float = 0.0) -> Run:
    return Run(Path("runs") / name, TrainConfig(), Status(state, queued=queued, updated=updated), state)


def test_the_time_from_start_to_finish_has_waiting_and_pauses_in_it() -> None:
    run = run_of("20260102-235950-ab12", State.FINISHED, "2026-01-03T00:00:48+00:00")
    assert reader.created_at(run).isoformat() == "2026-01-02T23:59:50+00:00"
    assert reader.wall_seconds(run) == 58


@pytest.mark.parametrize(
    ("state", "updated"),
    [(State.RUNNING, "2026-01-03T00:00:48+00:00"), (State.PAUSED, "2026-01-03T00:00:48+00:00"), (State.FINISHED, "")],
)
def test_what_has_not_ended_has_no_such_time(state: State, updated: str) -> None:
    assert reader.wall_seconds(run_of("20260102-235950-ab12", state, updated)) is None


def test_a_folder_of_another_name_was_set_up_when_it_was_queued() -> None:
    run = run_of("copied", State.FINISHED, "1970-01-01T00:01:40+00:00", queued=40.0)
    assert reader.wall_seconds(run) == 60


def test_a_real_run_is_set_up_now(settings: Settings) -> None:
    run = queue.create(TrainConfig(name="mine"), settings)
    assert 0 <= run.status.queued - reader.created_at(run).timestamp() < 5


def test_whether_a_worker_lives_is_told_without_the_locks_of_unix_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / LOCK_FILE
    for known in (fcntl.flock, None):
        monkeypatch.setattr(folder, "flock", known)
        lock.unlink(missing_ok=True)
        assert not is_held(tmp_path)
        assert not lock.exists(), "a look writes nothing"
        with FileLock(lock):
            assert is_held(tmp_path)
        lock.touch()
        assert not is_held(tmp_path)


def test_every_page_opens_where_there_is_no_fcntl() -> None:
    """As on Windows."""
    code = "import sys; sys.modules['fcntl'] = None; import core.worker, core.runs.tensorboard"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=True)
