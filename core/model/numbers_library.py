"""Readers of numbers in the library: which there are, reading one and writing one."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.charsets import DIGITS, get_charset
from core.errors import ConfigError, ModelError, ModelMissing
from core.model.card import CARD_FILE
from core.model.library import find_usable, load, model_folders
from core.model.numbers_card import NumbersCard, read_numbers_card, reads_numbers, to_json
from core.model.records import HISTORY_FILE
from core.model.weights_check import WEIGHTS_FILE
from core.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from core.model.inference import Recogniser
    from core.model.line_network import LineNetwork
    from core.model.number_reader import NumberReader

DEFAULT_NUMBERS = "numbers"
"""The reader of numbers that comes with the program."""


def list_numbers(settings: Settings) -> list[str]:
    """The names of all readers of numbers, the shipped one first; damaged ones too."""
    names = [path.name for path in model_folders(settings) if reads_numbers(path)]
    return sorted(names, key=lambda name: (name != DEFAULT_NUMBERS, name))


def load_numbers(settings: Settings, name: str = DEFAULT_NUMBERS) -> "NumberReader":
    """Load a reader of numbers with the model that gives the second opinion.

    Raises:
        ModelMissing: there is none of that name.
        ModelError: its folder, or that of the second opinion, is damaged.
    """
    if name not in (names := list_numbers(settings)):
        known = f"There are: {', '.join(names)}." if names else f"There are none in {settings.models_dir}."
        raise ModelMissing(f"There is no reader of numbers {name!r}. {known}")
    from core.model.number_reader import NumberReader

    try:
        card, network = _read(settings.models_dir / name)
    except ModelError as error:
        raise ModelError(f"The reader of numbers {name!r} is damaged. {error}") from error
    return NumberReader(card, network, load_second_opinion(card.second_opinion, settings))


def second_opinion_of(name: str, settings: Settings) -> str:
    """The name of the model with which a reader of numbers checks itself; empty where its card cannot be read."""
    try:
        return read_numbers_card(settings.models_dir / name).second_opinion
    except ModelError:
        return ""


def check_second_opinion(name: str, settings: Settings) -> None:
    """Look, without torch, whether a model is one of single digits and not damaged; it raises as the next one."""
    with _explained(name):
        _, card = find_usable(name, settings)
        if card.charset != DIGITS.name:
            reads = get_charset(card.charset).title.lower()
            raise ModelError(f"It reads {reads} instead of digits. Put a model of digits in its place.")


def load_second_opinion(name: str, settings: Settings) -> "Recogniser":
    """Load the model of single digits with which a reader of numbers checks itself.

    Raises:
        ModelMissing: there is none of that name.
        ModelError: it is damaged, or reads other characters.
    """
    check_second_opinion(name, settings)
    with _explained(name):
        return load(name, settings)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Say of what is wrong with a model what it is needed for."""
    try:
        yield
    except ModelError as error:
        raise type(error)(f"A reader of numbers checks itself with the model {name!r}. {error}") from error


def _read(folder: "Path") -> "tuple[NumbersCard, LineNetwork]":
    from core.model.checkpoint import fill, for_reading, read_tensors
    from core.model.line_network import build_line_network

    card = read_numbers_card(folder)
    try:
        network = build_line_network(card.network)
        fill(network, read_tensors(folder, card))
    except ConfigError as error:
        raise ModelError(f"{CARD_FILE}: {error}") from error
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{WEIGHTS_FILE} does not fit {CARD_FILE}: {error}.") from error
    return card, for_reading(network)


def write_numbers(
    settings: Settings, network: "LineNetwork", card: NumbersCard, history: Sequence[Mapping[str, Any]]
) -> "Path":
    """Write a reader of numbers under its card's name, replacing one that exists; return its folder.

    Raises:
        ConfigError: the name cannot be a model's, or is that of a model of single characters.
        ModelError: it could not be written.
    """
    import pandas as pd

    from core.model.checkpoint import pack_weights, replacing

    weights = pack_weights(network)
    card = replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    folder = settings.models_dir / card.name
    with replacing(folder, numbers=True) as fresh:
        (fresh / WEIGHTS_FILE).write_bytes(weights)
        (fresh / CARD_FILE).write_text(to_json(card), encoding="utf-8")
        pd.DataFrame(history).to_csv(fresh / HISTORY_FILE, index=False, float_format="%.6g")
    return folder
