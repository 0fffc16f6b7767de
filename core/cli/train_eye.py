"""python -m core train-eye: train the network with which a model reads pictures themselves."""

import argparse
import sys

from core.cli.steps import add_step_options, show_steps
from core.settings import Settings
from core.training.config import EYE_CHECKPOINT_STEPS, EYE_LEARNING_RATE, EYE_STEPS

ABOUT = "train the network with which a model reads pictures themselves, and write the model with it"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the model, which keeps its network for glyphs")
    add_step_options(parser, "256 pictures", EYE_STEPS, EYE_LEARNING_RATE, EYE_CHECKPOINT_STEPS)
    parser.add_argument("--start", default="", metavar="MODEL", help="begin with the eye of this model")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Train, show how it goes on standard error, and say where the model is."""
    print("Drawing the ink to compose pictures from.", file=sys.stderr)
    from core.training.eye.loop import EyeConfig
    from core.training.eye.train import train_eye

    config = EyeConfig(args.steps, learning_rate=args.learning_rate, seed=args.seed)
    with show_steps(args.steps) as show:
        folder = train_eye(args.name, config, settings, show, args.checkpoint, args.start)
    print(f"The model {args.name!r} in {folder} reads pictures themselves.")
    return 0
