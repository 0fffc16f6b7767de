"""The lattice that a table's lines form: which sides of its cells are ruled, and the cells between them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask, runs
from core.sheets.ruling import Line, Numbers

_RULED = 0.5  # of an edge must have ink
_SAMPLES = 24
_LEAST_SIDES = 0.5  # of a cell's outline must be ruled
_OFF = (-3, 0, 3)  # pixels by which a side may be off its line
_TRIM = 0.5  # of an outer row's or column's sides must be ruled
_BESIDE = 0.6  # and of the sides of a column, which no title spans
_WHOLE = 0.5  # of an outer row's cells must be ruled on all sides,
_FRAMED = 0.8  # or of its outline
_BETWEEN = 0.2  # of the way to the next line: there a rule has paper beside it, and what is taken for one in a texture
_NEAR = 0.08  # of the way to the next line: there the paper of a rule is
_AS_DARK = 0.4  # as dark as rules usually are, against their paper, must one be that is not seen as ink
_LEAST_DARK = 0.015  # of the level of the paper
_CLEAREST = 0.5  # more ink than the paper beside them must half of a table's sides have
_CLEAR = 0.6  # of how clear a table's sides usually are must those of an outer row or column be


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its first row and column, how many it spans, and its corners, (4, 2)."""

    row: int
    column: int
    rows: int
    columns: int
    quad: Numbers


def meetings(across: list[Line], down: list[Line]) -> Numbers:
    """Where level and upright lines cross, (level, upright, 2): x, y; all are thought to go on beyond their ends."""
    x = np.tile([float(np.median(line.at)) for line in down], (len(across), 1))
    y = np.zeros_like(x)
    for _ in range(3):
        for index, line in enumerate(across):
            y[index] = line.value(x[index])
        for index, line in enumerate(down):
            x[:, index] = line.value(y[:, index])
    return np.stack([x, y], axis=-1)


Lattice: TypeAlias = tuple[list[Line], list[Line], NDArray[np.bool_], NDArray[np.bool_]]
"""Level and upright lines; which sides of cells are ruled: above (rows + 1, columns), before (rows, columns + 1)."""


def find_lattices(across: list[Line], down: list[Line], ink: Mask, grey: Grey) -> list[Lattice]:
    """The lattices of a network: a row or column with hardly a ruled side parts two of them, or is none."""
    corners = meetings(across, down)
    above, clear_above = _edges(corners, across, ink, grey, upright=False)
    before, clear_before = _edges(corners.transpose(1, 0, 2), down, ink, grey, upright=True)
    before, clear_before = before.T, clear_before.T
    drawn = np.array([line.drawn for line in down])
    columns = runs([bool(side.mean() >= _BESIDE) for side in above.T])
    parts = []
    for left, right in columns:
        rows = runs([_is_ruled(side) for side in before[:, left : right + 1][:, drawn[left : right + 1]]])
        for top, bottom in rows:
            part = (slice(top, bottom + 1), slice(left, right)), (slice(top, bottom), slice(left, right + 1))
            lattice = across[top : bottom + 1], down[left : right + 1], above[part[0]], before[part[1]]
            sides = np.concatenate([clear_above[part[0]][lattice[2]], clear_before[part[1]][lattice[3]]])
            if np.isnan(sides).all() or float(np.nanmedian(sides)) < _CLEAREST:
                continue
            parts.append(_trim(lattice, clear_above[part[0]], clear_before[part[1]]))
    return parts


def _trim(lattice: Lattice, above_clear: Numbers, before_clear: Numbers) -> Lattice:
    """A lattice without outer rows and columns that are neither framed nor made of whole cells, or lie in a texture."""
    across, down, above, before = lattice
    ruled = np.concatenate([above_clear[above], before_clear[before]])
    least = _CLEAR * float(np.nanmedian(ruled)) if len(ruled) else 0.0
    trimmed = True
    while trimmed and min(above.shape[1], before.shape[0]) > 1:
        whole = above[:-1] & above[1:] & before[:, :-1] & before[:, 1:]
        clear = np.where(above, above_clear, np.nan), np.where(before, before_clear, np.nan)
        kept = [
            _is_outer(whole[0], above[0], before[0]) and _mean(clear[0][0], clear[1][0]) >= least,
            _is_outer(whole[-1], above[-1], before[-1]) and _mean(clear[0][-1], clear[1][-1]) >= least,
            _is_outer(whole[:, 0], before[:, 0], above[:, 0]) and _mean(clear[1][:, 0], clear[0][:, 0]) >= least,
            _is_outer(whole[:, -1], before[:, -1], above[:, -1]) and _mean(clear[1][:, -1], clear[0][:, -1]) >= least,
        ]
        trimmed = not all(kept)
        top, bottom, left, right = (int(not keep) for keep in kept)
        rows, columns = len(across) - bottom, len(down) - right
        across, down = across[top:rows], down[left:columns]
        above, above_clear = above[top:rows, left : columns - 1], above_clear[top:rows, left : columns - 1]
        before, before_clear = before[top : rows - 1, left:columns], before_clear[top : rows - 1, left:columns]
    return across, down, above, before


