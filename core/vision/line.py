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

_SHARPNESS = 2  # times as many pixels as a line has, where its ink is looked at more closely
_DARK = 110  # of 255: from there on ink
_RULE, _SHORTEST_RULE, _LONGEST_RULE = 1 / 3, 80, 120  # of the width, and pixels: what runs straight as far is a rule
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


def scaled_ink(picture: Pixels) -> Pixels:
    """How much each pixel of a line differs from the paper around it, uint8 (80, W) of 0 to 255, W of 32 to 1,280."""
    height, width = picture.shape
    tall = HEIGHT * _SHARPNESS
    wide = int(np.clip(round(width * tall / height), NARROWEST * _SHARPNESS, WIDEST * _SHARPNESS))
    method = cv2.INTER_AREA if height > tall else cv2.INTER_CUBIC
    return find_line_ink(np.asarray(cv2.resize(picture, (wide, tall), interpolation=method), np.uint8))


def around_ink(picture: Pixels, ink: Pixels) -> Pixels:
    """The rows of a line in which something is written, with a little room: it then fills them, however small it was.

    Args:
        picture: grey, uint8 (H, W).
        ink: its `scaled_ink`.

    Returns:
        uint8 (h, W), with a little room above and below; the picture itself where there is hardly any ink, or where
        less than its rows would be squeezed into the widest line that can be read.
    """
    height, width = picture.shape
    first, last = (round(share * height) for share in rows_of_ink(ink))
    least = max(_LEAST_ROWS, width * HEIGHT / WIDEST)
    return np.ascontiguousarray(picture[first:last]) if last - first >= least else picture


def rows_of_ink(ink: Pixels) -> tuple[float, float]:
    """From where to where there is writing among `scaled_ink`, as shares of the height; (0, 1) where hardly any is."""
    dark = ink >= _DARK
    rows = (dark & ~_rules(dark)).sum(axis=1)
    if rows.sum() < _LEAST_INK:
        return 0.0, 1.0
    share = np.cumsum(rows) / rows.sum()
    top, bottom = np.searchsorted(share, _OUTSIDE), np.searchsorted(share, 1 - _OUTSIDE) + 1
    room = _ROOM * (bottom - top)
    first, last = np.clip(np.array([top - room, bottom + room]) / len(rows), 0, 1)
    return float(first), float(last)


def _rules(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Ruled lines among ink, those too that rise or fall a little."""
    length = int(np.clip(ink.shape[1] * _RULE, _SHORTEST_RULE, _LONGEST_RULE))
    thicker = cv2.dilate(ink.astype(np.uint8), np.ones((3, 1), np.uint8))
    return cv2.morphologyEx(thicker, cv2.MORPH_OPEN, np.ones((1, length), np.uint8)) > 0


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
