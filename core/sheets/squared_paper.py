"""Squared paper: a fine net of faint lines under the writing, which is no table."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask, find_ink, runs, to_grey

_AS_FAINT = 0.5  # of the contrast of ink
_STROKE = 1 / 25  # of the longer side: the shortest straight piece of a line
_SCANS = 15  # columns and rows of pixels along which lines are counted
_LEAST = 12  # lines a way
_NEAREST, _FARTHEST = 6, 1.7  # pixels apart, and of the median distance: lines of a table may be among them
_EVEN, _OFF = 0.5, 0.12  # so many lines have a next one, whose distance is off the usual one by so much at most
_SQUARE = 0.15  # by so much may the distances of the two ways differ
_DARKER = 1.8  # as dark as the lines is writing at least
_HIGH = 0.3  # of a square's side: smaller is no character
_CROSSING = 0.4  # of the characters lie across lines: in a table most keep off them


def clean_grey(picture: NDArray[np.uint8]) -> Grey:
    """A picture as `to_grey` gives it; of squared paper without the squares, if what is written is darker."""
    grey = to_grey(picture)
    ink = find_ink(grey, _AS_FAINT)
    length = max(8, round(max(grey.shape) * _STROKE))
    across, down = (cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in _ways(length))
    distance = _distance(np.asarray(across, np.uint8), np.asarray(down, np.uint8))
    if distance is None:
        return grey
    beyond = 2 * round(distance) + 1  # lines go on below what is written on them
    lines = [
        cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(shape, np.uint8))
        for mask, shape in zip((across, down), _ways(beyond), strict=True)
    ]
    net = cv2.dilate(cv2.max(*lines), np.ones((3, 3), np.uint8)) > 0
    return _without(grey, net, ink, cv2.max(across, down) > 0, distance)


def _ways(length: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """The shapes of a level and of an upright stroke."""
    return (1, length), (length, 1)


def _distance(across: Mask, down: Mask) -> float | None:
    """Pixels between the lines of squared paper; None where the lines make no squares."""
    found = [_usual_distance(mask) for mask in (across, np.ascontiguousarray(down.T))]
    if found[0] is None or found[1] is None or abs(found[0] / found[1] - 1) > _SQUARE:
        return None
    return (found[0] + found[1]) / 2


def _usual_distance(lines: Mask) -> float | None:
    """Pixels between level lines that are many, and as far apart all over the picture; others may be among them."""
    scans = [
        np.array([(start + end) / 2 for start, end in runs(lines[:, column] > 0)])
        for column in np.linspace(0, lines.shape[1] - 1, _SCANS + 2).astype(int)[1:-1]
    ]
    scans = [scan for scan in scans if len(scan) >= _LEAST]
    if 2 * len(scans) < _SCANS:
        return None
    steps = np.concatenate([scan[ahead:] - scan[:-ahead] for scan in scans for ahead in (1, 2, 3)])
    most = _FARTHEST * float(np.median(np.concatenate([np.diff(scan) for scan in scans])))
    candidates = np.unique(np.round(steps[(steps >= _NEAREST) & (steps <= most)]))
    shares = np.array([np.mean([_share_with_next(scan, distance) for scan in scans]) for distance in candidates])
    if not len(shares) or shares.max() < _EVEN:
        return None
    return float(candidates[shares.argmax()])


def _share_with_next(places: NDArray[np.float64], distance: float) -> float:
    """How many of these places, which rise, have another one so far behind them."""
    wanted = places[places + distance <= places[-1] + 1] + distance
    nearest = np.searchsorted(places, wanted).clip(1, len(places) - 1)
    off = np.minimum(np.abs(places[nearest] - wanted), np.abs(places[nearest - 1] - wanted))
    return float((off <= _OFF * distance).mean()) if len(wanted) else 0.0


def _without(grey: Grey, net: NDArray[np.bool_], ink: Mask, seen: NDArray[np.bool_], distance: float) -> Grey:
    """Grey in which what is faint on a net of lines has the level of the paper; as it was where that is no writing.

    Args:
        seen: the parts of the lines that were seen.
    """
    paper = cv2.medianBlur(cv2.dilate(grey, np.ones((5, 5), np.uint8)), 5)
    drop = cv2.subtract(paper, grey)
    spine = cv2.dilate(drop, np.ones((3, 3), np.uint8))  # lines are darkest in their middle
    written, of_lines = drop[(ink > 0) & ~net], float(np.median(spine[seen]))
    darkest = float(np.percentile(written, 75)) if len(written) else 0.0
    dark = drop >= np.sqrt(of_lines * darkest)
    if darkest < _DARKER * of_lines or _share_across(dark, net, distance) < _CROSSING:
        return grey
    return np.where(net & ~dark, paper, grey).astype(np.uint8)


def _share_across(dark: NDArray[np.bool_], net: NDArray[np.bool_], distance: float) -> float:
    """How many characters lie across lines so far apart; 1 where there are none.

    Beside dark ink faint lines are not seen: what is larger than a square lies across one all the same.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark.astype(np.uint8), connectivity=8)
    characters = np.flatnonzero(stats[:, cv2.CC_STAT_HEIGHT] >= _HIGH * distance)[1:]
    large = stats[characters, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(axis=1) > distance
    across = large | np.isin(characters, labels[net])
    return float(across.mean()) if len(characters) else 1.0
