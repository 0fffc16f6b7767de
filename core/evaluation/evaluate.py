"""Measuring a model on a data set."""

import threading
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.predictions import Predictions
from core.jobs import Progress, ignore

if TYPE_CHECKING:
    from core.model.inference import Recogniser

KEPT = 8


def evaluate(recogniser: "Recogniser", data: Dataset, progress: Progress = ignore) -> Predictions:
    """Read every image of a data set. If it has only some of the model's characters, answers are restricted to them.

    Args:
        progress: called after every batch with the number of images read, and of all.

    Raises:
        ConfigError: the model does not know all classes of the data set, or there are no images.
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
        model=card.name,
        dataset=data.name,
        title=data.title,
        split=data.split,
        charset=data.charset,
        labels=data.labels,
        probabilities=probabilities,
        temperature=card.temperature,
        threshold=card.threshold,
    )


class Measurements:
    """A cache of the latest evaluations, keyed by what decides the answers: weights, calibration and data."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Predictions] = OrderedDict()
        self._lock = threading.Lock()

    def evaluate(self, recogniser: "Recogniser", data: Dataset, progress: Progress = ignore) -> Predictions:
        """As the function `evaluate`, at most once for the same model and data."""
        card = recogniser.card
        model = (card.name, card.weights_sha256, card.mean, card.std, card.temperature, card.threshold)
        key = (*model, data.name, data.split, data.sha256)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answers = evaluate(recogniser, data, progress)
        with self._lock:
            self._kept[key] = answers
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answers
