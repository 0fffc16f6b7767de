"""Checkpoints that are not what they should be: refused with the reason, whatever the file holds."""

import dataclasses
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import RunError
from core.runs.folder import CHECKPOINT_FILE, State, Status
from core.runs.recorder import Recorder, restore_checkpoint
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.data import TrainingSet, load_training_set
from core.training.loop import Training

CONFIG = TrainConfig(datasets=("uci-digits",), architecture="lenet5", epochs=2, images=100, batch_size=32)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    folder = tmp_path_factory.mktemp("empty")
    return load_training_set(CONFIG, Settings(folder, folder))


@pytest.fixture
def kept(data: TrainingSet, tmp_path: Path) -> Path:
    """The folder with the checkpoint of a training that has made three steps."""
    training = Training(CONFIG, data)
    list(itertools.islice(training, 3))
    Recorder(tmp_path, training, CONFIG, data, Status(State.RUNNING, seconds=12.5)).checkpoint()
    return tmp_path


def test_it_comes_back(kept: Path, data: TrainingSet) -> None:
    training = Training(CONFIG, data)
    assert restore_checkpoint(kept, training, CONFIG, data) == 12.5
    assert (training.epoch, training.step) == (0, 3)


def test_one_of_a_version_with_fewer_options_comes_back(kept: Path, data: TrainingSet) -> None:
    saved = torch.load(kept / CHECKPOINT_FILE, weights_only=True)
    del saved["config"]["start_share"], saved["training"]["start_weights"]
    torch.save(saved, kept / CHECKPOINT_FILE)
    training = Training(CONFIG, data)
    assert restore_checkpoint(kept, training, CONFIG, data) == 12.5
    assert (training.epoch, training.step) == (0, 3)


def test_without_one_a_training_begins_at_its_first_step(data: TrainingSet, tmp_path: Path) -> None:
    training = Training(CONFIG, data)
    assert restore_checkpoint(tmp_path, training, CONFIG, data) == 0.0
    assert training.steps_done == 0


def lacking(path: Path) -> None:
    torch.save({"seconds": 1.0}, path)


def of_another_network(path: Path) -> None:
    saved = torch.load(path, weights_only=True)
    saved["training"]["network"].popitem()
    torch.save(saved, path)


class Trap:
    """What a pickle can do when it is trusted."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("raise SystemExit('unpickled')",)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 40),
    "text": lambda path: path.write_text("not a checkpoint"),
    "no dictionary": lambda path: torch.save([1, 2], path),
    "lacking": lacking,
    "of another network": of_another_network,
    "a trap": lambda path: torch.save({"training": Trap()}, path),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_refused(kept: Path, data: TrainingSet, damage: str) -> None:
    DAMAGES[damage](kept / CHECKPOINT_FILE)
    with pytest.raises(RunError, match=r"checkpoint\.pt is damaged.* Start the training over"):
        restore_checkpoint(kept, Training(CONFIG, data), CONFIG, data)


def test_one_of_another_configuration_is_refused(kept: Path, data: TrainingSet) -> None:
    other = dataclasses.replace(CONFIG, epochs=3, architecture="fast")
    with pytest.raises(RunError, match=r"other options \(architecture, epochs\).* Start the training over"):
        restore_checkpoint(kept, Training(other, data), other, data)


@pytest.mark.parametrize("part", ["images", "labels", "validation_images", "validation_labels"])
def test_other_images_are_refused(kept: Path, data: TrainingSet, part: str) -> None:
    array = np.asarray(getattr(data, part)).copy()
    array.flat[-1] += 1
    changed: dict[str, object] = {part: torch.from_numpy(array) if not part.startswith("valid") else array}
    other = dataclasses.replace(data, **changed)  # type: ignore[arg-type]
    training = Training(CONFIG, other)
    with pytest.raises(RunError, match="UCI digits: the images are no longer those"):
        restore_checkpoint(kept, training, CONFIG, other)
    assert training.steps_done == 0
