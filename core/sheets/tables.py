"""Ruled tables of an upright sheet: lines that cross are a lattice, and what lies between them are its cells."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask
from core.sheets.lattice import Cell, find_cells, find_lattices, meetings
from core.sheets.ruling import STEP, Line, Numbers, without_doubles

_SLACK = 0.012  # of the longer side: by so much may a line end before the one it meets
_CROWDED = 0.3  # of the median distance between neighbours, of rows or columns: nearer ones are strokes of one rule
_PART = 0.5  # of a table's extent: a shorter line must run from one line to another,
_TOUCH = 10.0  # pixels from them at most, and
_SOLID = 0.96  # of it must have ink
_SHORT = 0.2  # of a table's extent: an even shorter line must be longer than one cell
_SOME = 0.25  # of a cell's side has ink: there is a line
_ALL = 0.8  # of the longest line's extent: those tell how much ink is usual
_UNEVEN = 1.6  # as far as usual apart: a line may be missing between
_ALIKE = 0.8  # as much ink as the others must the lines of one direction have
_LEAST_INK = 0.72  # of a line, dashed ones too
_AS_SOLID = 0.82  # of what is usual must a line's ink be
_CLEAR = 0.3  # of a table's extent: an unbroken line of this length is ruled, wherever it ends
_COURSE = 0.2  # of the median distance: two lines as near to each other's course are one, interrupted
_OPEN = 0.8  # of a row's height must the lines stick out beyond the last one that crosses them


@dataclass(frozen=True)
class Table:
    """A ruled table: its cells, row by row, and the lines it consists of."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    level: tuple[Line, ...]
    upright: tuple[Line, ...]

    @property
    def is_whole(self) -> bool:
        """Whether no cell spans others and none is missing."""
        return len(self.cells) == self.rows * self.columns

    @property
    def is_even(self) -> bool:
        """Whether no row is as high as two others, as where a line between them was not found."""
        return all(_is_even(lines) for lines in (self.level, self.upright))

    @property
    def area(self) -> float:
        """Pixels that the cells cover."""
        return float(sum(cv2.contourArea(cell.quad.astype(np.float32)) for cell in self.cells))


def find_tables(
    level: list[Line], upright: list[Line], ink: Mask, grey: Grey, faint: Mask | None = None
) -> list[Table]:
    """Tables of at least two cells one below the other, the largest first.

    Args:
        level, upright: lines of the sheet.
        ink: uint8 (H, W), 255 where there is ink; of the same upright sheet.
        grey: the sheet itself, uint8 (H, W).
        faint: the same as ink with what is so faint that it may be grain: where a line is known to be it counts.
    """
    faint = ink if faint is None else faint
    slack = _SLACK * max(ink.shape)
    dark = np.asarray(cv2.dilate(faint, np.ones((3, 3), np.uint8)), np.uint8)
    tables = []
    for across, down in _networks(level, upright, slack):
        across, down = _close(*_purge(across, down, slack, dark))
        if len(across) < 2 or len(down) < 2:
            continue
        for lattice in find_lattices(across, down, dark, grey):
            cells = find_cells(*lattice)
            if cells:
                level_lines, upright_lines = tuple(lattice[0]), tuple(lattice[1])
                tables.append(
                    Table(len(level_lines) - 1, len(upright_lines) - 1, tuple(cells), level_lines, upright_lines)
                )
    return sorted(tables, key=lambda table: -table.area)


def _crossing(across: list[Line], down: list[Line], slack: float) -> tuple[NDArray[np.bool_], Numbers]:
    """Which level and upright lines cross or nearly so, (level, upright), and where."""
    places = meetings(across, down)
    starts, ends = np.array([[line.start - slack, line.end + slack] for line in across]).T
    inside = (places[..., 0] >= starts[:, None]) & (places[..., 0] <= ends[:, None])
    starts, ends = np.array([[line.start - slack, line.end + slack] for line in down]).T
    return inside & (places[..., 1] >= starts) & (places[..., 1] <= ends), places


def _networks(level: list[Line], upright: list[Line], slack: float) -> list[tuple[list[Line], list[Line]]]:
    """The connected networks that lines form by crossing."""
    if not level or not upright:
        return []
    crossing, _ = _crossing(level, upright, slack)
    free = set(range(len(upright)))
    networks = []
    while free:
        columns, rows = {min(free)}, set[int]()
        grown = True
        while grown:
            rows = {int(i) for i in np.flatnonzero(crossing[:, sorted(columns)].any(axis=1))}
            more = {int(j) for j in np.flatnonzero(crossing[sorted(rows)].any(axis=0))} if rows else set()
            grown = not more <= columns
            columns |= more
        free -= columns
        if len(rows) >= 2:
            networks.append(([level[i] for i in sorted(rows)], [upright[j] for j in sorted(columns)]))
    return networks


def _purge(across: list[Line], down: list[Line], slack: float, near: Mask) -> tuple[list[Line], list[Line]]:
    """Lines of a network without pen strokes that look like some, without doubles, and interrupted ones made whole."""
    across, down = _whole(across), _whole(down)
    for _ in range(2):
        if across and down:
            crossing, places = _crossing(across, down, slack)
            down = _members(down, crossing.T, places[..., 1].T, np.ascontiguousarray(near.T))
        if across and down:
            crossing, places = _crossing(across, down, slack)
            across = _members(across, crossing, places[..., 0], near)
    if not across or not down or not _alike(across, down, near):
        return [], []
    apart = _CROWDED * min(spacing for spacing in (_spacing(across), _spacing(down), np.inf) if spacing)
    return _one_each(across, apart), _one_each(down, apart)


