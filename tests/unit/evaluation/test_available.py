"""What a model can be evaluated on, and what those images were used for."""

import dataclasses
from pathlib import Path

import pytest

from core.evaluation.available import WARNINGS, Leakage, available, leakage_of
from core.evaluation.predictions import read_stored
from core.model.card import Card, TrainingData, read_card
from core.settings import PROJECT_ROOT, Settings
from tests.support.emnist import write_emnist

SHIPPED = PROJECT_ROOT / "models" / "digits"


@pytest.fixture
def card() -> Card:
    return read_card(SHIPPED)


def names(card: Card, settings: Settings, stored: bool = True) -> list[str]:
    return [choice.key for choice in available(card, read_stored(SHIPPED) if stored else {}, settings)]


def test_without_data_there_are_the_stored_answers_and_the_digits_that_are_always_there(
    card: Card, settings: Settings
) -> None:
    stored_ones = ["mnist-test", "pen-strokes-test", "unipen-digits-test"]
    assert names(card, settings) == [*stored_ones, "uci-digits-test", "uci-digits-train"]
    assert names(card, settings, stored=False) == ["uci-digits-test", "uci-digits-train"]
    stored, *_, measured = available(card, read_stored(SHIPPED), settings)
    assert (stored.stored, stored.present, stored.title) == (True, False, "MNIST")
    assert (measured.stored, measured.present) == (False, True)


def add_photos(settings: Settings) -> None:
    (settings.data_dir / "photos").mkdir()
    (settings.data_dir / "photos" / "labels.csv").write_text("file,label\n")


def test_data_on_this_machine_can_be_measured(card: Card, settings: Settings) -> None:
    add_photos(settings)
    assert names(card, settings)[-1] == "photos-test"


def test_images_of_the_pages_that_it_has_learnt_from_are_not_called_new(card: Card, settings: Settings) -> None:
    write_emnist(settings.data_dir, "digits", each=1)
    write_emnist(settings.data_dir, "letters", each=1)  # of other characters
    uses = {choice.key: choice.use for choice in available(card, {}, settings)}
    assert uses["emnist-digits-test"] is uses["emnist-digits-train"] is Leakage.OVERLAP
    assert uses["uci-digits-test"] is Leakage.NONE
    assert not any(key.startswith("emnist-letters") for key in uses)


def test_what_the_model_was_made_with_is_said(card: Card, settings: Settings, require_data: object) -> None:
    assert callable(require_data)
    for folder in ("MNIST", "pendigits"):
        (settings.data_dir / folder).symlink_to(Path(require_data(folder)))
    uses = {choice.key: choice.use for choice in available(card, read_stored(SHIPPED), settings)}
    assert uses["mnist-train"] is Leakage.TRAINING
    assert uses["pen-strokes-train"] is Leakage.TRAINING
    assert uses["pen-strokes-validation"] is Leakage.SELECTION
    assert {key for key, use in uses.items() if use is Leakage.NONE} == {
        "mnist-test",
        "pen-strokes-test",
        "uci-digits-test",
        "uci-digits-train",
        "unipen-digits-test",
    }


def test_another_copy_of_what_it_has_learnt_from_is_not_called_new(card: Card, settings: Settings) -> None:
    write_emnist(settings.data_dir, "digits", each=1)
    official = TrainingData("emnist-digits", "EMNIST Digits", "public", 240_000, "00")
    stand_in = dataclasses.replace(official, title="EMNIST Digits (stand-in)")
    for source, use in ((official, Leakage.OVERLAP), (stand_in, Leakage.NONE)):
        found = available(dataclasses.replace(card, sources=(source,)), {}, settings)
        (choice,) = (choice for choice in found if choice.key == "emnist-digits-test")
        assert (choice.title, choice.use) == ("EMNIST Digits (stand-in)", use)


def test_stored_answers_to_images_that_were_used_are_called_so(card: Card, settings: Settings) -> None:
    learnt = TrainingData("mnist", "MNIST (another copy)", "public", 60_000, "00")
    first = available(dataclasses.replace(card, sources=(learnt,)), read_stored(SHIPPED), settings)[0]
    assert (first.dataset, first.stored, first.use) == ("mnist", True, Leakage.OVERLAP)


def test_stored_answers_are_not_measured_anew_on_another_copy(card: Card, settings: Settings) -> None:
    """It is offered beside them, as what it is."""
    write_emnist(settings.data_dir, "digits", each=1)
    (mnist, *_) = read_stored(SHIPPED).values()
    title = "EMNIST Digits"
    learnt = dataclasses.replace(card, sources=(TrainingData("emnist-digits", title, "public", 240_000, "00"),))
    stored = {"emnist-digits": dataclasses.replace(mnist, dataset="emnist-digits", title=title)}
    found = [choice for choice in available(learnt, stored, settings) if choice.dataset == "emnist-digits"]
    assert [(one.key, one.title, one.use, one.stored, one.present) for one in found] == [
        ("emnist-digits-test", title, Leakage.NONE, True, False),
        ("emnist-digits-test-copy", f"{title} (stand-in)", Leakage.OVERLAP, False, True),
        ("emnist-digits-train", f"{title} (stand-in)", Leakage.OVERLAP, False, True),
    ]


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
