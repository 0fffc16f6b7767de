"""Pieces of ink on a line: where they lie, how near they can be moved together, and several of them as one."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
"""Ink, (H, W): 255 where it is, 0 where none is, between them at the edges."""

Point = tuple[float, float]

_INK = 80  # level from which a pixel counts as ink where distances are measured
_NONE = 1e6  # pixels, where a row has no ink


@dataclass
class Piece:
    """A character's ink and its place on the line, in pixels, y down.

    Attributes:
        mask: the ink.
        x: of its left edge.
        bottom: y of its lower edge; the base line of the writing is 0.
        ends: the first and the last point of the pen, from the lower left of the mask; None where no pen is known.
    """

    mask: Mask
    x: float
    bottom: float
    ends: tuple[Point, Point] | None = None

    @property
    def width(self) -> int:
        return self.mask.shape[1]

    @property
    def height(self) -> int:
        return self.mask.shape[0]

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.bottom - self.height


def join(pieces: Sequence[Piece]) -> Piece:
    """Several pieces as one, at its own x of 0 and on their base line."""
    left, top = min(piece.x for piece in pieces), min(piece.top for piece in pieces)
    width = int(max(piece.right for piece in pieces) - left) + 2
    height = int(max(piece.bottom for piece in pieces) - top) + 2
    joined = np.zeros((height, width), np.uint8)
    for piece in pieces:
        row, column = int(piece.top - top), int(piece.x - left)
        part = joined[row : row + piece.height, column : column + piece.width]
        np.maximum(part, piece.mask, out=part)
    return Piece(joined, 0.0, height + top)


def clearance(left: Piece, right: Piece, unit: float) -> float:
    """How far right of the left piece's left edge the right one's must lie for their inks just to meet, in pixels.

    They meet in the first row, give or take a twelfth of `unit`, the height of a digit. A piece that would have to
    move far under or over the other one, as a point under a 7, is held back.
    """
    top = min(left.top, right.top)
    rows = int(max(left.bottom, right.bottom) - top) + 2
    behind = _free_columns(left.mask[:, ::-1], int(left.top - top), rows)
    before = _free_columns(right.mask, int(right.top - top), rows)
    reach = max(3, int(unit * 0.16)) | 1
    behind = np.asarray(cv2.erode(behind[:, None], np.ones((reach, 1), np.uint8)), np.float32)[:, 0]
    free = float((behind + before).min())
    if free > _NONE / 10:
        return float(left.width)
    return max(left.width - free, left.width - 0.25 * unit - 0.3 * right.width)


def _free_columns(mask: Mask, start: int, rows: int) -> NDArray[np.float32]:
    """The pixels without ink at the beginning of each row of a mask that starts at row `start` of (rows,)."""
    ink = mask > _INK
    free = np.full(rows, _NONE, np.float32)
    free[start : start + len(ink)] = np.where(ink.any(axis=1), ink.argmax(axis=1), _NONE)
    return free
