"""Printed words, told from handwriting by how they stand in their fields.

A printer sets every word of a column or of a row of headings at the same height and at the same side, in letters of the
same size. A hand does not, however even its digits are. Single characters are never taken for print: the digits of a
printed puzzle are data as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Mask
from core.sheets.layout import Field

_SIDE = 0.09  # of a field's height: how far, in the median, printed words start, end or are centred from each other
_LEVEL = 0.03  # the same of the upper or lower ends of most, and
_SIZE = 0.06  # of their height
_MORE = 2  # words more than half are most: of four that is all, as hands set three alike by chance
_WORD = 1.3  # as many times as wide as high are words in the median; single characters are not
_ALIKE = 0.06  # of a field's height: a word beside a printed one stands as high, and is nearly as large
_LEAST = 4  # words of a row or column
_HEADS = 3  # rows of headings at most


@dataclass(frozen=True)
class Place:
    """How a word stands in its field, all in heights of the field.

    Attributes:
        left: its left end from the field's left end; `right` from the right end, `middle` from the middle.
        top, bottom: from the field's top.
        width: of the word.
    """

    left: float
    middle: float
    right: float
    top: float
    bottom: float
    width: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def place_of(ink: Mask) -> Place | None:
    """Where writing stands in its field, uint8 (H, W); None where there is none."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows):
        return None
    tall, wide = ink.shape
    first, last = float(columns[0]), float(columns[-1] + 1)
    # The middle is counted from the field's middle, the right end from its right end: fields differ in width.
    return Place(
        first / tall,
        (first + last - wide) / 2 / tall,
        (last - wide) / tall,
        rows[0] / tall,
        (rows[-1] + 1) / tall,
        (last - first) / tall,
    )


def may_be_printed(field: Field) -> bool:
    """Whether a field stands where headings and the names of rows do: only there printed words are looked for."""
    return field.row < _HEADS or field.column == 0


def printed_fields(fields: Sequence[Field], places: Sequence[Place | None]) -> list[bool]:
    """Which fields hold printed words: those of printed rows of headings and of a printed first column."""
    plain = [
        (field, place)
        for field, place in zip(fields, places, strict=True)
        if place is not None and field.rows == field.columns == 1
    ]
    rows = [_is_printed([place for field, place in plain if field.row == row]) for row in range(_HEADS)]
    heads = max((row + 1 for row, printed in enumerate(rows) if printed), default=0)
    names = _is_printed([place for field, place in plain if field.column == 0 and field.row >= heads])
    if names and heads == 0 and _stand_alike([place for field, place in plain if field.row == 0]):
        heads = 1  # of fewer columns than tell print by themselves
    return [
        place is not None and (field.row < heads or (names and field.column == 0))
        for field, place in zip(fields, places, strict=True)
    ]


def _is_printed(places: Sequence[Place]) -> bool:
    if len(places) < _LEAST:
        return False
    if float(np.median([place.width / max(place.height, 1e-3) for place in places])) < _WORD:
        return False
    sides = min(_spread([getattr(place, side) for place in places]) for side in ("left", "middle", "right"))
    level = min(_spread([getattr(place, end) for place in places], _MORE) for end in ("top", "bottom"))
    return sides < _SIDE and level < _LEVEL and _spread([place.height for place in places], _MORE) < _SIZE


def _stand_alike(places: Sequence[Place]) -> bool:
    """Whether words beside the printed first one are set as it is: as high, and as large."""
    if len(places) < 2:
        return False
    first, others = places[0], places[1:]
    return all(
        abs(place.top - first.top) < _ALIKE
        and abs(place.height - first.height) < 2 * _ALIKE
        and place.width >= place.height
        for place in others
    )


def _spread(values: Sequence[float], more: int = 0) -> float:
    """How near to the median half of the values are, and so many more."""
    numbers: NDArray[np.float64] = np.asarray(values)
    return float(np.sort(np.abs(numbers - np.median(numbers)))[min(len(numbers) // 2 + more, len(numbers) - 1)])
