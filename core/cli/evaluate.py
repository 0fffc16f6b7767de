"""python -m core evaluate: measure a model on a data set."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from core.cli.output import print_table
from core.errors import ConfigError
from core.model.library import load
from core.model.numbers_library import list_numbers, load_numbers
from core.settings import Settings
from core.text import estimate, percent

if TYPE_CHECKING:
    from core.evaluation.predictions import Predictions
    from core.evaluation.rejection import Rejection

ABOUT = "measure a model on a data set"
CONFUSIONS_SHOWN = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a name that `python -m core models` lists")
    parser.add_argument("--dataset", required=True, metavar="NAME", help="a name that `python -m core data` lists")
    parser.add_argument("--split", default="test", help="part of the data set (%(default)s)")
    parser.add_argument(
        "--outliers", action="store_true", help="measure as well what the model makes of drawings that are no character"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="what to print (%(default)s)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the figures."""
    from core.model.inference import use_one_thread

    use_one_thread()
    if args.model in list_numbers(settings):
        return _evaluate_numbers(args, settings)
    recogniser = load(args.model, settings)
    from core.data import datasets
    from core.evaluation import rejection
    from core.evaluation.available import WARNINGS, leakage_of
    from core.evaluation.predictions import evaluate

    if args.outliers and not recogniser.card.knows_outliers:
        raise ConfigError(rejection.unknown(recogniser.charset))
    data = datasets.load(args.dataset, args.split, settings)
    answers = evaluate(recogniser, data)
    if warning := WARNINGS.get(leakage_of(recogniser.card, data.name, data.split, data.title)):
        print(warning, file=sys.stderr)
    rejections = rejection.measure_all(recogniser, data, settings) if args.outliers else None
    score = answers.score()
    if args.format == "json":
        figures = {"model": args.model, "split": args.split, "charset": answers.charset.name} | asdict(score)
        counts = {"blank": int(answers.blank.sum()), "confusion": answers.confusion.tolist()}
        more = {"outliers": _figures(rejections)} if rejections else {}
        print(json.dumps(figures | {"characters": answers.charset.characters} | counts | more))
        return 0
    restricted = datasets.restriction(args.dataset, recogniser.charset)
    images = ", ".join(filter(None, (f"{score.images:,} images", restricted)))
    print(f"{args.model} on {score.title}, {args.split}: {images}")
    lines = _lines(answers)
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"  {name:<{width}}  {value}")
    if rejections:
        print(f"\n{rejection.in_words(rejections, f'{score.title}, {args.split}')} In brackets 95 % intervals.\n")
        print_table(rejection.HEADER, [rejection.to_cells(row) for row in rejections.rows])
    return 0


def _evaluate_numbers(args: argparse.Namespace, settings: Settings) -> int:
    """The figures of a reader of numbers."""
    from core.evaluation.number_sets import get_set, measure_numbers

    if args.outliers:
        raise ConfigError("A reader of numbers is measured on lines, not on drawings that are no character.")
    if args.split not in ("validation", "test"):
        raise ConfigError(f"Lines have the splits validation and test; got {args.split!r}.")
    get_set(args.dataset)
    score = measure_numbers(load_numbers(settings, args.model), args.dataset, args.split, settings).score()
    if args.format == "json":
        print(json.dumps({"model": args.model, "split": args.split} | asdict(score)))
        return 0
    print(f"{args.model} on {score.title}, {args.split}: {score.lines:,} lines")
    print(f"  whole lines  {estimate(score.accuracy, score.low, score.high, score.lines)}")
    print(f"  confident    {percent(score.confident)} of the answers, {percent(score.confident_error)} of them wrong")
    return 0


def _figures(measured: "Rejection") -> dict[str, object]:
    """What JSON has of it: how many characters are refused by which threshold, and the figures by kind."""
    refused = {"characters": len(measured.characters), "characters_refused": measured.characters_refused}
    return {"threshold": measured.threshold, **refused, "kinds": [asdict(row) for row in measured.rows]}


def _lines(answers: "Predictions") -> list[tuple[str, str]]:
    from core.evaluation import error_analysis

    score, name = answers.score(), answers.character
    pairs = error_analysis.commonest(answers.confusion, CONFUSIONS_SHOWN)
    confusions = [f"{name(pair.true)} as {name(pair.read)}: {pair.count}" for pair in pairs]
    return [
        ("accuracy", estimate(score.accuracy, score.low, score.high, score.images)),
        ("calibration", f"expected calibration error {score.ece:.4f}"),
        *(
            (group.title.lower(), f"{percent(group.accuracy)} ({group.right:,} of {group.images:,})")
            for group in error_analysis.shares(answers)
        ),
        ("confident", f"{percent(score.confident)} of the answers, {percent(score.confident_error)} of them wrong"),
        ("blank", f"{int(answers.blank.sum()):,} of the images"),
        ("confusions", "; ".join(confusions) or "none"),
    ]
