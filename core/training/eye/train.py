"""Giving a model an eye: train it, choose how the views count together, and write the model anew."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from core.charsets import Charset
from core.errors import ConfigError
from core.model.architectures import count_parameters
from core.model.card import CARD_VERSION
from core.model.checkpoint import check_library, round_to_half
from core.model.inference import Recogniser
from core.model.library import load
from core.model.networks import Eye
from core.model.records import read_evaluations, read_history
from core.settings import Settings, check_writable
from core.training.config import EYE_CHECKPOINT_STEPS
from core.training.eye.bank import InkBank, load_ink_bank
from core.training.eye.blending import collect, fit_blend, validation_pictures
from core.training.eye.loop import EyeConfig, EyeTraining
from core.training.resume import Checkpoint
from core.training.train import write_hashed

# The thresholds hang on the worst one or two in a thousand: fewer would leave them to chance.
VALIDATION_PICTURES = 12_000


def train_eye(
    name: str,
    config: EyeConfig,
    settings: Settings,
    on_step: Callable[[int, float], None],
    checkpoint: Path | None = None,
    start: str = "",
) -> Path:
    """Train an eye for the model `name`, whose other network stays as it is, and write it; return its folder.

    Args:
        on_step: called with the number of steps done, and the loss.
        checkpoint: a file from which an earlier training goes on, and that is written every EYE_CHECKPOINT_STEPS.
        start: a model whose eye it begins with, of this charset or another; empty to begin from nothing.

    Raises:
        ModelError: there is no such model, or it is damaged or cannot be written.
        ConfigError: the model to start from has no eye, or the checkpoint is of a training with other options.
        DataError: a data set is not there or damaged, or the checkpoint is.
    """
    check_writable(settings, "trained")
    check_library(settings.models_dir)
    kept = Checkpoint(checkpoint, dataclasses.asdict(config) | {"model": name, "start": start})
    recogniser = load(name, settings)
    begin = _eye_of(start, settings) if start else None
    # Both are read before: what they tell apart hangs on which data sets are here, and that may change meanwhile.
    bank, validation = (load_ink_bank(recogniser.charset, split, settings) for split in ("train", "validation"))
    training = EyeTraining(config, bank)
    if begin:
        training.start_from(*begin)
    kept.resume(training)
    for loss in training:
        on_step(training.step, loss)
        if training.step % EYE_CHECKPOINT_STEPS == 0 or training.step == config.steps:
            kept.save(training)
    return give_eye(recogniser, training.trained(), validation, config, settings)


def _eye_of(name: str, settings: Settings) -> tuple[Eye, Charset]:
    """A model's eye, and what its first outputs stand for."""
    recogniser = load(name, settings)
    if recogniser.eye is None:
        raise ConfigError(f"The model {name!r} has no eye to start from. Name one that reads pictures themselves.")
    return recogniser.eye, recogniser.card.eye_classes


def give_eye(recogniser: Recogniser, eye: Eye, validation: InkBank, config: EyeConfig, settings: Settings) -> Path:
    """Choose the blend on validation pictures and write the model with its eye, in the place of the one without."""
    card = dataclasses.replace(recogniser.card, eye_forms=validation.classes != validation.charset)
    sighted = Recogniser(card, recogniser.network, round_to_half(eye).to(memory_format=torch.channels_last).eval())
    examples = validation_pictures(validation, VALIDATION_PICTURES, config.seed + 1)
    blend = fit_blend(collect(sighted, examples.pictures), examples, sighted.classes, sighted.charset)
    card = dataclasses.replace(
        card,
        version=CARD_VERSION,
        parameters=count_parameters(recogniser.network) + count_parameters(eye),
        blend=blend,
        training=recogniser.card.training | {"eye": dataclasses.asdict(config)},
    )
    folder = settings.models_dir / card.name
    evaluations = list(read_evaluations(folder, recogniser.card).values())
    write_hashed(folder, sighted, card, evaluations, read_history(folder))
    return folder
