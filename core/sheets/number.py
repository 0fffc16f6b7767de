"""One number alone on a picture: where it is, among margins, frames, underlines and cut-off neighbours."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask
from core.sheets.lines import Box

_GAP = 0.9  # of the larger height may lie between two parts of a number, across
_STACKED = 0.35  # of it, down: a fraction's numbers
_MARGIN = 0.25  # of the number's height, around it
_DUST = 0.15  # of the largest part's longer side
_EDGE = 0.3  # of the picture's height or width: smaller parts that the picture cuts off are neighbours
_MARGIN_SIDE = 0.85  # of the height: what touches the edge and is as high is a margin, but for a strip,
_STRIP = 1.3  # which is as many times as wide as high
_FLAT = 6.0  # as many times as long as thick: a line
_FILLS = 0.55  # of the picture's height: a number so high fills the picture
_PAPER_SIDE, _STROKE = 160, 21  # pixels at which the paper is looked for: of the longer side, and a stroke at most
_DARK = 0.45  # of the paper's level: what is darker is none
_MOST = 400  # parts, the largest first


def find_number(grey: Grey, ink: Mask) -> Box | None:
    """The rectangle around the number, with a margin; None where nothing is written.

    Args:
        grey, ink: uint8 (H, W), the picture, dark on light, and 255 where there is ink.
    """
    ink = np.asarray(cv2.subtract(ink, _dark_margins(grey)), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    parts = [_box(stat) for stat in stats[1:count] if not _is_frame(stat, ink.shape)]
    if not parts:
        return None
    parts = sorted(parts, key=lambda box: -box.width * box.height)[:_MOST]
    longest = max(max(box.height, box.width) for box in parts)
    parts = [box for box in parts if max(box.height, box.width) >= _DUST * longest]
    groups = _groups(parts)
    middle = np.array([ink.shape[1] / 2, ink.shape[0] / 2])

    def weight(group: list[Box]) -> float:
        box = _around(group)
        off = np.abs(np.array([(box.left + box.right) / 2, box.middle]) - middle) / middle
        return sum(max(part.height, 0.4 * part.width) ** 2 for part in group) * float(1 - 0.6 * off.max())

    box = _around(max(groups, key=weight))
    margin = round(_MARGIN * box.height) + 2
    if (
        box.height > _FILLS * ink.shape[0] and ink.shape[1] > 0.8 * ink.shape[0]
    ):  # cut out of something closely: it is the number from end to end
        return _between_margins(ink, box, margin)
    return Box(
        max(0, box.left - margin),
        max(0, box.top - margin),
        min(ink.shape[1], box.right + margin),
        min(ink.shape[0], box.bottom + margin),
    )


def _dark_margins(grey: Grey) -> Mask:
    """Where there is no paper, but something far darker that is wider than a stroke."""
    factor = min(1.0, _PAPER_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE, _STROKE))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc)
    dark = np.asarray((paper < _DARK * np.percentile(paper, 90)) * 255, np.uint8)
    grown = cv2.dilate(dark, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.resize(grown, grey.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def _box(stat: NDArray[np.int32]) -> Box:
    left, top, width, height = (int(value) for value in stat[:4])
    return Box(left, top, left + width, top + height)


def _is_frame(stat: NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    """Whether a part is a margin, a side of a frame, an underline, or the end of something beside the picture."""
    box, area = _box(stat), int(stat[cv2.CC_STAT_AREA])
    tall, wide = shape
    flat = box.width > _FLAT * box.height and (box.width > 0.3 * wide or box.height < 0.04 * tall)
    upright = box.height > _FLAT * box.width and box.height > 0.8 * tall
    if flat or upright:
        return True
    if not (box.left == 0 or box.top == 0 or box.right == wide or box.bottom == tall):
        return False
    solid = area > 0.6 * box.width * box.height and (box.height > 0.5 * tall or box.width > 0.5 * wide)
    frame = box.height > 0.95 * tall and box.width > 0.95 * wide and area < 0.1 * tall * wide
    margin = box.height > _MARGIN_SIDE * tall and wide < _STRIP * tall
    return solid or frame or margin or max(box.height / tall, box.width / wide) < _EDGE


def _between_margins(ink: Mask, box: Box, margin: int) -> Box:
    """The whole width of a picture without dark margins at its ends, and the height of a number."""
    dark = (ink > 0).mean(axis=0) > 0.9
    inner = np.flatnonzero(~dark)
    left, right = (int(inner[0]), int(inner[-1]) + 1) if len(inner) else (box.left, box.right)
    return Box(left, max(0, box.top - margin), right, min(ink.shape[0], box.bottom + margin))


def _groups(parts: list[Box]) -> list[list[Box]]:
    """Parts that lie near one another."""
    groups: list[list[Box]] = []
    for part in parts:
        near = [group for group in groups if any(_is_near(part, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([part, *(other for group in near for other in group)])
    return groups


def _is_near(first: Box, second: Box) -> bool:
    height = max(first.height, second.height, 0.5 * first.width, 0.5 * second.width)
    across = max(first.left, second.left) - min(first.right, second.right)
    down = max(first.top, second.top) - min(first.bottom, second.bottom)
    return across < _GAP * height and down < _STACKED * height


def _around(group: list[Box]) -> Box:
    box = group[0]
    for other in group[1:]:
        box = box.around(other)
    return box
