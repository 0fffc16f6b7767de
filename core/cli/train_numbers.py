"""python -m core train-numbers: train a reader of numbers."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from core.settings import Settings

ABOUT = "train a reader of numbers on lines that are composed as it goes"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the reader; one of this name is replaced")
    parser.add_argument("--steps", type=int, default=10_000, metavar="N", help="batches of 48 lines (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (%(default)s)")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="write the state there every 200 steps, and go on from it"
    )
    parser.add_argument("--start", default="", metavar="NUMBERS", help="begin with the weights of this reader")
    parser.add_argument("--fonts", type=Path, metavar="FOLDER", help="fonts for some printed lines among the written")
    parser.add_argument(
        "--learning-rate", type=float, default=0.002, metavar="X", help="the highest of the schedule (%(default)s)"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Train, show how it goes on standard error, and say where the reader is."""
    print("Reading the strokes that lines are composed of.", file=sys.stderr)
    from core.training.lines.loop import LineConfig
    from core.training.lines.train import train_numbers

    with tqdm(total=args.steps, unit="step", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:

        def show(done: int, loss: float) -> None:
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            bar.update(min(done, args.steps) - bar.n)

        config = LineConfig(args.steps, learning_rate=args.learning_rate, seed=args.seed)
        folder = train_numbers(args.name, config, settings, show, args.checkpoint, args.start, args.fonts)
    print(f"The reader of numbers {args.name!r} is in {folder}.")
    return 0
