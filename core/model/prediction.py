"""What the networks say of a picture, made into one answer: views count by their weights, and a verdict says how sure.

Reading a card needs this, so neither torch nor scipy is imported before an answer is made.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass as checked_dataclass

from core.charsets import Charset
from core.options import STRICT

REJECTIONS = ("other", "several", "blank")
"""What a picture may be besides a character, in the order of the scores' last columns."""
WEIGHTS = ("ink", "marked", "whole", "closest", "alike")
"""The weights of a blend; first those of the views, in the order in which they are shown."""

Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
_LEAST_SHARE = 0.02  # of the look-alikes' joint probability, from which one of them is named


class Verdict(StrEnum):
    CONFIDENT = "confident"
    ALIKE = "alike"  # certainly one of several look-alikes, but not certainly which
    UNSURE = "unsure"
    BLANK = "blank"
    OTHER = "other"  # not a character that the model reads
    SEVERAL = "several"  # more than one character


UNANSWERED = (Verdict.BLANK, Verdict.OTHER, Verdict.SEVERAL)
"""Verdicts without an answer."""


def kind(charset: Charset) -> str:
    """One of the characters in a word: digit, letter, or character where both are read."""
    return charset.noun if " " not in charset.noun else "character"


@dataclass(frozen=True)
class Prediction:
    """Classes, their probabilities, and whether to trust the first."""

    charset: Charset
    probabilities: NDArray[np.float64]  # (C,), given that it is one of these characters; sum to 1, even for a blank
    verdict: Verdict
    rejection: float = 0.0  # the probability that it is not one character

    @property
    def characters(self) -> tuple[str, ...]:
        return self.charset.characters

    @property
    def label(self) -> str | None:
        """The most probable character; None for UNANSWERED verdicts."""
        return None if self.verdict in UNANSWERED else self.characters[int(self.probabilities.argmax())]

    @property
    def name(self) -> str | None:
        """The label as it is shown to people."""
        return None if self.label is None else self.charset.show(self.label)

    @property
    def confidence(self) -> float:
        """The probability of the label, including that of being one character at all; 0 without a label."""
        return 0.0 if self.verdict in UNANSWERED else float(self.probabilities.max()) * (1 - self.rejection)

    @property
    def refusal(self) -> str:
        """Why a picture that is not blank has no answer: "not a digit"; else empty."""
        if self.verdict is Verdict.OTHER:
            return f"not a {kind(self.charset)}"
        return f"more than one {kind(self.charset)}" if self.verdict is Verdict.SEVERAL else ""

    @property
    def perhaps_refused(self) -> bool:
        """Whether being no character is more probable than the second best character of an unsure answer."""
        return self.verdict is Verdict.UNSURE and self.rejection > float(np.sort(self.shares)[-2:][0])

    @property
    def shares(self) -> NDArray[np.float64]:
        """The probabilities (C,) of the classes, including that of being one character at all."""
        return self.probabilities * (1 - self.rejection)

    @cached_property
    def alike(self) -> tuple[tuple[str, ...], float]:
        """The label and its look-alikes, most probable first, and their joint probability; (), 0 without a label."""
        if self.label is None:
            return (), 0.0
        shares = dict(self.candidates(len(self.characters)))
        group = sorted(self.charset.alike(self.label), key=lambda character: -shares[character])
        return tuple(group), min(1.0, sum(shares[character] for character in group))

    @property
    def in_words(self) -> str:
        """The label and its probable look-alikes, the most probable first: "O or 0"; two at least for ALIKE."""
        group, together = self.alike
        shares, least = dict(self.candidates(len(self.characters))), 2 if self.verdict is Verdict.ALIKE else 1
        named = [name for rank, name in enumerate(group) if rank < least or shares[name] >= _LEAST_SHARE * together]
        *first, last = [self.charset.ambiguous_form(name) for name in named] or [""]
        return f"{', '.join(first)} or {last}" if first else last

    def form(self, character: str) -> str:
        """A character as it is shown in this answer: l for an L among its look-alikes."""
        ambiguous = self.verdict is Verdict.ALIKE and character in self.alike[0]
        return self.charset.ambiguous_form(character) if ambiguous else character

    def candidates(self, count: int) -> list[tuple[str, float]]:
        """The most probable characters and their probabilities, best first; none for a blank picture."""
        if self.verdict is Verdict.BLANK:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.characters[index], float(self.probabilities[index])) for index in order]


