"""Which connected pieces of ink belong to the character: not the ruling, not specks, not neighbours cut by the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Grey

_SPECK_SHARE = 0.04
_LINE_THICKNESS = 0.016
_LINE_LENGTH = 0.6
_LINE_GAP = 0.2
_LINE_PART = 0.08
_LINE_SLOPE = 0.08
_REACH = 0.5
_WITHIN = 0.25


@dataclass(frozen=True)
class Piece:
    """A connected piece of ink: its label, its area in pixels and its bounding box (right and bottom are outside)."""

    label: int
    area: int
    left: int
    top: int
    right: int
    bottom: int

    def gap(self, other: "Piece") -> int:
        """Pixels between the two boxes, 0 where they touch or overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        return max(across, down, 0)

    def share_within(self, other: "Piece") -> float:
        """Share of this box, 0 to 1, that lies in the other box."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        own = (self.right - self.left) * (self.bottom - self.top)
        return max(across, 0) * max(down, 0) / own

    def touches(self, shape: tuple[int, ...]) -> bool:
        """Whether it reaches the frame of a picture of this shape."""
        return self.left == 0 or self.top == 0 or self.right == shape[1] or self.bottom == shape[0]


def keep_character(mask: Grey) -> Grey:
    """Keep the pieces of the main character of a mask, uint8 (H, W) of 0 and 1; all 0 where there are only specks."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    pieces = [_piece(label, *(int(v) for v in stats[label])) for label in range(1, count)]
    if not pieces:
        return mask
    main = max(pieces, key=lambda piece: piece.area * _likelihood(piece, labels))
    keep = np.zeros(count, np.uint8)
    for piece in pieces:
        keep[piece.label] = piece is main or _belongs(piece, main, mask.shape)
    return mask if keep[1:].all() else np.take(keep, labels)


def _piece(label: int, left: int, top: int, width: int, height: int, area: int) -> Piece:
    return Piece(label, area, left, top, left + width, top + height)


def _likelihood(piece: Piece, labels: NDArray[np.int32]) -> float:
    """How likely a piece is the character: hardly where it fills a corner of the frame, less where the frame cuts it."""
    if piece.label in labels[:: labels.shape[0] - 1 or 1, :: labels.shape[1] - 1 or 1]:
        return 0.02
    return 0.3 if piece.touches(labels.shape) else 1.0


def _belongs(piece: Piece, main: Piece, shape: tuple[int, ...]) -> bool:
    if piece.area < _SPECK_SHARE * main.area:
        return False
    if piece.touches(shape) and not main.touches(shape) and piece.share_within(main) < _WITHIN:
        return False
    return piece.gap(main) <= _REACH * max(main.right - main.left, main.bottom - main.top)


def remove_ruling(mask: Grey) -> Grey:
    """Take printed lines out of a mask where they are thin and run across most of the picture, both ways.

    Works on runs of pixels across the line, as staff lines are removed from sheet music (Fujinaga 2004): where ink
    crosses the line the run is longer, and stays.
    """
    mask = _remove_horizontal(mask)
    return np.ascontiguousarray(_remove_horizontal(np.ascontiguousarray(mask.T)).T)


def _remove_horizontal(mask: Grey) -> Grey:
    thickness = round(max(mask.shape) * _LINE_THICKNESS)
    if thickness < 2 or not _may_hold_line(mask):
        return mask
    thin = mask - cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thickness + 1, 1), np.uint8))
    if not _may_hold_line(thin):
        return mask
    # Thickened for lines that do not run quite straight, then what is not level dropped, then gaps left by ink closed.
    level = cv2.dilate(thin, np.ones((thickness | 1, 1), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_OPEN, _level_bar(mask, _LINE_PART))
    level = cv2.morphologyEx(level, cv2.MORPH_CLOSE, _level_bar(mask, _LINE_GAP))
    return mask & ~(thin & _lines(np.asarray(level, np.uint8))) & 1


def _level_bar(mask: Grey, share: float) -> Grey:
    return np.ones((1, round(share * mask.shape[1]) | 1), np.uint8)


def _may_hold_line(mask: Grey) -> bool:
    filled = cv2.countNonZero(cv2.reduce(mask, 0, cv2.REDUCE_MAX))
    return filled >= (_LINE_LENGTH - _LINE_GAP) * mask.shape[1]


def _lines(mask: Grey) -> Grey:
    """The pieces of a mask that run nearly level across most of the picture and out of it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    left, width, height = (stats[:, part] for part in (cv2.CC_STAT_LEFT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    leaves = (left == 0) | (left + width == mask.shape[1])
    is_line = leaves & (width >= _LINE_LENGTH * mask.shape[1]) & (height <= _LINE_SLOPE * width + 5)
    is_line[0] = False
    return np.take(is_line.astype(np.uint8), labels)
