"""Measuring a model on a data set."""

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
        data: what it reads.
        progress: told, after every batch, how many images are read and how many there are.

    Raises:
        ConfigError: the model reads another charset than the data set has, or the data set is empty.
    """
    if data.charset != recogniser.charset:
        raise ConfigError(f"The model reads {recogniser.charset.title}, but {data.title} has {data.charset.title}.")
    if not len(data.labels):
        raise ConfigError(f"{data.title} has no images to measure on.")
    from core.model.inference import read_batches  # imports torch

    probabilities = read_batches(recogniser.probabilities, data.images, progress)
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
        card.limit,
    )
