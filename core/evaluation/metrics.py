"""Scores of a classifier, from its probabilities and the true labels. All arrays are numpy, all shares 0 to 1."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z_95 = 1.959963984540054  # the normal distribution's 97.5 % point


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, "Probable inference, the law of succession", 1927).

    The same as by scipy's `binomtest`, which takes milliseconds as it computes a p-value first; a chart needs hundreds.
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(f"expected 0 <= right <= total and total >= 1, got {right} of {total}")
    share, square = right / total, Z_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z_95 / (1 + square / total) * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    # At the ends the bound is exactly 0 or 1, which rounding would miss.
    return (0.0 if right == 0 else middle - half), (1.0 if right == total else middle + half)


def expected_calibration_error(probabilities: NDArray[np.float64], labels: NDArray[np.int64], bins: int = 15) -> float:
    """How far confidence is from accuracy: the mean gap over bins of equal width, weighted by their images.

    Guo et al., "On calibration of modern neural networks", 2017, with their 15 bins. Probabilities are (N, C).
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    gaps = np.bincount(confidence_bin(confidence, bins), weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def confidence_bin(confidence: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    """The bin of each confidence, 0 to `bins` - 1: bins have the same width, and each holds its upper edge."""
    return np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)


def negative_log_likelihood(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """The mean of -ln p of the true class (the cross-entropy loss)."""
    true_class = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(true_class, np.finfo(np.float64).tiny)).mean())


def confusion_matrix(predicted: NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Counts (C, C): row is the true class, column the predicted one."""
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


@dataclass(frozen=True)
class ClassScores:
    """Scores of every class, (C,); a share with a denominator of 0 is 0, as in scikit-learn."""

    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    support: NDArray[np.int64]  # images of each class
    occurs: NDArray[np.bool_]  # among the labels or the answers

    def macro(self, score: NDArray[np.float64]) -> float:
        """The unweighted mean of one of these scores over the classes that occur."""
        return float(score[self.occurs].mean()) if self.occurs.any() else 0.0


def class_scores(confusion: NDArray[np.int64]) -> ClassScores:
    """Precision, recall and F1 by class, of a confusion matrix."""
    right, support, answered = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        precision=_share(right, answered),
        recall=_share(right, support),
        f1=_share(2 * right, support + answered),
        support=support,
        occurs=support + answered > 0,
    )


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
