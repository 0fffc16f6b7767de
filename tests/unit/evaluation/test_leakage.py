import dataclasses

import pytest

from core.evaluation.leakage import WARNINGS, Leakage, leakage_of
from core.model.card import Card, TrainingData
from core.model.library import read_card
from core.settings import PROJECT_ROOT


@pytest.fixture
def card() -> Card:
    """It has learnt from MNIST and the pen strokes."""
    return read_card(PROJECT_ROOT / "models" / "digits")


def test_what_a_split_was_used_for(card: Card) -> None:
    assert leakage_of(card, "mnist", "train", "MNIST") is Leakage.TRAINING
    assert leakage_of(card, "mnist", "test", "MNIST") is Leakage.NONE
    assert leakage_of(card, "pen-strokes", "validation", "Pen strokes") is Leakage.SELECTION
    assert leakage_of(card, "uci-digits", "train", "UCI digits") is Leakage.NONE
    assert leakage_of(card, "gone", "test", "Of a former version") is Leakage.NONE


def test_the_same_pages_may_hold_training_images(card: Card) -> None:
    assert leakage_of(card, "emnist-digits", "test", "EMNIST Digits") is Leakage.OVERLAP
    copy = TrainingData("emnist-balanced", "EMNIST Balanced (stand-in)", "public", 90_000, "00")
    letters = dataclasses.replace(card, sources=(copy,))
    assert leakage_of(letters, "emnist-balanced", "test", "EMNIST Balanced") is Leakage.OVERLAP
    assert leakage_of(letters, "emnist-balanced", "test", "EMNIST Balanced (stand-in)") is Leakage.NONE
    assert leakage_of(letters, "emnist-balanced", "train", "EMNIST Balanced (stand-in)") is Leakage.TRAINING


def test_a_model_that_was_taught_all_of_a_set_has_no_new_images_in_it(card: Card) -> None:
    taught = TrainingData("my-samples", "My samples", "your own", 30, "00", with_test=True)
    for source, use in ((taught, Leakage.TRAINING), (dataclasses.replace(taught, with_test=False), Leakage.NONE)):
        assert leakage_of(dataclasses.replace(card, sources=(source,)), "my-samples", "test", "My samples") is use


def test_every_use_is_said() -> None:
    assert set(WARNINGS) == set(Leakage) - {Leakage.NONE}
