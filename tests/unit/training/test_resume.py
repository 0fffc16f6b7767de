"""Checkpoints of trainings without a run folder: what they keep, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
import torch

from core.errors import ConfigError, DataError
from core.training.resume import Checkpoint

OPTIONS = {"steps": 100, "paper": {"blur": 0.5}, "start": ""}


class Counting:
    """A training that counts."""

    def __init__(self) -> None:
        self.count = 0

    def state(self) -> dict[str, Any]:
        return {"count": torch.tensor(self.count)}

    def load_state(self, state: dict[str, Any]) -> None:
        self.count = int(state["count"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A checkpoint after three steps."""
    checkpoint, training = Checkpoint(tmp_path / "kept", OPTIONS), Counting()
    for _ in range(3):
        training.count += 1
        checkpoint.history.append({"step": training.count, "loss": 0.5})
    checkpoint.save(training)
    return tmp_path / "kept"


def resumed(path: Path, options: dict[str, Any]) -> tuple[int, list[dict[str, float]]]:
    training, checkpoint = Counting(), Checkpoint(path, options)
    checkpoint.resume(training)
    return training.count, checkpoint.history


def test_a_training_goes_on_with_its_whole_history(path: Path) -> None:
    count, history = resumed(path, OPTIONS)
    assert count == 3
    assert [row["step"] for row in history] == [1, 2, 3]


def test_without_a_file_nothing_is_read_and_without_a_path_nothing_written(tmp_path: Path) -> None:
    assert resumed(tmp_path / "kept", OPTIONS) == (0, [])
    checkpoint = Checkpoint(None, OPTIONS)
    checkpoint.resume(Counting())
    checkpoint.save(Counting())
    assert list(tmp_path.iterdir()) == []


def test_other_options_are_refused(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"other options: steps 100 and not 200, start '' and not 'old'\. Go on"):
        Checkpoint(path, OPTIONS | {"steps": 200, "start": "old"})
    assert resumed(path, OPTIONS | {"of a later version": 1})[0] == 3


def test_one_of_an_earlier_version_opens(tmp_path: Path) -> None:
    torch.save({"count": torch.tensor(7)}, tmp_path / "old")
    assert resumed(tmp_path / "old", OPTIONS) == (7, [])


@pytest.mark.parametrize(
    "content", [{}, {"options": {}}, {"other": 1}, [1, 2], {"count": None}, {"count": 1, "options": 3}]
)
def test_one_of_something_else_is_refused(content: object, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "kept")
    with pytest.raises(DataError, match="is no checkpoint of this training"):
        resumed(tmp_path / "kept", OPTIONS)


def test_damaged_ones_are_refused(path: Path) -> None:
    for data in (b"", b"no checkpoint", path.read_bytes()[:300]):
        path.write_bytes(data)
        with pytest.raises(DataError, match="is no checkpoint of this training"):
            Checkpoint(path, OPTIONS)


def test_where_none_can_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        Checkpoint(tmp_path, OPTIONS)
    with pytest.raises(DataError, match="No checkpoint can be written"):
        Checkpoint(tmp_path / "none" / "kept", OPTIONS)
