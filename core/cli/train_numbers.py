"""python -m core train-numbers: train a reader of numbers."""

import argparse
import sys
from pathlib import Path

from core.cli.steps import add_step_options, show_steps
from core.settings import Settings
from core.training.config import NUMBERS_CHECKPOINT_STEPS, NUMBERS_LEARNING_RATE, NUMBERS_STEPS

ABOUT = "train a reader of numbers on lines that are composed as it goes"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the reader; one of this name is replaced")
    add_step_options(parser, "48 lines", NUMBERS_STEPS, NUMBERS_LEARNING_RATE, NUMBERS_CHECKPOINT_STEPS)
    parser.add_argument(
        "--start",
        default="",
        metavar="NUMBERS",
        help="begin with the weights of this reader, and not with the eye of the digits' model",
    )
    parser.add_argument("--fonts", type=Path, metavar="FOLDER", help="fonts for some printed lines among the written")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Train, show how it goes on standard error, and say where the reader is."""
    print("Reading the strokes that lines are composed of.", file=sys.stderr)
    from core.training.lines.loop import LineConfig
    from core.training.lines.train import train_numbers

    config = LineConfig(args.steps, learning_rate=args.learning_rate, seed=args.seed)
    with show_steps(args.steps) as show:
        folder = train_numbers(args.name, config, settings, show, args.checkpoint, args.start, args.fonts)
    print(f"The reader of numbers {args.name!r} is in {folder}.")
    return 0
