"""A picture of a line as the reader of numbers takes it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels

Greys = NDArray[np.float32]

HEIGHT = 40
"""Pixels of a line: of fewer a decimal point would be lost."""
NARROWEST, WIDEST = 16, 640
_PAPER = 0.45  # share of the height over which the paper's level is taken

_TALL = 80  # pixels of a line in which the rows of its ink are looked for
_DARK = 110  # of 255: from there on ink
_RULE = 40, 1 / 3  # pixels, and of the width: what runs straight as far is a rule, and no writing
_OUTSIDE = 0.02  # of the ink may lie above, and as much below, of the rows that are taken for the line's
_ROOM = 0.1  # of their height is added above and below
_LEAST_INK, _LEAST_ROWS = 20, 6  # pixels


def to_line(picture: Pixels) -> Pixels:
    """Scale a picture of a line, and tell its ink from its paper.

    Args:
        picture: grey, uint8 (H, W), dark writing on light paper or the other way round.

    Returns:
        uint8 (2, 40, W), W a multiple of 4 from 16 to 640: the greys, stretched between the second and the
        ninety-eighth percentile, dark on light; and how much a pixel differs from the paper around it.
    """
    height, width = picture.shape
    wide = int(np.clip(4 * round(width * HEIGHT / height / 4), NARROWEST, WIDEST))
    shrinks = height > HEIGHT
    scaled = cv2.resize(picture, (wide, HEIGHT), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    grey, paper = _dark_on_light(np.asarray(scaled, np.uint8))
    low, high = np.percentile(grey, (2, 98))
    stretched = np.clip((grey - low) / max(high - low, 16) * 255, 0, 255)
    return np.stack([stretched, _ink(grey, paper)]).astype(np.uint8)


def around_ink(picture: Pixels) -> Pixels:
    """The rows of a line, uint8 (H, W), in which something is written, with a little room: writing then fills the
    line, however small it was; the picture itself where there is hardly any ink."""
    height, width = picture.shape
    size = (max(NARROWEST, round(width * _TALL / height)), _TALL)
    method = cv2.INTER_AREA if height > _TALL else cv2.INTER_LINEAR
    ink = find_line_ink(np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)) >= _DARK
    rows = (ink & ~_rules(ink)).sum(axis=1)
    if rows.sum() < _LEAST_INK:
        return picture
    share = np.cumsum(rows) / rows.sum()
    top, bottom = np.searchsorted(share, _OUTSIDE), np.searchsorted(share, 1 - _OUTSIDE) + 1
    room = _ROOM * (bottom - top)
    first, last = (int(np.clip(round(row * height / _TALL), 0, height)) for row in (top - room, bottom + room))
    return np.ascontiguousarray(picture[first:last]) if last - first >= _LEAST_ROWS else picture


def _rules(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ruled lines among ink."""
    least, share = _RULE
    across = np.ones((1, max(least, int(ink.shape[1] * share))), np.uint8)
    opened = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, across)
    return cv2.dilate(opened, np.ones((3, 1), np.uint8)) > 0


def find_line_ink(picture: Pixels) -> Pixels:
    """How much each pixel of a line differs from the paper around it: uint8 (H, W), white on black."""
    return _ink(*_dark_on_light(picture)).astype(np.uint8)


def _dark_on_light(picture: Pixels) -> tuple[Greys, Greys]:
    """The greys, and the paper's level around each pixel, turned round where the paper is dark."""
    grey = picture.astype(np.float32)
    paper = cv2.medianBlur(picture, min(255, round(len(picture) * _PAPER) | 1)).astype(np.float32)
    if (grey - paper).sum() > 0 and np.median(picture) < 128:
        return 255 - grey, 255 - paper
    return grey, paper


def _ink(grey: Greys, paper: Greys) -> Greys:
    darker = np.clip(cv2.GaussianBlur(paper, (0, 0), len(grey) / 10) - grey, 0, None)
    return np.clip(darker / max(float(np.percentile(darker, 99.5)), 12) * 255, 0, 255)
