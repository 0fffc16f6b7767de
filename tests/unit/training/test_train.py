import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F

from core.charsets import BALANCED, CAPITALS, CHARSETS, DIGITS, SMALL_LETTERS, Charset
from core.data.datasets import load as load_data
from core.data.register import SOURCES
from core.data.source import Pairs, Source
from core.errors import ConfigError, DataError, DataMissing, ModelError, ModelMissing
from core.evaluation.available import available
from core.evaluation.predictions import evaluate, read_stored
from core.jobs import Progress
from core.model.architectures import build
from core.model.card import TrainingData, read_card, to_json
from core.model.library import list_models, load
from core.model.numbers_library import list_numbers
from core.model.records import read_evaluations
from core.runs.queue import free_name
from core.samples import edits
from core.settings import Settings
from core.training.config import TrainConfig
from core.training.data import load_training_set, validation_indices
from core.training.step import Epoch, Step, cross_entropy, validate
from core.training.train import finish, fit, train
from core.vision.normalise import normalise, to_glyph
from tests.support.emnist import letter, write_emnist
from tests.support.glyphs import longer_sides
from tests.support.mnist import write_mnist
from tests.support.numbers import make_numbers
from tests.support.samples import add_samples
from tests.support.unipen import write_unipen

CONFIG = TrainConfig(name="small", datasets=("uci-digits",), architecture="lenet5", epochs=6, batch_size=32)


def test_a_training_ends_in_a_model_that_can_be_used(settings: Settings) -> None:
    folder = train(CONFIG, settings, lambda _: None)
    assert folder == settings.models_dir / "small"
    recogniser = load("small", settings)
    card = recogniser.card
    answers = evaluate(recogniser, load_data("uci-digits", "test", settings))
    score = answers.score()
    assert dataclasses.asdict(card.scores[0]) == pytest.approx(dataclasses.asdict(score), abs=1e-6)
    assert score.images == 450
    assert score.accuracy > 0.85
    assert score.low < score.accuracy < score.high
    assert answers.confusion.sum() == 450
    assert card.training["epochs"] == 6
    assert card.sources[0].sha256
    assert 0 < card.threshold <= 1
    history = pd.read_csv(folder / "history.csv")
    assert len(history) == 6
    assert card.training["best_epoch"] == 6
    stored = read_evaluations(folder, read_card(folder))["uci-digits"]
    assert stored.probabilities == pytest.approx(answers.probabilities, abs=1e-6)
    assert (folder / "model.safetensors").stat().st_size < 2.2 * card.parameters, "half precision"


def test_a_trial_run_writes_nothing(settings: Settings) -> None:
    assert train(CONFIG, settings, lambda _: None, max_steps=2) is None
    assert list(settings.models_dir.iterdir()) == []


def test_absent_data_is_said_before_any_work(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="MNIST is not in"):
        train(dataclasses.replace(CONFIG, datasets=("uci-digits", "mnist")), settings, lambda _: None)


def test_a_reader_of_numbers_is_not_overwritten_and_that_is_said_before_any_work(settings: Settings) -> None:
    make_numbers(settings, "small")
    with pytest.raises(ConfigError, match="There is a reader of numbers 'small'"):
        train(dataclasses.replace(CONFIG, datasets=("mnist",)), settings, lambda _: None)
    assert list_numbers(settings) == ["small"]


def test_one_image_alone_is_refused(settings: Settings) -> None:
    """There would be no step to take: batch norm needs two images."""
    with pytest.raises(ConfigError, match="images must be 0 for all, or at least 2, got 1"):
        train(dataclasses.replace(CONFIG, images=1), settings, lambda _: None)
    assert train(dataclasses.replace(CONFIG, images=2, epochs=1), settings, lambda _: None)


REFUSING = dataclasses.replace(CONFIG, images=200, epochs=1, outliers=0.25, validation_share=0.2)


