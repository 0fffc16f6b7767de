"""A model's answer to one picture."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset

_LEAST_SHARE = 0.02  # of the look-alikes' joint probability, from which one of them is named


class Verdict(StrEnum):
    """How far an answer can be trusted."""

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
    """Classes, their probabilities, and whether to trust the first.

    Attributes:
        charset: the classes: all that the model reads, or those that the answer was restricted to.
        probabilities: float64 (C,), in the charset's order, given that it is one of these characters; sums to 1. Even
            for a blank picture.
        rejection: the probability that it is not one character.
    """

    charset: Charset
    probabilities: NDArray[np.float64]
    verdict: Verdict
    rejection: float = 0.0

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
    """Make a prediction of probabilities by choosing its verdict.

    Args:
        charset: the classes.
        probabilities: float64 (C,), in the charset's order.
        blank: whether there is nothing on the picture.
        threshold: the confidence from which an answer is CONFIDENT, or with its look-alikes ALIKE.
        other, several: the probabilities that it is no character, and that it is more than one.
        rejection_threshold: the sum of both from which an answer is refused.
    """
    if blank:
        return Prediction(charset, np.full(len(charset.characters), 1 / len(charset.characters)), Verdict.BLANK)
    rejection = min(1.0, other + several)
    if rejection >= rejection_threshold:
        verdict = Verdict.OTHER if other >= several else Verdict.SEVERAL
        return Prediction(charset, probabilities, verdict, rejection)
    if probabilities.max() * (1 - rejection) >= threshold:
        return Prediction(charset, probabilities, Verdict.CONFIDENT, rejection)
    unsure = Prediction(charset, probabilities, Verdict.UNSURE, rejection)
    sure = unsure.alike[1] * (1 - rejection) >= threshold
    return Prediction(charset, probabilities, Verdict.ALIKE, rejection) if sure else unsure
