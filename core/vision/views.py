"""What an eye looks at: any region of a picture in grey at a fixed size, and the way back to the picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels, to_grey

PICTURE_SIDE = 48
"""Side of an eye's input in pixels."""

_LONGEST_RATIO = 1.5  # of a frame's sides: a longer region is padded, any other squeezed into the square
_CHARACTER_SHARE = 0.85  # of a frame's side for the longer side of the ink in it: margins, boxes and neighbours go
_WELL_FRAMED = (0.7, 0.95)  # shares between which ink need not be looked at again
_INK = 0.3  # probability from which a pixel may be ink: on composed validation pictures 0.5 cut off faint strokes
_LEAST_INK = 4  # pixels of ink of 48x48, below which nothing is marked
_LEAST_MARK = 0.2  # probability from which a pixel may be ink as its level says; from twice that it may be whole
_MARKED_SIDES = (96, 144)  # pixels of the longer side of marked ink: more than a glyph needs, and soon computed
_PAPER_SIDE = 32  # pixels a side at which the paper beside marked ink is computed
_PAPER_REACH = 0.12  # of the side: how far around a pixel the paper's level is that of its own paper


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
    return Frame(0, picture.shape[0], 0, picture.shape[1])


def parts(picture: Pixels, number: int) -> list[Frame]:
    """Frames of a `number`-th (at least 2) of a picture's sides, overlapping by half; none where they show no more."""
    height, width = (side // number for side in picture.shape[:2])
    if min(height, width) < PICTURE_SIDE:
        return []
    tops, lefts = (
        np.linspace(0, side - part, 2 * number - 1).round().astype(int).tolist()
        for side, part in zip(picture.shape[:2], (height, width), strict=True)
    )
    return [Frame(top, top + height, left, left + width) for top in tops for left in lefts]


def look(picture: Pixels, frame: Frame) -> Pixels:
    """What a frame of a grey, RGB or RGBA picture shows, in grey: uint8 (48, 48).

    A region of at most three to two is squeezed; a longer one is first padded with the level of its edge.
    """
    grey = _padded(picture, frame)
    interpolation = cv2.INTER_AREA if max(grey.shape) > PICTURE_SIDE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, (PICTURE_SIDE, PICTURE_SIDE), interpolation=interpolation), np.uint8)


def _padded(picture: Pixels, frame: Frame) -> Pixels:
    """A region in grey, padded to the longest ratio with the median level of its edge."""
    grey = to_grey(np.ascontiguousarray(picture[frame.top : frame.bottom, frame.left : frame.right]))
    down, across = _padding(*grey.shape)
    if not down and not across:
        return grey
    edge = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    return np.asarray(cv2.copyMakeBorder(grey, down, down, across, across, cv2.BORDER_CONSTANT, value=edge), np.uint8)


def _padding(height: int, width: int) -> tuple[int, int]:
    """Rows above and below, and columns left and right, that bring a region to the longest ratio."""
    down = max(0, round((width / _LONGEST_RATIO - height) / 2))
    across = max(0, round((height / _LONGEST_RATIO - width) / 2))
    return down, across


def closer(picture: Pixels, frame: Frame, ink: NDArray[np.floating]) -> Frame | None:
    """The frame around the ink (48, 48) in another frame; None where it is well framed already, or there is none."""
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
    new = Frame(
        max(0, round(middle_row - half)),
        min(rows, max(round(middle_row + half), round(middle_row - half) + 1)),
        max(0, round(middle_column - half)),
        min(columns, max(round(middle_column + half), round(middle_column - half) + 1)),
    )
    return new if new != frame and new.height > 0 and new.width > 0 else None


def ink_box(ink: NDArray[np.floating]) -> tuple[int, int, int, int] | None:
    """Top, bottom, left and right (bottom and right outside) of the marked ink; None where there is hardly any."""
    mask = (ink >= _INK).astype(np.uint8)
    if cv2.countNonZero(mask) < _LEAST_INK:
        return None
    left, top, width, height = cv2.boundingRect(mask)
    return top, top + height, left, left + width


def marked(picture: Pixels, frame: Frame, ink: NDArray[np.floating]) -> Pixels:
    """The marked ink of a frame, as finely as the picture shows it: white on black, uint8 (H, W), 96 to 144 pixels.

    The mark (48, 48) is coarse: it says where the ink is, whether it is darker than its paper, and by how much. Each
    pixel in or beside the mark is then ink as far as its own level says.
    """
    grey = _padded(picture, frame)
    longer = max(grey.shape)
    factor = float(np.clip(longer, *_MARKED_SIDES)) / longer
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    level = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC).astype(np.float32)
    mark = cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    cell = 2 * round(max(size) / PICTURE_SIDE) + 1  # pixels, of one pixel of the mark and its neighbours' halves
    around = np.asarray(cv2.dilate(mark, np.ones((cell, cell), np.uint8)), np.float32)
    drop = level - _paper_beside(level, around)
    towards_ink = np.maximum(drop * np.sign(float((mark**2 * drop).sum())), 0)
    full = float((mark**2 * towards_ink**2).sum()) / max(float((mark**2 * towards_ink).sum()), 1e-6)
    gate = np.clip((around - _LEAST_MARK) / _LEAST_MARK, 0, 1)
    return np.asarray(np.round(np.clip(towards_ink / max(full, 1), 0, 1) * gate * 255), np.uint8)


def _paper_beside(level: NDArray[np.float32], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """The level of the paper at each pixel: the mean of what is not marked, weighted by nearness, at a small size."""
    free = (1 - np.clip(1.5 * around, 0, 1) + 1e-4).astype(np.float32)
    few = [cv2.resize(map_, (_PAPER_SIDE, _PAPER_SIDE), interpolation=cv2.INTER_AREA) for map_ in (level * free, free)]
    total, weight = (cv2.GaussianBlur(map_, (0, 0), _PAPER_REACH * _PAPER_SIDE) for map_ in few)
    return np.asarray(cv2.resize(total / weight, level.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
