"""Measuring a model on a data set."""

from functools import partial
from typing import TYPE_CHECKING

from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.predictions import Predictions
from core.jobs import Progress, ignore

if TYPE_CHECKING:
    from core.model.inference import Recogniser


def evaluate(recogniser: "Recogniser", data: Dataset, progress: Progress = ignore) -> Predictions:
    """Let a model read every image of a data set.

    Args:
        recogniser: the model.
        data: what it reads. Where it holds only some of the model's characters, the answers are restricted to them.
        progress: told, after every batch, how many images are read and how many there are.

    Raises:
        ConfigError: the data set has other classes than the model, or is empty.
    """
    if not recogniser.charset.covers(data.charset):
        raise ConfigError(
            f"The model reads {recogniser.charset.title.lower()}, but {data.title} holds {data.charset.title.lower()}."
        )
    if not len(data.labels):
        raise ConfigError(f"{data.title} has no images to measure on.")
    from core.model.inference import read_batches  # imports torch

    images = data.framed(recogniser.charset).images
    probabilities = read_batches(partial(recogniser.probabilities, only=data.charset), images, progress)
    probabilities[~data.images.any(axis=(1, 2))] = 1 / probabilities.shape[1]
    card = recogniser.card
    return Predictions(
        card.name,
        data.name,
        data.title,
        data.split,
        data.charset,
        data.labels,
        probabilities,
        card.temperature,
        card.threshold,
    )
