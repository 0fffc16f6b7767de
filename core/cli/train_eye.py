"""python -m core train-eye: train the network with which a model reads pictures themselves."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from core.settings import Settings

ABOUT = "train the network with which a model reads pictures themselves, and write the model with it"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the model, which keeps its network for glyphs")
    parser.add_argument("--steps", type=int, default=5000, metavar="N", help="batches of 256 pictures (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (%(default)s)")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="write the state there every 200 steps, and go on from it"
    )
    parser.add_argument("--start", default="", metavar="MODEL", help="begin with the eye of this model")
    parser.add_argument(
        "--learning-rate", type=float, default=0.003, metavar="X", help="the highest of the schedule (%(default)s)"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Train, show how it goes on standard error, and say where the model is."""
    print("Drawing the ink to compose pictures from.", file=sys.stderr)
    from core.training.eye.loop import EyeConfig
    from core.training.eye.train import train_eye

    with tqdm(total=args.steps, unit="step", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:

        def show(done: int, loss: float) -> None:
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            bar.update(done - bar.n)

        config = EyeConfig(args.steps, learning_rate=args.learning_rate, seed=args.seed)
        folder = train_eye(args.name, config, settings, show, args.checkpoint, args.start)
    print(f"The model {args.name!r} in {folder} reads pictures themselves.")
    return 0
