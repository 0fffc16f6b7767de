"""A model's answers to a set of labelled images: what every figure of an evaluation is made from. Needs no torch."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from core.charsets import Charset, get_charset
from core.evaluation import metrics
from core.model.card import Card, Score, read_card
from core.model.prediction import Verdict
from core.model.records import StoredAnswers, read_evaluations

if TYPE_CHECKING:
    from core.data.datasets import Dataset


@dataclass(frozen=True)
class Predictions:
    """Answers and truths, in the order of the data set.

    Attributes:
        model: name of the model.
        dataset, title, split: the data set's name, its title as it is shown, and its part.
        charset: the data set's; classes are indices of its characters. Where the model reads more, its answers were
            restricted to these.
        labels: int64 (N,), the true classes.
        probabilities: float64 (N, C), rows sum to 1; uniform for a glyph that was found blank.
        temperature: what the logits were divided by.
        threshold: the confidence from which an answer is called confident.
        stored: whether they were read from the model's folder, not measured here.
    """

    model: str
    dataset: str
    title: str
    split: str
    charset: Charset
    labels: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    temperature: float
    threshold: float
    stored: bool = False

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
        """The character of a class, as it is shown."""
        return self.charset.names[index]

    def fits(self, data: "Dataset") -> bool:
        """Whether a data set holds the images of these answers, judged by its labels."""
        return np.array_equal(data.labels, self.labels)

    def score(self) -> Score:
        """The figures for a card."""
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
    """The answers to test sets in a model's folder, by data set.

    Raises:
        ModelError: card or answers are missing or damaged, or do not fit each other.
    """
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
