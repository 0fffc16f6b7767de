"""The card of a model that reads numbers: what `core.model.card` is to models of single characters."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.alphabet import ALPHABET
from core.errors import ModelError
from core.model.card import CARD_FILE, Positive, Share, TrainingData, explanation

VERSION: Literal[1] = 1
NUMBERS: Literal["numbers"] = "numbers"
FIRST_NETWORK = "plain"
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)


@dataclass(frozen=True, config=_STRICT)
class Calibration:
    """From what is known of a reading to the probability that it is right: a logistic regression, see `judge_number`.

    Attributes:
        bias, line, margin, opinion: its weights: of the line reader's log odds, of its lead over the next reading, and
            of the logarithm of what the single-character model says of the least probable character.
        threshold: the probability from which a reading is confident.
    """

    bias: float = 0.0
    line: float = 1.0
    margin: float = 0.0
    opinion: float = 0.0
    threshold: Share = 0.95


@dataclass(frozen=True, config=_STRICT)
class NumbersScore:
    """How many lines of a set that it has not learnt from are read right."""

    dataset: str
    title: str
    lines: Annotated[int, Field(ge=1)]
    accuracy: Share
    low: Share  # to `high`: the 95 % Wilson interval of the accuracy
    high: Share
    confident: Share  # of the answers
    confident_error: Share  # of the confident answers, that are wrong


@dataclass(frozen=True, config=_STRICT)
class NumbersCard:
    """Everything about a reader of numbers but its weights."""

    reads: Literal["numbers"]
    version: Literal[1]
    name: str
    title: str
    description: str
    alphabet: str
    parameters: Annotated[int, Field(gt=0)]
    temperature: Positive  # what logits are divided by
    calibration: Calibration
    second_opinion: str  # the model of single digits with which its calibration was fitted
    created: str
    seed: int
    sources: tuple[TrainingData, ...]
    scores: tuple[NumbersScore, ...]
    training: dict[str, Any]
    versions: dict[str, str]
    weights_sha256: str
    network: str = FIRST_NETWORK  # of `core.model.line_network`; earlier versions had one and did not say which


_CARD = TypeAdapter(NumbersCard)


def to_json(card: NumbersCard) -> str:
    return json.dumps(dataclasses.asdict(card), indent=2, ensure_ascii=False) + "\n"


def reads_numbers(folder: Path) -> bool | None:
    """Whether a model's folder holds a reader of numbers, whatever else is wrong with it; None where no card tells."""
    try:
        values = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return values.get("reads") == NUMBERS if isinstance(values, dict) else None


def read_numbers_card(folder: Path) -> NumbersCard:
    """The card in a folder; ModelError where it is missing, damaged, or of another alphabet or folder."""
    try:
        card = _CARD.validate_json((folder / CARD_FILE).read_bytes())
    except FileNotFoundError as error:
        raise ModelError(f"{CARD_FILE} is missing.") from error
    except OSError as error:
        raise ModelError(f"{CARD_FILE} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise ModelError(f"{CARD_FILE}: {explanation(error)}") from error
    if card.name != folder.name:
        raise ModelError(f"{CARD_FILE} is that of the model {card.name!r}, but the folder is {folder.name!r}.")
    if card.alphabet != ALPHABET:
        raise ModelError(f"{CARD_FILE}: this program reads the signs {ALPHABET}, the model {card.alphabet}.")
    return card
