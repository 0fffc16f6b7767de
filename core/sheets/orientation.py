"""Which way up a page is: numbers are believed upright, and hardly in any other way."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.model.numbers import NumberAnswer
from core.vision.grey import Pixels

if TYPE_CHECKING:
    from core.model.number_reader import NumberReader

_LEAST = 4  # written fields: of fewer nothing is said
_ASKED = 16  # fields, spread over the page
_SURE = 0.85  # mean belief from which nobody asks
_BETTER = 0.1  # by so much another way must be believed more,
_LIKELY = 0.45  # and at least so much: print on its side may look like some digits


def quarter_turns(crops: Sequence[Pixels], answers: Sequence[NumberAnswer], reader: "NumberReader") -> int:
    """How often a page must be turned by 90 degrees, against the clock, to be upright: 0 to 3.

    Args:
        crops: grey pictures of what is written in its fields.
        answers: what was read of them as they are.
    """
    if len(crops) < _LEAST or _belief(answers) >= _SURE:
        return 0
    some = np.unique(np.linspace(0, len(crops) - 1, _ASKED).round().astype(int))
    beliefs = [_belief([answers[index] for index in some])]
    for turns in (1, 2, 3):
        turned = [np.ascontiguousarray(np.rot90(crops[index], turns)) for index in some]
        beliefs.append(_belief(reader.read(turned)))
    best = int(np.argmax(beliefs))
    return best if beliefs[best] > max(beliefs[0] + _BETTER, _LIKELY) else 0


def _belief(answers: Sequence[NumberAnswer]) -> float:
    """The mean confidence of the numbers; what is no number counts as nothing."""
    return float(np.mean([answer.confidence if answer.text else 0.0 for answer in answers]))
