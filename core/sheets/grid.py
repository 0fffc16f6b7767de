"""Writing in rows and columns: level rules or what stands in a line are rows, and clear lanes part the columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import runs
from core.sheets.lines import Box, find_words
from core.sheets.row_rules import between_rules, find_row_rules
from core.sheets.ruling import Line

_MOST_ROWS = 120
_WIDEST = 14.0  # of the usual height is a number wide at most; most of what is wider are sentences
_ROW = 0.7  # of the usual height may a word be off its row
_CROSSED = 0.1  # of the rows may have ink in the lane between two columns
_MANY = 6  # rows, among which even a narrow lane is no chance
_ACROSS = 0.34  # of the borders that it passes may a row's ink cross
_NARROWEST = (0.3, 0.75)  # of the usual height must a lane be wide, with many rows and with few,
_CLEAR = 0.1  # or with many rows only this, if
_USUALLY = 0.6  # it is so wide in half of them
_APART = 0.4  # of the usual height must two columns be apart in half of the rows: parts of a number are nearer
_CUT = 0.3  # of the usual height may writing reach beyond its row
_SMALL = 0.3  # of the usual height: what is smaller is no field of its own
_DISORDER = (0.12, 0.3)  # of the writing may do so, without rules and between them: more, and it is a texture
_MOST_PARTS = 20  # pieces of ink have the fields, each on the average: more, and it is a texture
_UNEVEN = 3.0  # as high as the lower ones are the higher fields at most


@dataclass(frozen=True)
class Grid:
    """What stands in rows and columns.

    Attributes:
        words: the rectangle around what is written at a row and column; none where nothing is.
        tops, bottoms: float64 (rows, columns + 1), of each row at each border between columns.
        borders: float64 (columns + 1), x of the columns' borders.
    """

    words: dict[tuple[int, int], Box]
    tops: NDArray[np.float64]
    bottoms: NDArray[np.float64]
    borders: NDArray[np.float64]


def find_rows(words: list[Box]) -> list[list[Box]]:
    """Words in rows from the top, each from left to right; a row may rise or fall."""
    usual = float(np.median([word.height for word in words])) if words else 1.0
    rows: list[list[Box]] = []
    for word in sorted(words, key=lambda box: box.left):
        off = [abs(word.middle - float(np.mean([other.middle for other in row[-3:]]))) for row in rows]
        if off and min(off) < _ROW * usual:
            rows[int(np.argmin(off))].append(word)
        else:
            rows.append([word])
    return sorted(rows, key=lambda row: float(np.median([word.middle for word in row])))


def find_grid(boxes: list[Box], rules: Sequence[Line] = ()) -> Grid | None:
    """Connected ink as rows and columns; None without any, and where it is in no order, as in a texture.

    Where level rules part the rows, all rows between them are kept, empty ones as well. Columns are parted by a lane
    that next to no row crosses, however near to each other two numbers of a row stand. A title or a sentence across
    several columns is left out.

    Args:
        boxes: of connected ink, without that of rules.
        rules: level ones.
    """
    words = find_words(boxes)
    if not words:
        return None
    ruled = find_row_rules(rules, words)
    stacks = between_rules(words, ruled)
    usual = float(np.median([word.height for word in words]))
    outside = [find_rows(stacks[0]), find_rows(stacks[-1])] if ruled else [find_rows(words), []]
    bands = outside[0] + stacks[1:-1] + outside[1]
    parts = [_parts(row, boxes) for row in bands]
    borders = _borders([row for row in parts if row], usual)
    cells = [_by_column(row, borders, usual) if row else {} for row in parts]
    first = len(outside[0])
    within = range(first, first + len(ruled) - 1)
    kept = [index for index, row in enumerate(cells) if row or index in within]
    widths = [box.width for row in cells for box in row.values()]
    if not widths or len(kept) > _MOST_ROWS or float(np.median(widths)) > _WIDEST * usual:
        return None
    edges = {index: (ruled[index - first], ruled[index - first + 1]) for index in within}
    grid = _as_grid([cells[index] for index in kept], borders, usual, [edges.get(index) for index in kept])
    most = _DISORDER[int(bool(ruled))]
    return grid if _is_in_order(grid, [box for row in parts for box in row], usual, most) else None


def _is_in_order(grid: Grid, boxes: list[Box], usual: float, most: float) -> bool:
    """Whether what is written is of few parts and of about one height, and no more than a share leaves its row."""
    if len(boxes) > _MOST_PARTS * len(grid.words):
        return False
    low, high = np.percentile([box.height for box in grid.words.values()], [25, 75])
    if len(grid.words) >= _MANY and high > _UNEVEN * low:
        return False
    middles = (grid.borders[:-1] + grid.borders[1:]) / 2
    edges = np.array([np.interp(middles, grid.borders, row) for row in (*grid.tops, grid.bottoms[-1])])
    cut = 0
    for box in boxes:
        column = int(np.argmin(np.abs(middles - (box.left + box.right) / 2)))
        at = edges[:, column]
        cut += bool(((box.top + _CUT * usual < at) & (at < box.bottom - _CUT * usual)).any())
    return cut <= most * len(boxes)


def _parts(row: list[Box], boxes: list[Box]) -> list[Box]:
    """The connected ink of a row, words taken apart again."""
    inside = []
    for box in boxes:
        x, y = (box.left + box.right) / 2, box.middle
        if any(word.left <= x <= word.right and word.top <= y <= word.bottom for word in row):
            inside.append(box)
    return inside


def _by_column(row: list[Box], borders: NDArray[np.float64], usual: float) -> dict[int, Box]:
    """What a row holds in each column; nothing where its ink runs across them."""
    left, right = min(box.left for box in row), max(box.right for box in row)
    within = borders[(borders > left) & (borders < right)]
    crossed = sum(any(box.left + 2 < border < box.right - 2 for box in row) for border in within)
    if len(within) and crossed > max(_ACROSS * len(within), 0.5):
        return {}
    cells: dict[int, Box] = {}
    for box in sorted(row, key=lambda one: -one.height):
        column = int(np.clip(np.searchsorted(borders, (box.left + box.right) / 2) - 1, 0, len(borders) - 2))
        if column in cells:
            cells[column] = cells[column].around(box)
        elif box.height >= _SMALL * usual or box.width >= _SMALL * usual:
            cells[column] = box
    return cells


def _borders(rows: list[list[Box]], usual: float) -> NDArray[np.float64]:
    """x of the columns' borders: the middles of the lanes that next to no row crosses, and the outer ends."""
    left = min(box.left for row in rows for box in row)
    right = max(box.right for row in rows for box in row)
    marks = np.zeros((len(rows), right - left + 1), bool)
    for mark, row in zip(marks, rows, strict=True):
        for box in row:
            mark[box.left - left : box.right - left] = True
    inner = [left + (start + end) / 2 for start, end in _lanes(marks, usual)]
    return np.array([left - 0.5 * usual, *inner, right + 0.5 * usual])


