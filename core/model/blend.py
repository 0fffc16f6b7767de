"""How the views of a picture count together: a weighted sum of the networks' log-probabilities."""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass as checked_dataclass

from core.options import STRICT

REJECTIONS = ("other", "several", "blank")
"""What a picture may be besides a character, in the order of the scores' last columns."""
WEIGHTS = ("ink", "marked", "whole", "closest", "alike")
"""The weights of a blend; first those of the views, in the order in which they are shown."""

Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Evidence:
    """What the networks say of the views of N pictures, as logits of the C classes of `Recogniser.classes`.

    Attributes:
        ink: for the glyph whose ink was found by rule, (N, C + 2).
        marked: for the glyph whose ink the eye has marked, (N, C + 2).
        whole, closest: of the eye, for the whole picture and around the character, (N, C + 3).
        has_ink: whether there is ink by rule, and by the eye, bool (N, 2).
        alike: whether both found much the same ink, bool (N,).
    """

    ink: NDArray[np.floating]
    marked: NDArray[np.floating]
    whole: NDArray[np.floating]
    closest: NDArray[np.floating]
    has_ink: NDArray[np.bool_]
    alike: NDArray[np.bool_]


@checked_dataclass(frozen=True, config=STRICT)
class Blend:
    """Weights of the views, chosen on validation pictures.

    Attributes:
        ink, marked, whole, closest: weights of the views.
        alike: added to the weight of the ink by rule where the eye found much the same ink.
        other, several, blank: added to the scores of REJECTIONS.
        no_ink, nothing_marked: added to the score of a blank picture without ink by rule, or by the eye.
        threshold, rejection_threshold: the confidence from which an answer is confident, and the probability
            from which it is refused.
    """

    ink: Weight
    marked: Weight
    whole: Weight
    closest: Weight
    alike: Weight
    other: float
    several: float
    blank: float
    no_ink: float
    nothing_marked: float
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
