"""Which models a training may start from, by their cards."""

import dataclasses
from typing import Any

import pytest
import torch

from core.errors import ConfigError
from core.model.card import Card, TrainingData
from core.model.library import load
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.data import load_training_set
from core.training.train import load_start
from core.training.warm_start import check_start, training_of
from tests.support.models import make_model

BEFORE = TrainConfig(name="tiny", datasets=("uci-digits",), architecture="lenet5", seed=3, validation_share=0.2)
AFTER = dataclasses.replace(BEFORE, name="new", start="tiny", epochs=1)
UCI = TrainingData("uci-digits", "UCI digits", "CC BY 4.0", 1078, "00")


def card_of(settings: Settings, **changes: Any) -> Card:
    """A model that was trained as BEFORE says."""
    return make_model(settings, training=dataclasses.asdict(BEFORE), sources=(UCI,), **changes)


def test_one_that_set_the_same_aside_is_a_start(settings: Settings) -> None:
    check_start(AFTER, card_of(settings), settings)
    before, after = (load_training_set(config, settings) for config in (BEFORE, AFTER))
    assert (before.validation_images == after.validation_images).all()


@pytest.mark.parametrize("change", [{"seed": 4}, {"validation_share": 0.1}, {"balance": 0.5}])
def test_images_that_a_start_has_learnt_from_are_not_chosen_on(settings: Settings, change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"seed 3, validation share 0.2, balance 0\b"):
        check_start(dataclasses.replace(AFTER, **change), card_of(settings), settings)


def test_what_a_start_has_not_learnt_from_may_be_set_aside_anyhow(settings: Settings) -> None:
    other = dataclasses.replace(AFTER, datasets=("pen-strokes",), seed=4)
    check_start(other, card_of(settings), settings)


@pytest.mark.parametrize("training", [{}, {"datasets": ["mnist"]}, {"datasets": 3}])
def test_a_card_that_does_not_say_what_was_set_aside_is_no_start(settings: Settings, training: dict[str, Any]) -> None:
    card = dataclasses.replace(card_of(settings), training=training)
    with pytest.raises(ConfigError, match="does not say which images were held out"):
        check_start(AFTER, card, settings)


def test_the_configuration_of_a_card(settings: Settings) -> None:
    card = card_of(settings)
    assert training_of(card) == BEFORE
    assert training_of(dataclasses.replace(card, training={"epochs": 1})) is None


@pytest.mark.parametrize(("knows", "outliers"), [("", 0.2), ("other", 0.0), ("other", 0.2)])
def test_a_start_may_know_of_outliers_or_not(settings: Settings, knows: str, outliers: float) -> None:
    card = make_model(settings, refuses=knows, sources=(), training={})
    config = TrainConfig(datasets=("uci-digits",), architecture="lenet5", start="tiny", outliers=outliers)
    weights = load_start(config, load_training_set(config, settings), settings)
    before = load("tiny", settings).network.state_dict()
    assert weights is not None
    assert len(weights["output.bias"]) == (12 if outliers else 10)
    same = min(card.outputs, 12 if outliers else 10)
    assert torch.equal(weights["output.weight"][:same], before["output.weight"][:same])
    assert (weights["output.bias"][same:] < 0).all()
