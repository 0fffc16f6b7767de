"""python -m core models: which models there are."""

import argparse

from core.charsets import get_charset
from core.cli.output import print_table
from core.data.datasets import restriction
from core.errors import ModelError
from core.model.card import Score
from core.model.library import Entry, list_models
from core.model.numbers_card import read_numbers_card
from core.model.numbers_library import check_second_opinion, list_numbers
from core.model.weights_check import WEIGHTS_FILE, check_weights
from core.settings import Settings
from core.text import estimate, megabytes

ABOUT = "list the models, with their scores"


def add_options(_: argparse.ArgumentParser) -> None:
    """There are none."""


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Print a line for every model; 1 when one of them is damaged."""
    entries, readers = list_models(settings), list_numbers(settings)
    if not entries and not readers:
        print(f"There are no models in {settings.models_dir}.")
        return 0
    rows = [_row(entry) for entry in entries] + [_numbers_row(name, settings) for name in readers]
    print_table(("name", "architecture", "weights", "score"), rows)
    return 1 if any(row[-1].startswith("damaged") for row in rows) else 0


def _numbers_row(name: str, settings: Settings) -> tuple[str, str, str, str]:
    """A reader of numbers."""
    folder = settings.models_dir / name
    try:
        card = read_numbers_card(folder)
        check_weights(folder / WEIGHTS_FILE, card)
        check_second_opinion(card.second_opinion, settings)
    except ModelError as error:
        return name, "numbers", "", f"damaged: {error}"
    scores = [f"{s.title} {estimate(s.accuracy, s.low, s.high, s.lines)}" for s in card.scores]
    size = megabytes((folder / WEIGHTS_FILE).stat().st_size)
    return name, "numbers", size, "; ".join(scores) or "not scored"


def _row(entry: Entry) -> tuple[str, str, str, str]:
    size = megabytes(entry.weights_bytes)
    if entry.card is None:
        return entry.name, "", size, f"damaged: {entry.problem}"
    charset = get_charset(entry.card.charset)
    scores = (describe(score, restriction(score.dataset, charset)) for score in entry.card.scores)
    return entry.name, entry.card.architecture, size, "; ".join(scores) or "not scored"


def describe(score: Score, restricted: str = "") -> str:
    """A score, with what the answers were restricted to."""
    return f"{score.title} {estimate(score.accuracy, score.low, score.high, score.images, restricted)}"
