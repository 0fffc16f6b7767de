"""Combs and rows of boxes on an upright sheet: each is one number, with a place for every digit."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Mask, runs
from core.sheets.lines import Box

_HEIGHT = (14, 1 / 6)  # of a box: pixels at least, and share of the picture's longer side at most
_WALL = 0.7  # of the width must the lower side be ruled, and of the height the outer ones
_TICK = 0.2  # of the height: the shortest tick of a comb
_NARROW = 1.7  # as many heights wide is a place for one character at most
_APART = 0.7  # of a box's width may lie between two boxes of one number
_ALIKE = 0.25  # of the height may the boxes of one number differ
_OFF_PITCH = 0.12  # of a place's width may a wall be off its place
_CORNER = 4  # pixels of a corner that are looked at
_SQUARE = 0.55  # of them must have ink where two lines meet
_MOST = 2000


@dataclass(frozen=True)
class Places:
    """A number's boxes: the rectangle around them, and how many they are."""

    box: Box
    count: int


def find_places(ink: Mask) -> list[Places]:
    """Combs and rows of boxes, from the top left.

    Args:
        ink: uint8 (H, W), 255 where there is ink; of an upright sheet.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    side = max(ink.shape)
    found = []
    large = [label for label in range(1, count) if _HEIGHT[0] <= stats[label, 3] <= _HEIGHT[1] * side]
    for label in sorted(large, key=lambda index: -int(stats[index, 2]))[:_MOST]:
        left, top, width, height, _ = (int(value) for value in stats[label])
        if width < 0.6 * height:
            continue
        part = np.asarray((labels[top : top + height, left : left + width] == label) * 255, np.uint8)
        places = _read(part)
        if places is not None:
            found.append(
                Places(
                    Box(
                        left + places.box.left,
                        top + places.box.top,
                        left + places.box.right,
                        top + places.box.bottom,
                    ),
                    places.count,
                )
            )
    return sorted(_join(found), key=lambda one: (one.box.top, one.box.left))


def _read(part: Mask) -> Places | None:
    """The boxes of one connected component; a digit that is written over their sides does no harm."""
    height, width = part.shape
    thick = np.asarray(cv2.dilate(part, np.ones((3, 3), np.uint8)), np.uint8)
    level = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(8, int(_WALL * height))), np.uint8))
    rows = np.flatnonzero((level > 0).mean(axis=1) >= _WALL)
    if not len(rows):
        return None
    bottom = int(rows[-1])
    if bottom < 0.6 * height:
        return None
    top = int(rows[0])
    tall = bottom - top if bottom - top > 0.4 * height else bottom
    upright = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((max(6, int(_TICK * tall)), 1), np.uint8))
    foot = upright[max(0, bottom - max(5, int(_TICK * tall))) : max(1, bottom - 3)]
    walls = runs(np.asarray((foot > 0).all(axis=0)))
    walls = [wall for wall in walls if wall[1] - wall[0] < 0.35 * tall]
    if len(walls) < 2 or walls[0][0] > 0.25 * tall or walls[-1][1] < width - 0.25 * tall:
        return None
    outer = upright[bottom - tall : bottom]
    for start, end in (walls[0], walls[-1]):
        if float((outer[:, start:end] > 0).any(axis=1).mean()) < _WALL:
            return None
    corners = (
        thick[bottom - _CORNER : bottom + 2, : _CORNER + 2],
        thick[bottom - _CORNER : bottom + 2, -_CORNER - 2 :],
    )
    if bottom < _CORNER or not all(_is_square(corner) for corner in corners):
        return None
    middles = np.array([(start + end) / 2 for start, end in walls])
    count = _places(np.diff(middles), tall)
    if count is None:
        return None
    return Places(Box(int(middles[0]), bottom - tall, int(np.ceil(middles[-1])), bottom), count)


def _is_square(corner: Mask) -> bool:
    """Whether ink fills a corner's outermost row and column, as it does where two lines meet; curves leave them."""
    return bool((corner > 0).mean() > _SQUARE)


def _places(steps: NDArray[np.float64], tall: int) -> int | None:
    """How many places the walls make; what is written may stand between them and look like further ones."""
    if len(steps) == 1:
        return 1
    total = float(steps.sum())
    best = None
    edges = np.concatenate([[0.0], np.cumsum(steps)])
    for count in range(1, len(steps) + 1):
        pitch = total / count
        if not 0.35 * tall < pitch < _NARROW * tall and count > 1:
            continue
        wanted = np.arange(1, count) * pitch
        off = [float(np.abs(edges - place).min()) / pitch for place in wanted]
        if not off or max(off) < _OFF_PITCH:
            best = count
    return best


def _join(found: list[Places]) -> list[Places]:
    """Boxes side by side, as high as one another and close together, as one number."""
    joined: list[Places] = []
    for one in sorted(found, key=lambda places: places.box.left):
        for index, other in enumerate(joined):
            if _beside(other, one):
                joined[index] = Places(other.box.around(one.box), other.count + one.count)
                break
        else:
            joined.append(one)
    return joined


def _beside(left: Places, right: Places) -> bool:
    height = max(left.box.height, right.box.height)
    pitch = left.box.width / left.count
    if pitch > _NARROW * height or right.box.width / right.count > _NARROW * height:
        return False
    gap = right.box.left - left.box.right
    level = abs(left.box.top - right.box.top) + abs(left.box.bottom - right.box.bottom)
    return -0.2 * height < gap < _APART * min(pitch, height) and level < 2 * _ALIKE * height
