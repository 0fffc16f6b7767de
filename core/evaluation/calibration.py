"""Making probabilities honest, and finding the threshold below which an answer is called unsure.

Both are fitted on validation data and stand in the model's card from then on.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

COLDEST, HOTTEST = 0.05, 20.0
# Of the confident answers as many may be wrong: a tenth of the share of all answers, but this share in any case.
CONFIDENT_ERROR, CONFIDENT_PART = 0.0015, 0.1
LOST_SHARE = 0.001  # of the characters as many may be taken for none
LEAST_IMAGES = round(1 / CONFIDENT_ERROR)  # of fewer not one may be wrong: the threshold would hang on a single image


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """The temperature T that makes softmax(logits / T) most likely (Guo et al., 2017).

    Args:
        logits: (N, C).
        labels: (N,), 0 to C - 1.

    Returns:
        0.05 to 20: above 1 the network was too sure of itself, below 1 not sure enough.
    """
    from scipy.optimize import minimize_scalar  # slow to import, and seldom needed

    rows = np.arange(len(labels))
    values = logits.astype(np.float64)

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(values / np.exp(log_temperature), axis=1)[rows, labels].mean())

    found = minimize_scalar(loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


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
    """The lowest threshold of confidence above which at most `error` of the answers are wrong.

    Args:
        confidence: (N,), the probability of each answer.
        right: (N,), whether it was right.
        error: the share of wrong answers to allow, 0 to 1.

    Returns:
        A threshold so that `confidence >= threshold` calls an answer confident. When no threshold will do, 1.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(~right[order])
    allowed = wrong <= error * np.arange(1, len(order) + 1)
    ends_a_tie = np.append(ranked[1:] != ranked[:-1], True)  # a threshold cannot part equal confidences
    places = np.flatnonzero(allowed & ends_a_tie)
    return float(ranked[places[-1]]) if len(places) else 1.0


def choose_rejection_threshold(
    logits: NDArray[np.floating], labels: NDArray[np.int64], temperature: float, rejections: int
) -> float:
    """The lowest probability of being no character from which at most LOST_SHARE of the characters are refused.

    Args:
        logits: (N, C + R), of validation images; those that are no character have labels from C on.
        labels: (N,).
        temperature: of the model.
        rejections: R, how many of the last outputs stand for no character; 0 for a model that refuses none.

    Returns:
        A threshold so that `probability >= threshold` refuses; never below one half. 1 where nothing is refused.
    """
    if not rejections:
        return 1.0
    characters = logits[labels < logits.shape[1] - rejections]
    refused = apply_temperature(characters, temperature)[:, -rejections:].sum(axis=1)
    return float(np.clip(np.quantile(refused, 1 - LOST_SHARE, method="higher"), 0.5, 1.0))
