"""What `train-eye` and `train-numbers` share: the options of a training by steps, and how it goes."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm


def add_step_options(parser: argparse.ArgumentParser, batch: str, steps: int, rate: float, checkpoint: int) -> None:
    """Add the options, with these defaults; `batch` is what a step takes: "256 pictures"."""
    parser.add_argument("--steps", type=int, default=steps, metavar="N", help=f"batches of {batch} (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (%(default)s)")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help=f"write the state there every {checkpoint} steps, and go on from it",
    )
    parser.add_argument(
        "--learning-rate", type=float, default=rate, metavar="X", help="the highest of the schedule (%(default)s)"
    )


@contextmanager
def show_steps(steps: int) -> Iterator[Callable[[int, float], None]]:
    """A bar on standard error, and what moves it: called with the number of steps done, and the loss."""
    with tqdm(total=steps, unit="step", file=sys.stderr, leave=False, dynamic_ncols=True, disable=None) as bar:

        def show(done: int, loss: float) -> None:
            bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
            bar.update(min(done, steps) - bar.n)

        yield show