def judge(
    charset: Charset,
    probabilities: NDArray[np.float64],
    blank: bool,
    threshold: float,
    other: float = 0.0,
    several: float = 0.0,
    rejection_threshold: float = 1.0,
) -> Prediction:
    """Make a prediction of probabilities, float64 (C,), by choosing its verdict.

    Args:
        threshold: the confidence from which an answer is CONFIDENT, or with its look-alikes ALIKE.
        other, several: the probabilities that it is no character, and that it is more than one.
        rejection_threshold: the sum of both from which an answer is refused.
    """
    if blank:
        return Prediction(charset, np.full(len(charset.characters), 1 / len(charset.characters)), Verdict.BLANK)
    unsure = Prediction(charset, probabilities, Verdict.UNSURE, min(1.0, other + several))
    if unsure.rejection >= rejection_threshold:
        return replace(unsure, verdict=Verdict.OTHER if other >= several else Verdict.SEVERAL)
    if unsure.confidence >= threshold:
        return replace(unsure, verdict=Verdict.CONFIDENT)
    sure = unsure.alike[1] * (1 - unsure.rejection) >= threshold
    return replace(unsure, verdict=Verdict.ALIKE) if sure else unsure


@dataclass(frozen=True)
class Evidence:
    """What the networks say of the views of N pictures, as logits of the C classes of `Recogniser.classes`."""

    ink: NDArray[np.floating]  # (N, C + 2), for the glyph whose ink was found by rule
    marked: NDArray[np.floating]  # (N, C + 2), for that whose ink the eye has marked
    whole: NDArray[np.floating]  # (N, C + 3), of the eye
    closest: NDArray[np.floating]  # (N, C + 3), of the eye, around the character
    has_ink: NDArray[np.bool_]  # (N, 2), by rule, and by the eye
    alike: NDArray[np.bool_]  # (N,), whether both found much the same ink


@checked_dataclass(frozen=True, config=STRICT)
class Blend:
    """Weights of the views, chosen on validation pictures, and thresholds as those of `judge`."""

    ink: Weight
    marked: Weight
    whole: Weight
    closest: Weight
    alike: Weight  # added to that of the ink by rule where the eye found much the same ink
    other: float  # added to the scores of REJECTIONS, as the next two
    several: float
    blank: float
    no_ink: float  # added to the score of a blank picture without ink by rule
    nothing_marked: float  # the same without ink by the eye
    threshold: Share
    rejection_threshold: Share

    def scores(self, evidence: Evidence) -> NDArray[np.float64]:
        """Log-probabilities, up to a constant, of the characters and of REJECTIONS: (N, C + 3)."""
        characters = evidence.whole.shape[1] - len(REJECTIONS)
        ink, marked = (_logs(logits, characters) for logits in (evidence.ink, evidence.marked))
        eye = (_log_softmax(logits) for logits in (evidence.whole, evidence.closest))
        views = zip(self.weights(evidence).T, (ink, marked, *eye), strict=True)
        total = sum(weight[:, None] * logs for weight, logs in views)
        total[:, characters:] += (self.other, self.several, self.blank)
        total[:, -1] += self.no_ink * ~evidence.has_ink[:, 0] + self.nothing_marked * ~evidence.has_ink[:, 1]
        return np.asarray(total)

    def weights(self, evidence: Evidence) -> NDArray[np.float64]:
        """How much each view of each picture counts: ink by rule, ink marked, whole, closest; 0 or more, (N, 4)."""
        weights = np.tile(np.array([self.ink, self.marked, self.whole, self.closest]), (len(evidence.has_ink), 1))
        weights[:, 0] += self.alike * evidence.alike
        weights[:, :2] *= evidence.has_ink
        return weights


def _logs(logits: NDArray[np.floating], characters: int) -> NDArray[np.float64]:
    """Log-probabilities (N, C + 3) of a network that reads glyphs, in which what it has no output for is as likely as
    one class among all.
    """
    known = _log_softmax(logits)
    even = np.full((len(logits), characters + len(REJECTIONS) - logits.shape[1]), -math.log(logits.shape[1]))
    return np.concatenate([known, even], axis=1)


def _log_softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    from scipy.special import log_softmax  # late: reading a card needs no scipy

    return np.asarray(log_softmax(logits.astype(np.float64), axis=1))
