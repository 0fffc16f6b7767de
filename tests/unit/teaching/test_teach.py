"""A real teaching by a real worker: a small model meets a hand that slants, and learns it."""

import dataclasses
import os
import signal

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import BALANCED, DIGITS
from core.data.datasets import load as load_data
from core.errors import ConfigError, ReadOnly
from core.evaluation.predictions import evaluate
from core.model.card import Score, TrainingData
from core.model.inference import Recogniser
from core.model.library import list_models, load
from core.runs import queue
from core.runs.folder import CANDIDATE_FOLDER, State, read_run
from core.samples import edits
from core.samples.store import Sample
from core.settings import Settings
from core.teaching import summary
from core.teaching.finetune import Lesson, cross_validate, finetune, folds
from core.teaching.teach import _card as taught_card
from core.teaching.teach import held_out_indices, images_to_replay, recalibrate, score_both, validation_images
from core.training.config import FOLDS, TeachConfig, TrainConfig
from core.training.data import load_training_set
from core.training.train import train
from core.vision.normalise import normalise
from tests.support.emnist import write_emnist
from tests.support.models import make_model
from tests.support.strokes import draw
from tests.unit.test_worker import wait, worker_of

PUPIL = TrainConfig(name="pupil", datasets=("uci-digits",), architecture="lenet5", epochs=8, batch_size=32)
SLANT = 1.0  # pixels sideways for each pixel upwards