def _alike(across: list[Line], down: list[Line], near: Mask) -> bool:
    """Whether lines of both directions have as much ink: strokes of numbers that stand in columns have less."""
    level = float(np.median([_darkness(line, near) for line in across]))
    upright = float(np.median([_darkness(line, np.ascontiguousarray(near.T)) for line in down]))
    return min(level, upright) >= _ALIKE * max(level, upright)


def _solidity(line: Line, places: Numbers, near: Mask) -> float:
    """How much ink a line has, 0 to 1, in those of its cells in which it has some; a merged cell is no gap."""
    places = np.sort(places)
    parts = [(max(first, line.start), min(last, line.end)) for first, last in pairwise(places)]
    shares = np.array([_darkness(line, near, part) for part in parts if part[1] - part[0] > STEP])
    return float(shares[shares > _SOME].mean()) if (shares > _SOME).any() else 0.0


def _darkness(line: Line, near: Mask, part: tuple[float, float] | None = None) -> float:
    """The share of a line's course, or of a part of it, that has ink, whatever was bridged."""
    along = np.arange(*(part or (line.start, line.end)))
    x = np.clip(along, 0, near.shape[1] - 1).astype(int)
    y = np.clip(np.rint(line.value(along)), 0, near.shape[0] - 1).astype(int)
    return float((near[y, x] > 0).mean())


def _members(lines: list[Line], crossing: NDArray[np.bool_], places: Numbers, near: Mask) -> list[Line]:
    """Lines that cross two others at least and, where they are short, run without gaps from one to another."""
    extent = max(line.end - line.start for line in lines)
    solid = np.array([_solidity(line, at[on], near) for line, on, at in zip(lines, crossing, places, strict=True)])
    usual = float(np.median(solid[[line.end - line.start >= _ALL * extent for line in lines]]))
    kept = []
    for line, crosses, along, inked in zip(lines, crossing, places, solid, strict=True):
        length = line.end - line.start
        if crosses.sum() < 2 or inked < max(_LEAST_INK, _AS_SOLID * usual):
            continue
        ends = [float(np.abs(along[crosses] - end).min()) for end in (line.start, line.end)]
        cells = int((np.diff(np.sort(along[crosses])) > 2 * _TOUCH).sum())
        whole = max(ends) <= _TOUCH and (cells > 1 or length > _SHORT * extent) and _darkness(line, near) > _SOLID
        if length >= _PART * extent or whole or (length > _CLEAR * extent and _darkness(line, near) > _SOLID):
            kept.append(line)
    return kept


def _is_even(lines: tuple[Line, ...]) -> bool:
    gaps = np.diff([float(np.median(line.at)) for line in lines])
    return bool(gaps.max() < _UNEVEN * np.median(gaps))


def _spacing(lines: list[Line]) -> float:
    """The median distance between neighbours that are more than a few pixels apart."""
    middles = np.sort([float(np.median(line.at)) for line in lines])
    gaps = np.diff(middles)
    return float(np.median(gaps[gaps > 8])) if (gaps > 8).any() else 0.0


def _whole(lines: list[Line]) -> list[Line]:
    """Lines one behind the other on the same course as one."""
    near = _COURSE * _spacing(lines)
    whole: list[Line] = []
    for line in sorted(lines, key=lambda one: -one.inked):
        for index, other in enumerate(whole):
            apart = max(line.start - other.end, other.start - line.end)
            if apart > -STEP and abs(float(other.value(line.along).mean()) - float(line.at.mean())) < near:
                order = np.argsort(np.concatenate([other.along, line.along]))
                along = np.concatenate([other.along, line.along])[order]
                whole[index] = Line(along, np.concatenate([other.at, line.at])[order])
                break
        else:
            whole.append(line)
    return sorted(whole, key=lambda one: float(np.median(one.at)))


def _one_each(lines: list[Line], near: float) -> list[Line]:
    """Lines in order; of two strokes of a double rule, which are so many pixels apart at most, the longer."""
    return without_doubles(lines, near) if len(lines) > 2 else lines


def _close(across: list[Line], down: list[Line]) -> tuple[list[Line], list[Line]]:
    """Lines, and a further one where those of the other direction stick out: tables often have no outline."""
    if len(across) < 2 or len(down) < 2:
        return across, down
    return _with_ends(across, down, _spacing(across)), _with_ends(down, across, _spacing(across))


def _with_ends(lines: list[Line], others: list[Line], height: float) -> list[Line]:
    """Lines with one through the ends of the others, on either side, where most stick out."""
    if len(others) < 3:
        return lines
    closed = list(lines)
    for last, ends, sign in ((lines[0], [o.start for o in others], -1), (lines[-1], [o.end for o in others], 1)):
        at = np.array([float(np.median(other.at)) for other in others])
        beyond = sign * (np.array(ends) - last.value(at)) / max(height, 1)
        if (beyond > _OPEN).mean() < 0.7 or np.median(beyond) > 6:
            continue
        chosen = beyond > _OPEN
        far = np.median(np.array(ends)[chosen] - last.value(at[chosen]))
        along = np.arange(at.min(), at.max() + STEP, STEP)
        line = Line(along, last.value(along) + far, drawn=False)
        closed = [line, *closed] if sign < 0 else [*closed, line]
    return closed
