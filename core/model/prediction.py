"""A model's answer to one picture."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Verdict(StrEnum):
    """How an answer is to be taken."""

    CONFIDENT = "confident"
    UNSURE = "unsure"
    BLANK = "blank"


@dataclass(frozen=True)
class Prediction:
    """Classes, their probabilities, and whether to trust the first.

    Attributes:
        characters: the classes, in charset order.
        probabilities: float64 (C,), in the same order; sums to 1. Even for a blank picture, which has no answer.
        verdict: confident, unsure or blank.
    """

    characters: tuple[str, ...]
    probabilities: NDArray[np.float64]
    verdict: Verdict

    @property
    def label(self) -> str | None:
        """The most probable character; None for a blank picture."""
        return None if self.verdict is Verdict.BLANK else self.characters[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """The probability of the label, 0 to 1; 0 for a blank picture."""
        return 0.0 if self.verdict is Verdict.BLANK else float(self.probabilities.max())

    def candidates(self, count: int) -> list[tuple[str, float]]:
        """The most probable characters with their probabilities, best first; none for a blank picture."""
        if self.verdict is Verdict.BLANK:
            return []
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.characters[place], float(self.probabilities[place])) for place in order]
