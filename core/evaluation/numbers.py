"""How well lines are read: by whole numbers, and by how sure the reader is of them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.evaluation.calibration import choose_threshold
from core.model.number_reader import Evidence, features_of, judge_number
from core.model.numbers import NumberAnswer, NumberVerdict, kind_of, number_in
from core.model.numbers_card import Calibration
from core.sheets.values import read_number

CONFIDENT_ERROR, CONFIDENT_PART = 0.005, 0.1
"""The share of confident numbers that may be wrong: a tenth of the share of all, or this if it is more."""


@dataclass(frozen=True)
class LineScores:
    """Answers to lines against what is written there."""

    lines: int
    right: int
    confident: int
    confident_wrong: int


def is_right(answer: NumberAnswer, line: str, by_value: bool = False) -> bool:
    """Whether an answer says what is on a line, as the alphabet spells it; or, by value, the same number."""
    kind = kind_of(line)
    if kind is not None:
        return answer.verdict is kind
    if by_value:
        read, written = (read_number(text, "point") for text in (answer.text, number_in(line)))
        return read is not None and written is not None and read.value == written.value
    return answer.text == number_in(line)


def digits_are_right(answer: NumberAnswer, line: str) -> bool:
    """Whether an answer has the digits of a label that leaves separators out."""
    return bool(line) and re.sub(r"[^0-9]", "", answer.text) == line


def score(
    answers: Sequence[NumberAnswer], lines: Sequence[str], right_of: Callable[[NumberAnswer, str], bool] = is_right
) -> LineScores:
    right = np.array([right_of(answer, line) for answer, line in zip(answers, lines, strict=True)], bool)
    sure = np.array([answer.verdict is NumberVerdict.CONFIDENT for answer in answers], bool)
    return LineScores(len(lines), int(right.sum()), int(sure.sum()), int((sure & ~right).sum()))


def fit_calibration(evidence: Sequence[Evidence], lines: Sequence[str]) -> Calibration:
    """Weights of what is known of a reading, by logistic regression, and the threshold of confident ones.

    Where all are read right there is nothing to fit, and where none is, no reading is ever confident.

    Args:
        evidence: of validation lines, at least one.
        lines: what is written on them.
    """
    plain = Calibration(threshold=0.0)
    right = [is_right(judge_number(seen, plain), line) for seen, line in zip(evidence, lines, strict=True)]
    if all(right) or not any(right):
        return Calibration() if all(right) else Calibration(threshold=1.0)
    features = np.stack([features_of(seen) for seen in evidence])
    model = LogisticRegression(C=10.0).fit(features, right)
    line, margin, opinion = (float(weight) for weight in model.coef_[0])
    confidence = model.predict_proba(features)[:, 1]
    allowed = max(CONFIDENT_ERROR, CONFIDENT_PART * (1 - float(np.mean(right))))
    threshold = choose_threshold(confidence, np.array(right, bool), allowed)
    return Calibration(float(model.intercept_[0]), line, margin, opinion, threshold)


def review_error(confidence: NDArray[np.float64], right: NDArray[np.bool_], share: float) -> float:
    """The share of wrong answers among those that are left when the least sure `share` is sent to a person."""
    kept = np.argsort(confidence, kind="stable")[round(share * len(confidence)) :]
    return float(1 - right[kept].mean())
