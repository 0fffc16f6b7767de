"""Whether what was written can be seen in a picture of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

_INK, _PAPER = 0.5, 0.05  # of the darkest pixel of a part: from there on ink, and up to there paper
_AROUND = 4  # pixels
_LEAST_LEVELS = 18.0
_LEAST_DEVIATIONS = 1.8


def is_visible(ink: NDArray[np.uint8], picture: NDArray[np.uint8]) -> bool:
    """Whether each connected part of the ink stands out from what is around it, a decimal point as well.

    Args:
        ink: uint8 (H, W), 255 where there is ink.
        picture: grey, uint8, of any size, of the same line.
    """
    height, width = picture.shape
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    count, labels = cv2.connectedComponents((small > 0.1 * 255).astype(np.uint8), connectivity=8)
    grey = picture.astype(np.float32)
    return all(_stands_out(labels == label, small, grey) for label in range(1, count))


def _stands_out(part: NDArray[np.bool_], ink: NDArray[np.float32], grey: NDArray[np.float32]) -> bool:
    left, top, width, height = cv2.boundingRect(part.astype(np.uint8))
    rows = slice(max(0, top - _AROUND), top + height + _AROUND)
    columns = slice(max(0, left - _AROUND), left + width + _AROUND)
    strokes, seen = ink[rows, columns], grey[rows, columns]
    written = part[rows, columns] & (strokes >= _INK * strokes[part[rows, columns]].max())
    paper = strokes <= _PAPER * 255
    if not paper.any():
        return True
    difference = abs(float(seen[written].mean()) - float(seen[paper].mean()))
    return difference >= max(_LEAST_LEVELS, _LEAST_DEVIATIONS * float(seen[paper].std()))