def _lanes(marks: NDArray[np.bool_], usual: float) -> list[tuple[int, int]]:
    """Where the lanes between columns begin and end, among marks of each row's ink.

    Of what seem to be lanes the least likely one is left out until all are: what stood before it and behind it is one
    column then, so that the first digits of some numbers are none of their own.
    """
    free = marks.sum(axis=0) <= _CROSSED * len(marks)
    least = max(2.0, (_CLEAR if len(marks) >= _MANY else _NARROWEST[1]) * usual)
    lanes = [(a, b) for a, b in runs(free) if a > 0 and b < marks.shape[1] and b - a >= least]
    while lanes:
        middles = [0, *((start + end) // 2 for start, end in lanes), marks.shape[1]]
        doubts = []
        for index, (start, end) in enumerate(lanes):
            before, middle, behind = middles[index : index + 3]
            apart = _apart(marks[:, before:behind], middle - before, end - start)
            doubts.append(_needed(end - start, usual) - apart)
        worst = int(np.argmax(doubts))
        if doubts[worst] <= 0:
            break
        del lanes[worst]
    return lanes


def _needed(width: int, usual: float) -> float:
    """How far apart two columns must be in half of the rows, with a lane so wide between them."""
    return (_APART if width >= _NARROWEST[0] * usual else _USUALLY) * usual


def _apart(marks: NDArray[np.bool_], middle: int, width: int) -> float:
    """How far apart two columns are in half of the rows that have both; the lane's width where none has."""
    before, after = marks[:, :middle], marks[:, middle:]
    both = before.any(axis=1) & after.any(axis=1)
    gaps = before[both, ::-1].argmax(axis=1) + after[both].argmax(axis=1)
    return float(np.median(gaps)) if len(gaps) else float(width)


def _as_grid(
    rows: list[dict[int, Box]],
    borders: NDArray[np.float64],
    usual: float,
    edges: Sequence[tuple[Line, Line] | None],
) -> Grid:
    """The grid of rows, each with the rules above and below it where there are any."""
    used = sorted({column for row in rows for column in row})
    borders = np.array([borders[0], *(borders[column] for column in used[1:]), borders[-1]])
    number = {column: index for index, column in enumerate(used)}
    words = {(i, number[j]): word for i, row in enumerate(rows) for j, word in row.items()}
    middles = np.array(
        [
            _course(list(row.values()), borders)
            if edge is None
            else np.mean([one.value(borders) for one in edge], axis=0)
            for row, edge in zip(rows, edges, strict=True)
        ]
    )
    half = np.full_like(middles, 0.75 * usual)
    if len(rows) > 1:
        apart = np.diff(middles, axis=0) / 2
        tops = middles - np.minimum(np.concatenate([apart[:1], apart]), 1.1 * usual)
        bottoms = middles + np.minimum(np.concatenate([apart, apart[-1:]]), 1.1 * usual)
    else:
        tops, bottoms = middles - half, middles + half
    for index, edge in enumerate(edges):
        if edge is not None:
            tops[index], bottoms[index] = edge[0].value(borders), edge[1].value(borders)
    return Grid(words, tops, bottoms, borders)


def _course(words: list[Box], borders: NDArray[np.float64]) -> NDArray[np.float64]:
    """The height of a row's middle at each border."""
    x = np.array([(word.left + word.right) / 2 for word in words])
    y = np.array([word.middle for word in words])
    if len(words) < 3 or float(np.ptp(x)) < 1:
        return np.full(len(borders), float(np.median(y)))
    slope, offset = np.polyfit(x, y, 1)
    return np.asarray(slope * borders + offset)
