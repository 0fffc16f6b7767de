"""What a network may look at: any region of a picture in grey at a fixed size, and the way back to the picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels, to_grey

PICTURE_SIDE = 48
"""Pixels a side of what an eye takes."""

_LONGEST_RATIO = 1.5  # of a frame's sides: a region that is longer is padded, one less long is squeezed into the square
_CHARACTER_SHARE = 0.72  # of a frame's side for the longer side of the ink in it, as in most composed pictures
_WELL_FRAMED = (0.5, 0.9)  # shares between which ink need not be looked at again
_INK = 0.5  # probability from which a pixel is ink
_LEAST_INK = 4  # pixels of ink of 48x48, below which nothing is marked
_STEEPNESS = 2.0  # of the step by which probabilities of ink become grey: sure pixels are made full ink


@dataclass(frozen=True)
class Frame:
    """A region of a picture, in its pixels; rows `top` to `bottom` and columns `left` to `right`, which are outside."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def whole(picture: Pixels) -> Frame:
    """The frame of a whole picture."""
    return Frame(0, picture.shape[0], 0, picture.shape[1])


def look(picture: Pixels, frame: Frame) -> Pixels:
    """What a frame shows, in grey: uint8 (48, 48).

    A region up to half as long again as wide is squeezed; a longer one is first padded with the level of its edge.

    Args:
        picture: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4).
        frame: within the picture.
    """
    grey = to_grey(np.ascontiguousarray(picture[frame.top : frame.bottom, frame.left : frame.right]))
    down, across = _padding(frame.height, frame.width)
    if down or across:
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        grey = cv2.copyMakeBorder(grey, down, down, across, across, cv2.BORDER_CONSTANT, value=float(np.median(edge)))  # type: ignore[assignment]
    shrinks = max(grey.shape) > PICTURE_SIDE
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, (PICTURE_SIDE, PICTURE_SIDE), interpolation=how), np.uint8)


def _padding(height: int, width: int) -> tuple[int, int]:
    """Rows above and below, and columns left and right, that bring a region to the longest ratio."""
    down = max(0, round((width / _LONGEST_RATIO - height) / 2))
    across = max(0, round((height / _LONGEST_RATIO - width) / 2))
    return down, across


def closer(picture: Pixels, frame: Frame, ink: NDArray[np.floating]) -> Frame | None:
    """The frame around the ink that was found in another; None where it is well framed already, or there is none.

    Args:
        picture: that is looked at.
        frame: in which the ink was found.
        ink: probabilities (48, 48) that a pixel is ink.
    """
    box = ink_box(ink)
    if box is None:
        return None
    top, bottom, left, right = box
    down, across = _padding(frame.height, frame.width)
    row, column = (frame.height + 2 * down) / PICTURE_SIDE, (frame.width + 2 * across) / PICTURE_SIDE
    height, width = (bottom - top) * row, (right - left) * column
    longer = max(height, width)
    shown = max(frame.height + 2 * down, frame.width + 2 * across)
    if _WELL_FRAMED[0] <= longer / shown <= _WELL_FRAMED[1]:
        return None
    half = longer / _CHARACTER_SHARE / 2
    middle_row = frame.top - down + (top + bottom) / 2 * row
    middle_column = frame.left - across + (left + right) / 2 * column
    rows, columns = picture.shape[:2]
    found = Frame(
        max(0, round(middle_row - half)),
        min(rows, max(round(middle_row + half), round(middle_row - half) + 1)),
        max(0, round(middle_column - half)),
        min(columns, max(round(middle_column + half), round(middle_column - half) + 1)),
    )
    return found if found != frame and found.height > 0 and found.width > 0 else None


def ink_box(ink: NDArray[np.floating]) -> tuple[int, int, int, int] | None:
    """Rows and columns from and to (outside) of the marked ink; None where there is hardly any."""
    mask = (ink >= _INK).astype(np.uint8)
    if cv2.countNonZero(mask) < _LEAST_INK:
        return None
    left, top, width, height = cv2.boundingRect(mask)
    return top, top + height, left, left + width


def marked(frame: Frame, ink: NDArray[np.floating]) -> Pixels:
    """The marked ink of a frame in the proportions of the picture, white on black: uint8 (H, W), 96 pixels or more."""
    down, across = _padding(frame.height, frame.width)
    height, width = frame.height + 2 * down, frame.width + 2 * across
    scale = 2 * PICTURE_SIDE / min(height, width)
    level = np.clip((ink.astype(np.float32) - 0.5) * _STEEPNESS + 0.5, 0, 1)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(np.round(level * 255).astype(np.uint8), size, interpolation=cv2.INTER_CUBIC), np.uint8)


def agreement(found: Pixels, frame: Frame, ink: NDArray[np.floating], shape: tuple[int, ...]) -> float:
    """How far the ink found in a picture is the ink marked in a frame of it: the overlap of both (Dice 1945).

    Args:
        found: ink of the whole picture, white on black, uint8 of any size.
        frame: where the other was marked.
        ink: probabilities (48, 48) that a pixel of the frame is ink.
        shape: of the picture, rows and columns.

    Returns:
        0 where they share nothing, to 1.
    """
    rows, columns = found.shape[0] / shape[0], found.shape[1] / shape[1]
    part = found[
        round(frame.top * rows) : max(round(frame.bottom * rows), round(frame.top * rows) + 1),
        round(frame.left * columns) : max(round(frame.right * columns), round(frame.left * columns) + 1),
    ]
    down, across = _padding(*part.shape)
    padded = cv2.copyMakeBorder(part, down, down, across, across, cv2.BORDER_CONSTANT, value=0)
    small = cv2.resize(padded, (PICTURE_SIDE, PICTURE_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    beyond = (float(found.sum()) - float(part.sum())) / 255 / (padded.size / PICTURE_SIDE**2)
    total = float(small.sum()) + beyond + float(ink.sum())
    return 2 * float(np.minimum(small, ink).sum()) / total if total else 0.0
