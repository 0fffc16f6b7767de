"""A teaching from beginning to end: samples and replay are read, the model is taught, what it did is measured.

The new model lies in the run's folder until the person keeps it.
"""

import dataclasses
import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.charsets import get_charset
from core.data.datasets import load
from core.data.register import ALWAYS_PRESENT, SOURCES, get_source, samples_of
from core.evaluation.available import Leakage, leakage_of
from core.evaluation.evaluate import evaluate
from core.evaluation.predictions import Predictions
from core.files import replace_file
from core.jobs import Progress
from core.model.card import Card, TrainingData
from core.model.inference import Recogniser
from core.model.library import load as load_model
from core.runs.folder import CANDIDATE_FOLDER, LESSON_FILE
from core.samples import store
from core.settings import Settings, check_writable
from core.teaching.finetune import Lesson, cross_validate, finetune
from core.teaching.recalibrate import held_out_indices, recalibrate
from core.teaching.replay import replay_source
from core.teaching.result import Outcome, Tested
from core.text import counted
from core.training.config import FOLDS, TeachConfig
from core.training.publish import history_of, publish

LARGEST_REPLAY = 20_000  # images


def run_teaching(config: TeachConfig, folder: Path, settings: Settings, progress: Progress) -> None:
    """Teach, measure, and leave the new model and the outcome in the run's folder.

    Raises:
        ReadOnly: nothing may be taught here.
        ConfigError: there are too few samples.
        ModelError, DataError, SampleError: the model, the data or the samples cannot be read.
    """
    check_writable(settings, "taught")
    recogniser = load_model(config.model, settings)
    charset = get_charset(config.charset)
    samples = store.read(settings, charset.name)
    glyphs = np.stack([sample.glyph for sample in samples]) if samples else np.zeros((0, 28, 28), np.uint8)
    labels = np.array([charset.characters.index(sample.label) for sample in samples], np.int64)
    replay, source = images_to_replay(recogniser, settings, config.seed)
    lesson, total = Lesson(glyphs, labels, replay, config.steps), (FOLDS + 1) * config.steps
    before, after = cross_validate(recogniser, lesson, config.seed, lambda done, _: progress(done, total))
    network = finetune(recogniser, lesson, config.seed, lambda done, _: progress(FOLDS * config.steps + done, total))
    card, fitted = recalibrate(network, _card(recogniser, config, lesson, source), settings)
    taught = Recogniser(_described(card, fitted), network, recogniser.eye)
    tested, answers = score_both(recogniser, taught, settings)
    history = history_of(settings.models_dir / config.model)
    publish(folder / CANDIDATE_FOLDER / config.name, taught, answers, history)
    outcome = Outcome(len(samples), int(before.sum()), int(after.sum()), FOLDS, source, tested, fitted)
    replace_file(folder / LESSON_FILE, json.dumps(asdict(outcome), indent=1).encode("utf-8"))


def images_to_replay(recogniser: Recogniser, settings: Settings, seed: int) -> tuple[NDArray[np.uint8], str]:
    """Images that the model has learnt from, shown again against forgetting, and a description of them.

    Those that its training held out are left out: the model is recalibrated on them.

    Raises:
        ConfigError: there are none of its characters.
    """
    data = load(replay_source(recogniser.card, settings).name, "train", settings)
    learnt = np.setdiff1d(np.arange(len(data.images)), held_out_indices(recogniser.card, data.name, data))
    chosen = np.random.default_rng(seed).permutation(learnt)[:LARGEST_REPLAY]
    return data.images[np.sort(chosen)], f"{data.title}, {len(chosen):,} images"


def _card(recogniser: Recogniser, config: TeachConfig, lesson: Lesson, replayed: str) -> Card:
    """The card of the taught model, without scores, hash and calibration."""
    card, labels = recogniser.card, lesson.labels
    digest = hashlib.sha256(lesson.glyphs.tobytes() + labels.tobytes()).hexdigest()
    source = get_source(samples_of(recogniser.charset))
    mine = TrainingData(source.name, source.title, source.licence, len(labels), digest, with_test=True)
    return dataclasses.replace(
        card,
        name=config.name,
        description=f"{card.title}, taught {counted(len(labels), 'sample')}; against forgetting: {replayed}.",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=config.seed,
        sources=(*(before for before in card.sources if before.name != source.name), mine),
        scores=(),
        training=card.training | {"taught_from": card.name, "taught_samples": len(labels)},
    )


def _described(card: Card, fitted: int) -> Card:
    """The card, which says where its temperature and its threshold come from."""
    how = f"fitted again on {fitted:,} validation images" if fitted else "as before"
    return dataclasses.replace(card, description=f"{card.description} Temperature and threshold: {how}.")


def score_both(
    recogniser: Recogniser, taught: Recogniser, settings: Settings
) -> tuple[tuple[Tested, ...], list[Predictions]]:
    """Score both models on every test set of the old one's card that is present, or else on the one that always is.

    Left out are the samples, all of which are taught, and another copy of what it has learnt from: its test images may
    be among them.
    """
    scored = [SOURCES[score.dataset] for score in recogniser.card.scores if score.dataset in SOURCES]
    names = [
        source.name
        for source in scored
        if source.present(settings)
        and leakage_of(taught.card, source.name, "test", source.title_of(settings)) is Leakage.NONE
    ]
    if not names and recogniser.charset.covers(get_source(ALWAYS_PRESENT).charset):
        names = [ALWAYS_PRESENT]
    tested, answers = [], []
    for name in names:
        data = load(name, "test", settings)
        before, after = evaluate(recogniser, data), evaluate(taught, data)
        shares = float(before.right.mean()), float(after.right.mean())
        tested.append(Tested(name, data.title, len(data.labels), *shares))
        answers.append(after)
    return tuple(tested), answers
