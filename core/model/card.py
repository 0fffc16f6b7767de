"""A model's card: all that must be known to use a model and to judge it, as JSON beside its weights."""

import dataclasses
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.charsets import Charset, get_charset
from core.errors import ConfigError, ModelError
from core.model.prediction import REJECTIONS, Blend
from core.options import shorten

CARD_FILE = "card.json"
CARD_VERSION = 4
"""Version 2 knows outliers and eyes, 3 calls limits thresholds, 4 names the weights after the stages of networks."""
READABLE_VERSIONS = (1, 2, 3, 4)
_RENAMED = 3
_FORMER_NAMES = {"limit": "threshold", "rejection_limit": "rejection_threshold"}  # of versions 1 and 2
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


def check_name(name: str) -> str:
    """Return a model's name if it can be a folder's on any machine; else raise ConfigError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigError(
            "A model's name is 1 to 64 small letters, digits, hyphens and underscores, "
            f"and starts with a letter or digit; got {name!r}."
        )
    return name


def _check_date(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a date and time as of ISO 8601") from error
    return text


@dataclass(frozen=True, config=_STRICT)
class Score:
    """How well the model does on a test set that it was neither trained nor chosen on."""

    dataset: str
    title: str
    images: Annotated[int, Field(ge=1)]
    accuracy: Share
    low: Share  # to `high`: the 95 % Wilson interval of the accuracy
    high: Share
    ece: Share  # expected calibration error (15 bins)
    confident: Share  # of the answers
    confident_error: Share  # of the confident answers, that are wrong


@dataclass(frozen=True, config=_STRICT)
class TrainingData:
    """A data set that the model was trained on, as it was then."""

    name: str
    title: str
    licence: str
    images: int
    sha256: str
    with_test: bool = False  # whether its test images were learnt from too, as all samples of a teaching are


@dataclass(frozen=True, config=_STRICT)
class Card:
    """Everything about a model but its weights."""

    version: int
    name: Annotated[str, AfterValidator(check_name)]
    title: str
    description: str
    charset: Annotated[str, AfterValidator(lambda name: get_charset(name).name)]
    architecture: str
    architecture_arguments: dict[str, Any]  # of `architectures.build`, beside the number of classes
    parameters: Annotated[int, Field(gt=0)]
    mean: float  # of the training pixels on the 0 to 1 scale; the network takes (pixel - mean) / std
    std: Positive
    temperature: Positive  # what logits are divided by
    threshold: Share  # the confidence from which an answer is called confident
    created: Annotated[str, AfterValidator(_check_date)]
    seed: int
    sources: tuple[TrainingData, ...]
    scores: tuple[Score, ...]
    training: dict[str, Any]
    versions: dict[str, str]  # of Python and the libraries that trained it
    weights_sha256: str
    knows_outliers: bool = False  # the network's last two outputs stand for no character, and several
    rejection_threshold: Share = 1.0  # their joint probability from which an answer is refused
    # How the views of a picture count together; None for a model without an eye.
    blend: Annotated[Blend | None, BeforeValidator(lambda blend: blend or None)] = None
    forms: bool = False  # the network has outputs for both forms of letters that the charset merges
    eye_forms: bool = False  # the eye has

    @property
    def classes(self) -> Charset:
        """What the network's first outputs stand for."""
        return self._classes(self.forms)

    @property
    def eye_classes(self) -> Charset:
        """What the eye's first outputs stand for."""
        return self._classes(self.eye_forms)

    def _classes(self, forms: bool) -> Charset:
        return get_charset(self.charset).forms if forms else get_charset(self.charset)

    @property
    def outputs(self) -> int:
        return len(self.classes.characters) + 2 * self.knows_outliers

    @property
    def eye_outputs(self) -> int:
        return len(self.eye_classes.characters) + len(REJECTIONS)

    def score(self, dataset: str) -> Score | None:
        return next((score for score in self.scores if score.dataset == dataset), None)


_CARD = TypeAdapter(Card)


def to_json(card: Card) -> str:
    return json.dumps(dataclasses.asdict(card) | {"version": CARD_VERSION}, indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Card:
    """A card of any readable version; ModelError where a value is missing, of another type or out of range."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{CARD_FILE} is not JSON ({error}).") from error
    version = values.get("version") if isinstance(values, dict) else None
    if version not in READABLE_VERSIONS:
        raise ModelError(f"{CARD_FILE} has the version {version!r}; this program reads versions {READABLE_VERSIONS}.")
    try:
        return _CARD.validate_json(json.dumps(_renamed(values) if version < _RENAMED else values))
    except (ValidationError, ConfigError) as error:
        message = explanation(error) if isinstance(error, ValidationError) else error
        raise ModelError(f"{CARD_FILE}: {message}") from error


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a version before _RENAMED, under today's names."""
    if isinstance(blend := values.get("blend"), dict):
        values = values | {"blend": {_FORMER_NAMES.get(name, name): value for name, value in blend.items()}}
    return {_FORMER_NAMES.get(name, name): value for name, value in values.items()}


def explanation(error: ValidationError) -> str:
    """The first error as a sentence: "'scores.0.ece' must be less than or equal to 1, got 1.5."."""
    first = error.errors(include_url=False)[0]
    where, message = ".".join(map(str, first["loc"])), first["msg"]
    if first["type"] == "missing":
        return f"{where!r} is missing."
    if first["type"] == "unexpected_keyword_argument":
        return f"{where!r} is unknown."
    demand = message.removeprefix("Value error, ").replace("Input should", "must")
    return f"{where!r} {demand}, got {shorten(first['input'])}." if where else f"{message}."


def read_card(folder: Path) -> Card:
    """The card in a model's folder; ModelError where it is missing, damaged, or that of another folder."""
    card = read_card_file(folder / CARD_FILE)
    if card.name != folder.name:
        raise ModelError(f"{CARD_FILE} is that of the model {card.name!r}, but the folder is {folder.name!r}.")
    return card


def read_card_file(path: Path) -> Card:
    """A card, wherever it lies; ModelError where it is missing or damaged."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{CARD_FILE} is missing.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{CARD_FILE} cannot be read: {error}.") from error
