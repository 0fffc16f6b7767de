"""Which models there are. Listing them needs no torch; only `load` and `problem_at_load` import it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.charsets import Charset
from core.errors import ModelError, ModelMissing
from core.model.card import Card, read_card
from core.model.numbers_card import reads_numbers
from core.model.weights_check import WEIGHTS_FILE, check_weights
from core.settings import Settings

if TYPE_CHECKING:
    from core.model.inference import Recogniser

DEFAULT_MODEL = "digits"
SHIPPED = {DEFAULT_MODEL: "Digits", "characters": "Letters and digits"}
"""The models that come with the program, and their titles."""


def title_of(name: str) -> str:
    """The first title of a model of this name."""
    return SHIPPED.get(name) or name.replace("-", " ").replace("_", " ").capitalize()


@dataclass(frozen=True)
class Entry:
    """A folder of the library: a card, or the problem that keeps it from being used.

    Damaged answers or a damaged history are no such problem: it reads without them (`core.model.records`).
    """

    name: str
    folder: Path
    card: Card | None
    problem: str | None
    weights_bytes: int  # 0 without a weights file


def model_folders(settings: Settings) -> list[Path]:
    """The folders of the library, of both kinds and in any order; none where there is no library."""
    if not settings.models_dir.is_dir():
        return []
    return [path for path in settings.models_dir.iterdir() if path.is_dir() and not path.name.startswith(".")]


def list_models(settings: Settings) -> list[Entry]:
    """Every model of single characters, damaged ones too; the shipped ones first, the others by name."""
    folders = [path for path in model_folders(settings) if not reads_numbers(path)]
    rank = {name: number for number, name in enumerate(SHIPPED)}
    return [_entry(path) for path in sorted(folders, key=lambda path: (rank.get(path.name, len(rank)), path.name))]


def _entry(folder: Path) -> Entry:
    weights = folder / WEIGHTS_FILE
    size = weights.stat().st_size if weights.is_file() else 0
    try:
        card = read_card(folder)
        check_weights(weights, card)
    except ModelError as error:
        return Entry(folder.name, folder, None, str(error), size)
    return Entry(folder.name, folder, card, None, size)


def find_model(name: str, settings: Settings) -> Entry:
    """A model by name, which may be damaged; raise ModelMissing where there is none."""
    entries = {entry.name: entry for entry in list_models(settings)}
    if name not in entries:
        known = f"There are: {', '.join(entries)}." if entries else f"There are none in {settings.models_dir}."
        raise ModelMissing(f"There is no model {name!r}. {known}")
    return entries[name]


def find_usable(name: str, settings: Settings) -> tuple[Entry, Card]:
    """A model that is not damaged, and its card; raise ModelMissing or ModelError where there is none."""
    entry = find_model(name, settings)
    if entry.card is None:
        raise ModelError(f"The model {name!r} is damaged. {entry.problem}")
    return entry, entry.card


def load(name: str, settings: Settings) -> "Recogniser":
    """Load a model; raise ModelMissing where there is none of that name, ModelError where its folder is damaged."""
    from core.model.checkpoint import read_model

    entry = find_model(name, settings)
    try:
        return read_model(entry.folder)
    except ModelError as error:
        raise ModelError(f"The model {name!r} is damaged. {error}") from error


def load_sighted(charset: Charset, settings: Settings) -> "Recogniser | None":
    """The shipped model of these characters if it has an eye, for a newly trained model to take over; else None."""
    for entry in list_models(settings):
        if entry.name in SHIPPED and entry.card and entry.card.charset == charset.name and entry.card.blend:
            return load(entry.name, settings)
    return None


def problem_at_load(name: str, settings: Settings) -> str | None:
    """Why a model cannot be loaded, for example wrong shapes of its weights; None when it can. Imports torch."""
    from core.model.checkpoint import read_model

    try:
        read_model(settings.models_dir / name)
    except ModelError as error:
        return str(error)
    return None
