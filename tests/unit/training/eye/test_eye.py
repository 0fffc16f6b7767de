import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.charsets import BALANCED, DIGITS, LETTERS
from core.data import segments
from core.errors import ConfigError, DataError, DataMissing
from core.model.library import load
from core.model.networks import Eye
from core.model.prediction import Blend, Evidence
from core.model.reader import read_pictures
from core.settings import Settings
from core.training.eye.bank import InkBank, load_ink_bank
from core.training.eye.blending import Examples, fit_blend, validation_pictures
from core.training.eye.loop import EyeConfig, EyeTraining, draw_batch
from core.training.eye.train import give_eye, train_eye
from tests.support.models import make_model
from tests.support.strokes import draw

CONFIG = EyeConfig(steps=20, batch_size=8)


@pytest.fixture(scope="module")
def bank() -> InkBank:
    """Digits of straight strokes, and blocks as what is no character."""
    random = np.random.default_rng(0)
    labels = np.arange(40) % 10
    drawn = np.stack([segments.draw_segments(int(label), random) for label in labels])
    block = np.zeros((4, 64, 64), np.uint8)
    block[:, 4:60, 4:60] = 255
    parts = torch.from_numpy(drawn), torch.from_numpy(labels), torch.from_numpy(block), torch.from_numpy(drawn[:4])
    none = torch.zeros(0, 0, dtype=torch.bool), torch.zeros(40, dtype=torch.bool)
    return InkBank(DIGITS, DIGITS, *parts, *none, torch.from_numpy(labels == 9))


def test_a_batch_holds_characters_and_what_is_to_be_refused(bank: InkBank) -> None:
    batch = draw_batch(bank, 200, EyeConfig().paper, torch.Generator().manual_seed(0))
    assert batch.pictures.shape == batch.masks.shape == (200, 48, 48)
    assert set(batch.labels.tolist()) == set(range(13))
    assert (batch.labels < 10).float().mean().item() == pytest.approx(0.72, abs=0.1)
    assert not batch.masks[batch.labels == 12].any()


def test_a_training_goes_on_from_its_state_with_the_same_weights(bank: InkBank) -> None:
    training = EyeTraining(CONFIG, bank)
    steps = iter(training)
    losses = [next(steps) for _ in range(3)]
    assert np.isfinite(losses).all()
    other = EyeTraining(CONFIG, bank)
    other.load_state(training.state())
    assert other.step == 3
    assert all(torch.equal(tensor, other.mean[name]) for name, tensor in training.mean.items())


def test_a_training_starts_from_another_eye_whose_answers_are_others(bank: InkBank) -> None:
    torch.manual_seed(5)
    letters = Eye(len(LETTERS.characters) + 3)
    training = EyeTraining(CONFIG, bank)
    own_answers = training.network.state_dict()["head.7.weight"].clone()
    training.start_from(letters, LETTERS)
    begun = training.trained().state_dict()
    assert torch.equal(begun["stem.0.weight"], letters.state_dict()["stem.0.weight"])
    assert torch.equal(begun["head.7.weight"], own_answers), "what it answers is learnt anew"
    assert np.isfinite(next(iter(training)))


def test_a_model_without_an_eye_is_none_to_start_from(settings: Settings) -> None:
    make_model(settings)
    with pytest.raises(ConfigError, match="'tiny' has no eye to start from"):
        train_eye("tiny", CONFIG, settings, lambda *_: None, start="tiny")


def test_classes_that_a_source_does_not_tell_apart_are_left_out_of_the_loss(bank: InkBank) -> None:
    held = torch.zeros(40, len(BALANCED.characters) + 3, dtype=torch.bool)
    held[:, :10] = held[:, -3:] = True
    narrow = dataclasses.replace(bank, charset=BALANCED, classes=BALANCED, held=held)
    batch = draw_batch(narrow, 64, EyeConfig().paper, torch.Generator().manual_seed(0))
    assert batch.held[batch.labels >= len(BALANCED.characters)].all()
    assert next(iter(EyeTraining(CONFIG, narrow))) < 20


@pytest.mark.parametrize("rate", [0, -0.1, 1.0, float("nan")])
def test_a_learning_rate_that_cannot_be_is_refused(rate: float) -> None:
    with pytest.raises(ConfigError, match="above 0 and at most"):
        EyeConfig(learning_rate=rate)


@pytest.mark.parametrize("steps", [0, 19, 2_000_000])
def test_a_number_of_steps_that_cannot_be_is_refused(steps: int) -> None:
    with pytest.raises(ConfigError, match="20 to 1,000,000 steps"):
        EyeConfig(steps)


def test_validation_pictures_are_of_every_kind_and_the_same_for_a_seed(bank: InkBank) -> None:
    examples = validation_pictures(bank, 60, seed=3)
    again = validation_pictures(bank, 60, seed=3)
    assert all(np.array_equal(one, other) for one, other in zip(examples.pictures, again.pictures, strict=True))
    assert np.array_equal(examples.labels, again.labels)
    assert examples.clean.sum() == 36
    assert len({picture.shape for picture in examples.pictures}) > 20
    assert examples.held.size == 0


