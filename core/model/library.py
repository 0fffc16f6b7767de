"""Which models there are. Looking costs no torch; only `load` imports it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.charsets import Charset
from core.errors import ModelError, ModelMissing
from core.model.card import Card, from_json
from core.model.weights_check import WEIGHTS_FILE, check_weights
from core.settings import Settings

if TYPE_CHECKING:
    from core.model.inference import Recogniser

DEFAULT_MODEL = "digits"
SHIPPED = {DEFAULT_MODEL: "Digits", "characters": "Letters and digits"}
"""The models that come with the program, and their titles."""
CARD_FILE = "card.json"


@dataclass(frozen=True)
class Entry:
    """A folder of the library: a card, or the problem that keeps it from being used.

    Damaged answers or a damaged history are no such problem: it reads without them (`core.model.records`).

    Attributes:
        weights_bytes: size of the weights file, 0 when there is none.
    """

    name: str
    folder: Path
    card: Card | None
    problem: str | None
    weights_bytes: int


def list_models(settings: Settings) -> list[Entry]:
    """Every model of the library, damaged ones too; the shipped ones first, the others by name."""
    if not settings.models_dir.is_dir():
        return []
    folders = [path for path in settings.models_dir.iterdir() if path.is_dir() and not path.name.startswith(".")]
    place = {name: number for number, name in enumerate(SHIPPED)}
    return [_entry(path) for path in sorted(folders, key=lambda path: (place.get(path.name, len(place)), path.name))]


def _entry(folder: Path) -> Entry:
    weights = folder / WEIGHTS_FILE
    size = weights.stat().st_size if weights.is_file() else 0
    try:
        card = read_card(folder)
        check_weights(weights, card)
    except ModelError as error:
        return Entry(folder.name, folder, None, str(error), size)
    return Entry(folder.name, folder, card, None, size)


def read_card(folder: Path) -> Card:
    """Read a folder's card.

    Raises:
        ModelError: it is missing, damaged, or speaks of another folder.
    """
    try:
        card = from_json((folder / CARD_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{CARD_FILE} is missing.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{CARD_FILE} cannot be read: {error}.") from error
    if card.name != folder.name:
        raise ModelError(f"{CARD_FILE} is that of the model {card.name!r}, but the folder is {folder.name!r}.")
    return card


def load(name: str, settings: Settings) -> Recogniser:
    """Load a model.

    Raises:
        ModelMissing: there is none of that name.
        ModelError: its folder is damaged.
    """
    known = [entry.name for entry in list_models(settings)]
    if name not in known:
        there = f"There are: {', '.join(known)}." if known else f"There are none in {settings.models_dir}."
        raise ModelMissing(f"There is no model {name!r}. {there}")
    from core.model.checkpoint import read_model

    try:
        return read_model(settings.models_dir / name)
    except ModelError as error:
        raise ModelError(f"The model {name!r} is damaged. {error}") from error


def load_sighted(charset: Charset, settings: Settings) -> Recogniser | None:
    """The shipped model that reads these characters, if it has an eye: a newly trained model is given the same.

    None where there is none that can be used.
    """
    for entry in list_models(settings):
        if entry.name in SHIPPED and entry.card and entry.card.charset == charset.name and entry.card.blend:
            return load(entry.name, settings)
    return None


def problem_at_load(name: str, settings: Settings) -> str | None:
    """Why a model cannot be loaded, wrong shapes of its weights say; None when it can. Imports torch."""
    from core.model.checkpoint import read_model

    try:
        read_model(settings.models_dir / name)
    except ModelError as error:
        return str(error)
    return None
