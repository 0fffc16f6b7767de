"""How the views of a picture count together: a weighted sum of what the networks say of each."""

import math
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax

from core.errors import ModelError

REJECTIONS = ("other", "several", "blank")
"""What a picture may be besides a character, in the order of the last columns of the scores."""
WEIGHTS = ("ink", "marked", "whole", "closest", "alike")
"""The weights of a blend, first those of the views, in the order in which they are listed."""


@dataclass(frozen=True)
class Evidence:
    """What the networks say of the views of N pictures, as logits of the C classes of `Recogniser.classes`.

    Attributes:
        ink: of the glyph whose ink was found by rule, (N, C + 2).
        marked: of the glyph whose ink the eye has marked, (N, C + 2).
        whole, closest: of the eye, of the whole picture and around the character, (N, C + 3).
        found: whether there is ink by rule, and whether there is by the eye, bool (N, 2).
        alike: whether both found much the same ink, bool (N,).
    """

    ink: NDArray[np.floating]
    marked: NDArray[np.floating]
    whole: NDArray[np.floating]
    closest: NDArray[np.floating]
    found: NDArray[np.bool_]
    alike: NDArray[np.bool_]


@dataclass(frozen=True)
class Blend:
    """Weights of the views, chosen on validation pictures.

    Attributes:
        ink, marked, whole, closest: weights of the views.
        alike: added to the weight of the ink by rule where the eye found much the same.
        other, several, blank: added to the scores of what is no character.
        no_ink, nothing_marked: added to the score of a blank picture where no ink was found by rule, or by the eye.
        threshold, rejection_threshold: the confidence from which an answer is confident, and the probability
            from which it is refused, 0 to 1.
    """

    ink: float
    marked: float
    whole: float
    closest: float
    alike: float
    other: float
    several: float
    blank: float
    no_ink: float
    nothing_marked: float
    threshold: float
    rejection_threshold: float

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Blend":
        """From a card.

        Raises:
            ModelError: a number is missing, unknown or not finite, or a weight or a threshold is out of range.
        """
        names = {field.name for field in fields(cls)}
        if values.keys() != names:
            found = ", ".join(sorted(values))
            raise ModelError(f"card.json: 'blend' must have {', '.join(sorted(names))}, got {found}.")
        for name, value in values.items():
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            below, above = (0, 1) if name.endswith("threshold") else (0 if name in WEIGHTS else -math.inf, math.inf)
            if not number or not below <= value <= above:
                raise ModelError(f"card.json: {name!r} of 'blend' is out of range: {value!r:.60}.")
        return cls(**values)

    def to_dict(self) -> dict[str, float]:
        """For a card."""
        return asdict(self)

    def scores(self, evidence: Evidence) -> NDArray[np.float64]:
        """Log-probabilities, up to a constant, of the characters and of REJECTIONS: (N, C + 3)."""
        characters = evidence.whole.shape[1] - len(REJECTIONS)
        ink, marked = (_logs(logits, characters) for logits in (evidence.ink, evidence.marked))
        whole, closest = (log_softmax(seen.astype(np.float64), axis=1) for seen in (evidence.whole, evidence.closest))
        views = zip(self.weights(evidence).T, (ink, marked, whole, closest), strict=True)
        total = sum(weight[:, None] * logs for weight, logs in views)
        total[:, characters:] += (self.other, self.several, self.blank)
        total[:, -1] += self.no_ink * ~evidence.found[:, 0] + self.nothing_marked * ~evidence.found[:, 1]
        return np.asarray(total)

    def weights(self, evidence: Evidence) -> NDArray[np.float64]:
        """How much each view of each picture counts: ink by rule, ink marked, whole, closest; 0 or more, (N, 4)."""
        weights = np.tile(np.array([self.ink, self.marked, self.whole, self.closest]), (len(evidence.found), 1))
        weights[:, 0] += self.alike * evidence.alike
        weights[:, :2] *= evidence.found
        return weights


def _logs(logits: NDArray[np.floating], characters: int) -> NDArray[np.float64]:
    """Log-probabilities (N, C + 3) of a network that reads glyphs: of a blank picture it knows nothing.

    What it does not know it takes for as likely as one class among all.
    """
    known = log_softmax(logits.astype(np.float64), axis=1)
    even = np.full((len(logits), characters + len(REJECTIONS) - logits.shape[1]), -math.log(logits.shape[1]))
    return np.concatenate([known, even], axis=1)
