"""Does the preset "quick" reach 99.0 % on MNIST in a tenth of the time of an ordinary training?

    python -m tests.benchmarks.quick_preset

The ordinary training is the tutorials': the batch-norm CNN, Adam at 0.001, batches of 128, 8 epochs, float32, no
augmentation. Both go through `python -m core train`, one after the other on the same machine. The aim is judged on the
time of the epochs, validation included; what the whole command takes, with start-up, reading and scoring, is printed
too. It needs MNIST and, on two cores, some ten minutes in which the machine does nothing else.
"""

import argparse
import csv
import dataclasses
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from core.cli.models import describe
from core.model.card import Score, read_card
from core.text import percent
from core.training.config import PRESETS, TrainConfig, to_json

ROOT = Path(__file__).resolve().parents[2]
LEAST_ACCURACY, LARGEST_RATIO = 0.99, 0.1

QUICK = dataclasses.replace(PRESETS["quick"], name="quick")
ORDINARY = TrainConfig(
    name="ordinary",
    architecture="batchnorm",
    dropout=0.5,
    epochs=8,
    batch_size=128,
    optimiser="adam",
    learning_rate=0.001,
    weight_decay=0.0,
    schedule="none",
    precision="float32",
    channels_last=False,
)


@dataclass(frozen=True)
class Measured:
    """A training that has been timed: seconds of the whole command and of its epochs alone, and its test score."""

    name: str
    parameters: int
    epochs: int
    seconds: float
    epoch_seconds: float
    score: Score

    def __str__(self) -> str:
        return (
            f"{self.name:<9} {self.parameters:>8,} parameters, {self.epochs} epochs in {self.epoch_seconds:6.1f} s "
            f"(whole command {self.seconds:6.1f} s), {describe(self.score)}"
        )


def measure(config: TrainConfig, models: Path) -> Measured:
    """Train by the command line into the library `models`."""
    file = models / f"{config.name}.json"
    file.write_text(to_json(config), encoding="utf-8")
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "core", "train", "--config", str(file)],
        cwd=ROOT,
        env=os.environ | {"DIGITS_MODELS_DIR": str(models)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seconds = time.perf_counter() - started
    card = read_card(models / config.name)
    with (models / config.name / "history.csv").open(newline="", encoding="utf-8") as rows:
        epochs = [float(row["seconds"]) for row in csv.DictReader(rows)]
    score = card.score("mnist")
    assert score is not None, "a training on MNIST is scored on it"
    return Measured(config.name, card.parameters, len(epochs), seconds, sum(epochs), score)


def main() -> int:
    """Measure and print; 1 when one of the two aims is missed."""
    parser = argparse.ArgumentParser(description="Time the preset quick against an ordinary training on MNIST.")
    parser.add_argument("--images", type=int, default=0, help="training images, to try the benchmark itself (all)")
    parser.add_argument("--epochs", type=int, default=0, help="epochs of both, to try the benchmark itself")
    args = parser.parse_args()
    changes = {"images": args.images} | ({"epochs": args.epochs} if args.epochs else {})
    with tempfile.TemporaryDirectory() as folder:
        quick, ordinary = (
            measure(dataclasses.replace(config, **changes), Path(folder)) for config in (QUICK, ORDINARY)
        )
    ratio = quick.epoch_seconds / ordinary.epoch_seconds
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    print(quick, ordinary, sep="\n")
    print(f"epochs of quick / epochs of ordinary: {ratio:.3f}")
    print(f"whole command of quick / epochs of ordinary: {quick.seconds / ordinary.epoch_seconds:.3f}")
    print(f"aims: a ratio of at most {LARGEST_RATIO}, an accuracy of at least {percent(LEAST_ACCURACY, 1)}")
    return 0 if ratio <= LARGEST_RATIO and quick.score.accuracy >= LEAST_ACCURACY else 1


if __name__ == "__main__":
    sys.exit(main())