def slanted(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    matrix = np.array([[1, SLANT, -13.5 * SLANT], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(glyph, matrix, (28, 28)), np.uint8)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library with a model that reads upright digits, and samples of a hand that slants."""
    folder = tmp_path_factory.mktemp("school")
    settings = Settings(
        folder / "data", folder / "models", folder / "runs", f"sqlite:///{folder / 'samples.db'}", niceness=0
    )
    train(PUPIL, settings, lambda _: None)
    data = load_data("uci-digits", "test", settings)
    edits.add(
        [
            Sample(slanted(image), DIGITS.characters[label])
            for image, label in zip(data.images, data.labels, strict=True)
        ][:60],
        settings,
    )
    return settings


def test_a_lesson_is_learnt_kept_and_nothing_forgotten(school: Settings) -> None:
    run = queue.create(TeachConfig("pupil", "pupil-taught", steps=20), school)
    queue.dispatch(school)
    wait(run, State.FINISHED)
    assert [entry.name for entry in list_models(school)] == ["pupil"]  # nobody has said that it is to be kept
    done = summary.read_outcome(run.folder)
    assert (done.samples, done.folds) == (60, FOLDS)
    assert done.right_before < done.right_after
    assert [test.dataset for test in done.tests] == ["uci-digits"]
    assert not done.tests[0].before - done.tests[0].after > 0.01

    assert summary.keep(run, school) == "pupil-taught"
    assert load("pupil-taught", school).card.sources[-1].with_test, "all samples are taught, those for testing too"
    taught = load("pupil-taught", school)
    fresh = load_data("uci-digits", "test", school)
    unseen = dataclasses.replace(
        fresh, images=np.stack([slanted(image) for image in fresh.images[60:]]), labels=fresh.labels[60:]
    )
    before, after = evaluate(load("pupil", school), unseen).score(), evaluate(taught, unseen).score()
    assert after.accuracy > before.accuracy
    assert taught.card.sources[-1].name == "my-samples"
    assert done.fitted == len(load_training_set(PUPIL, school).validation_labels)
    assert f"fitted again on {done.fitted} validation images" in taught.card.description
    assert taught.card.training["taught_from"] == "pupil"
    assert taught.card.scores[0].accuracy == pytest.approx(done.tests[0].after)
    with pytest.raises(ConfigError, match="already"):
        summary.keep(run, school)
    with pytest.raises(ReadOnly):
        summary.keep(run, dataclasses.replace(school, read_only=True))


def test_a_killed_lesson_can_be_held_again(school: Settings) -> None:
    run = queue.create(TeachConfig("pupil", "again"), school)
    queue.dispatch(school)
    wait(run, State.RUNNING, until=lambda now: now.status.step > 0)
    os.kill(worker_of(run), signal.SIGKILL)
    interrupted = wait(run, State.INTERRUPTED)
    assert not (run.folder / CANDIDATE_FOLDER).exists()
    queue.enqueue(interrupted, school)
    queue.dispatch(school)
    wait(run, State.RUNNING, until=lambda now: now.status.step > 0)
    queue.cancel(run, school)
    wait(run, State.CANCELLED)


def test_too_few_samples_are_said(settings: Settings, school: Settings) -> None:
    empty = dataclasses.replace(school, runs_dir=settings.runs_dir, database_url=settings.database_url)
    run = queue.create(TeachConfig("pupil", "new"), empty)
    queue.dispatch(empty)
    assert "samples" in wait(run, State.FAILED).status.message


def test_every_fold_has_its_share_of_every_class() -> None:
    labels = np.repeat(np.arange(5), 6)
    parts = folds(labels, seed=0)
    assert sorted(np.concatenate(parts).tolist()) == list(range(30))
    assert all(np.bincount(labels[part]).tolist() == [2] * 5 for part in parts)


def test_how_sure_it_may_be_is_fitted_on_the_images_that_the_training_set_aside(school: Settings) -> None:
    recogniser, whole = load("pupil", school), load_data("uci-digits", "train", school)
    aside = held_out_indices(recogniser.card, "uci-digits", whole)
    there = load_training_set(PUPIL, school)
    assert np.array_equal(whole.images[aside], there.validation_images)
    (part,) = validation_images(recogniser.card, school)
    assert np.array_equal(part.labels, there.validation_labels)
    skewed = dataclasses.replace(recogniser.card, temperature=9.0, threshold=0.1)
    card, count = recalibrate(recogniser.network, skewed, school)
    assert count == len(aside)
    assert card.temperature == pytest.approx(recogniser.card.temperature, rel=1e-3)
    assert card.threshold == pytest.approx(recogniser.card.threshold, abs=1e-3)


def test_images_of_digits_alone_do_not_say_how_sure_a_model_of_letters_may_be(settings: Settings) -> None:
    write_emnist(settings.data_dir, "balanced", each=4)
    config = dataclasses.replace(PUPIL, datasets=("uci-digits", "emnist-balanced"), epochs=1, validation_share=0.2)
    folder = train(config, settings, lambda _: None)
    assert folder is not None
    recogniser = load("pupil", settings)
    (letters,) = validation_images(recogniser.card, settings)
    assert letters.charset == recogniser.charset
    card, count = recalibrate(recogniser.network, dataclasses.replace(recogniser.card, temperature=9.0), settings)
    assert count == len(letters.labels) > 0
    known = dataclasses.replace(recogniser.card, training=recogniser.card.training | {"datasets": ["pen-strokes"]})
    both = dataclasses.replace(known, training=known.training | {"datasets": ["emnist-balanced", "pen-strokes"]})
    assert len(validation_images(both, settings)) == 1  # pen strokes are not here, and not needed
    assert card.temperature == pytest.approx(recogniser.card.temperature, rel=1e-3)


@pytest.mark.parametrize(
    "training", [{}, {"datasets": ["uci-digits", "mnist"]}, {"datasets": ["my-samples"]}, {"datasets": 3}]
)
def test_without_those_images_it_stays_as_it_was(school: Settings, training: dict[str, object]) -> None:
    recogniser = load("pupil", school)
    card = dataclasses.replace(recogniser.card, training=training)
    assert recalibrate(recogniser.network, card, school) == (card, 0)


def test_another_copy_of_those_images_is_not_what_was_set_aside(school: Settings) -> None:
    recogniser = load("pupil", school)
    sources = tuple(dataclasses.replace(source, sha256="00") for source in recogniser.card.sources)
    assert validation_images(dataclasses.replace(recogniser.card, sources=sources), school) == []


def test_a_taught_model_is_not_taught_its_samples_against_forgetting(school: Settings) -> None:
    recogniser = load("pupil", school)
    mine = TrainingData("my-samples", "My samples", "your own", 60, "00")
    taught = Recogniser(dataclasses.replace(recogniser.card, sources=(mine,)), recogniser.network)
    assert images_to_replay(taught, school, seed=0)[1].startswith("UCI digits")


def test_the_same_seed_teaches_the_same(school: Settings) -> None:
    recogniser, data = load("pupil", school), load_data("uci-digits", "train", school)
    one = Lesson(data.images[:12], data.labels[:12], data.images, steps=5)
    first, second = finetune(recogniser, one, seed=3), finetune(recogniser, one, seed=3)
    for name, tensor in first.state_dict().items():
        assert tensor.equal(second.state_dict()[name])
    with pytest.raises(ConfigError, match="at least 6 samples are needed; there are 3"):
        cross_validate(recogniser, Lesson(data.images[:3], data.labels[:3], data.images))


def test_a_taught_model_is_not_scored_on_another_copy_of_what_it_has_learnt_from(settings: Settings) -> None:
    """Some of its training images may be among them; what is the same copy, or of other pages, is scored."""
    write_emnist(settings.data_dir, "digits", each=2)
    make_model(settings)
    recogniser = load("tiny", settings)
    score = Score("emnist-digits", "EMNIST Digits", 20, 0.9, 0.8, 1.0, 0.1, 0.5, 0.0)
    learnt = TrainingData("emnist-digits", "EMNIST Digits", "public", 240_000, "00")
    for title, scored in (("EMNIST Digits", "uci-digits"), ("EMNIST Digits (stand-in)", "emnist-digits")):
        source = dataclasses.replace(learnt, title=title)
        one = Recogniser(dataclasses.replace(recogniser.card, sources=(source,), scores=(score,)), recogniser.network)
        assert [test.dataset for test in score_both(one, one, settings)[0]] == [scored]


def test_a_taught_model_is_not_scored_on_its_lesson(school: Settings) -> None:
    """All samples are taught, those too that are for testing."""
    learner = load("pupil", school)
    score = Score("my-samples", "My samples", 15, 0.9, 0.8, 1.0, 0.1, 0.5, 0.0)
    before = Recogniser(dataclasses.replace(learner.card, scores=(score, *learner.card.scores)), learner.network)
    mine = TrainingData("my-samples", "My samples", "your own", 60, "00", with_test=True)
    after = Recogniser(dataclasses.replace(before.card, sources=(*before.card.sources, mine)), learner.network)
    assert [test.dataset for test in score_both(before, before, school)[0]] == ["my-samples", "uci-digits"]
    assert [test.dataset for test in score_both(before, after, school)[0]] == ["uci-digits"]


def test_letters_cannot_be_taught_without_letters_against_forgetting(settings: Settings, school: Settings) -> None:
    """Digits alone would let the model forget its letters: it is said what is missing, and where to get it."""
    here = dataclasses.replace(settings, database_url=school.database_url)
    make_model(
        here, charset="balanced", sources=(TrainingData("emnist-balanced", "EMNIST Balanced", "public", 90_000, "00"),)
    )
    glyphs = np.stack([slanted(normalise(draw(digit)).glyph) for digit in "012345"])
    edits.add([Sample(glyph, "a", charset="balanced") for glyph in glyphs], here)
    run = queue.create(TeachConfig("tiny", "new", "balanced", steps=1), here)
    queue.dispatch(here)
    message = wait(run, State.FAILED).status.message
    assert "has learnt from (EMNIST Balanced)" in message
    assert "Explore page" in message
    write_emnist(here.data_dir, "balanced", each=2)
    queue.enqueue(read_run(run.folder), here)
    queue.dispatch(here)
    wait(run, State.FINISHED)
    done = summary.read_outcome(run.folder)
    assert (done.samples, [test.dataset for test in done.tests]) == (6, ["uci-digits"])


def test_a_model_that_tells_forms_of_letters_apart_is_taught_one_of_both(settings: Settings) -> None:
    card = make_model(settings, charset="balanced", forms=True)
    recogniser, label = load("tiny", settings), BALANCED.characters.index("C")
    glyphs = np.stack([normalise(draw("3")).glyph] * 6)
    lesson = Lesson(glyphs, np.full(6, label), np.zeros((1, 28, 28), np.uint8), steps=60)
    taught = Recogniser(card, finetune(recogniser, lesson))
    before, after = (one.probabilities(glyphs)[:, label] for one in (recogniser, taught))
    assert before.max() < 0.5 < after.min()
    assert cross_validate(recogniser, lesson)[1].all()


def test_samples_of_another_charset_stay_among_what_was_learnt_from(school: Settings) -> None:
    recogniser = load("pupil", school)
    others = TrainingData("my-samples-balanced", "My samples of letters and digits", "your own", 9, "00")
    before = dataclasses.replace(recogniser.card, sources=(*recogniser.card.sources, others))
    lesson = Lesson(np.zeros((6, 28, 28), np.uint8), np.zeros(6, np.int64), np.zeros((1, 28, 28), np.uint8), 1)
    config = TeachConfig("pupil", "new")
    card = taught_card(Recogniser(before, recogniser.network), config, lesson, "UCI digits")
    assert [source.name for source in card.sources] == ["uci-digits", "my-samples-balanced", "my-samples"]
