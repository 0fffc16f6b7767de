"""Level rules that part the rows of a table without upright ones."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.sheets.lines import Box
from core.sheets.ruling import Line

_LEAST = 4  # rules
_LONG = 0.6  # of the longest rule's length
_LOW = 0.8  # of the usual height of writing must rules be apart
_DOUBLE = 0.4  # of the usual distance: nearer rules are one, double
_OFF, _EVEN = 0.35, 0.6  # of the usual distance may rules be off it, and so many must not
_MISSING = 1.6  # as far apart: a rule between was not found
_STACKED = 0.25  # of the words may stand below another of the same row
_INSIDE = 0.3  # of the words must stand between rules


def find_row_rules(lines: Sequence[Line], words: Sequence[Box]) -> list[Line]:
    """The rules above, between and below the rows, from the top; none where rules part no rows or groups of them.

    Args:
        lines: level ones of an upright sheet.
        words: what is written between them.
    """
    longest = max((line.end - line.start for line in lines), default=0.0)
    rules = sorted((line for line in lines if line.end - line.start >= _LONG * longest), key=_middle)
    if len(rules) < _LEAST:
        return []
    gaps = np.diff([_middle(line) for line in rules])
    usual = float(np.median(gaps))
    rules = [rules[0], *(line for line, gap in zip(rules[1:], gaps, strict=True) if gap > _DOUBLE * usual)]
    if len(rules) < _LEAST or usual < _LOW * float(np.median([word.height for word in words])):
        return []
    gaps = np.diff([_middle(line) for line in rules])
    if float((np.abs(gaps / np.median(gaps) - 1) < _OFF).mean()) < _EVEN:
        return []
    complete = [rules[0]]
    for above, below in pairwise(rules):
        count = round((_middle(below) - _middle(above)) / usual)
        if _middle(below) - _middle(above) > _MISSING * usual:
            complete += [_between(above, below, step / count) for step in range(1, count)]
        complete.append(below)
    rows = between_rules(words, complete)
    inside = sum(len(row) for row in rows[1:-1])
    stacked = sum(_count_stacked(row) for row in rows[1:-1])
    return complete if inside >= _INSIDE * len(words) and stacked <= _STACKED * inside else []


def between_rules(words: Sequence[Box], rules: Sequence[Line]) -> list[list[Box]]:
    """The words above the first rule, below each of them, and below the last, each from left to right."""
    rows: list[list[Box]] = [[] for _ in range(len(rules) + 1)]
    for word in sorted(words, key=lambda box: box.left):
        x = (word.left + word.right) / 2
        rows[sum(float(line.value(x)) < word.middle for line in rules)].append(word)
    return rows


def _middle(line: Line) -> float:
    return float(np.median(line.at))


def _between(above: Line, below: Line, share: float) -> Line:
    return Line(above.along, above.at + share * (below.value(above.along) - above.at))


def _count_stacked(row: list[Box]) -> int:
    """How many words stand below another one."""
    return sum(
        any(
            other.middle < word.top and min(other.right, word.right) - max(other.left, word.left) > 0.3 * word.width
            for other in row
        )
        for word in row
    )