def test_a_training_set_with_outliers_has_two_more_classes(settings: Settings) -> None:
    plain = load_training_set(dataclasses.replace(REFUSING, outliers=0.0), settings)
    data = load_training_set(REFUSING, settings)
    assert (plain.outputs, data.outputs) == (10, 12)
    assert (plain.rejections, data.rejections) == ((), ("other", "several"))
    assert torch.equal(data.images[:200], plain.images), "the characters are as they were"
    assert np.bincount(data.labels[200:], minlength=12).tolist() == [0] * 10 + [35, 15]
    aside = len(plain.validation_labels)
    assert (data.validation_images[:aside] == plain.validation_images).all()
    assert set(data.validation_labels[aside:].tolist()) == {10, 11}
    assert set(data.validation_sources[aside:]) == {"outliers"}
    assert len(data.validation_sources) == len(data.validation_images) == aside + round(aside * 0.25)
    assert [(source.name, source.images) for source in data.sources][1:] == [("outliers", 50)]
    assert (data.mean, data.std) == (plain.mean, plain.std), "of characters alone"
    assert data.digest == load_training_set(REFUSING, settings).digest
    assert data.digest != load_training_set(dataclasses.replace(REFUSING, seed=1), settings).digest


def test_every_image_is_asked_whether_it_is_a_character(settings: Settings) -> None:
    write_emnist(settings.data_dir, "balanced", each=2)
    both = dataclasses.replace(REFUSING, datasets=("emnist-balanced", "uci-digits"), images=0)
    data = load_training_set(both, settings)
    for place, count in ((0, 49), (len(data.labels) - 1, 49)):
        _, masked_classes = data.restrict(torch.zeros(1, 49), torch.tensor([place]))
        assert masked_classes is not None
        assert int((~masked_classes).sum()) == count
    digit = int((data.source_index == 1).nonzero()[0])
    _, masked_classes = data.restrict(torch.zeros(1, 49), torch.tensor([digit]))
    assert masked_classes is not None
    assert np.flatnonzero(~masked_classes[0].numpy()).tolist() == [*range(10), 47, 48]


def test_a_model_that_knows_outliers_is_kept_and_opens_again(settings: Settings) -> None:
    folder = train(REFUSING, settings, lambda _: None)
    assert folder is not None
    recogniser = load("small", settings)
    assert recogniser.card.knows_outliers
    assert 0 < recogniser.card.rejection_threshold <= 1
    assert [source.name for source in recogniser.card.sources] == ["uci-digits", "outliers"]
    assert read_stored(folder)["uci-digits"].probabilities.shape == (450, 10)
    (answer,) = recogniser.predict([normalise(255 - letter("E"))])
    assert answer.probabilities.shape == (10,)
    assert answer.probabilities.sum() == pytest.approx(1)
    assert 0 < answer.rejection < 1
    train(dataclasses.replace(REFUSING, outliers=0.0, name="plain"), settings, lambda _: None)
    assert not read_card(settings.models_dir / "plain").knows_outliers


def test_a_training_can_start_from_a_model(settings: Settings) -> None:
    train(dataclasses.replace(CONFIG, epochs=4), settings, lambda _: None)
    events: list[Step | Epoch] = []
    again = dataclasses.replace(CONFIG, name="again", start="small", epochs=1, learning_rate=0.0005, schedule="none")
    train(again, settings, events.append)
    first = next(event for event in events if isinstance(event, Step))
    assert first.loss < 1.0  # from scratch it is 2.3
    assert read_card(settings.models_dir / "again").training["start"] == "small"
    with pytest.raises(ConfigError, match="architecture 'lenet5'"):
        train(dataclasses.replace(again, architecture="fast"), settings, events.append)
    with pytest.raises(ModelMissing):
        train(dataclasses.replace(again, start="nobody"), settings, events.append)


VOWELS = Charset("vowels", "Vowels", ("A", "E", "O"))


class Vowels(Source):
    """A data set of three classes."""

    name = "emnist-letters"
    title = "Vowels"
    licence = "none"
    charset = VOWELS

    def present(self, _: Settings) -> bool:
        return True

    def read(self, _split: str, _settings: Settings, _: Progress) -> Pairs:
        labels = np.arange(120) % 3
        sizes = np.linspace(0.5, 0.9, 120)
        pictures = [letter(VOWELS.characters[label], size) for label, size in zip(labels, sizes, strict=True)]
        return np.stack([to_glyph(picture) for picture in pictures]), labels.astype(np.int64)


