"""Whether a training may start from a model, by its card. Imports no torch: a form asks before the start."""

import dataclasses

from core.charsets import get_charset
from core.data.datasets import charset_of
from core.data.register import SOURCES, is_mine
from core.errors import ConfigError
from core.evaluation.available import Leakage, leakage_of
from core.model.card import Card
from core.settings import Settings
from core.training.config import TrainConfig

HELD_OUT_OPTIONS = ("seed", "validation_share", "balance")
"""The options that decide which training images are held out for validation."""

_USED = {
    Leakage.OVERLAP: "has learnt from another copy of {} than the one here: a test image here may be a training image "
    "there, and no score would be honest. Start from scratch.",
    Leakage.TRAINING: "was taught all of {}, the test images among them: no score on these would be honest. Start from "
    "the model that it was before, or from scratch, or leave that data set out.",
}


def training_of(card: Card) -> TrainConfig | None:
    """The configuration that a model was trained with; None where its card does not say."""
    fields = {field.name for field in dataclasses.fields(TrainConfig)}
    values = {name: value for name, value in card.training.items() if name in fields}
    try:
        values["datasets"] = tuple(values["datasets"])
        return TrainConfig(**values)
    except (ConfigError, TypeError, KeyError):
        return None


def check_start(config: TrainConfig, card: Card, settings: Settings) -> None:
    """Raise a ConfigError where a training may not start from the model of this card.

    It is another network, reads other characters, or has learnt from images to choose on, or to be scored on.
    """
    model, charset = f"The model {config.start!r}", get_charset(card.charset)
    if card.architecture != config.architecture:
        raise ConfigError(
            f"{model} is of the architecture {card.architecture!r}: "
            f"choose that one to start from it, instead of {config.architecture!r}."
        )
    if charset != config.charset:
        raise ConfigError(
            f"{model} reads {charset.title.lower()}, and the data sets hold "
            f"{config.charset.title.lower()}: choose a model of the same characters, or start from scratch."
        )
    learnt_from = [source.name for source in card.sources if source.name in SOURCES]
    charset_of(tuple(dict.fromkeys((*config.datasets, *learnt_from))))
    for name in config.datasets:
        use = leakage_of(card, name, "test", SOURCES[name].title_of(settings))
        if use is not Leakage.NONE:
            raise ConfigError(f"{model} {_USED[use].format(SOURCES[name].title)}")
        if name in learnt_from and not is_mine(name) and "validation" not in SOURCES[name].splits:
            _check_held_out(config, card, name)


def _check_held_out(config: TrainConfig, card: Card, name: str) -> None:
    """Refuse a training whose validation images are not those that the model's training held out, too."""
    before, title = training_of(card), SOURCES[name].title
    if before is None or name not in before.datasets:
        raise ConfigError(
            f"The model {config.start!r} has learnt from {title}, and its card does not say which images were held "
            "out for validation. Start from scratch, or leave that data set out."
        )
    if any(getattr(before, option) != getattr(config, option) for option in HELD_OUT_OPTIONS):
        same = ", ".join(f"{option.replace('_', ' ')} {getattr(before, option):g}" for option in HELD_OUT_OPTIONS)
        raise ConfigError(
            f"The model {config.start!r} has learnt from images of {title} that this training would choose on. "
            f"Hold out the same ones ({same}), or start from scratch."
        )
