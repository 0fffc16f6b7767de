"""A real teaching by a real worker: a small model meets a hand that slants, and learns it."""

import dataclasses
import os
import signal

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import DIGITS
from core.data import samples
from core.data.datasets import load as load_data
from core.data.samples import Sample
from core.errors import ConfigError, ReadOnly
from core.evaluation.evaluate import evaluate
from core.model.library import list_models, load
from core.settings import Settings
from core.training import outcome, runs
from core.training.config import FOLDS, TeachConfig, TrainConfig
from core.training.runs import State
from core.training.teach import Lesson, cross_validate, folds, teach
from core.training.train import train
from tests.unit.training.test_worker import wait, worker_of

SLANT = 1.0  # pixels sideways for each pixel upwards


def slanted(glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
    matrix = np.array([[1, SLANT, -13.5 * SLANT], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(glyph, matrix, (28, 28)), np.uint8)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library with a model that reads upright digits, and samples of a hand that slants."""
    folder = tmp_path_factory.mktemp("school")
    settings = Settings(
        folder / "data", folder / "models", folder / "runs", f"sqlite:///{folder / 'samples.db'}", read_only=False
    )
    config = TrainConfig(name="pupil", datasets=("uci-digits",), architecture="fast", epochs=8, batch_size=64)
    train(config, settings, lambda _: None)
    data = load_data("uci-digits", "test", settings)
    samples.add(
        [
            Sample(slanted(image), DIGITS.characters[label])
            for image, label in zip(data.images, data.labels, strict=True)
        ][:60],
        settings,
    )
    return settings


def test_a_lesson_is_learnt_kept_and_nothing_forgotten(school: Settings) -> None:
    run = runs.create(TeachConfig("pupil", "pupil-taught", steps=60), school)
    runs.dispatch(school)
    wait(run, State.FINISHED)
    assert [entry.name for entry in list_models(school)] == ["pupil"]  # nobody has said that it is to be kept
    done = outcome.read_outcome(run.folder)
    assert (done.samples, done.folds) == (60, FOLDS)
    assert done.right_before < done.right_after
    assert [test.dataset for test in done.tests] == ["uci-digits"]
    assert not done.tests[0].before - done.tests[0].after > 0.01

    assert outcome.keep(run, school) == "pupil-taught"
    taught = load("pupil-taught", school)
    fresh = load_data("uci-digits", "test", school)
    unseen = dataclasses.replace(
        fresh, images=np.stack([slanted(image) for image in fresh.images[60:]]), labels=fresh.labels[60:]
    )
    before, after = evaluate(load("pupil", school), unseen).score(), evaluate(taught, unseen).score()
    assert after.accuracy > before.accuracy
    assert taught.card.sources[-1].name == "my-samples"
    assert taught.card.scores[0].accuracy == pytest.approx(done.tests[0].after)
    with pytest.raises(ConfigError, match="already"):
        outcome.keep(run, school)
    with pytest.raises(ReadOnly):
        outcome.keep(run, dataclasses.replace(school, read_only=True))


def test_a_killed_lesson_can_be_held_again(school: Settings) -> None:
    run = runs.create(TeachConfig("pupil", "again"), school)
    runs.dispatch(school)
    wait(run, State.RUNNING, until=lambda now: now.status.step > 0)
    os.kill(worker_of(run), signal.SIGKILL)
    interrupted = wait(run, State.INTERRUPTED)
    assert not (run.folder / runs.CANDIDATE_FOLDER).exists()
    runs.enqueue(interrupted, school)
    runs.dispatch(school)
    wait(run, State.RUNNING, until=lambda now: now.status.step > 0)
    runs.cancel(run, school)
    wait(run, State.CANCELLED)


def test_too_few_samples_are_said(settings: Settings, school: Settings) -> None:
    empty = dataclasses.replace(school, runs_dir=settings.runs_dir, database_url=settings.database_url)
    run = runs.create(TeachConfig("pupil", "new"), empty)
    runs.dispatch(empty)
    assert "samples" in wait(run, State.FAILED).status.message


def test_every_fold_has_its_share_of_every_class() -> None:
    labels = np.repeat(np.arange(5), 6)
    parts = folds(labels, seed=0)
    assert sorted(np.concatenate(parts).tolist()) == list(range(30))
    assert all(np.bincount(labels[part]).tolist() == [2] * 5 for part in parts)


def test_the_same_seed_teaches_the_same(school: Settings) -> None:
    recogniser, data = load("pupil", school), load_data("uci-digits", "train", school)
    one = Lesson(data.images[:12], data.labels[:12], data.images, steps=5)
    first, second = teach(recogniser, one, seed=3), teach(recogniser, one, seed=3)
    for name, tensor in first.state_dict().items():
        assert tensor.equal(second.state_dict()[name])
    with pytest.raises(ConfigError, match="at least 6 samples are needed; there are 3"):
        cross_validate(recogniser, Lesson(data.images[:3], data.labels[:3], data.images))
