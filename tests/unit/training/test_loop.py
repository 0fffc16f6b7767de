import copy
import dataclasses
import itertools
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data.datasets import load
from core.errors import ConfigError
from core.model import architectures
from core.model.architectures import ARCHITECTURES
from core.runs.estimate import count_images
from core.settings import Settings
from core.training.config import OPTIMISERS, SCHEDULES, TrainConfig
from core.training.data import TrainingSet, load_training_set
from core.training.loop import Trained, Training
from core.training.step import Epoch, Step, autocast, sample_epoch
from core.training.train import fit

SMALL = TrainConfig(
    datasets=("uci-digits",), images=320, architecture="light", epochs=3, batch_size=32, precision="float32"
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    folder = tmp_path_factory.mktemp("empty")
    return load_training_set(SMALL, Settings(folder, folder))


def run(config: TrainConfig, data: TrainingSet, max_steps: int = 0) -> tuple[Trained, list[Step | Epoch]]:
    events: list[Step | Epoch] = []
    return fit(config, data, events.append, max_steps), events


def test_it_learns(data: TrainingSet) -> None:
    trained, _ = run(dataclasses.replace(SMALL, epochs=8, rotation=5.0, shift=1.0), data)
    assert trained.history[-1].validation_accuracy > 0.9
    assert trained.history[-1].train_loss < trained.history[0].train_loss / 2


def test_the_same_seed_gives_the_same_network(data: TrainingSet) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=2, dropout=0.3, rotation=10.0, elastic=1.0)
    (first, course), (second, again) = run(config, data), run(config, data)
    other, other_course = run(dataclasses.replace(config, seed=1), data)
    assert [_timeless(event) for event in course] == [_timeless(event) for event in again]
    assert [_timeless(event) for event in course] != [_timeless(event) for event in other_course]
    for name, tensor in first.network.state_dict().items():
        assert torch.equal(tensor, second.network.state_dict()[name])
    assert any(
        not torch.equal(tensor, other.network.state_dict()[name]) for name, tensor in first.network.state_dict().items()
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_stopped_training_ends_as_the_undisturbed_one(data: TrainingSet, schedule: str, tmp_path: Path) -> None:
    """Stops in the midst of an epoch, before and after its validation (10 steps make an epoch), and in the next one."""
    config = dataclasses.replace(SMALL, epochs=2, dropout=0.3, rotation=10.0, elastic=1.0, schedule=schedule)
    undisturbed = Training(config, data)
    whole = list(undisturbed)
    training, events = Training(config, data), list[Step | Epoch]()
    for stop in (1, 7, 10, 11, 14):
        events += itertools.islice(training, stop - len(events))
        torch.save(training.state(), tmp_path / "state")
        torch.rand(3)  # another process has another random state
        training = Training(config, data)
        training.load_state(torch.load(tmp_path / "state", weights_only=True))
    events += training
    assert [_timeless(event) for event in events] == [_timeless(event) for event in whole]
    expected, got = undisturbed.best(), training.best()
    assert got.best_epoch == expected.best_epoch
    for name, tensor in expected.network.state_dict().items():
        assert torch.equal(tensor, got.network.state_dict()[name]), name


@pytest.mark.parametrize("options", [{"average": 0.9}, {"paper": 0.5}])
def test_a_stopped_training_of_these_goes_on_too(data: TrainingSet, options: dict[str, float], tmp_path: Path) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=2, **options)  # type: ignore[arg-type]
    undisturbed = Training(config, data)
    whole = list(undisturbed)
    training, events = Training(config, data), list[Step | Epoch]()
    for stop in (3, 10, 11, 14):
        events += itertools.islice(training, stop - len(events))
        torch.save(training.state(), tmp_path / "state")
        training = Training(config, data)
        training.load_state(torch.load(tmp_path / "state", weights_only=True))
    events += training
    assert [_timeless(event) for event in events] == [_timeless(event) for event in whole]
    got = training.best().network.state_dict()
    for name, tensor in undisturbed.best().network.state_dict().items():
        assert torch.equal(tensor, got[name]), name