def _mean(*clear: Numbers) -> float:
    """The mean of how clear the ruled sides are, of those that are worst: an outer line, or what leads to it."""
    means = [float(values[~np.isnan(values)].mean()) for values in clear if not np.isnan(values).all()]
    return min(means, default=0.0)


def _is_outer(whole: NDArray[np.bool_], outline: NDArray[np.bool_], ends: NDArray[np.bool_]) -> bool:
    """Whether an outer row or column belongs to a table: its cells are whole, or its outline is, with both ends."""
    return bool(whole.mean() >= _WHOLE or (outline.mean() >= _FRAMED and ends[0] and ends[-1]))


def _is_ruled(sides: NDArray[np.bool_]) -> bool:
    """Whether a row or column is one of a table: many of its sides are ruled, or the first and the last (a title)."""
    return bool((sides[0] and sides[-1]) or sides.mean() >= _TRIM)


def find_cells(across: list[Line], down: list[Line], above: NDArray[np.bool_], before: NDArray[np.bool_]) -> list[Cell]:
    """Cells between the lines; those that no rule parts are one."""
    corners = meetings(across, down)
    rows, columns = len(across) - 1, len(down) - 1
    taken = np.zeros((rows, columns), bool)
    cells = []
    for i in range(rows):
        for j in range(columns):
            if taken[i, j]:
                continue
            wide = tall = 1
            while j + wide < columns and not before[i, j + wide] and not taken[i, j + wide]:
                wide += 1
            while (
                i + tall < rows
                and not above[i + tall, j : j + wide].any()
                and not before[i + tall, j + 1 : j + wide].any()
                and not taken[i + tall, j : j + wide].any()
            ):
                tall += 1
            taken[i : i + tall, j : j + wide] = True
            sides = [above[i, j : j + wide], above[i + tall, j : j + wide]]
            sides += [before[i : i + tall, j], before[i : i + tall, j + wide]]
            if np.mean([side.mean() for side in sides]) < _LEAST_SIDES:
                continue
            quad = np.array([corners[i, j], corners[i, j + wide], corners[i + tall, j + wide], corners[i + tall, j]])
            cells.append(Cell(i, j, tall, wide, quad))
    return cells


def _values(picture: NDArray[np.uint8], along: Numbers, at: Numbers, upright: bool) -> NDArray[np.uint8]:
    """A picture's pixels at points of each side."""
    x, y = (at, along) if upright else (along, at)
    columns = np.clip(np.rint(x), 0, picture.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(y), 0, picture.shape[0] - 1).astype(int)
    return np.asarray(picture[rows, columns])


def _dark(ink: Mask, along: Numbers, at: Numbers, upright: bool) -> Numbers:
    """Which share of the points of each side has ink."""
    return np.asarray((_values(ink, along, at, upright) > 0).mean(axis=1))


def _drop(grey: Grey, along: Numbers, at: Numbers, aside: float, upright: bool) -> Numbers:
    """How much darker each side usually is than the paper on both of its sides, as a share of that paper's level."""
    near = [_values(grey, along, at + off, upright).astype(np.float64) for off in (-aside, aside)]
    paper = np.maximum(np.mean(near, axis=0), 1)
    drops = [np.median(1 - _values(grey, along, at + off, upright) / paper, axis=1) for off in _OFF]
    return np.asarray(np.max(drops, axis=0))


def _edges(
    corners: NDArray[np.float64], lines: list[Line], ink: Mask, grey: Grey, upright: bool
) -> tuple[NDArray[np.bool_], Numbers]:
    """Whether each line is ruled from one crossing to the next, (lines, crossings - 1).

    Beside dark writing a rule may not count as ink: there it is one if it is darker than its paper, as others are.
    And how clear it is there, -1 to 1: by how much more ink it has than the clearer of its sides; NaN where it is not
    drawn, but where a table without an outline ends.
    """
    axis = int(upright)
    ruled = np.zeros((len(lines), corners.shape[1] - 1), bool)
    clear, drop = np.zeros(ruled.shape), np.zeros(ruled.shape)
    share = np.linspace(0.12, 0.88, _SAMPLES)
    usual = np.diff(np.median(corners[..., 1 - axis], axis=1))
    aside = _BETWEEN * float(np.median(usual)) if len(usual) else 0.0
    for index, line in enumerate(lines):
        places = corners[index, :, axis]
        along = places[:-1, None] + np.diff(places)[:, None] * share
        at = line.value(along)
        dark = np.max([_dark(ink, along, at + off, upright) for off in _OFF], axis=0)
        beside = np.min([_dark(ink, along, at + off, upright) for off in (-aside, aside)], axis=0)
        traced = np.array([line.covered(*sorted(pair)) for pair in pairwise(places)])
        ruled[index] = (dark >= _RULED) | (traced >= _RULED)
        clear[index] = dark - beside
        drop[index] = _drop(grey, along, at, aside * _NEAR / _BETWEEN, upright)
    usual_drop = max(_LEAST_DARK, float(np.median(drop[ruled]))) if ruled.any() else np.inf
    faint = ~ruled & (drop >= max(_AS_DARK * usual_drop, _LEAST_DARK))
    clear = np.where(faint, np.minimum(drop / usual_drop, 1), clear)
    imagined = np.array([not line.drawn for line in lines])[:, None]
    return ruled | faint | imagined, np.where(imagined, np.nan, clear)
