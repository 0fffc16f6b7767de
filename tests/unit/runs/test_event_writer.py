"""What TensorBoard itself reads from a run's event files."""

import dataclasses
import itertools
from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from core.runs.folder import BOARD_FOLDER
from core.runs.recorder import EventWriter
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.data import TrainingSet, load_training_set
from core.training.loop import Training
from tests.support.models import make_model

CONFIG = TrainConfig(datasets=("uci-digits",), architecture="lenet5", epochs=2, batch_size=64, dropout=0.3)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    folder = tmp_path_factory.mktemp("empty")
    return load_training_set(CONFIG, Settings(folder, folder))


def read(folder: Path) -> EventAccumulator:
    events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0})
    events.Reload()
    return events


def tell_all(training: Training, data: TrainingSet, config: TrainConfig, folder: Path) -> None:
    """Train, and note every event."""
    board = EventWriter(folder, training, config, data)
    for event in training:
        board.record(event)
    board.close()


def test_everything_that_was_promised_is_there(data: TrainingSet, settings: Settings, tmp_path: Path) -> None:
    training = Training(CONFIG, data)
    board = EventWriter(tmp_path, training, CONFIG, data)
    for event in training:
        board.record(event)
    board.end(make_model(settings))
    board.close()
    tags = read(tmp_path / BOARD_FOLDER).Tags()
    assert {"loss/step", "learning rate", "accuracy on MNIST"} <= set(tags["scalars"])
    assert {"inputs", "confusion"} <= {tag.split("/")[0] for tag in tags["images"]}
    assert {"weights/conv1.weight", "gradients/conv1.weight"} <= set(tags["histograms"])
    assert tags["graph"]
    accuracy = read(tmp_path / BOARD_FOLDER / "accuracy_validation").Scalars("accuracy")
    assert [point.value for point in accuracy] == pytest.approx(
        [epoch.validation_accuracy for epoch in training.history], abs=1e-6
    )


def test_looking_changes_nothing(data: TrainingSet, tmp_path: Path) -> None:
    watched, alone = Training(CONFIG, data), Training(CONFIG, data)
    torch.manual_seed(0)
    list(alone)
    torch.manual_seed(0)
    board = EventWriter(tmp_path, watched, CONFIG, data)
    for event in watched:
        board.record(event)
    for name, tensor in alone.network.state_dict().items():
        assert torch.equal(tensor, watched.network.state_dict()[name]), name


def test_what_is_told_again_after_a_stop_is_told_once(data: TrainingSet, tmp_path: Path) -> None:
    config = dataclasses.replace(CONFIG, batch_size=16)
    first = Training(config, data)
    board = EventWriter(tmp_path, first, config, data)
    state = None
    for number, event in enumerate(itertools.islice(first, 60), start=1):
        board.record(event)
        if number == 25:
            state = first.state()
            state = {key: value for key, value in state.items() if key != "network"} | {
                "network": {name: tensor.clone() for name, tensor in first.network.state_dict().items()}
            }
    board.close()
    assert state is not None
    second = Training(config, data)
    second.load_state(state)
    tell_all(second, data, config, tmp_path)
    steps = [point.step for point in read(tmp_path / BOARD_FOLDER).Scalars("loss/step")]
    assert steps == sorted(set(steps))
    assert steps[-1] == second.steps_done // 10 * 10


def test_what_a_worker_wrote_before_its_first_checkpoint_is_struck_out(data: TrainingSet, tmp_path: Path) -> None:
    for _ in range(2):
        tell_all(Training(CONFIG, data), data, CONFIG, tmp_path)
    points = [point.step for point in read(tmp_path / BOARD_FOLDER).Scalars("learning rate")]
    assert points == sorted(set(points))
