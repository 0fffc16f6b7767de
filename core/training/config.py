"""Everything that decides how a training goes, in one place, with units and bounds."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic.dataclasses import dataclass

from core.charsets import CHARSETS, MANY, Charset
from core.data.datasets import charset_of
from core.data.register import SOURCES, get_source
from core.errors import ConfigError
from core.model.architectures import ARCHITECTURES
from core.model.card import check_name
from core.options import STRICT, Options, fields_of, option

if TYPE_CHECKING:
    from core.data.augment import Augmentation

OPTIMISERS = ("adamw", "adam", "sgd")
SCHEDULES = ("one-cycle", "cosine", "step", "plateau", "none")
LEAST_IMAGES = 2  # to train on: batch norm needs as many
PRECISIONS = ("auto", "float32", "bfloat16")
_SHARE = {"ge": 0.0, "le": 1.0}
EYE_STEPS, NUMBERS_STEPS = 5_000, 4_000
EYE_LEARNING_RATE, NUMBERS_LEARNING_RATE = 0.003, 0.0015
"""Where the command says nothing else."""
EYE_CHECKPOINT_STEPS, NUMBERS_CHECKPOINT_STEPS = 200, 400
"""How often trainings without a run's folder write their checkpoints, where they are to."""
DATASET_NAMES = tuple(name for name, source in SOURCES.items() if "train" in source.splits)


@dataclass(frozen=True, config=STRICT)
class TrainConfig(Options):
    """A training, ready to run. Making one checks every value, and that the data sets can be learnt from together."""

    name: str = option("my-model", "name of the model, and of its folder")
    datasets: tuple[str, ...] = option(("mnist",), "data sets to train on", choices=DATASET_NAMES, strict=False)
    images: int = option(0, "training images to use, drawn by the seed; 0 for all", ge=0)
    validation_share: float = option(0.1, "share held out where a data set has no validation split", ge=0.01, le=0.5)
    architecture: str = option("fast", "network", choices=tuple(ARCHITECTURES))
    start: str = option("", "model whose weights to start from, of the same network; empty to start from scratch")
    start_share: float = option(0.0, "share of the weights to start from in those that are kept; 0 for none", **_SHARE)
    dropout: float = option(0.2, "share of activations left out while training", ge=0.0, le=0.9)
    balance: float = option(
        0.0,
        "how far rare classes are drawn as often as common ones: 0 as they occur, 1 all as often",
        **_SHARE,
    )
    epochs: int = option(8, "times through the training images", ge=1, le=1000)
    batch_size: int = option(256, "images a step", ge=2, le=8192)
    optimiser: str = option("adamw", "optimiser", choices=OPTIMISERS)
    learning_rate: float = option(0.006, "learning rate, the highest of the schedule", ge=1e-6, le=10.0)
    momentum: float = option(0.9, "momentum of sgd", ge=0.0, le=0.999)
    weight_decay: float = option(0.01, "weight decay", **_SHARE)
    schedule: str = option("one-cycle", "course of the learning rate", choices=SCHEDULES)
    label_smoothing: float = option(0.0, "share of the target spread over its data set's classes", ge=0.0, le=0.5)
    patience: int = option(0, "epochs without a better validation score before stopping early; 0 for never", ge=0)
    rotation: float = option(0.0, "largest rotation, degrees", ge=0.0, le=45.0)
    scale: float = option(0.0, "largest change of width and height, share", ge=0.0, le=0.5)
    shift: float = option(0.0, "largest shift, pixels", ge=0.0, le=8.0)
    shear: float = option(0.0, "largest slant, degrees", ge=0.0, le=45.0)
    elastic: float = option(0.0, "elastic displacement, pixels", ge=0.0, le=3.0)
    stroke_width: float = option(0.0, "largest move of a stroke's edge, pixels", ge=0.0, le=2.0)
    stretch: float = option(0.0, "largest widening of narrow characters, share", **_SHARE)
    paper: float = option(0.0, "images shown as on paper, with neighbours, rulings, grain and blur, share", **_SHARE)
    outliers: float = option(
        0.0,
        "drawings that are no character, or several, to learn to refuse: a share of the training images",
        **_SHARE,
    )
    average: float = option(
        0.0, "decay by step of the running mean of the weights, which is kept; 0 to keep the last", ge=0.0, le=0.9999
    )
    seed: int = option(0, "seed of everything random", ge=0, le=2**31 - 1)
    precision: str = option("auto", "arithmetic; auto takes bfloat16 where that is fast", choices=PRECISIONS)
    channels_last: bool = option(True, "keep images in the memory order that convolutions like best")

    def __post_init__(self) -> None:
        if not self.datasets:
            raise ConfigError("Choose at least one data set.")
        if 0 < self.images < LEAST_IMAGES:
            raise ConfigError(f"images must be 0 for all, or at least {LEAST_IMAGES}, got {self.images}.")
        check_name(self.name)
        if self.start_share and not self.start:
            raise ConfigError("start share is for a training that starts from a model: name that as start, too.")
        if self.start:
            check_name(self.start)
        charset_of(self.datasets)

    @property
    def charset(self) -> Charset:
        """What the model will read."""
        return charset_of(self.datasets)

    @property
    def classes(self) -> Charset:
        """What the network's outputs are, if it starts from scratch: forms of letters, where the data have them."""
        return self.charset.outputs_for(get_source(name).charset for name in self.datasets)

    @property
    def augmentation(self) -> "Augmentation":
        """The options of `core.data.augment`, together."""
        from core.data.augment import Augmentation  # imports torch, which a form does not need

        return Augmentation(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Augmentation)})


