"""Fitting a model's temperature and thresholds on validation data; its card holds them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.evaluation.reliability import coverage

COLDEST, HOTTEST = 0.05, 20.0
# The share of confident answers that may be wrong: a tenth of the share of all answers, or this if it is more.
CONFIDENT_ERROR, CONFIDENT_PART = 0.0015, 0.1
LOST_SHARE = 0.001  # of the characters that may be refused
LEAST_IMAGES = round(1 / CONFIDENT_ERROR)  # with fewer not one may be wrong: the threshold would depend on one image


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """The temperature T that maximises the likelihood of softmax(logits / T) (Guo et al., 2017).

    Args:
        logits: (N, C).
        labels: (N,), 0 to C - 1.

    Returns:
        0.05 to 20: above 1 the network was overconfident, below 1 underconfident.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and seldom needed

    rows = np.arange(len(labels))
    values = logits.astype(np.float64)

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(values / np.exp(log_temperature), axis=1)[rows, labels].mean())

    fitted = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(fitted.x))


def calibrate(parts: Sequence[tuple[NDArray[np.floating], NDArray[np.int64]]]) -> tuple[float, float]:
    """A model's temperature and threshold, from its answers to validation images.

    Args:
        parts: logits (N, C) and labels (N,) of each validation set. The threshold holds on each that has
            LEAST_IMAGES or more; where none has, on all of them together.

    Returns:
        The temperature that fits all, and the threshold.
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
    """Probabilities (N, C) from logits (N, C)."""
    return softmax(logits.astype(np.float64) / temperature, axis=1)


def choose_threshold(confidence: NDArray[np.float64], right: NDArray[np.bool_], error: float) -> float:
    """The lowest threshold of confidence from which at most a share `error` of the answers is wrong.

    Args:
        confidence: (N,), the probability of each answer.
        right: (N,), whether it was right.
        error: 0 to 1.

    Returns:
        A threshold for `confidence >= threshold`; 1 when none will do.
    """
    curve = coverage(confidence, right)
    allowed = curve.threshold[curve.wrong <= error * curve.confident]
    return float(allowed[-1]) if len(allowed) else 1.0


def choose_rejection_threshold(
    logits: NDArray[np.floating], labels: NDArray[np.int64], temperature: float, rejections: int
) -> float:
    """The lowest probability of being no character at which at most LOST_SHARE of the characters are refused.

    Args:
        logits: (N, C + R), of validation images; those that are no character have labels from C on.
        labels: (N,).
        temperature: the model's.
        rejections: R, how many of the last outputs stand for no character; 0 for a model that refuses nothing.

    Returns:
        A threshold for `probability >= threshold`, 0.5 to 1; 1 for a model that refuses nothing.
    """
    if not rejections:
        return 1.0
    characters = logits[labels < logits.shape[1] - rejections]
    refused = apply_temperature(characters, temperature)[:, -rejections:].sum(axis=1)
    return float(np.clip(np.quantile(refused, 1 - LOST_SHARE, method="higher"), 0.5, 1.0))
