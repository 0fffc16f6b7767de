"""python -m core models: which models there are."""

import argparse

from core.charsets import get_charset
from core.cli.output import print_table
from core.data.datasets import restriction
from core.model.card import Score
from core.model.library import Entry, list_models
from core.settings import Settings
from core.text import estimate, megabytes

ABOUT = "list the models, with their scores"


def add_options(_: argparse.ArgumentParser) -> None:
    """There are none."""


def run(_: argparse.Namespace, settings: Settings) -> int:
    """Print a line for every model; 1 when one of them is damaged."""
    entries = list_models(settings)
    if not entries:
        print(f"There are no models in {settings.models_dir}.")
        return 0
    print_table(("name", "architecture", "weights", "score"), [_row(entry) for entry in entries])
    return 1 if any(entry.problem for entry in entries) else 0


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
