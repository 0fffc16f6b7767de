"""What the reader of numbers says of a line: readings with their probabilities, and one answer with its verdict.

Nothing here imports torch: cards, pages and tables need it.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.alphabet import FILLED, ILLEGIBLE, STRUCK


class NumberVerdict(StrEnum):
    CONFIDENT = "confident"
    UNSURE = "unsure"
    BLANK = "blank"  # nothing is written
    FILLED = "filled"  # a dash or a cross, so that nobody writes there
    STRUCK = "struck"  # something struck out, and nothing written anew
    ILLEGIBLE = "illegible"  # writing, but no number


WITHOUT_NUMBER = (NumberVerdict.BLANK, NumberVerdict.FILLED, NumberVerdict.STRUCK, NumberVerdict.ILLEGIBLE)
_OF_SIGN = {
    FILLED: NumberVerdict.FILLED,
    STRUCK: NumberVerdict.STRUCK,
    ILLEGIBLE: NumberVerdict.ILLEGIBLE,
}
_SIGNS = str.maketrans("", "", FILLED + STRUCK + ILLEGIBLE)


@dataclass(frozen=True)
class NumberAnswer:
    """What is written on a line.

    Attributes:
        text: the number in the alphabet's characters; empty where the verdict is one of WITHOUT_NUMBER.
        verdict: how sure it is, or why there is no number.
        confidence: the probability that text and verdict are right, 0 to 1, calibrated.
        candidates: readings and their probabilities, the likeliest first; a reading without a number is "".
        spans: of each character of the text, from and to, as shares of the picture's width.
    """

    text: str
    verdict: NumberVerdict
    confidence: float
    candidates: tuple[tuple[str, float], ...]
    spans: tuple[tuple[float, float], ...] = ()


def number_in(line: str) -> str:
    """The number in a line as the network spells it: without what is struck out, filled in, or no number."""
    return line.translate(_SIGNS)


def kind_of(line: str) -> NumberVerdict | None:
    """Why a line holds no number; None where it holds one."""
    if number_in(line):
        return None
    return next((_OF_SIGN[sign] for sign in line if sign in _OF_SIGN), NumberVerdict.BLANK)
