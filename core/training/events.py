"""What a training tells about itself. Needs no torch, so a page can read it from a run's files."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Where a training is, told after every step.

    Attributes:
        epoch, epochs: the number of this epoch, from 1, and of all.
        step, steps: the number of this step in its epoch, from 1, and of all.
        loss: cross-entropy of the batch.
        learning_rate: with which the step was made.
        images_per_second: of this epoch so far.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    learning_rate: float
    images_per_second: float


@dataclass(frozen=True)
class Epoch:
    """A finished epoch: a row of history.csv. Losses are cross-entropies, accuracies shares of 0 to 1."""

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float


Event = Callable[[Step | Epoch], None]
