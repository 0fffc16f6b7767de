"""The ruled lines of a sheet: found as smooth curves, so that bent paper does no harm.

Thin level runs are kept, as staff lines are found in sheet music (Fujinaga, "Staff detection and removal", 2004);
their straight pieces are joined along their course, over the gaps that writing, dashes and faint print leave.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Mask

Numbers = NDArray[np.float64]

STEP = 6
"""Pixels between the points of a line."""
_THICKEST = 1 / 110  # of the longer side: what is thicker is no ruled line
_BAR = 1 / 12  # of the longer side: an unbroken line of this length may be thicker, up to
_THICKEST_BAR = 1 / 45
_PIECE = 1 / 60  # of the longer side: the shortest straight piece that may belong to a line
_DASH = 1 / 180  # of the longer side: gaps as wide as this are closed
_REACHES = (0.015, 0.04, 0.1)  # of the longer side may a gap in a line be, in turn
_BRIDGE = 1.2  # and of the length of the shorter of the two pieces beside it
_DRIFT = 0.03  # of a gap may the line be off on its other side
_OVERLAP = 3.0 * STEP  # pixels may two pieces of a line share
_BESIDE = 4.0  # pixels between two traces of the same line
_SHORTEST = 0.06  # of the longer side: a line, without its gaps
_DENSE = 0.6  # of a line must have ink
_SMOOTH = 1.8  # pixels: how far a line's points may be from its curve
_FAR = 150.0  # pixels: by so much may a bent line rise
_SPREAD = 3000.0  # square pixels, added to the variance of a slope's points
_MOST_PIECES = 1000  # longest first: a texture has more


@dataclass(frozen=True)
class Line:
    """A ruled line as a curve: `along`, increasing (x of a level line, y of an upright one), and `at`, the other one.

    All in pixels; where there is no ink there is no point. Lines that are thought to be there are not `drawn`.
    """

    along: Numbers
    at: Numbers
    drawn: bool = True

    @property
    def start(self) -> float:
        return float(self.along[0])

    @property
    def end(self) -> float:
        return float(self.along[-1])

    @property
    def inked(self) -> float:
        """Pixels of the line without its gaps."""
        return len(self.along) * float(STEP)

    @cached_property
    def course(self) -> tuple[float, float, float, float, float, float]:
        """Start and end, the values there, and the slopes there; those of short pieces are drawn towards 0."""
        count = max(6, len(self.along) // 5)
        ends = []
        for part, place in ((slice(0, count), self.start), (slice(-count, None), self.end)):
            x, y = self.along[part], self.at[part]
            middle, value = x.sum() / len(x), y.sum() / len(y)
            x = x - middle
            slope = float(x @ y / (x @ x + _SPREAD))
            ends.append((float(value + slope * (place - middle)), slope))
        return self.start, self.end, ends[0][0], ends[1][0], ends[0][1], ends[1][1]

    def value(self, along: Numbers | float) -> Numbers:
        """The curve; beyond its ends it goes on straight."""
        along = np.asarray(along, np.float64)
        start, end, first, last, rise, slope = self.course
        values = np.interp(along, self.along, self.at)
        values = np.where(along < start, first + (along - start) * rise, values)
        return np.where(along > end, last + (along - end) * slope, values)

    def covered(self, start: float, end: float) -> float:
        """Which share of the way from start to end has ink, 0 to 1."""
        inside = np.searchsorted(self.along, end) - np.searchsorted(self.along, start)
        return float(inside) * STEP / max(end - start, STEP)


def level_lines(ink: Mask) -> list[Line]:
    """Lines that run from left to right, from the top; turn the picture for upright ones.

    Args:
        ink: uint8 (H, W), 255 where there is ink; of an upright sheet.
    """
    side = max(ink.shape)
    straight = _straight(ink, side)
    lines = sorted(_trace(straight), key=lambda piece: -len(piece.along))[:_MOST_PIECES]
    for reach in _REACHES:
        lines = _link(lines, reach * side)
    cleaned = [_clean(line) for line in lines if line.inked >= _SHORTEST * side]
    return without_doubles([line for line in cleaned if _is_ruled(line, side)], _BESIDE)


def _straight(ink: Mask, side: int) -> Mask:
    """Thin level strokes of some length, and long thick ones."""
    thickest = max(4, round(side * _THICKEST))
    length = max(12, round(side * _PIECE))
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickest, 1), np.uint8))
    thin = cv2.subtract(ink, thick)
    thin = cv2.dilate(thin, np.ones((3, 1), np.uint8))
    closed = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, max(3, round(side * _DASH))), np.uint8))
    straight = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    bars = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(12, round(side * _BAR))), np.uint8))
    areas = cv2.morphologyEx(bars, cv2.MORPH_OPEN, np.ones((max(8, round(side * _THICKEST_BAR)), 1), np.uint8))
    return np.asarray(cv2.max(straight, cv2.subtract(bars, areas)), np.uint8)


def _trace(straight: Mask) -> list[Line]:
    """The course of each connected piece: the middle of its ink at every STEP pixels."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(straight, connectivity=8)
    pieces = []
    for label in range(1, count):
        left, top, width, height, _ = (int(value) for value in stats[label])
        if height > 0.35 * width + 8:
            continue
        first = -left % STEP
        part = labels[top : top + height, left + first : left + width : STEP] == label
        ink = part.sum(axis=0)
        has = ink > 0
        if has.sum() < 2:
            continue
        rows = (part * np.arange(height)[:, None]).sum(axis=0)[has] / ink[has]
        pieces.append(Line(np.asarray(left + first + np.flatnonzero(has) * float(STEP)), np.asarray(top + rows)))
    return pieces


