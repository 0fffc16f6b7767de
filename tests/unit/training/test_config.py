import dataclasses
import json
from typing import Any

import pytest

from core.data.augment import Augmentation
from core.errors import ConfigError
from core.training.config import LETTERS_PRESETS, PRESETS, TeachConfig, TrainConfig, from_json, preset, to_json


@pytest.mark.parametrize("config", [*PRESETS.values(), *LETTERS_PRESETS.values()])
def test_a_configuration_comes_back_as_it_was(config: TrainConfig) -> None:
    assert from_json(to_json(config)) == config


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 to 1,000, got 0"),
        ({"epochs": 2.5}, "epochs must be a whole number from 1 to 1,000, got 2.5"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"learning_rate": float("nan")}, "learning rate must be a number from 1e-06 to 10"),
        ({"images": -1}, "images must be a whole number of at least 0"),
        ({"architecture": "perceptron"}, "architecture must be one of light"),
        ({"datasets": []}, "Choose at least one data set"),
        ({"datasets": "mnist"}, "datasets must be one of"),
        ({"images": 1}, "images must be 0 for all, or at least 2, got 1"),
        ({"channels_last": 1}, "channels last must be true or false, got 1"),
        ({"datasets": ["mnist", "moon"]}, "datasets must be one of"),
        ({"datasets": ["mnist", "emnist-letters"]}, "EMNIST Letters holds letters, and MNIST digits"),
        ({"datasets": ["uci-digits", "mnist", "emnist-digits"]}, "MNIST and EMNIST Digits are made of the same pages"),
        ({"datasets": ["emnist-balanced", "emnist-bymerge"]}, "made of the same pages"),
        ({"name": "../x"}, "A model's name is"),
        ({"wings": 2}, "unknown options: wings"),
        ({"__dataclass_self__": 1}, "unknown options: __dataclass_self__"),
        ({"start_share": 0.5}, "start share is for a training that starts from a model"),
    ],
)
def test_bad_values_are_named(values: dict[str, object], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        from_json(json.dumps(values))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"model": "digits"}, "does not say its name"),
        ({"charset": "runes"}, "charset must be one of digits, .*got 'runes'"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": "3"}, "seed must be a whole number"),
        ({"steps": 0}, "steps must be a whole number from 1 to 10,000, got 0"),
        ({"model": "../digits"}, "A model's name is"),
        ({"rate": 1}, "unknown options: rate"),
    ],
)
def test_a_teaching_is_checked_as_wholly(values: dict[str, Any], reason: str) -> None:
    names = {} if values == {"model": "digits"} else {"model": "digits", "name": "mine"}
    with pytest.raises(ConfigError, match=reason):
        TeachConfig(**(names | values))


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="configuration"):
        from_json(text)


def test_a_preset_suits_the_data_sets() -> None:
    assert preset("quick") == PRESETS["quick"]
    assert preset("quick", ["uci-digits"]) == dataclasses.replace(PRESETS["quick"], datasets=("uci-digits",))
    letters = preset("best", ["emnist-byclass", "pen-strokes"])
    assert letters == dataclasses.replace(LETTERS_PRESETS["best"], datasets=("emnist-byclass", "pen-strokes"))
    assert PRESETS.keys() == LETTERS_PRESETS.keys()
    with pytest.raises(ConfigError, match="same pages"):
        preset("best", ["emnist-byclass", "mnist"])


def test_every_option_has_help_and_every_number_a_bound() -> None:
    for field in dataclasses.fields(TrainConfig):
        assert field.metadata["help"]
        if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
            assert "ge" in field.metadata


def test_every_augmentation_is_an_option() -> None:
    config = dataclasses.replace(TrainConfig(), rotation=5.0, elastic=0.5)
    assert config.augmentation == Augmentation(rotation=5.0, elastic=0.5)
