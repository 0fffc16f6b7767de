"""Every network trained alike on letters and digits: python -m tests.benchmarks.architectures [--networks NAME …]

Each of them learns from the same 20,000 images of `emnist-balanced` (or of another data set) with the same options, and
is scored once on the test images. Times are those of the epochs, also as a ratio to the first network's, since machines
differ. Which network to ship was not chosen by this: these are test scores.
"""

import argparse
import csv
import dataclasses
import os
import platform
import tempfile
from pathlib import Path

from core.model.architectures import ARCHITECTURES
from core.model.card import read_card
from core.settings import get_settings
from core.text import percent
from core.training.config import DATASET_NAMES, TrainConfig
from core.training.data import load_training_set
from core.training.train import finish, fit


def main() -> None:
    """Train, and print a line for each network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", choices=DATASET_NAMES, default="emnist-balanced")
    parser.add_argument("--networks", nargs="+", choices=ARCHITECTURES, default=list(ARCHITECTURES))
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=5)
    args = parser.parse_args()
    config = TrainConfig(
        datasets=(args.dataset,),
        images=args.images,
        epochs=args.epochs,
        batch_size=128,
        learning_rate=0.003,
        balance=1.0,
        shift=1.0,
    )
    print(f"{os.cpu_count()} cores, {platform.machine()}; {args.dataset}, {args.images:,} images, {args.epochs} epochs")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        settings = dataclasses.replace(get_settings(), models_dir=Path(folder))
        data = load_training_set(config, settings)
        for name in args.networks:
            one = dataclasses.replace(config, name=name, architecture=name)
            finish(one, data, fit(one, data, lambda _: None), settings)
            card = read_card(settings.models_dir / name)
            with (settings.models_dir / name / "history.csv").open(newline="", encoding="utf-8") as rows:
                seconds = sum(float(row["seconds"]) for row in csv.DictReader(rows))
            first, (score,) = first or seconds, card.scores
            print(
                f"{name:<10} {card.parameters:>8,} parameters  {percent(score.accuracy)} "
                f"({percent(score.low)} to {percent(score.high)}, n = {score.images:,})  "
                f"{seconds:6.1f} s, {seconds / first:5.2f} of {args.networks[0]}'s",
                flush=True,
            )


if __name__ == "__main__":
    main()
