"""The perspective that sets a sheet upright: from the straight lines on it, its edges among them."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask
from core.sheets.layout import Quad

_SCALE = 900  # pixels of the longer side at which lines are looked for
_SHORTEST = 1 / 40  # of the longer side: a line that counts
_MOST_TURN = 22.0  # degrees
_NEAR = 5.0  # degrees from the most frequent direction
_ENOUGH = 0.6  # of the longer side must the lines of one direction have together
_LARGEST = 2200  # pixels of the upright picture's longer side


@dataclass(frozen=True)
class View:
    """From the picture to the upright sheet and back.

    Attributes:
        matrix: float64 (3, 3), homography of points x, y of the picture.
        size: width and height of the upright sheet, in pixels.
    """

    matrix: NDArray[np.float64]
    size: tuple[int, int]

    def warp(self, mask: Mask) -> Mask:
        """A mask of the picture as one of the upright sheet."""
        if np.allclose(self.matrix, np.eye(3)):
            return mask
        flat = cv2.warpPerspective(mask, self.matrix, self.size, flags=cv2.INTER_LINEAR)
        return np.asarray(cv2.threshold(flat, 90, 255, cv2.THRESH_BINARY)[1], np.uint8)

    def warp_grey(self, grey: Grey) -> Grey:
        """The picture as one of the upright sheet; what lies beyond it is as its edge."""
        if np.allclose(self.matrix, np.eye(3)):
            return grey
        flat = cv2.warpPerspective(grey, self.matrix, self.size, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(flat, np.uint8)

    def back(self, points: NDArray[np.float64]) -> Quad:
        """Points (N, 2) of the upright sheet as those of the picture."""
        moved = cv2.perspectiveTransform(np.asarray(points, np.float64)[None], np.linalg.inv(self.matrix))
        return np.asarray(moved[0], np.float32)

    def after(self, first: "View") -> "View":
        """The view from the picture, where this one is from what the first one shows."""
        return View(self.matrix @ first.matrix, self.size)


def as_it_is(shape: tuple[int, ...]) -> View:
    """The view that changes nothing."""
    return View(np.eye(3), (shape[1], shape[0]))


def find_view(ink: Mask) -> View:
    """The perspective in which the level and the upright lines of a picture are so; as it is where there are none.

    The direction of level lines is taken to change evenly from the top to the bottom, that of upright ones from left
    to right: exact for a flat sheet, but for terms of second order.
    """
    height, width = ink.shape
    factor = min(1.0, _SCALE / max(ink.shape))
    if min(height, width) < 40:
        return as_it_is(ink.shape)
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else ink
    lines = _lines(np.asarray(small, np.uint8)) / factor
    extent = float(max(ink.shape))
    level = _direction(lines, (width, height), upright=False, enough=_ENOUGH * extent)
    upright = _direction(lines, (width, height), upright=True, enough=_ENOUGH * extent)
    if level is None and upright is None:
        return as_it_is(ink.shape)
    level = level or ((upright or (0.0, 0.0))[0], 0.0)
    upright = upright or (level[0], 0.0)
    return view_of(level, upright, (width, height))


def view_of(level: tuple[float, float], upright: tuple[float, float], size: tuple[int, int]) -> View:
    """The view in which lines of two directions are level and upright.

    Args:
        level, upright: the angle in the middle, degrees clockwise, and how much it changes across the picture.
        size: width and height of the picture, in pixels.
    """
    return _view(_crossings(level, upright, size), size)


def _lines(small: Mask) -> NDArray[np.float64]:
    """Straight edges, (N, 4): x, y of both ends (von Gioi and others, LSD, 2012)."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(small)[0]
    if found is None:
        return np.zeros((0, 4))
    lines = np.asarray(found, np.float64).reshape(-1, 4)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    return lines[length >= _SHORTEST * max(small.shape)]


def _direction(
    lines: NDArray[np.float64], size: tuple[int, int], upright: bool, enough: float
) -> tuple[float, float] | None:
    """The angle of one family in the middle, degrees clockwise, and how much it changes across the whole picture."""
    dx, dy = lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]
    angle = np.degrees(np.arctan2(-dx, dy) if upright else np.arctan2(dy, dx))
    angle = (angle + 90) % 180 - 90
    middle = (lines[:, 0] + lines[:, 2]) / 2 / size[0] if upright else (lines[:, 1] + lines[:, 3]) / 2 / size[1]
    length = np.hypot(dx, dy)
    counted = np.abs(angle) < _MOST_TURN
    angle, place, length = angle[counted], middle[counted] - 0.5, length[counted]
    if length.sum() < enough:
        return None
    votes = np.histogram(angle, bins=90, range=(-22.5, 22.5), weights=length**1.5)[0]
    mode = -22.25 + 0.5 * float(np.argmax(np.convolve(votes, np.hanning(11), "same")))
    fit = np.array([mode, 0.0])
    for _ in range(6):
        off = np.abs(angle - fit[0] - fit[1] * place)
        weight = length * (off < _NEAR) / (1 + off)
        if (length * (off < _NEAR)).sum() < enough:
            return None
        terms = np.stack([np.ones_like(place), place], axis=1)
        ridge = np.diag([1e-6, 0.02]) * weight.sum()
        fit = np.linalg.solve(terms.T @ (terms * weight[:, None]) + ridge, terms.T @ (angle * weight))
    return float(fit[0]), float(fit[1])


def _crossings(level: tuple[float, float], upright: tuple[float, float], size: tuple[int, int]) -> NDArray[np.float64]:
    """Where the two level lines at the picture's ends meet the two upright ones: the corners of a sheet as large."""
    width, height = size
    corners = []
    for across, down in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        slope = np.tan(np.radians(level[0] + level[1] * down))
        lean = -np.tan(np.radians(upright[0] + upright[1] * across))
        x0, y0 = (0.5 + across) * width, (0.5 + down) * height
        # y = y0 + slope (x - width / 2) and x = x0 + lean (y - height / 2)
        y = (y0 + slope * (x0 - lean * height / 2 - width / 2)) / (1 - slope * lean)
        corners.append((x0 + lean * (y - height / 2), y))
    return np.array(corners)


def _view(corners: NDArray[np.float64], size: tuple[int, int]) -> View:
    """The view in which the corners are a rectangle and all of the picture is seen."""
    width, height = size
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), frame)
    seen = cv2.perspectiveTransform(frame[None].astype(np.float64), matrix)[0]
    low, extent = seen.min(axis=0), np.ptp(seen, axis=0)
    factor = min(1.0, _LARGEST / float(extent.max()))
    move = np.array([[factor, 0, -factor * low[0]], [0, factor, -factor * low[1]], [0, 0, 1]])
    return View(move @ matrix, (max(1, round(extent[0] * factor)), max(1, round(extent[1] * factor))))
