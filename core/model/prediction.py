"""A model's answer to one picture."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset

_LEAST_PART = 0.02  # of a group's joint probability, for a character to be named


class Verdict(StrEnum):
    """How an answer is to be taken."""

    CONFIDENT = "confident"
    ALIKE = "alike"  # surely one of some characters that look alike, but not surely which
    UNSURE = "unsure"
    BLANK = "blank"
    OTHER = "other"  # not a character that the model reads
    SEVERAL = "several"  # more than one character


UNANSWERED = (Verdict.BLANK, Verdict.OTHER, Verdict.SEVERAL)
"""Verdicts without an answer."""


def kind(charset: Charset) -> str:
    """What one of the characters is called in a word: digit, letter, or character where both are read."""
    return charset.noun if " " not in charset.noun else "character"


@dataclass(frozen=True)
class Prediction:
    """Classes, their probabilities, and whether to trust the first.

    Attributes:
        charset: what was told apart: all that the model reads, or what the answer was restricted to.
        probabilities: float64 (C,), in the charset's order; sums to 1: what it is if it is one character of these. Even
            for a blank picture, which has no answer.
        verdict: how to take it.
        rejection: the probability that it is not one character, 0 to 1.
    """

    charset: Charset
    probabilities: NDArray[np.float64]
    verdict: Verdict
    rejection: float = 0.0

    @property
    def characters(self) -> tuple[str, ...]:
        """The classes, in charset order."""
        return self.charset.characters

    @property
    def label(self) -> str | None:
        """The most probable character; None for a picture that is blank, or not of one character."""
        return None if self.verdict in UNANSWERED else self.characters[int(self.probabilities.argmax())]

    @property
    def name(self) -> str | None:
        """The label as people are to read it; None where there is none."""
        return None if self.label is None else self.charset.show(self.label)

    @property
    def confidence(self) -> float:
        """The probability of the label, that it is one character at all included, 0 to 1; 0 where there is none."""
        return 0.0 if self.verdict in UNANSWERED else float(self.probabilities.max()) * (1 - self.rejection)

    @property
    def refusal(self) -> str:
        """Why there is no answer though there is something to read: "not a digit"; empty otherwise."""
        if self.verdict is Verdict.OTHER:
            return f"not a {kind(self.charset)}"
        return f"more than one {kind(self.charset)}" if self.verdict is Verdict.SEVERAL else ""

    @property
    def perhaps_refused(self) -> bool:
        """Whether an unsure answer would sooner be none than another character."""
        return self.verdict is Verdict.UNSURE and self.rejection > float(np.sort(self.shares)[-2:][0])

    @property
    def shares(self) -> NDArray[np.float64]:
        """The probabilities (C,) of the classes, that it is one character at all included: the label's confidence."""
        return self.probabilities * (1 - self.rejection)

    @cached_property
    def alike(self) -> tuple[tuple[str, ...], float]:
        """The characters that look like the label and it itself, the most probable first, and their joint probability.

        Only the label where nothing looks like it; nothing, and 0, where there is none.
        """
        if self.label is None:
            return (), 0.0
        shares = dict(self.candidates(len(self.characters)))
        group = sorted(self.charset.alike(self.label), key=lambda character: -shares[character])
        return tuple(group), min(1.0, sum(shares[character] for character in group))

    @property
    def in_words(self) -> str:
        """The label and what looks like it and is not improbable beside it, the most probable first: "O or 0".

        An answer that is surely one of several names two at least.
        """
        group, together = self.alike
        shares, least = dict(self.candidates(len(self.characters))), 2 if self.verdict is Verdict.ALIKE else 1
        named = [one for place, one in enumerate(group) if place < least or shares[one] >= _LEAST_PART * together]
        likely = [self.charset.ambiguous_form(one) for one in named]
        return " or ".join([*([", ".join(likely[:-1])] if likely[1:] else []), *likely[-1:]])

    def form(self, character: str) -> str:
        """A character as it is shown here: l for an L, where the answer is one of its look-alikes."""
        among = self.verdict is Verdict.ALIKE and character in self.alike[0]
        return self.charset.ambiguous_form(character) if among else character

    def candidates(self, count: int) -> list[tuple[str, float]]:
        """The most probable characters with their probabilities, best first; none for a blank picture."""
        if self.verdict is Verdict.BLANK:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.characters[place], float(self.probabilities[place])) for place in order]


def judge(
    charset: Charset,
    probabilities: NDArray[np.float64],
    blank: bool,
    threshold: float,
    other: float = 0.0,
    several: float = 0.0,
    rejection_threshold: float = 1.0,
) -> Prediction:
    """Say how an answer is to be taken.

    Args:
        charset: what was told apart.
        probabilities: float64 (C,), in its order.
        blank: whether there is nothing on the picture.
        threshold: the confidence from which an answer is called confident; that of its look-alikes together, alike.
        other, several: the probability that it is no character, and that it is more than one, 0 to 1.
        rejection_threshold: from which both together are believed.
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
