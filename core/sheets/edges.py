"""A table that fills its picture to the edge: its outline is seen there on one side only."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import to_grey

_DEPTH = 3  # pixels: so near the edge an outline lies
_MARGIN = 20  # pixels
_RULED = 0.6  # of an edge must be dark
_DARK = 0.75  # of the level of the paper


def add_margin(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """The picture with some pixels mirrored around it where a line runs along an edge, and how many; else as it is.

    Mirrored at the line, so that there is paper on both of its sides, and no new edge.
    """
    grey = to_grey(picture)
    if min(grey.shape) <= 2 * _MARGIN:
        return picture, 0
    dark = grey < _DARK * np.median(grey)
    edges = (dark[:_DEPTH].any(0), dark[-_DEPTH:].any(0), dark[:, :_DEPTH].any(1), dark[:, -_DEPTH:].any(1))
    inner = (dark[_MARGIN], dark[-_MARGIN], dark[:, _MARGIN], dark[:, -_MARGIN])
    if not any(edge.mean() >= _RULED > within.mean() for edge, within in zip(edges, inner, strict=True)):
        return picture, 0
    sides = (_MARGIN,) * 4
    return np.asarray(cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT_101), np.uint8), _MARGIN
