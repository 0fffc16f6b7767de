"""How far a confidence can be trusted: calibration by bins, and the coverage and error of thresholds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation import metrics

BINS = 15


@dataclass(frozen=True)
class Bins:
    """Answers by their confidence, in bins of equal width, as `metrics.expected_calibration_error` takes them.

    Attributes:
        low, high: (B,), the edges of each bin, which includes its upper edge.
        images: int64 (B,), number of answers in it.
        confidence, accuracy: (B,), their mean confidence and the share of right ones; nan where there are none.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    images: NDArray[np.int64]
    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def intervals(self) -> NDArray[np.float64]:
        """The 95 % Wilson interval of the share of right answers of each bin, (B, 2); 0 to 1 where there are none."""
        right = np.rint(np.nan_to_num(self.accuracy) * self.images).astype(int)
        return np.array(
            [metrics.wilson_interval(*both) if both[1] else (0.0, 1.0) for both in zip(right, self.images, strict=True)]
        )


def calibration_bins(probabilities: NDArray[np.float64], labels: NDArray[np.int64], bins: int = BINS) -> Bins:
    """What a reliability diagram shows (Guo et al., "On calibration of modern neural networks", 2017).

    Args:
        probabilities: (N, C), rows that sum to 1.
        labels: (N,), 0 to C - 1.
    """
    confidence = probabilities.max(axis=1)
    indices = metrics.confidence_bin(confidence, bins)
    images = np.bincount(indices, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 of an empty bin is nan, as it should be
        means = np.bincount(indices, weights=confidence, minlength=bins) / images
        shares = np.bincount(indices, weights=probabilities.argmax(axis=1) == labels, minlength=bins) / images
    edges = np.linspace(0, 1, bins + 1)
    return Bins(edges[:-1], edges[1:], images, means, shares)


@dataclass(frozen=True)
class Threshold:
    """What a threshold of confidence does.

    Attributes:
        threshold: 0 to 1.
        confident: number of answers at or above it; `wrong` of them are wrong.
        images: number of all answers.
    """

    threshold: float
    confident: int
    wrong: int
    images: int

    @property
    def below(self) -> int:
        return self.images - self.confident

    @property
    def coverage(self) -> float:
        """The share of answers that are confident, 0 to 1."""
        return self.confident / self.images

    @property
    def error(self) -> float:
        """The share of confident answers that are wrong, 0 to 1; 0 where there are none."""
        return self.wrong / self.confident if self.confident else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the error; 0 to 1 where no answer is confident."""
        return metrics.wilson_interval(self.wrong, self.confident) if self.confident else (0.0, 1.0)


def at_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], threshold: float) -> Threshold:
    """What a threshold does: answers with a confidence of at least `threshold` are confident."""
    confident = confidence >= threshold
    return Threshold(float(threshold), int(confident.sum()), int((confident & ~right).sum()), len(right))


@dataclass(frozen=True)
class Coverage:
    """The confident and the wrong answers at every threshold that makes a difference.

    Attributes:
        threshold: float64 (M,), falling: the confidences that occur.
        confident, wrong: int64 (M,), as in `Threshold`.
        images: number of all answers.
    """

    threshold: NDArray[np.float64]
    confident: NDArray[np.int64]
    wrong: NDArray[np.int64]
    images: int

    def thinned(self, most: int) -> list[Threshold]:
        """At most `most` thresholds: the ends, those where the number of errors rises, and others evenly spread."""
        count = len(self.threshold)
        rises = np.flatnonzero(np.diff(self.wrong, prepend=0))
        important = np.union1d(np.union1d(rises, np.maximum(rises - 1, 0)), [0, count - 1])
        if len(important) > most:
            important = important[np.linspace(0, len(important) - 1, most).round().astype(int)]
        others = np.linspace(0, count - 1, max(0, most - len(important))).round().astype(int)
        return [
            Threshold(float(self.threshold[index]), int(self.confident[index]), int(self.wrong[index]), self.images)
            for index in np.union1d(important, others).astype(int)
        ]


def coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Coverage:
    """The risk-coverage curve (Geifman and El-Yaniv, "Selective classification for deep neural networks", 2017).

    Args:
        confidence: (N,), the probability of each answer.
        right: (N,), whether it was right.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~right[order], dtype=np.int64)
    ends_a_tie = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # a threshold cannot part equal confidences
    return Coverage(ranked[ends_a_tie], ends_a_tie + 1, wrong[ends_a_tie], len(right))
