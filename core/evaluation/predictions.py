"""A model's answers to labelled images, measured here or stored with it, from which every figure is made. No torch."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from core.charsets import Charset, get_charset
from core.errors import ConfigError
from core.evaluation import metrics
from core.jobs import Progress, ignore
from core.model.card import Card, Score, read_card
from core.model.prediction import Verdict
from core.model.records import StoredAnswers, read_evaluations

if TYPE_CHECKING:
    from core.data.datasets import Dataset
    from core.model.inference import Recogniser

KEPT = 8  # measurements


@dataclass(frozen=True)
class Predictions:
    """Answers and truths, in the order of the data set, with the model's temperature and threshold."""

    model: str
    dataset: str
    title: str
    split: str
    charset: Charset  # the data set's: where the model reads more, its answers were restricted to these classes
    labels: NDArray[np.int64]  # (N,)
    probabilities: NDArray[np.float64]  # (N, C), rows sum to 1; uniform for a glyph that was found blank
    temperature: float
    threshold: float
    stored: bool = False  # read from the model's folder, not measured here

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """The most probable class of each image, (N,)."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """Its probability, (N,), 0 to 1."""
        return self.probabilities.max(axis=1)

    @cached_property
    def blank(self) -> NDArray[np.bool_]:
        """Which glyphs were found blank, (N,): no network gives every class exactly the same probability."""
        return self.confidence == self.probabilities.min(axis=1)

    @cached_property
    def verdicts(self) -> NDArray[np.str_]:
        """The verdict on each answer, (N,): the values of `Verdict`, by the rules of `core.model.prediction.judge`."""
        alike = (self.look_alike_group[:, None] == self.look_alike_group).astype(np.float64)
        together = (self.probabilities * alike[self.predicted]).sum(axis=1)
        cases = [self.blank, self.confidence >= self.threshold, together >= self.threshold]
        return np.select(cases, [Verdict.BLANK, Verdict.CONFIDENT, Verdict.ALIKE], Verdict.UNSURE).astype(np.str_)

    @cached_property
    def look_alike_group(self) -> NDArray[np.int64]:
        """The group of look-alikes that each class belongs to, (C,): the index of its first character."""
        characters = self.charset.characters
        return np.array([characters.index(self.charset.alike(character)[0]) for character in characters])

    @cached_property
    def right(self) -> NDArray[np.bool_]:
        """Which answers are right, (N,). A blank glyph has no answer, and that is wrong."""
        return (self.predicted == self.labels) & ~self.blank

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """Counts (C, C): row the true class, column the predicted one. Sums to the number of images."""
        return metrics.confusion_matrix(self.predicted, self.labels, len(self.charset.characters))

    @cached_property
    def before_temperature(self) -> NDArray[np.float64]:
        """The probabilities (N, C) at a temperature of 1.

        The logs of the probabilities are the logits over the temperature, up to a constant that softmax removes.
        """
        logs = np.log(np.maximum(self.probabilities, np.finfo(np.float32).tiny))
        return softmax(logs * self.temperature, axis=1)

    def character(self, index: int) -> str:
        return self.charset.names[index]

    def fits(self, data: "Dataset") -> bool:
        """Whether a data set holds the images of these answers, judged by its labels."""
        return np.array_equal(data.labels, self.labels)

    def score(self) -> Score:
        confident = self.confidence >= self.threshold
        low, high = metrics.wilson_interval(int(self.right.sum()), len(self))
        return Score(
            dataset=self.dataset,
            title=self.title,
            images=len(self),
            accuracy=float(self.right.mean()),
            low=low,
            high=high,
            ece=metrics.expected_calibration_error(self.probabilities, self.labels),
            confident=float(confident.mean()),
            confident_error=float((~self.right[confident]).mean()) if confident.any() else 0.0,
        )


def read_stored(folder: Path) -> dict[str, Predictions]:
    """The answers to test sets in a model's folder, by data set; ModelError where they do not fit its card."""
    card = read_card(folder)
    charset, evaluations = get_charset(card.charset), read_evaluations(folder, card)
    return {name: _stored(evaluation, card, evaluation.classes(charset)) for name, evaluation in evaluations.items()}


def _stored(evaluation: StoredAnswers, card: Card, charset: Charset) -> Predictions:
    probabilities = evaluation.probabilities.astype(np.float64)
    score = card.score(evaluation.dataset)
    return Predictions(
        card.name,
        evaluation.dataset,
        score.title if score else evaluation.dataset,
        "test",
        charset,
        evaluation.labels,
        probabilities / probabilities.sum(axis=1, keepdims=True),  # rows of float32 sum to 1 only nearly
        card.temperature,
        card.threshold,
        stored=True,
    )


def evaluate(recogniser: "Recogniser", data: "Dataset", progress: Progress = ignore) -> Predictions:
    """Read every image of a data set; ConfigError where the model does not know all classes, or there are no images.

    If it has only some of the model's characters, answers are restricted to them.
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

    def evaluate(self, recogniser: "Recogniser", data: "Dataset", progress: Progress = ignore) -> Predictions:
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
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answers
