"""Writing without rules: connected ink, and the words that it forms in a row."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Mask

_GAP = 0.75  # of the usual height may two neighbours of a number be apart
_OVERLAP = 0.35  # of the smaller height must two neighbours share
_SMALL = 0.3  # of the usual height: what is smaller is a point, a comma or a dash, and joins the word beside it
_FLAT = 4.0  # as many times as wide as high: a rule or an underline, if it is long for the picture
_LONG = 0.12  # of the picture's longer side
_LARGEST = 0.6  # of the picture's height or width: a shadow's edge, a margin, a frame
_MOST = 4000  # components: a texture has more
_MOST_WORDS = 1200  # more than on any sheet: a texture, or dense print


@dataclass(frozen=True)
class Box:
    """Pixels from and to, not included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def around(self, other: "Box") -> "Box":
        """The rectangle around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def find_words(boxes: list[Box]) -> list[Box]:
    """Boxes of what is written in a row without a wide gap, of those of connected ink; from left to right."""
    if not boxes:
        return []
    height = usual_height(boxes)
    large = [box for box in boxes if max(box.height, 0.5 * box.width) >= _SMALL * height]
    small = [box for box in boxes if max(box.height, 0.5 * box.width) < _SMALL * height]
    words = _link(sorted(large, key=lambda box: box.left), height)
    if len(words) > _MOST_WORDS:
        return []
    corners = np.array([(box.left, box.top, box.right, box.bottom) for box in small]).reshape(-1, 4)
    return [_with_dots(word, corners, height) for word in words]


def usual_height(boxes: list[Box]) -> float:
    """The height of characters: that at which half of all ink-covered width is reached by lower boxes."""
    tall = np.array([box.height for box in boxes], float)
    order = np.argsort(tall)
    weight = np.cumsum(tall[order])
    return float(tall[order][np.searchsorted(weight, weight[-1] / 2)])


def components(ink: Mask) -> list[Box]:
    """Boxes of connected ink that may be writing: no margin, frame or rule.

    Args:
        ink: uint8 (H, W), 255 where there is ink, rules left out; of an upright sheet.
    """
    tall, wide = ink.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = []
    for left, top, width, height, _ in stats[1:count].astype(int):
        touches = left == 0 or top == 0 or left + width == wide or top + height == tall
        if max(width / wide, height / tall) > _LARGEST and (touches or min(width, height) < 0.1 * max(ink.shape)):
            continue
        if width > _FLAT * height and width > _LONG * max(ink.shape):
            continue
        if height > 2 * _FLAT * width and height > 2 * _LONG * max(ink.shape):
            continue
        boxes.append(Box(int(left), int(top), int(left + width), int(top + height)))
    return sorted(boxes, key=lambda box: -box.width * box.height)[:_MOST]


def _link(boxes: list[Box], usual: float) -> list[Box]:
    """Neighbours as one box; boxes come from left to right."""
    words: list[Box] = []
    open_words: list[int] = []
    for box in boxes:
        open_words = [index for index in open_words if box.left - words[index].right < _GAP * usual]
        for index in open_words:
            word = words[index]
            shared = min(box.bottom, word.bottom) - max(box.top, word.top)
            gap = _GAP * min(max(box.height, word.height), 1.3 * usual) * 0.75
            if shared > _OVERLAP * min(box.height, word.height) and box.left - word.right < gap:
                words[index] = word.around(box)
                break
        else:
            open_words.append(len(words))
            words.append(box)
    return words


def _with_dots(word: Box, small: NDArray[np.int64], usual: float) -> Box:
    """A word with the points and commas beside it, of boxes (N, 4): left, top, right, bottom."""
    reach = 0.5 * usual
    left, top, right, bottom = small.T
    near = (word.left - reach < right) & (left < word.right + reach)
    near &= (word.top - 0.1 * usual < top) & (bottom < word.bottom + _SMALL * usual)
    for corners in small[near]:
        word = word.around(Box(*(int(value) for value in corners)))
    return word