# The strengths suit handwriting that has been centred and scaled: a rotation of 12 degrees is a slanting hand.
HANDS: dict[str, Any] = {
    "rotation": 12.0,
    "scale": 0.12,
    "shift": 1.5,
    "shear": 12.0,
    "elastic": 0.8,
    "stroke_width": 1.5,
    "stretch": 0.7,
    "paper": 0.0,  # an eye reads what lies on paper; it is for models that read without one
}

PRESETS = {  # for digits, and other charsets of few characters
    "quick": TrainConfig(architecture="light", epochs=1, batch_size=64, dropout=0.0, shift=1.0),
    "good": TrainConfig(epochs=12, datasets=("mnist", "pen-strokes"), **HANDS),
    "best": TrainConfig(
        datasets=("mnist", "pen-strokes", "unipen-digits", "segment-digits"),
        validation_share=0.05,
        architecture="wide",
        dropout=0.3,
        epochs=26,
        weight_decay=0.05,
        label_smoothing=0.05,
        outliers=0.25,
        average=0.999,
        **HANDS,
    ),
}

# An f is told from an F, and an l from a 1, by how it leans and how thick it is, if at all: that is hardly changed.
_UPRIGHT: dict[str, Any] = {"rotation": 5.0, "scale": 0.05, "shift": 1.0, "shear": 5.0, "elastic": 0.5}
_LETTERS = TrainConfig(datasets=("emnist-balanced", "pen-strokes"), validation_share=0.05, balance=1.0, batch_size=128)

LETTERS_PRESETS = {  # for charsets of many characters; under the same names
    "quick": TrainConfig(
        datasets=("emnist-balanced",), balance=1.0, architecture="light", epochs=2, batch_size=64, dropout=0.0
    ),
    "good": replace(_LETTERS, architecture="light", epochs=3, dropout=0.0),
    "best": replace(_LETTERS, architecture="branches", epochs=16, dropout=0.4, **_UPRIGHT),
}


def preset(name: str, datasets: Sequence[str] = ()) -> TrainConfig:
    """A preset for some data sets, by default its own: what suits ten classes does not suit many."""
    if not datasets:
        return PRESETS[name]
    many = len(charset_of(datasets).characters) > MANY
    return replace((LETTERS_PRESETS if many else PRESETS)[name], datasets=tuple(datasets))


FOLDS = 3  # parts of the samples, each of which is read by a model that was taught the others
LEAST_SAMPLES = 2 * FOLDS
MOST_LESSON_STEPS = 10_000


@dataclass(frozen=True, config=STRICT)
class TeachConfig(Options):
    """Teaching a model one's own samples, ready to run. Making one checks every value."""

    model: str  # to teach; it stays as it is
    name: str  # of the new model
    charset: str = option("digits", "whose samples", choices=tuple(CHARSETS))
    seed: int = option(0, "seed of everything random", ge=0, le=2**31 - 1)
    steps: int = option(
        150, "batches of each teaching: one for every fold, and the one that is kept", ge=1, le=MOST_LESSON_STEPS
    )

    def __post_init__(self) -> None:
        check_name(self.model)
        check_name(self.name)


def to_json(config: TrainConfig) -> str:
    return json.dumps(dataclasses.asdict(config), indent=2) + "\n"


def from_json(text: str) -> TrainConfig:
    """Read a configuration, in which what is not named keeps its default; a ConfigError where it is none."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The configuration is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise ConfigError(f"The configuration must be a JSON object, got {type(values).__name__}.")
    if unknown := sorted(values.keys() - fields_of(TrainConfig).keys()):
        raise ConfigError(f"The configuration has unknown options: {', '.join(unknown)}.")
    return TrainConfig(**values)
