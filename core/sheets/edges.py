"""A table that fills its picture to the edge: its outline is seen there on one side only."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import to_grey

_DEPTH = 3  # pixels: so near the edge an outline lies
MARGIN = 20
"""Pixels."""
_RULED = 0.6  # of an edge must be dark
_THICKEST, _MOSTLY = 7, 80  # pixels is it thick at most, in so many percent of its length
_DARK = 0.75  # of the level of the paper


def find_edge(picture: NDArray[np.uint8]) -> Literal["line", "dark", "paper"]:
    """What is at the edges of a picture: a thin line along one, something else that is dark along one, or paper."""
    grey = to_grey(picture)
    if min(grey.shape) <= 2 * MARGIN:
        return "paper"
    dark = grey < _DARK * np.median(grey)
    sides = [side for side in (dark, dark[::-1], dark.T, dark.T[::-1]) if _is_dark(side)]
    return "paper" if not sides else "line" if any(_is_thin(side) for side in sides) else "dark"


def add_margin(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with MARGIN pixels mirrored around it: there is paper on both sides of a line, and no new edge."""
    return np.asarray(cv2.copyMakeBorder(picture, *(MARGIN,) * 4, cv2.BORDER_REFLECT_101), np.uint8)


def _is_dark(side: NDArray[np.bool_]) -> bool:
    """Whether the upper edge is dark, but not what lies below it."""
    return bool(side[:_DEPTH].any(axis=0).mean() >= _RULED > side[MARGIN].mean())


def _is_thin(side: NDArray[np.bool_]) -> bool:
    """Whether a thin line runs along the upper edge; a strip of the desk beside the sheet is a wedge."""
    edge = side[:_DEPTH].any(axis=0)
    thickness = side[: MARGIN + 1, edge].argmin(axis=0) + MARGIN * side[: MARGIN + 1, edge].all(axis=0)
    return float(np.percentile(thickness, _MOSTLY)) <= _THICKEST
