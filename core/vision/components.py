"""Which connected components of ink are the character: not rulings, specks or neighbours cut by the frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import Pixels

_MOST_COMPONENTS = 12  # of one character, with the breaks of a dry pen: more is grain
_SPECK_SHARE = 0.04  # of the main component's area, below which a component is a speck
_REACH = 0.5  # of the main component's longer side, within which another may belong to it, as the bar of a 5
_WITHIN = 0.5  # of a component cut by the frame that must lie in the main component's box
_OVER = 0.7  # of its width that must lie above or below it, where the frame cuts both
_BOX_MARGIN = 0.08  # of a box's sides: how far in from its edge its printed line may run
_BOX_SIDE = 0.85  # of each side along which there is ink, where it is a box

_LINE_THICKNESS = 0.016  # of the picture's longer side: thicker is a stroke
_LINE_LENGTH = 0.5  # of the picture's width that a ruling crosses at least
_LINE_GAP = 0.35  # of the picture's width: gaps in a ruling, where ink covers it
_LINE_PART = 0.08  # of the picture's width: level parts of which a ruling is made
_LINE_SLOPE = 0.08  # rows by column: steeper is no ruling of a straight photograph


@dataclass(frozen=True)
class Component:
    """A connected component of ink: label, area in pixels and bounding box, whose right and bottom lie outside."""

    label: int
    left: int
    top: int
    width: int
    height: int
    area: int

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def longer(self) -> int:
        return max(self.width, self.height)

    def gap(self, other: "Component") -> int:
        """Pixels between the two boxes, 0 where they touch or overlap."""
        across = max(self.left, other.left) - min(self.right, other.right)
        down = max(self.top, other.top) - min(self.bottom, other.bottom)
        return max(across, down, 0)

    def overlap(self, other: "Component") -> tuple[float, float]:
        """The shares of this box's width and of its height, 0 to 1, that the other box shares."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(across, 0) / self.width, max(down, 0) / self.height

    def touches_frame(self, shape: tuple[int, ...]) -> bool:
        return self.left == 0 or self.top == 0 or self.right == shape[1] or self.bottom == shape[0]


def keep_character(mask: Pixels) -> Pixels:
    """Keep the components of the main character of a mask, uint8 (H, W) of 0 and 1; all 0 where there is only grain."""
    labels, stats = connected(mask)
    components = [Component(label, *(int(value) for value in stats[label])) for label in range(1, len(stats))]
    components = [component for component in components if not _is_box(component, labels)]
    if not components:
        return np.zeros_like(mask)
    corners = set(labels[[0, 0, -1, -1], [0, -1, 0, -1]].tolist())
    main = max(
        components,
        key=lambda component: component.longer**2 * _likelihood(component, mask.shape, component.label in corners),
    )
    kept = [component.label for component in components if component is main or _belongs(component, main, mask.shape)]
    if len(kept) > _MOST_COMPONENTS:
        return np.zeros_like(mask)
    if len(kept) == len(stats) - 1:
        return mask
    keep = np.zeros(len(stats), np.uint8)
    keep[kept] = 1
    return np.take(keep, labels)


def connected(mask: Pixels) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Label the connected components of a mask, diagonal neighbours included.

    Returns:
        Labels, int32 (H, W), 0 for paper; and left, top, width, height and area in pixels of each label, paper first.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def touches_corner(mask: Pixels) -> bool:
    return bool(mask[[0, 0, -1, -1], [0, -1, 0, -1]].any())


def touches_frame(mask: Pixels) -> bool:
    return bool(mask[[0, -1]].any() or mask[:, [0, -1]].any())


def _is_box(component: Component, labels: NDArray[np.int32]) -> bool:
    """Whether a component is a printed box around the character: ink along all four sides and little within."""
    if (
        min(component.width, component.height) < 0.2 * max(labels.shape)
        or component.area > 0.3 * component.width * component.height
    ):
        return False
    box = labels[component.top : component.bottom, component.left : component.right] == component.label
    down, across = (max(1, round(_BOX_MARGIN * side)) for side in box.shape)
    sides = (box[:down].any(axis=0), box[-down:].any(axis=0), box[:, :across].any(axis=1), box[:, -across:].any(axis=1))
    return all(float(side.mean()) >= _BOX_SIDE for side in sides)


def _likelihood(component: Component, shape: tuple[int, ...], in_corner: bool) -> float:
    """How likely a component is the character: hardly in a corner, less off the centre or cut by the frame."""
    if in_corner:
        return 0.02
    height, width = shape
    off_centre = max(
        abs(component.left + component.right - width) / width, abs(component.top + component.bottom - height) / height
    )
    return (1 - 0.7 * off_centre) * (0.3 if component.touches_frame(shape) else 1.0)


def _belongs(component: Component, main: Component, shape: tuple[int, ...]) -> bool:
    if component.area < _SPECK_SHARE * main.area or component.gap(main) > _REACH * main.longer:
        return False
    if not component.touches_frame(shape):
        return True
    # Cut by the frame: a neighbour, unless it lies in the main box or, in a tight crop, above it as a 5's flag.
    across, down = component.overlap(main)
    return across * down >= _WITHIN or (main.touches_frame(shape) and across >= _OVER)


def remove_ruling(mask: Pixels) -> Pixels:
    """Remove printed lines from a mask, uint8 (H, W) of 0 and 1: thin, straight, across the picture and out of it.

    Works on runs of pixels across the line, as staff lines are removed from sheet music (Fujinaga 2004): where ink
    crosses the line the run is longer, and stays.
    """
    mask = _remove_level(mask)
    return np.ascontiguousarray(_remove_level(np.ascontiguousarray(mask.T)).T)


def _remove_level(mask: Pixels) -> Pixels:
    thickness = round(max(mask.shape) * _LINE_THICKNESS)
    if thickness < 2 or not mask[:, [0, -1]].any():
        return mask
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thickness + 1, 1), np.uint8))
    thin = np.asarray(mask - thick, np.uint8)
    # Thickened for lines that do not run quite straight, closed where lines cross, then rid of what is not level.
    level = cv2.dilate(thin, np.ones((thickness | 1, 1), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_CLOSE, np.ones((1, 2 * thickness + 1), np.uint8))
    level = cv2.morphologyEx(level, cv2.MORPH_OPEN, _level_bar(mask, _LINE_PART))
    return np.asarray(mask & ~(thin & _lines(np.asarray(level, np.uint8))) & 1, np.uint8)


def _lines(level: Pixels) -> Pixels:
    """The level parts that, with the gaps that ink leaves closed, run across most of the picture and out of it."""
    closed = cv2.morphologyEx(level, cv2.MORPH_CLOSE, _level_bar(level, _LINE_GAP))
    labels, stats = connected(np.asarray(closed, np.uint8))
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    is_line = (width >= _LINE_LENGTH * level.shape[1]) & (height <= _LINE_SLOPE * width + 5)
    leaves = labels[:, [0, -1]][level[:, [0, -1]] > 0]
    is_line &= np.isin(np.arange(len(stats)), leaves)
    return np.take(is_line.astype(np.uint8), labels)


def _level_bar(mask: Pixels, share: float) -> Pixels:
    return np.ones((1, round(share * mask.shape[1]) | 1), np.uint8)