def test_a_checkpoint_of_an_earlier_version_is_continued(data: TrainingSet) -> None:
    """Its weights are called by the positions of the layers."""
    config = dataclasses.replace(SMALL, epochs=2)
    whole = list(Training(config, data))
    training, again = Training(config, data), Training(config, data)
    before = list(itertools.islice(training, 13))
    state = training.state()
    former = {name: former for former, name in architectures._names_by_position(training.network).items()}
    for part in ("network", "best_weights", "mean_weights"):
        state[part] = {former[name]: tensor for name, tensor in state[part].items()}
    again.load_state(state)
    assert [_timeless(event) for event in [*before, *again]] == [_timeless(event) for event in whole]


def test_the_mean_of_the_weights_is_kept(data: TrainingSet) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=2, average=0.9, schedule="none")
    training, mean, steps = Training(config, data), dict[str, torch.Tensor](), 0
    for event in training:
        if isinstance(event, Step):
            now, share = training.network.state_dict(), min(0.9, steps / (steps + 10))
            for name, tensor in now.items():
                mean[name] = share * mean.get(name, tensor) + (1 - share) * tensor
            steps += 1
    kept, last = training.best().network.state_dict(), training.network.state_dict()
    assert steps == 20
    for name, tensor in mean.items():
        rounded = (kept[name] - tensor).abs().max()  # it is stored in half precision
        assert rounded < 1e-3
        assert (last[name] - tensor).abs().max() > 5 * rounded


def test_it_is_the_mean_of_the_weights_that_is_validated(data: TrainingSet) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=2, schedule="none", dropout=0.0)
    course, events = run(dataclasses.replace(config, average=0.99), data)
    plain, others = run(config, data)
    losses = [event.loss for event in events if isinstance(event, Step)]
    assert losses == [event.loss for event in others if isinstance(event, Step)], "it is learnt as ever"
    assert course.history[-1].validation_loss != plain.history[-1].validation_loss


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_a_share_of_the_weights_to_start_from_is_kept(data: TrainingSet, average: float) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=1, average=average)
    start = run(dataclasses.replace(config, seed=5), data)[0].network.state_dict()
    kept = {}
    for share in (0.0, 0.25, 1.0):
        training = Training(dataclasses.replace(config, start="digits", start_share=share), data, weights=start)
        assert all(np.isfinite(event.validation_loss) for event in training if not isinstance(event, Step))
        kept[share] = training.best().network.state_dict()
    for name, tensor in start.items():
        expected = 0.25 * tensor + 0.75 * kept[0.0][name]
        assert torch.allclose(kept[0.25][name], expected, atol=1e-3), "rounded to half precision"
        assert torch.equal(kept[1.0][name], tensor)
    assert not torch.equal(kept[0.0][name], kept[1.0][name])


def test_the_weights_it_began_with_are_kept_over_a_stop(data: TrainingSet) -> None:
    config = dataclasses.replace(SMALL, architecture="lenet5", epochs=1, start="digits", start_share=0.5)
    start = run(dataclasses.replace(config, seed=5, start="", start_share=0.0), data)[0].network.state_dict()
    stopped = Training(config, data, weights=start)
    next(iter(stopped))
    state = copy.deepcopy(stopped.state())
    list(stopped)
    another = Training(config, data, weights={name: torch.zeros_like(tensor) for name, tensor in start.items()})
    another.load_state(state)
    list(another)
    kept, resumed = (training.best().network.state_dict() for training in (stopped, another))
    assert all(torch.equal(kept[name], resumed[name]) for name in kept)


def _timeless(event: Step | Epoch) -> dict[str, float]:
    return {name: value for name, value in asdict(event).items() if name not in ("seconds", "images_per_second")}