def test_three_classes_from_end_to_end(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing between the data and the answer assumes ten classes, or digits."""
    monkeypatch.setitem(SOURCES, "emnist-letters", Vowels())
    monkeypatch.setitem(CHARSETS, "vowels", VOWELS)
    config = dataclasses.replace(CONFIG, datasets=("emnist-letters",), epochs=8, batch_size=8)
    folder = train(config, settings, lambda _: None)
    recogniser = load("small", settings)
    assert recogniser.card.charset == "vowels"
    assert recogniser.card.scores[0].accuracy > 0.9
    stored = read_evaluations(folder or settings.models_dir, recogniser.card)["emnist-letters"]
    assert stored.probabilities.shape == (120, 3)
    answers = evaluate(recogniser, load_data("emnist-letters", "test", settings))
    assert answers.confusion.shape == (3, 3)
    (answer,) = recogniser.predict([normalise(255 - letter("E"))])
    assert answer.label == "E"
    assert answer.characters == VOWELS.characters
    digits = dataclasses.replace(CONFIG, name="digits-from-vowels", start="small")
    with pytest.raises(ConfigError, match="reads vowels, and the data sets hold digits"):
        train(digits, settings, lambda _: None)


def test_a_set_of_digits_helps_to_learn_letters(settings: Settings) -> None:
    """It tells digits from each other and nothing of letters, in training as where it is scored."""
    write_emnist(settings.data_dir, "balanced", each=2)
    config = dataclasses.replace(
        CONFIG, datasets=("emnist-balanced", "uci-digits"), epochs=1, label_smoothing=0.1, validation_share=0.2
    )
    data = load_training_set(config, settings)
    assert data.charset == BALANCED
    first, last = torch.tensor([0]), torch.tensor([len(data.labels) - 1])
    for chosen, names in ((first, BALANCED.characters), (last, DIGITS.characters)):
        _, masked_classes = data.restrict(torch.zeros(1, 47), chosen)
        assert masked_classes is not None
        assert tuple(np.array(BALANCED.characters)[~masked_classes[0].numpy()]) == names
    assert longer_sides(data.images.numpy()) == {BALANCED.glyph_side}, "all stand as large as letters do"
    digits = data.validation_sources == "uci-digits"
    logits = validate(build("lenet5", 47, 0.0), data)
    assert np.isfinite(logits[~digits]).all()
    assert np.isfinite(logits[digits]).sum(axis=1).tolist() == [10] * digits.sum()
    folder = train(config, settings, lambda _: None)
    assert folder is not None
    stored = read_stored(folder)
    assert stored["uci-digits"].probabilities.shape == (450, 10)
    assert stored["emnist-balanced"].probabilities.shape == (94, 47)
    offered = [choice.dataset for choice in available(read_card(folder), stored, settings)]
    assert {"uci-digits", "emnist-balanced"} <= set(offered)


def test_where_classes_are_balanced_so_is_what_is_set_aside() -> None:
    labels = np.repeat([0, 1, 2], [9000, 900, 100])
    natural = validation_indices(labels, dataclasses.replace(CONFIG, validation_share=0.02))
    assert np.bincount(labels[natural], minlength=3).tolist() == pytest.approx([180, 18, 2], abs=8)
    balanced = validation_indices(labels, dataclasses.replace(CONFIG, validation_share=0.02, balance=1.0))
    drawn = np.bincount(labels[balanced])
    assert drawn[2] == 4, "twice the share of the rarest"
    assert drawn[1] == 36
    assert len(np.unique(balanced)) == 200


def test_no_class_of_a_few_images_is_set_aside_whole() -> None:
    labels = np.repeat([0, 1, 2], [2, 3, 400])
    for share in (0.01, 0.1, 0.3, 0.5):
        aside = validation_indices(labels, dataclasses.replace(CONFIG, validation_share=share, balance=1.0))
        left = np.bincount(np.delete(labels, aside), minlength=3)
        assert (left >= [1, 2, 200]).all()
        assert len(aside) == round(share * len(labels))


def test_the_last_image_of_a_class_is_set_aside_last() -> None:
    """As among one's own samples: some characters nine times, some once."""
    labels = np.r_[np.repeat(np.arange(30), 9), np.arange(30, 40)]
    for seed in range(10):
        config = dataclasses.replace(CONFIG, validation_share=0.05, balance=1.0, seed=seed)
        aside = validation_indices(labels, config)
        assert len(aside) == 14
        assert labels[aside].max() < 30
    all_alone = validation_indices(np.arange(40), dataclasses.replace(CONFIG, validation_share=0.05, balance=1.0))
    assert len(all_alone) == 2, "there is nothing else to choose on"


def test_what_an_image_cannot_be_takes_no_part_in_the_loss() -> None:
    logits = torch.tensor([[2.0, 1.0, 3.0], [0.5, 0.0, 1.0]])
    labels, masked_classes = torch.tensor([0, 2]), torch.tensor([[False, False, True], [False, False, False]])
    for smoothing in (0.0, 0.1):
        alone = F.cross_entropy(logits[:1, :2], labels[:1], label_smoothing=smoothing)
        other = F.cross_entropy(logits[1:], labels[1:], label_smoothing=smoothing)
        assert cross_entropy(logits, labels, smoothing, masked_classes).item() == pytest.approx(
            float(alone + other) / 2
        )
        whole = F.cross_entropy(logits, labels, label_smoothing=smoothing)
        assert cross_entropy(logits, labels, smoothing, None).item() == pytest.approx(float(whole))


def test_the_loss_of_columns_is_the_mean_of_theirs() -> None:
    logits, labels = torch.randn(4, 3, 5), torch.tensor([0, 1, 2, 3])
    for masked_classes in (None, torch.tensor([[False] * 4 + [True]] * 4)):
        alone = [cross_entropy(logits[:, column], labels, 0.1, masked_classes).item() for column in range(3)]
        assert cross_entropy(logits, labels, 0.1, masked_classes).item() == pytest.approx(sum(alone) / 3)


def test_a_start_hands_on_what_it_has_learnt_from(settings: Settings) -> None:
    """A test image may not have been a training image of the model that a training starts from."""
    write_emnist(settings.data_dir, "digits", each=12)
    first = dataclasses.replace(CONFIG, name="first", datasets=("emnist-digits",), epochs=1)
    train(first, settings, lambda _: None)
    second = dataclasses.replace(first, name="second", datasets=("uci-digits",), start="first")
    train(second, settings, lambda _: None)
    sources = read_card(settings.models_dir / "second").sources
    assert [source.title for source in sources] == ["UCI digits", "EMNIST Digits (stand-in)"]
    write_mnist(settings.data_dir, 120)
    with pytest.raises(ConfigError, match="same pages"):
        train(dataclasses.replace(second, name="third", datasets=("mnist",), start="second"), settings, lambda _: None)


def test_a_start_that_has_learnt_from_another_copy_is_refused(settings: Settings) -> None:
    """The stand-in's training images may be the official test images."""
    write_emnist(settings.data_dir, "digits", each=12)
    first = dataclasses.replace(CONFIG, name="first", datasets=("emnist-digits",), epochs=1)
    folder = train(first, settings, lambda _: None)
    assert folder is not None
    again = dataclasses.replace(first, name="second", start="first")
    assert train(again, settings, lambda _: None), "the same copy may go on"
    text = (folder / "card.json").read_text(encoding="utf-8")
    (folder / "card.json").write_text(text.replace("EMNIST Digits (stand-in)", "EMNIST Digits"), encoding="utf-8")
    with pytest.raises(ConfigError, match="another copy of EMNIST Digits than the one here"):
        train(dataclasses.replace(again, name="third"), settings, lambda _: None)


def test_samples_too_few_to_be_tested_on_are_learnt_all_the_same(settings: Settings) -> None:
    add_samples(settings, 5, for_testing=False)
    both = dataclasses.replace(CONFIG, datasets=("uci-digits", "my-samples"), epochs=1)
    folder = train(both, settings, lambda _: None)
    assert folder
    card = read_card(folder)
    assert [source.name for source in card.sources] == ["uci-digits", "my-samples"]
    assert [score.dataset for score in card.scores] == ["uci-digits"]
    alone = train(dataclasses.replace(both, name="alone", datasets=("my-samples",)), settings, lambda _: None)
    assert alone
    assert read_card(alone).scores == ()
    assert load("alone", settings).card.name == "alone"


def test_samples_too_few_to_be_trained_on_are_refused_at_once(settings: Settings) -> None:
    mine = dataclasses.replace(CONFIG, datasets=("my-samples",))
    add_samples(settings, 2, for_testing=False)
    with pytest.raises(DataError, match="Too few images of My samples are left to train on: 1,"):
        train(mine, settings, lambda _: None)
    edits.delete([1, 2], settings)
    add_samples(settings, 5, for_testing=True)
    with pytest.raises(DataError, match=r"My samples .* holds no images for train"):
        train(mine, settings, lambda _: None)


def test_a_taught_model_is_no_start_where_its_lesson_is_tested_on(settings: Settings) -> None:
    folder = train(dataclasses.replace(CONFIG, epochs=1), settings, lambda _: None)
    assert folder
    card = read_card(folder)
    mine = TrainingData("my-samples", "My samples", "your own", 8, "00", with_test=True)
    taught = dataclasses.replace(card, sources=(*card.sources, mine))
    (folder / "card.json").write_text(to_json(taught), encoding="utf-8")
    add_samples(settings, 5, for_testing=False)
    again = dataclasses.replace(CONFIG, name="again", start="small", epochs=1)
    assert train(again, settings, lambda _: None)
    assert read_card(settings.models_dir / "again").sources[-1].with_test
    with pytest.raises(ConfigError, match="was taught all of My samples"):
        train(dataclasses.replace(again, datasets=("uci-digits", "my-samples")), settings, lambda _: None)


def test_a_model_that_takes_no_others_place(settings: Settings) -> None:
    config = dataclasses.replace(CONFIG, epochs=1, images=100)

    def finished(seed: int) -> Path:
        seeded = dataclasses.replace(config, seed=seed)
        data = load_training_set(seeded, settings)
        trained = fit(seeded, data, lambda _: None)
        return finish(seeded, data, trained, settings, rename=lambda name: free_name(name, settings))

    first = finished(0)
    written = (first / "model.safetensors").stat().st_mtime_ns
    assert (first.name, finished(0)) == ("small", first)  # the process was killed before it could say that it had ended
    second = finished(1)
    assert (second.name, finished(1)) == ("small-2", second)
    assert read_card(second).title == "Small 2"
    assert finished(2).name == "small-3"
    assert (first / "model.safetensors").stat().st_mtime_ns == written
    assert load("small-2", settings).card.training["seed"] == 1
    train(config, settings, lambda _: None)  # the command line says so before, and replaces
    assert len(list_models(settings)) == 3


FORMS = dataclasses.replace(
    CONFIG,
    datasets=("emnist-balanced", "unipen-capitals", "unipen-small-letters"),
    epochs=1,
    validation_share=0.2,
    outliers=0.2,
)


def test_a_model_that_has_seen_both_forms_of_letters_tells_them_apart(settings: Settings) -> None:
    write_emnist(settings.data_dir, "balanced", each=2)
    train(dataclasses.replace(FORMS, datasets=("emnist-balanced",), name="merging"), settings, lambda _: None)
    for kind, letters in (("capitals", "AHO"), ("small-letters", "bei")):
        write_unipen(settings.data_dir, kind, letters)
    train(dataclasses.replace(FORMS, start="merging"), settings, lambda _: None)
    assert not read_card(settings.models_dir / "merging").forms
    card = read_card(settings.models_dir / "small")
    assert card.forms
    assert card.outputs == 64
    recogniser = load("small", settings)
    glyphs = load_training_set(FORMS, settings).images[:50].numpy()
    capitals, small, both = (recogniser.probabilities(glyphs, only) for only in (CAPITALS, SMALL_LETTERS, None))
    assert capitals.shape == small.shape == (50, 26)
    assert both.shape == (50, 47)
    assert both.sum(axis=1) == pytest.approx(np.ones(50))
    assert read_stored(settings.models_dir / "small")["emnist-balanced"].probabilities.shape[1] == 47
    again = dataclasses.replace(FORMS, datasets=("emnist-balanced",), name="again", start="small")
    train(again, settings, lambda _: None)
    assert read_card(settings.models_dir / "again").forms, "a network that tells forms apart goes on doing so"


def test_a_training_that_diverges_says_so_and_leaves_the_model_of_its_name(settings: Settings) -> None:
    train(CONFIG, settings, lambda _: None)
    before = (settings.models_dir / "small" / "card.json").read_bytes()
    wild = dataclasses.replace(CONFIG, learning_rate=10.0, optimiser="sgd", momentum=0.99, epochs=3)
    with pytest.raises(ConfigError, match=r"has diverged in epoch [123]: .* lower learning rate than 10"):
        train(wild, settings, lambda _: None)
    assert (settings.models_dir / "small" / "card.json").read_bytes() == before
    assert load("small", settings)


def test_a_library_that_cannot_be_written_is_named_before_anything_is_read(settings: Settings) -> None:
    settings.models_dir.rmdir()
    settings.models_dir.write_text("a file in its place")
    events: list[Step | Epoch] = []
    with pytest.raises(ModelError, match=r"No model can be written to .*models: .*DIGITS_MODELS_DIR"):
        train(CONFIG, settings, events.append)
    assert events == []
