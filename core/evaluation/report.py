"""Scoring a model on a data set."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.metrics import confusion_matrix, expected_calibration_error, wilson_interval
from core.model.card import Score
from core.model.inference import Recogniser


@dataclass(frozen=True)
class Report:
    """A model's answers to a data set and what they are worth.

    Attributes:
        score: the figures.
        labels: int64 (N,), the true classes.
        probabilities: float64 (N, C); even for a glyph that was found blank, which counts as a wrong answer.
        confusion: int64 (C, C), row the true class, column the predicted one.
        blank: number of glyphs found blank.
    """

    score: Score
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    confusion: NDArray[np.int64]
    blank: int


def evaluate(recogniser: Recogniser, data: Dataset) -> Report:
    """Let a model read every image of a data set.

    Raises:
        ConfigError: the model reads another charset than the data set has, or the data set is empty.
    """
    if data.charset != recogniser.charset:
        raise ConfigError(f"The model reads {recogniser.charset.title}, but {data.title} has {data.charset.title}.")
    if not len(data.labels):
        raise ConfigError(f"{data.title} has no images to measure on.")
    probabilities = recogniser.probabilities(data.images)
    blank = ~data.images.any(axis=(1, 2))
    probabilities[blank] = 1 / probabilities.shape[1]
    predicted = probabilities.argmax(axis=1)
    right = (predicted == data.labels) & ~blank
    return Report(
        make_score(data, probabilities, right, recogniser.card.limit),
        data.labels,
        probabilities,
        confusion_matrix(predicted, data.labels, probabilities.shape[1]),
        int(blank.sum()),
    )


def make_score(data: Dataset, probabilities: NDArray[np.float64], right: NDArray[np.bool_], limit: float) -> Score:
    """The figures for a card from probabilities (N, C) and which answers were right (N,)."""
    confident = probabilities.max(axis=1) >= limit
    low, high = wilson_interval(int(right.sum()), len(right))
    return Score(
        dataset=data.name,
        title=data.title,
        images=len(right),
        accuracy=float(right.mean()),
        low=low,
        high=high,
        ece=expected_calibration_error(probabilities, data.labels),
        confident=float(confident.mean()),
        confident_error=float((~right[confident]).mean()) if confident.any() else 0.0,
    )