def test_validation_pictures_say_what_their_source_tells_apart(bank: InkBank) -> None:
    held = torch.zeros(len(bank.labels), bank.outputs, dtype=torch.bool)
    held[:, :5] = True
    examples = validation_pictures(dataclasses.replace(bank, held=held), 60, seed=3)
    of_character = examples.labels < len(bank.charset.characters)
    assert examples.held.shape == (60, bank.outputs)
    assert not examples.held[of_character, 5:].any()
    assert examples.held[~of_character].all(), "what is no character might have been any"


def blend_of(answers: NDArray[np.int64], examples: Examples) -> Blend:
    """The blend of pictures of which all views say the same, surely where it is an even number."""
    logits = np.where(answers % 2 == 0, 9.0, 4.0)[:, None] * np.eye(13)[answers]
    found = np.ones((len(answers), 2), bool)
    return fit_blend(Evidence(logits, logits, logits, logits, found, found[:, 0]), examples, DIGITS, DIGITS)


def test_a_doubtful_label_counts_for_no_threshold() -> None:
    labels = np.arange(2000) % 10
    labels[-200:] = 10
    answers = labels.copy()
    answers[labels == 4] = 8  # surely
    never = np.zeros(2000, bool)
    trusted = Examples([], DIGITS, labels, ~never, np.zeros((0, 0), bool), never, never)
    doubted = dataclasses.replace(trusted, doubtful=labels == 4)
    assert blend_of(answers, doubted).threshold < blend_of(answers, trusted).threshold


def test_validation_pictures_say_whose_label_may_be_wrong(bank: InkBank) -> None:
    examples = validation_pictures(bank, 60, seed=3)
    assert np.array_equal(examples.doubtful, examples.labels == 9)


def test_an_answer_that_a_source_does_not_tell_apart_counts_for_no_threshold() -> None:
    labels = np.arange(2000) % 10
    labels[-200:] = 10
    answers = labels.copy()
    answers[labels == 4] = 8  # surely
    held = np.ones((2000, 13), bool)
    never = np.zeros(2000, bool)
    everything = Examples([], DIGITS, labels, ~never, held, never, never)
    held_narrow = held.copy()
    held_narrow[labels == 4, 8] = False
    strict = blend_of(answers, everything).threshold
    assert blend_of(answers, dataclasses.replace(everything, held=held_narrow)).threshold < strict


def test_a_model_is_given_an_eye_and_still_opens(
    bank: InkBank, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.training.eye.train.VALIDATION_PICTURES", 60)
    make_model(settings)
    eye = EyeTraining(CONFIG, bank).trained()
    folder = give_eye(load("tiny", settings), eye, bank, CONFIG, settings)
    recogniser = load("tiny", settings)
    assert recogniser.eye is not None
    assert recogniser.card.blend
    assert recogniser.card.training["eye"]["steps"] == 20
    assert folder == settings.models_dir / "tiny"
    assert len(read_pictures(recogniser, [draw("3")])[0].views) == 4


def test_a_checkpoint_is_looked_at_before_anything_is_drawn(settings: Settings, tmp_path: Path) -> None:
    make_model(settings)
    for path, words in ((tmp_path, "is a folder"), (tmp_path / "none" / "eye", "No checkpoint can be written")):
        with pytest.raises(DataError, match=words):
            train_eye("tiny", CONFIG, settings, lambda *_: None, path)


@pytest.mark.parametrize(("charset", "name"), [(DIGITS, "mnist"), (BALANCED, "emnist-balanced")])
def test_what_an_eye_learns_from_is_named_where_it_is_missing(charset: object, name: str, settings: Settings) -> None:
    with pytest.raises(DataMissing, match=f"python -m core data download {name}"):
        load_ink_bank(charset, "train", settings)  # type: ignore[arg-type]


def test_forms_that_are_merged_again_are_learnt_anew(bank: InkBank) -> None:
    torch.manual_seed(5)
    apart = Eye(len(BALANCED.forms.characters) + 3)
    training = EyeTraining(CONFIG, dataclasses.replace(bank, charset=BALANCED, classes=BALANCED))
    fresh = training.network.state_dict()["head.7.weight"].clone()
    training.start_from(apart, BALANCED.forms)
    assert torch.equal(training.network.state_dict()["head.7.weight"], fresh), "a c would be lost in the row of the C"


def test_an_eye_that_merged_forms_begins_with_both_of_them_as_they_were(bank: InkBank) -> None:
    torch.manual_seed(5)
    merging = Eye(len(BALANCED.characters) + 3)
    training = EyeTraining(CONFIG, dataclasses.replace(bank, charset=BALANCED, classes=BALANCED.forms))
    training.start_from(merging, BALANCED)
    rows = training.network.state_dict()["head.7.weight"]
    capital, small = (BALANCED.forms.characters.index(form) for form in "Cc")
    assert torch.equal(rows[capital], rows[small])
