"""A reader of numbers from strokes to a model in the library: whole, resumed, replaced, and refused."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import pandas as pd
import pytest

from core.cli import main as cli
from core.data.lines import photographed
from core.data.lines.hands import Hands, read_hands
from core.errors import (
    ConfigError,
    DataEmpty,
    DataError,
    DataMissing,
    DigitLabError,
    ModelError,
    ModelMissing,
    ReadOnly,
)
from core.evaluation import number_sets
from core.model.numbers_card import NumbersCard, read_numbers_card
from core.model.numbers_library import list_numbers, load_numbers
from core.settings import Settings
from core.training.config import EYE_CHECKPOINT_STEPS, NUMBERS_CHECKPOINT_STEPS
from core.training.lines import train as module
from core.training.lines.batches import POOL
from core.training.lines.loop import LineConfig
from core.training.lines.train import CHECKPOINT_EVERY, train_numbers
from tests.support.models import make_model
from tests.support.number_data import write_cheques, write_number_data
from tests.support.numbers import make_numbers

CONFIG = LineConfig(steps=3 * POOL, batch_size=1)


@pytest.fixture
def place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Small data, a model of digits, and few lines to choose and to measure on."""
    monkeypatch.setattr(module, "VALIDATION_LINES", 6)
    monkeypatch.setattr(module, "CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(number_sets, "COMPOSED_LINES", 4)
    write_number_data(settings.data_dir, monkeypatch)
    make_model(settings, "digits")
    return settings


def ignore(_: int, __: float) -> None:
    """A step that nobody looks at."""


def weights(settings: Settings, name: str) -> str:
    return read_numbers_card(settings.models_dir / name).weights_sha256


def test_a_reader_comes_of_strokes_and_one_that_was_stopped_is_the_same(place: Settings, tmp_path: Path) -> None:
    seen: list[int] = []
    folder = train_numbers("whole", CONFIG, place, lambda step, _: seen.append(step))
    assert seen == [POOL, 2 * POOL, 3 * POOL]
    card = load_numbers(place, "whole").card
    assert card.training == dataclasses.asdict(CONFIG) | {"start": "", "fonts": []}
    assert [(score.dataset, score.lines) for score in card.scores] == [("composed-lines", 4), ("composed-numbers", 4)]
    history = pd.read_csv(folder / "history.csv")
    assert history["step"].tolist() == seen

    def stop(step: int, _: float) -> None:
        if step == 2 * POOL:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_numbers("part", CONFIG, place, stop, tmp_path / "kept")
    assert list_numbers(place) == ["whole"]
    other = dataclasses.replace(CONFIG, learning_rate=0.001)
    with pytest.raises(ConfigError, match=r"other options: learning_rate 0\.0015 and not 0\.001"):
        train_numbers("part", other, place, ignore, tmp_path / "kept")
    resumed: list[int] = []
    folder = train_numbers("part", CONFIG, place, lambda step, _: resumed.append(step), tmp_path / "kept")
    assert resumed == seen[1:]
    assert weights(place, "part") == weights(place, "whole")
    pd.testing.assert_frame_equal(pd.read_csv(folder / "history.csv"), history)
    train_numbers("part", CONFIG, place, lambda *_: pytest.fail("it was done"), tmp_path / "kept")
    assert weights(place, "part") == weights(place, "whole"), "the last checkpoint is that of the whole training"


@pytest.fixture
def two_threads() -> Iterator[int]:
    """Threads that OpenCV has while the test runs."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(2)
    yield 2
    cv2.setNumThreads(threads)


def test_the_writers_of_each_split_are_read_once(
    place: Settings, monkeypatch: pytest.MonkeyPatch, two_threads: int
) -> None:
    asked: list[str] = []

    def watched(_: Settings, split: str, faces: Sequence[str] = ()) -> Hands:
        asked.append(split)
        return read_hands(place, split, faces)

    for user in (module, number_sets):
        monkeypatch.setattr(user, "read_hands", watched)
    train_numbers("mine", dataclasses.replace(CONFIG, steps=POOL), place, ignore)
    assert cv2.getNumThreads() == two_threads, "only the process that composes has one"
    assert sorted(asked) == ["test", "train", "validation"]


def test_one_of_its_name_is_replaced_and_one_that_it_began_with_named(place: Settings) -> None:
    write_cheques(place.data_dir / photographed.LEARNT_FROM, {"a_car_000001.jpg": "12", "a_car_000002.jpg": "3"})
    write_cheques(place.data_dir / photographed.MEASURED_ON, {"a_car_000003.jpg": "4"})
    short = dataclasses.replace(CONFIG, steps=POOL)
    train_numbers("numbers", short, place, ignore)
    first = read_numbers_card(place.models_dir / "numbers")
    assert (first.sources[-1].name, first.sources[-1].images) == ("orand-car-a", 2)
    (place.data_dir / photographed.LEARNT_FROM / "labels.csv").unlink()
    train_numbers("numbers", dataclasses.replace(short, seed=1), place, ignore, start="numbers")
    second = read_numbers_card(place.models_dir / "numbers")
    assert list_numbers(place) == ["numbers"]
    assert (second.seed, second.training["start"]) == (1, "numbers")
    assert second.sources == first.sources, "what the one before has learnt from is not forgotten"
    assert weights(place, "numbers") == second.weights_sha256 != first.weights_sha256


def test_one_of_another_network_is_gone_on_with(place: Settings) -> None:
    make_numbers(place, "before", says="7")
    train_numbers("mine", dataclasses.replace(CONFIG, steps=POOL), place, ignore, start="before")
    card = load_numbers(place, "mine").card
    assert (card.network, card.training["network"]) == ("plain", "plain")


def no_data(place: Settings) -> NumbersCard | None:
    """Refusals that need none come before it is looked for."""
    for path in sorted(place.data_dir.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    return None


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lambda place: make_model(place, "mine"), {}, ConfigError, "There is a model 'mine' that is no reader"),
        (no_data, {"name": "../mine"}, ConfigError, "A model's name is"),
        (no_data, {"start": "none"}, ModelMissing, "no reader of numbers 'none'"),
        (no_data, {"fonts": Path("nowhere")}, ConfigError, "There are no fonts"),
        (no_data, {"checkpoint": Path("no", "where")}, DataError, "No checkpoint can be written"),
        (no_data, {}, DataMissing, "MNIST is not in"),
        (
            lambda place: (place.models_dir / "digits" / "card.json").unlink(),
            {},
            ModelError,
            "checks itself",
        ),
        (lambda place: make_model(place, "digits", charset="balanced"), {}, ModelError, "instead of digits"),
        (
            lambda place: (place.data_dir / "unipen" / "unipen-signs-strokes.json.gz").unlink(),
            {},
            DataMissing,
            "UNIPEN",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_learnt(
    place: Settings,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Settings], object],
    options: dict[str, object],
    error: type[DigitLabError],
    words: str,
) -> None:
    monkeypatch.setattr(module, "LineTraining", lambda *_: pytest.fail("it was begun"))
    change(place)
    with pytest.raises(error, match=words):
        train_numbers(**{"name": "mine", "config": CONFIG, "settings": place, "on_step": ignore, **options})  # type: ignore[arg-type]
    with pytest.raises(ReadOnly):
        train_numbers("mine", CONFIG, dataclasses.replace(place, read_only=True), ignore)


def test_hands_that_lack_a_character_are_refused(place: Settings) -> None:
    folder = place.data_dir / "unipen"
    (folder / "unipen-capitals-strokes.json.gz").write_bytes((folder / "unipen-signs-strokes.json.gz").read_bytes())
    with pytest.raises(DataEmpty, match="No lines can be composed for train: its writers and MNIST lack A B"):
        train_numbers("mine", CONFIG, place, ignore)


def test_the_number_of_steps_between_checkpoints_is_what_the_help_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert CHECKPOINT_EVERY * POOL == NUMBERS_CHECKPOINT_STEPS
    for command, every in (("train-numbers", NUMBERS_CHECKPOINT_STEPS), ("train-eye", EYE_CHECKPOINT_STEPS)):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        assert f"write the state there every {every} steps" in " ".join(capsys.readouterr().out.split())