def test_the_form_offers_all_that_is_tested_here() -> None:
    choices = {field.name: field.metadata.get("choices", ()) for field in dataclasses.fields(TrainConfig)}
    assert set(choices["architecture"]) == set(ARCHITECTURES)
    assert (choices["optimiser"], choices["schedule"]) == (OPTIMISERS, SCHEDULES)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_trains(data: TrainingSet, architecture: str) -> None:
    trained, _ = run(dataclasses.replace(SMALL, architecture=architecture, precision="auto"), data, max_steps=2)
    assert np.isfinite(trained.history[0].validation_loss)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_and_schedule_trains(data: TrainingSet, optimiser: str, schedule: str) -> None:
    config = dataclasses.replace(SMALL, optimiser=optimiser, schedule=schedule, learning_rate=0.003)
    trained, _ = run(config, data)
    assert trained.history[-1].validation_loss < 2.0  # guessing costs 2.3
    rates = [epoch.learning_rate for epoch in trained.history]
    if schedule in ("cosine", "step", "one-cycle"):
        assert rates[-1] < max(rates)
    if schedule == "none":
        assert rates == [0.003] * 3


def test_rare_classes_are_drawn_more_often_as_far_as_is_asked() -> None:
    labels, one_set = torch.tensor([0] * 9000 + [1] * 900 + [2] * 100), torch.zeros(0, dtype=torch.uint8)

    def counts(balance: float) -> list[int]:
        order = sample_epoch(labels, one_set, balance, torch.Generator().manual_seed(0))
        return [int(count) for count in labels[order].bincount()]

    assert counts(0.0) == [9000, 900, 100]
    assert counts(1.0) == pytest.approx([3333] * 3, abs=1)
    half = np.sqrt([9000, 900, 100])
    assert counts(0.5) == pytest.approx(10_000 * half / half.sum(), abs=1)


def test_balancing_shows_as_many_images_as_can_be() -> None:
    labels, one_set = torch.tensor([0] * 900 + [1] * 100), torch.zeros(0, dtype=torch.uint8)
    times = sample_epoch(labels, one_set, 1.0, torch.Generator().manual_seed(0)).bincount(minlength=1000)
    assert set(times[:900].tolist()) == {0, 1}
    assert set(times[900:].tolist()) == {5}
    again = sample_epoch(labels, one_set, 1.0, torch.Generator().manual_seed(1)).bincount(minlength=1000)
    assert not torch.equal(times, again)


def test_each_data_set_is_balanced_on_its_own() -> None:
    """More digits from elsewhere do not make the digits of a set of letters and digits rarer."""
    labels = torch.tensor([0] * 3000 + [1] * 1000 + [0] * 1500 + [2] * 500)
    sets = torch.tensor([0] * 4000 + [1] * 2000, dtype=torch.uint8)
    order = sample_epoch(labels, sets, 1.0, torch.Generator().manual_seed(0))
    drawn = [int(count) for count in (sets.long() * 3 + labels)[order].bincount()]
    assert drawn == pytest.approx([2000, 2000, 0, 1000, 0, 1000], abs=1)


def test_a_balanced_training_goes_on_where_it_was_stopped(data: TrainingSet) -> None:
    config = dataclasses.replace(SMALL, epochs=2, balance=1.0)
    whole = list(Training(config, data))
    training = Training(config, data)
    before = list(itertools.islice(training, 13))
    state = training.state()
    again = Training(config, data)
    again.load_state(state)
    assert [_timeless(event) for event in [*before, *again]] == [_timeless(event) for event in whole]


