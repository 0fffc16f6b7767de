"""python -m core report: one self-contained HTML page about a model."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.data.datasets import load as load_data
from core.errors import ConfigError, DataError, ModelError
from core.model.library import Entry, find_usable, load
from core.settings import Settings
from core.text import megabytes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from core.evaluation.predictions import Predictions

ABOUT = "write a report of a model as one HTML file"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name that `python -m core models` lists")
    parser.add_argument(
        "--dataset",
        metavar="NAME",
        help="test set to look at closely: one that the model has stored answers to, else it is measured here "
        "(the first of the stored ones)",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it (MODEL.html)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write the report."""
    entry, card = find_usable(args.model, settings)
    stored = _stored(entry, needed=args.dataset is None)
    name = args.dataset or next(iter(stored))
    from core.evaluation.predictions import evaluate
    from core.report.html import Report, build

    headlines = dict(stored)
    if name not in stored:
        headlines[name] = evaluate(load(args.model, settings), load_data(name, "test", settings))
    answers = headlines[name]
    history, images = _history(entry), _images(answers, settings)
    page = build(Report(card, entry.weights_bytes, list(headlines.values()), answers, history, images))
    out: Path = args.out or Path(f"{args.model}.html")
    try:
        out.write_bytes(page)
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror}.") from error
    print(f"The report of {args.model} on {answers.title} is now in {out} ({megabytes(len(page), 1)}).")
    return 0


def _stored(entry: Entry, needed: bool) -> "dict[str, Predictions]":
    """The answers in the model's folder; when they are not needed, none where they are missing or damaged."""
    from core.evaluation.predictions import read_stored

    try:
        stored = read_stored(entry.folder)
    except ModelError as error:
        if needed:
            raise ModelError(f"{error} Name a data set to measure it on: --dataset NAME.") from error
        return {}
    if needed and not stored:
        raise ModelError(f"{entry.name} keeps no answers. Name a data set to measure it on: --dataset NAME.")
    return stored


def _history(entry: Entry) -> "pd.DataFrame | None":
    from core.model.records import read_history

    try:
        return read_history(entry.folder)
    except ModelError:
        return None  # a model may come without; the report then has no training curves


def _images(answers: "Predictions", settings: Settings) -> "NDArray[np.uint8] | None":
    """The images that were answered, where this machine has them."""
    try:
        data = load_data(answers.dataset, answers.split, settings)
    except (ConfigError, DataError):
        return None
    return data.images if answers.fits(data) else None