def _link(lines: list[Line], reach: float) -> list[Line]:
    """Lines with those that continue them: each the other's best choice among what lies within reach."""
    if len(lines) < 2:
        return lines
    start, end, first, last, rise, slope = np.array([line.course for line in lines]).T
    gap = start[None] - end[:, None]
    forth = np.abs(last[:, None] + slope[:, None] * gap - first[None])
    back = np.abs(first[None] - rise[None] * gap - last[:, None])
    tolerance = 3 + _DRIFT * np.maximum(gap, 0)
    length = end - start
    near = (gap > -_OVERLAP) & (gap <= np.minimum(reach, _BRIDGE * np.minimum(length[:, None], length[None])))
    cost = np.where(near & (forth < tolerance) & (back < tolerance), forth + back + 0.05 * np.maximum(gap, 0), np.inf)
    np.fill_diagonal(cost, np.inf)
    after, before = cost.argmin(axis=1), cost.argmin(axis=0)
    follows = {
        i: int(j) for i, j in enumerate(after) if np.isfinite(cost[i, j]) and before[j] == i and length[i] + length[j]
    }
    heads = set(range(len(lines))) - set(follows.values())
    linked = []
    for head in sorted(heads):
        chain = [head]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        linked.append(_join([lines[index] for index in chain]))
    return linked


def _join(chain: list[Line]) -> Line:
    along = np.concatenate([line.along for line in chain])
    at = np.concatenate([line.at for line in chain])
    order = np.argsort(along, kind="stable")
    along, index = np.unique(along[order], return_index=True)
    return Line(np.asarray(along, np.float64), at[order][index])


def _is_ruled(line: Line, side: int) -> bool:
    """Whether a line is long and has few gaps; of a chain of pen strokes little is on a smooth course."""
    return line.inked >= max(_SHORTEST * side, 10 * STEP) and line.covered(line.start, line.end) >= _DENSE


def _clean(line: Line) -> Line:
    """A line without the points that are off its smooth course: those of writing that touches it."""
    share = (line.along - line.start) / max(line.end - line.start, 1.0)
    on = np.ones(len(share), bool)
    for _ in range(4):
        if on.sum() < 8:
            return line
        curve = np.polynomial.Polynomial.fit(share[on], line.at[on], 4 if on.sum() > 60 else 2)
        off = np.abs(curve(share) - line.at)
        on = off < max(_SMOOTH, 2 * float(np.median(off[on])))
    on = off < _SMOOTH
    return Line(line.along[on], line.at[on]) if on.sum() >= 2 else line


def without_doubles(lines: list[Line], beside: float) -> list[Line]:
    """Lines without those that run beside a longer one, within so many pixels."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda one: -one.inked):
        quarter = len(line.along) // 4
        first, last = line.along[quarter], line.along[-1 - quarter]
        beside_one = any(
            other.start - STEP <= first
            and last <= other.end + STEP
            and abs(other.at[len(other.along) // 2] - line.at[len(line.along) // 2]) < _FAR + beside
            and np.median(np.abs(other.value(line.along) - line.at)) < beside
            for other in kept
        )
        if not beside_one:
            kept.append(line)
    return sorted(kept, key=lambda one: float(np.median(one.at)))
