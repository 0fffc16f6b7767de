"""How far a confidence can be trusted, by bins and by thresholds; and fitting temperature and thresholds of a card."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.evaluation.metrics import confidence_bin, wilson_interval

BINS = 15
COLDEST, HOTTEST = 0.05, 20.0
# The share of confident answers that may be wrong: a tenth of the share of all answers, or this if it is more.
CONFIDENT_ERROR, CONFIDENT_PART = 0.0015, 0.1
LOST_SHARE = 0.001  # of the characters that may be refused
LEAST_IMAGES = round(1 / CONFIDENT_ERROR)  # with fewer not one may be wrong: the threshold would depend on one image


@dataclass(frozen=True)
class Bins:
    """Answers by their confidence in B bins of equal width, each with its upper edge."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    images: NDArray[np.int64]
    confidence: NDArray[np.float64]  # their mean; nan without answers
    accuracy: NDArray[np.float64]  # the share of right ones; nan without answers

    @property
    def intervals(self) -> NDArray[np.float64]:
        """The 95 % Wilson interval of the share of right answers of each bin, (B, 2); 0 to 1 where there are none."""
        right = np.rint(np.nan_to_num(self.accuracy) * self.images).astype(int)
        return np.array(
            [wilson_interval(*both) if both[1] else (0.0, 1.0) for both in zip(right, self.images, strict=True)]
        )


def calibration_bins(probabilities: NDArray[np.float64], labels: NDArray[np.int64], bins: int = BINS) -> Bins:
    """What a reliability diagram shows of probabilities (N, C) (Guo et al., 2017)."""
    confidence = probabilities.max(axis=1)
    indices = confidence_bin(confidence, bins)
    images = np.bincount(indices, minlength=bins)
    with np.errstate(invalid="ignore"):  # 0 / 0 of an empty bin is nan, as it should be
        means = np.bincount(indices, weights=confidence, minlength=bins) / images
        shares = np.bincount(indices, weights=probabilities.argmax(axis=1) == labels, minlength=bins) / images
    edges = np.linspace(0, 1, bins + 1)
    return Bins(edges[:-1], edges[1:], images, means, shares)


@dataclass(frozen=True)
class Threshold:
    """What a threshold of confidence does: so many of all answers are at or above it, `wrong` of them wrong."""

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
        return wilson_interval(self.wrong, self.confident) if self.confident else (0.0, 1.0)


def at_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], threshold: float) -> Threshold:
    confident = confidence >= threshold
    return Threshold(float(threshold), int(confident.sum()), int((confident & ~right).sum()), len(right))


@dataclass(frozen=True)
class Coverage:
    """What every threshold does that makes a difference: (M,), falling, the confidences that occur."""

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
    """The risk-coverage curve (Geifman and El-Yaniv, "Selective classification for deep neural networks", 2017)."""
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~right[order], dtype=np.int64)
    ends_a_tie = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))  # a threshold cannot part equal confidences
    return Coverage(ranked[ends_a_tie], ends_a_tie + 1, wrong[ends_a_tie], len(right))


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """The temperature T, 0.05 to 20, that maximises the likelihood of softmax(logits / T) (Guo et al., 2017).

    Above 1 the network was overconfident.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and seldom needed

    rows = np.arange(len(labels))
    values = logits.astype(np.float64)

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(values / np.exp(log_temperature), axis=1)[rows, labels].mean())

    fitted = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(fitted.x))


def calibrate(parts: Sequence[tuple[NDArray[np.floating], NDArray[np.int64]]]) -> tuple[float, float]:
    """The temperature and threshold that fit logits (N, C) and labels (N,) of each validation set.

    The threshold holds on each that has LEAST_IMAGES or more; where none has, on all of them together.
    """
    every_logits, every_label = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    temperature = fit_temperature(every_logits, every_label)
    large = [part for part in parts if len(part[1]) >= LEAST_IMAGES] or [(every_logits, every_label)]
    thresholds = []
    for logits, labels in large:
        probabilities = apply_temperature(logits, temperature)
        right = probabilities.argmax(axis=1) == labels
        allowed = max(CONFIDENT_ERROR, CONFIDENT_PART * float(1 - right.mean()))
        thresholds.append(choose_threshold(probabilities.max(axis=1), right, allowed))
    return temperature, max(thresholds)


def apply_temperature(logits: NDArray[np.floating], temperature: float) -> NDArray[np.float64]:
    return softmax(logits.astype(np.float64) / temperature, axis=1)


def choose_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], error: float) -> float:
    """The lowest threshold from which at most a share `error` of the answers is wrong; 1 when none will do."""
    curve = coverage(confidence, right)
    allowed = curve.threshold[curve.wrong <= error * curve.confident]
    return float(allowed[-1]) if len(allowed) else 1.0


def choose_rejection_threshold(
    logits: NDArray[np.floating], labels: NDArray[np.int64], temperature: float, rejections: int
) -> float:
    """The lowest probability of no character, 0.5 to 1, at which at most LOST_SHARE of the characters are refused.

    Args:
        logits: (N, C + R), of validation images; those that are no character have labels from C on.
        rejections: R, how many of the last outputs stand for no character; 0 for a model that refuses nothing.
    """
    if not rejections:
        return 1.0
    characters = logits[labels < logits.shape[1] - rejections]
    refused = apply_temperature(characters, temperature)[:, -rejections:].sum(axis=1)
    return float(np.clip(np.quantile(refused, 1 - LOST_SHARE, method="higher"), 0.5, 1.0))