def test_events_count_every_step_and_epoch(data: TrainingSet) -> None:
    _, events = run(SMALL, data)
    steps = [event for event in events if isinstance(event, Step)]
    per_epoch = -(-len(data.images) // SMALL.batch_size)
    assert [(step.epoch, step.step) for step in steps] == [(e, s) for e in (1, 2, 3) for s in range(1, per_epoch + 1)]
    assert [event.epoch for event in events if isinstance(event, Epoch)] == [1, 2, 3]
    assert all(step.images_per_second > 0 and step.steps == per_epoch for step in steps)


def test_early_stopping_keeps_the_best_epoch(data: TrainingSet) -> None:
    hopeless = dataclasses.replace(
        SMALL, epochs=30, patience=2, optimiser="adamw", learning_rate=0.1, architecture="lenet5", schedule="none"
    )
    trained, _ = run(hopeless, data)
    assert len(trained.history) < 30
    best = max(trained.history, key=lambda epoch: (epoch.validation_accuracy, -epoch.validation_loss, -epoch.epoch))
    assert trained.best_epoch == best.epoch == len(trained.history) - 2


@pytest.mark.parametrize("schedule", ["none", "one-cycle"])
def test_a_training_that_diverges_keeps_an_earlier_epoch_or_says_so(data: TrainingSet, schedule: str) -> None:
    training = Training(dataclasses.replace(SMALL, epochs=9, schedule=schedule), data)
    events = iter(training)
    while not isinstance(next(events), Epoch):
        pass
    with torch.no_grad():
        next(training.network.parameters()).fill_(float("nan"))
    if schedule == "none":
        assert all(isinstance(event, Step) for event in events)
        assert training.ended
        kept = training.best()
        assert (kept.best_epoch, len(kept.history)) == (1, 1)
        assert not any(tensor.isnan().any() for tensor in kept.network.state_dict().values())
    else:
        with pytest.raises(ConfigError, match="has diverged in epoch 2"):
            list(events)


def test_an_annealed_training_keeps_its_last_epoch(data: TrainingSet) -> None:
    for schedule in ("one-cycle", "cosine"):
        trained, _ = run(dataclasses.replace(SMALL, schedule=schedule), data)
        assert trained.best_epoch == 3
    held, _ = run(dataclasses.replace(SMALL, schedule="none", epochs=4, learning_rate=0.02), data)
    accuracies = [epoch.validation_accuracy for epoch in held.history]
    assert accuracies[held.best_epoch - 1] == max(accuracies)


def test_a_trial_run_stops_at_once(data: TrainingSet) -> None:
    _, events = run(SMALL, data, max_steps=2)
    assert [type(event) for event in events] == [Step, Step, Epoch]


def test_validation_images_are_not_trained_on(tmp_path: pytest.TempPathFactory) -> None:
    settings = Settings(tmp_path, tmp_path)  # type: ignore[arg-type]
    data = load_training_set(dataclasses.replace(SMALL, images=0), settings)
    whole = load("uci-digits", "train", settings)
    assert len(data.images) + len(data.validation_images) == len(whole.images)
    trained_on = {image.numpy().tobytes() for image in data.images}
    aside = {image.tobytes() for image in data.validation_images}
    repeated = len(whole.images) - len({image.tobytes() for image in whole.images})
    assert len(trained_on & aside) <= repeated
    assert data.sources[0].images == len(data.images)


def test_fewer_images_are_drawn_by_the_seed(tmp_path: pytest.TempPathFactory) -> None:
    settings = Settings(tmp_path, tmp_path)  # type: ignore[arg-type]
    few = dataclasses.replace(SMALL, images=100)
    first, second = load_training_set(few, settings), load_training_set(few, settings)
    assert len(first.images) == 100
    assert torch.equal(first.images, second.images)
    assert not torch.equal(first.images, load_training_set(dataclasses.replace(few, seed=1), settings).images)


@pytest.mark.parametrize("images", [0, 100])
def test_images_are_counted_as_they_are_read(tmp_path: Path, images: int) -> None:
    settings = Settings(tmp_path, tmp_path)
    config = dataclasses.replace(SMALL, images=images)
    data = load_training_set(config, settings)
    assert count_images(config, settings) == (len(data.images), len(data.validation_images))


@pytest.mark.parametrize("instructions", ["", "_is_amx_tile_supported", "_is_avx512_bf16_supported"])
def test_the_arithmetic_is_what_the_processor_is_fast_at(monkeypatch: pytest.MonkeyPatch, instructions: str) -> None:
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        monkeypatch.setattr(torch.cpu, name, lambda able=name == instructions: able)
    for precision, reduced in (("auto", bool(instructions)), ("bfloat16", True), ("float32", False)):
        with autocast(precision):
            assert torch.is_autocast_enabled("cpu") is reduced
