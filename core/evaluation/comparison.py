"""Two models on the same images: where they differ, and whether that is more than chance."""

import statistics
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.evaluation.predictions import Predictions
from core.model.card import Card

if TYPE_CHECKING:
    from core.model.inference import Recogniser

CHANCE = 0.05
TIMED_RUNS = 50


@dataclass(frozen=True)
class Compared:
    """A model in a comparison, with its answers to the images that all are compared on."""

    card: Card
    weights_bytes: int
    answers: Predictions
    seconds: float | None = None  # for a single image on this machine, where it was measured


class Difference(StrEnum):
    FIRST_RIGHT = "only the first is right"
    SECOND_RIGHT = "only the second is right"
    BOTH_WRONG = "both are wrong"


@dataclass(frozen=True)
class McNemar:
    """The result of McNemar's test."""

    first: int  # images that only the first model reads right
    second: int
    p: float  # the probability of numbers at least as uneven if both models were equally good

    @property
    def by_chance(self) -> bool:
        """Whether chance can explain the difference, at the usual level of 5 %."""
        return self.p >= CHANCE


def comparable(first: Predictions, second: Predictions) -> bool:
    """Whether both are answers to the same images, judged by names, charset and labels."""
    same = (first.dataset, first.split, first.charset) == (second.dataset, second.split, second.charset)
    return same and np.array_equal(first.labels, second.labels)


def mcnemar(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> McNemar:
    """McNemar's test in its exact form: a two-sided binomial test on the images where exactly one model is right.

    McNemar, "Note on the sampling error of the difference between correlated proportions", 1947; for comparing
    classifiers: Dietterich, "Approximate statistical tests", 1998.
    """
    from scipy.stats import binomtest

    b, c = int((first & ~second).sum()), int((second & ~first).sum())
    return McNemar(b, c, float(binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0)


def differences(first: Predictions, second: Predictions) -> dict[Difference, NDArray[np.int64]]:
    """The indices of the images that one model alone, or neither, reads right; the most confident error first."""
    mistake = np.maximum(
        np.where(first.right, 0, first.confidence),
        np.where(second.right, 0, second.confidence),
    )
    kinds = {
        Difference.FIRST_RIGHT: first.right & ~second.right,
        Difference.SECOND_RIGHT: second.right & ~first.right,
        Difference.BOTH_WRONG: ~first.right & ~second.right,
    }
    order = np.argsort(-mistake, kind="stable")
    return {kind: order[mask[order]] for kind, mask in kinds.items()}


def seconds_an_image(recogniser: "Recogniser", runs: int = TIMED_RUNS) -> float:
    """The median time for a single image on this machine, after some runs to warm up."""
    glyphs = np.random.default_rng(0).integers(0, 256, (1, 28, 28)).astype(np.uint8)
    times = []
    for _ in range(runs + runs // 5):
        start = time.perf_counter()
        recogniser.probabilities(glyphs)
        times.append(time.perf_counter() - start)
    return statistics.median(times[-runs:])
