"""The model's card: all that must be known to use a model and to judge it, as JSON beside its weights."""

import dataclasses
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.charsets import Charset, get_charset
from core.errors import ConfigError, ModelError
from core.model.blend import REJECTIONS, Blend

CARD_VERSION = 3
READABLE_VERSIONS = (1, 2, 3)
_FORMER_NAMES = {"limit": "threshold", "rejection_limit": "rejection_threshold"}  # of versions 1 and 2


@dataclass(frozen=True)
class Score:
    """How well the model does on a test set that it was neither trained nor chosen on. Shares are 0 to 1.

    Attributes:
        dataset, title: the data set's name, and as it is shown.
        images: number of images that the figures stand on.
        accuracy: share of right answers; `low` to `high` is its 95 % Wilson interval.
        ece: expected calibration error (15 bins).
        confident: share of the answers called confident.
        confident_error: share of wrong ones among those.
    """

    dataset: str
    title: str
    images: int
    accuracy: float
    low: float
    high: float
    ece: float
    confident: float
    confident_error: float


@dataclass(frozen=True)
class TrainingData:
    """A data set that the model was trained on, as it was then.

    Attributes:
        with_test: whether its test images are among those learnt from, as the samples of a teaching all are.
    """

    name: str
    title: str
    licence: str
    images: int
    sha256: str
    with_test: bool = False


@dataclass(frozen=True)
class Card:
    """Everything about a model but its weights.

    Attributes:
        version: of this format.
        architecture, architecture_arguments: what `architectures.build` is called with, beside the number of classes.
        mean, std: of the training pixels on the 0 to 1 scale; the network takes (pixel - mean) / std.
        temperature: what logits are divided by, above 0.
        threshold: the confidence from which an answer is called confident, 0 to 1.
        created: ISO 8601, UTC.
        training: the training configuration.
        versions: of Python and the libraries that trained it.
        weights_sha256: hash of the weights file.
        knows_outliers: whether the network's last two outputs stand for no character and for several of them.
        rejection_threshold: their joint probability from which an answer is refused, 0 to 1.
        blend: how the views of a picture count together, see `core.model.blend`; empty for a model without an eye.
        forms, eye_forms: whether the network, and the eye, have outputs for both forms of the letters that the charset
            merges, see `Charset.forms`.
    """

    version: int
    name: str
    title: str
    description: str
    charset: str
    architecture: str
    architecture_arguments: dict[str, Any]
    parameters: int
    mean: float
    std: float
    temperature: float
    threshold: float
    created: str
    seed: int
    sources: tuple[TrainingData, ...]
    scores: tuple[Score, ...]
    training: dict[str, Any]
    versions: dict[str, str]
    weights_sha256: str
    knows_outliers: bool = False
    rejection_threshold: float = 1.0
    blend: dict[str, float] = dataclasses.field(default_factory=dict)
    forms: bool = False
    eye_forms: bool = False

    @property
    def classes(self) -> Charset:
        """What the network's first outputs stand for."""
        charset = get_charset(self.charset)
        return charset.forms if self.forms else charset

    @property
    def eye_classes(self) -> Charset:
        """What the first outputs of the model's eye stand for."""
        charset = get_charset(self.charset)
        return charset.forms if self.eye_forms else charset

    @property
    def outputs(self) -> int:
        """How many outputs the network has: one a class, and two more where it knows outliers."""
        return len(self.classes.characters) + 2 * self.knows_outliers

    @property
    def eye_outputs(self) -> int:
        """How many outputs an eye of this model has."""
        return len(self.eye_classes.characters) + len(REJECTIONS)

    def score(self, dataset: str) -> Score | None:
        """The score on a data set, if the card has one."""
        return next((score for score in self.scores if score.dataset == dataset), None)


def check_name(name: str) -> str:
    """Return a model's name if it can be a folder's name on any machine.

    Raises:
        ConfigError: it cannot.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise ConfigError(
            "A model's name is 1 to 64 small letters, digits, hyphens and underscores, "
            f"and starts with a letter or digit; got {name!r}."
        )
    return name


def to_json(card: Card) -> str:
    """The card as text."""
    return json.dumps(dataclasses.asdict(card), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Card:
    """Read and check a card.

    Raises:
        ModelError: it is no card of this version, or a value is missing, of another type or out of range.
    """
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ModelError(f"card.json is not JSON ({error}).") from error
    if not isinstance(values, dict) or values.get("version") not in READABLE_VERSIONS:
        found = values.get("version") if isinstance(values, dict) else None
        raise ModelError(f"card.json has the version {found!r}; this program reads versions {READABLE_VERSIONS}.")
    values = _renamed(values)
    parts: dict[str, Any] = {
        "scores": tuple(_build(Score, item, "scores") for item in _list(values, "scores")),
        "sources": tuple(_build(TrainingData, item, "sources") for item in _list(values, "sources")),
    }
    card = _build(Card, values | parts, "the card")
    _check_ranges(card)
    return card


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    """The values of any readable version, under the names of this one."""
    if isinstance(blend := values.get("blend"), dict):
        values = values | {"blend": {_FORMER_NAMES.get(name, name): value for name, value in blend.items()}}
    return {_FORMER_NAMES.get(name, name): value for name, value in values.items()}


def _list(values: dict[str, Any], key: str) -> list[Any]:
    found = values.get(key)
    if not isinstance(found, list):
        raise ModelError(f"card.json: {key!r} must be a list, got {type(found).__name__}.")
    return found


def _build(kind: Any, values: Any, where: str) -> Any:
    """Make a dataclass from a JSON object, every field of its type, and present where it has no default."""
    if not isinstance(values, dict):
        raise ModelError(f"card.json: an entry of {where} must be an object, got {type(values).__name__}.")
    arguments = {}
    for field in dataclasses.fields(kind):
        if field.name not in values:
            if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING:
                continue  # a card of an earlier version of this program
            raise ModelError(f"card.json: {where} lacks {field.name!r}.")
        value = values[field.name]
        wanted: Any = getattr(field.type, "__origin__", field.type)  # dict[str, Any] is checked as dict
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        finite = not isinstance(value, float) or math.isfinite(value)
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool) or not finite:
            raise ModelError(f"card.json: {field.name!r} must be {wanted.__name__}, got {value!r:.60}.")
        arguments[field.name] = value
    return kind(**arguments)


def _check_ranges(card: Card) -> None:
    try:
        check_name(card.name)
        get_charset(card.charset)
        datetime.fromisoformat(card.created)
    except (ConfigError, ValueError) as error:
        raise ModelError(f"card.json: {error}") from error
    if card.blend:
        Blend.from_dict(card.blend)
    for name, good in (
        ("temperature", card.temperature > 0),
        ("threshold", 0 <= card.threshold <= 1),
        ("rejection_threshold", 0 <= card.rejection_threshold <= 1),
        ("std", card.std > 0),
        ("parameters", card.parameters > 0),
    ):
        if not good:
            raise ModelError(f"card.json: {name!r} is out of range: {getattr(card, name)}.")
    shares = ("accuracy", "low", "high", "ece", "confident", "confident_error")
    for score in card.scores:
        if score.images < 1 or not all(0 <= getattr(score, share) <= 1 for share in shares):
            raise ModelError(f"card.json: the score on {score.dataset!r} has a share outside 0 to 1, or no images.")
