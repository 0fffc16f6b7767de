import dataclasses

import pytest

from core.evaluation.use import WARNINGS, Use, use_of
from core.model.card import Card, TrainingData
from core.model.library import read_card
from core.settings import PROJECT_ROOT


@pytest.fixture
def card() -> Card:
    """It has learnt from MNIST and the pen strokes."""
    return read_card(PROJECT_ROOT / "models" / "digits")


def test_what_a_split_was_used_for(card: Card) -> None:
    assert use_of(card, "mnist", "train", "MNIST") is Use.TRAINING
    assert use_of(card, "mnist", "test", "MNIST") is Use.NOTHING
    assert use_of(card, "pen-strokes", "validation", "Pen strokes") is Use.CHOOSING
    assert use_of(card, "uci-digits", "train", "UCI digits") is Use.NOTHING
    assert use_of(card, "gone", "test", "Of a former version") is Use.NOTHING


def test_the_same_pages_may_hold_training_images(card: Card) -> None:
    assert use_of(card, "emnist-digits", "test", "EMNIST Digits") is Use.KIN
    copy = TrainingData("emnist-balanced", "EMNIST Balanced (stand-in)", "public", 90_000, "00")
    letters = dataclasses.replace(card, sources=(copy,))
    assert use_of(letters, "emnist-balanced", "test", "EMNIST Balanced") is Use.KIN
    assert use_of(letters, "emnist-balanced", "test", "EMNIST Balanced (stand-in)") is Use.NOTHING
    assert use_of(letters, "emnist-balanced", "train", "EMNIST Balanced (stand-in)") is Use.TRAINING


def test_a_model_that_was_taught_all_of_a_set_has_no_new_images_in_it(card: Card) -> None:
    taught = TrainingData("my-samples", "My samples", "your own", 30, "00", with_test=True)
    for source, use in ((taught, Use.TRAINING), (dataclasses.replace(taught, with_test=False), Use.NOTHING)):
        assert use_of(dataclasses.replace(card, sources=(source,)), "my-samples", "test", "My samples") is use


def test_every_use_is_said() -> None:
    assert set(WARNINGS) == set(Use) - {Use.NOTHING}
