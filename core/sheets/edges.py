"""A table that fills its picture to the edge: its outline is seen there on one side only."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import to_grey

_DEPTH = 3  # pixels: so near the edge an outline lies
_MARGIN = 20  # pixels
_RULED = 0.6  # of an edge must be dark
_THICKEST, _MOSTLY = 7, 80  # pixels is it thick at most, in so many percent of its length
_DARK = 0.75  # of the level of the paper


def add_margin(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """The picture with some pixels mirrored around it where a line runs along an edge, and how many; else as it is.

    Mirrored at the line, so that there is paper on both of its sides, and no new edge.
    """
    grey = to_grey(picture)
    if min(grey.shape) <= 2 * _MARGIN:
        return picture, 0
    dark = grey < _DARK * np.median(grey)
    if not any(_runs_along(side) for side in (dark, dark[::-1], dark.T, dark.T[::-1])):
        return picture, 0
    sides = (_MARGIN,) * 4
    return np.asarray(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT_101), np.uint8), _MARGIN


def _runs_along(dark: NDArray[np.bool_]) -> bool:
    """Whether a thin line runs along the upper edge; a strip of the desk beside the sheet is a wedge."""
    edge = dark[:_DEPTH].any(axis=0)
    if not edge.mean() >= _RULED > dark[_MARGIN].mean():
        return False
    thickness = dark[: _MARGIN + 1, edge].argmin(axis=0) + _MARGIN * dark[: _MARGIN + 1, edge].all(axis=0)
    return float(np.percentile(thickness, _MOSTLY)) <= _THICKEST
