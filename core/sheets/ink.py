"""Ink on a sheet: what stands out from the paper around it, under any light, dark on light or the other way round."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
"""uint8 (H, W), 255 where something is and 0 elsewhere."""
Grey = NDArray[np.uint8]

_WINDOW, _LEAST_WINDOW = 1 / 40, 25  # of the longer side, and in pixels: the surroundings a pixel is compared with
_BLUR = 1 / 2400
_CONTRAST = 0.07  # darker than the paper by at least this share of its level: less is grain and shine-through
_DEVIATIONS = 0.15  # of the surroundings must a pixel be below their mean, and
_LEVELS = 4.0  # grey levels more
_DARK_PAPER = 110  # median level of a picture that may be of dark paper
_DOT = 1 / 180  # of the longer side is a dot of a dotted rule at most
_DOTS_APART = (9, 1 / 80)  # pixels at least, and of the longer side, may its dots be apart
_DOTTED = (28, 1 / 28)  # so long must it be
_TEXTURE = (9, 1 / 110)  # and nothing like it so near
_SMALL = 700  # pixels of the longer side: the paper of a smaller picture is found at its full size


def to_grey(picture: NDArray[np.uint8]) -> Grey:
    """A picture, uint8 (H, W) or RGB (H, W, 3), as grey in which inks of any colour are dark on light paper.

    Half luminance, half the smallest of the three colours: in it red, blue and green ink are as dark as black ink.
    """
    grey = picture
    if picture.ndim == 3:
        red, green, blue = cv2.split(np.ascontiguousarray(picture))
        luminance = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
        grey = np.asarray(cv2.addWeighted(luminance, 0.5, cv2.min(red, cv2.min(green, blue)), 0.5, 0), np.uint8)
    return np.asarray(255 - grey, np.uint8) if _is_light_on_dark(grey) else grey


def _is_light_on_dark(grey: Grey) -> bool:
    """Whether most of a picture is dark, and what differs from the paper around it is lighter."""
    side = max(grey.shape)
    factor = min(1.0, 800 / side)
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    if float(np.median(small)) > _DARK_PAPER:
        return False
    paper = cv2.medianBlur(small, 31)
    return float(cv2.subtract(small, paper).sum()) > 1.5 * float(cv2.subtract(paper, small).sum())


def find_ink(grey: Grey, share: float = 1.0) -> Mask:
    """Mark dark writing and print on lighter paper, as `to_grey` gives it; with a smaller share fainter ink, too."""
    side = max(grey.shape)
    smooth = cv2.GaussianBlur(grey, (0, 0), max(0.4, side * _BLUR))
    window = max(_LEAST_WINDOW, int(side * _WINDOW)) | 1
    mean = cv2.boxFilter(smooth, cv2.CV_32F, (window, window))
    square = cv2.sqrBoxFilter(smooth, cv2.CV_32F, (window, window))
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    # A closing leaves the edge of a shadow or of the sheet as it is; only what is thinner than the window is filled.
    closed = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    paper = cv2.min(_paper(grey, window), closed)
    contrast = cv2.divide(cv2.subtract(paper, smooth), np.maximum(paper, 20), scale=255)
    dark = (smooth < mean - share * (_LEVELS + _DEVIATIONS * deviation)) & (contrast > share * 255 * _CONTRAST)
    return np.asarray(dark, np.uint8) * np.uint8(255)


def dotted_rules(ink: Mask) -> Mask:
    """Rules through dots that stand in a line."""
    side = max(ink.shape)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = stats[:, 2:4].max(axis=1) <= max(4, round(side * _DOT))
    small[0] = False
    dots = small[labels].astype(np.uint8) * np.uint8(255)
    level, upright = (_rules_of(dots, side, turned) for turned in (False, True))
    return np.asarray(cv2.max(level, upright), np.uint8)


def without_dotted_rules(ink: Mask) -> Mask:
    """Ink without dots that stand in a line."""
    return np.asarray(cv2.subtract(ink, cv2.dilate(dotted_rules(ink), np.ones((3, 3), np.uint8))), np.uint8)


def _rules_of(dots: Mask, side: int, upright: bool) -> Mask:
    """Dots that stand in a level or an upright line, joined; those of a texture stand in many lines side by side."""
    gap, length, near = (max(least, round(side * share)) for least, share in (_DOTS_APART, _DOTTED, _TEXTURE))
    along, across = (np.ones((n, 1) if upright else (1, n), np.uint8) for n in (gap, length))
    beside = np.ones((1, near) if upright else (near, 1), np.uint8)
    rules = cv2.morphologyEx(cv2.morphologyEx(dots, cv2.MORPH_CLOSE, along), cv2.MORPH_OPEN, across)
    texture = cv2.morphologyEx(cv2.morphologyEx(rules, cv2.MORPH_CLOSE, beside), cv2.MORPH_OPEN, beside)
    return np.asarray(cv2.subtract(rules, texture), np.uint8)


def _paper(grey: Grey, window: int) -> Grey:
    """The level of the paper at each pixel; of a large picture's sixteenth, since light changes slowly."""
    factor = 1 if max(grey.shape) < _SMALL else 4
    if min(grey.shape) < 2 * factor:
        return np.full_like(grey, int(np.median(grey)))
    small = cv2.resize(grey, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    level = cv2.dilate(cv2.medianBlur(small, max(3, 2 * window // factor) | 1), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(level, (grey.shape[1], grey.shape[0])), np.uint8)


def runs(marks: Sequence[bool] | NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where True begins and ends, the end not included."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(changes[::2], changes[1::2], strict=True)]
