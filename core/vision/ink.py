"""Picture -> ink: where a pen has touched the paper, whatever the light, the pattern of the paper and the pen.

Of all that differs from its paper only the components of one character are kept: no rulings, specks or neighbours.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.grey import CORNERS, Pixels, contrast, enlarge, flat_paper, quantile, shrink, to_grey

WORK_SIDE = 512  # pixels of the longer side to which a picture is shrunk: strokes of a small character are still seen
FAINTEST_CONTRAST = 16  # grey levels of 255 by which ink differs from paper at least: fainter is the grain of a camera

_SHARE_OF_PEAK = 0.2  # of the strongest contrast: below it is paper, whatever Otsu's threshold says
_WEAK = 0.6  # of the threshold: the end of a stroke, where the pen is lifted, is as faint
_STRONG_SHARE = 0.3  # of a component's pixels above the threshold, from which its weak ones count: less is a shadow
_SHORTEST_STROKE = 2.0  # stroke widths that writing is long: what is shorter is a speck
_LONGEST_PATH = 6.0  # total length of a character's strokes in longer sides: more is a texture
_SMALLEST_CUT = 0.3  # of the picture's side: what is smaller and cut by the frame is a neighbour's end
_SURROUNDINGS = 0.015  # of the picture's side: how far from the ink its surroundings begin, beyond the blur
_FAINT = 48  # grey levels: ink of less contrast must stand out more, as grain and shadows are as faint
_TIMES_SURROUNDINGS = 2.5  # contrast of ink over that of its surroundings, at least
_TIMES_SURROUNDINGS_IF_FAINT = 7.0  # the same for faint ink
_LEAST_DIFFERENCE = 16  # levels of a channel between drawn ink and its paper: less comes from picture formats

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


def find_ink(picture: Pixels) -> Pixels:
    """The ink of the one character that a picture shows, uint8 (H, W), longer side at most 512.

    255 on the stroke, 0 on paper; all 0 where nothing is written.
    """
    grey = to_grey(shrink(picture, WORK_SIDE))
    paper = flat_paper(grey)
    if paper is None:
        grey = enlarge(grey)
        drop = contrast(grey)
    else:
        drop = np.asarray(cv2.absdiff(grey, np.full_like(grey, paper)), np.uint8)
    kept = keep_character(ink_mask(drop))
    if not kept.any() or (paper is None and not is_writing(kept, drop)):
        return np.zeros_like(grey)
    full = quantile(drop[kept > 0].reshape(1, -1), 0.75)
    around = cv2.dilate(kept, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(cv2.convertScaleAbs(drop, alpha=255 / full), around), np.uint8)


def drawn_ink(picture: Pixels, paper: tuple[int, int, int]) -> Pixels:
    """The ink of an RGBA drawing on a canvas of that RGB colour, uint8 (H, W): 255 where it differs most from it."""
    difference = cv2.absdiff(picture[..., :3], np.full_like(picture[..., :3], paper)).max(axis=2)
    difference = np.asarray(cv2.multiply(difference, picture[..., 3], scale=1 / 255), np.uint8)
    largest = int(difference.max())
    scale = 255 / largest if largest >= _LEAST_DIFFERENCE else 0
    return np.asarray(cv2.convertScaleAbs(difference, alpha=scale), np.uint8)


def ink_mask(drop: Pixels) -> Pixels:
    """Ink (1) and paper (0) of a contrast by two thresholds (Canny 1986).

    Weak ink counts where enough of its component is strong.
    """
    level = ink_level(drop)
    if level is None:
        return np.zeros_like(drop)
    weak = remove_ruling((drop > _WEAK * level).astype(np.uint8))
    strong = weak * (drop > level)
    labels, stats = connected(weak)
    keep = np.bincount(labels[strong > 0], minlength=len(stats)) >= _STRONG_SHARE * stats[:, cv2.CC_STAT_AREA]
    keep[0] = False  # the paper
    return np.asarray(strong | np.take(keep, labels), np.uint8)


def ink_level(drop: Pixels) -> float | None:
    """Otsu's threshold (1979) among the pixels that stand out from the paper; None without enough contrast."""
    peak = quantile(drop, 0.999)
    if peak < FAINTEST_CONTRAST:
        return None
    standing_out = np.minimum(drop[drop >= _SHARE_OF_PEAK * peak], np.uint8(peak)).reshape(1, -1)
    level, _ = cv2.threshold(standing_out, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return max(float(level), _SHARE_OF_PEAK * peak)


def is_writing(mask: Pixels, drop: Pixels) -> bool:
    """Whether the components kept are writing: a few strokes, apart from their surroundings and not cut by the frame.

    Other dark areas of a photograph are edges of shadows, the grain of the paper, patterns or the table under it.
    """
    width, longer = stroke_width(mask), max(cv2.boundingRect(mask)[2:])
    path = cv2.countNonZero(mask) / max(width, 1)
    if longer < _SHORTEST_STROKE * width or path > _LONGEST_PATH * longer or mask[CORNERS].any():
        return False
    if longer < _SMALLEST_CUT * max(mask.shape) and (mask[[0, -1]].any() or mask[:, [0, -1]].any()):
        return False
    reach = max(2, round(width), round(_SURROUNDINGS * max(mask.shape)))
    near, far = (cv2.dilate(mask, np.ones((2 * size + 1, 2 * size + 1), np.uint8)) for size in (reach, 2 * reach))
    inside, outside = cv2.mean(drop, mask)[0], cv2.mean(drop, far - near)[0]
    times = _TIMES_SURROUNDINGS_IF_FAINT if inside < _FAINT else _TIMES_SURROUNDINGS
    return inside >= FAINTEST_CONTRAST and inside >= times * outside


def stroke_width(mask: Pixels) -> float:
    """Mean stroke width of a mask in pixels: in a band of width w the mean distance to the edge is w / 4."""
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance, _, _, _ = cv2.mean(cv2.distanceTransform(padded, cv2.DIST_L2, 3), padded)
    return 4 * distance - 2


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

    def common(self, other: "Component") -> tuple[int, int]:
        """Columns and rows that both boxes share; below 0 how many lie between them."""
        columns = min(self.right, other.right) - max(self.left, other.left)
        return columns, min(self.bottom, other.bottom) - max(self.top, other.top)

    def touches_frame(self, shape: tuple[int, ...]) -> bool:
        return self.left == 0 or self.top == 0 or self.right == shape[1] or self.bottom == shape[0]


def keep_character(mask: Pixels) -> Pixels:
    """Keep the components of the main character of a mask, uint8 (H, W) of 0 and 1; all 0 where there is only grain."""
    labels, stats = connected(mask)
    components = [Component(label, *row) for label, row in enumerate(stats.tolist()) if label]
    components = [component for component in components if not _is_box(component, labels)]
    if not components:
        return np.zeros_like(mask)
    corners = set(labels[CORNERS].tolist())
    main = max(components, key=lambda part: part.longer**2 * _likelihood(part, mask.shape, part.label in corners))
    kept = [component.label for component in components if component is main or _belongs(component, main, mask.shape)]
    if len(kept) > _MOST_COMPONENTS:
        return np.zeros_like(mask)
    return np.take(np.isin(np.arange(len(stats)), kept).astype(np.uint8), labels)


def connected(mask: Pixels) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The connected components of a mask, diagonal neighbours included: labels, int32 (H, W), 0 for paper.

    With left, top, width, height and area in pixels of each label, paper first.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


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
    columns, rows = component.common(main)
    if component.area < _SPECK_SHARE * main.area or -min(columns, rows) > _REACH * main.longer:
        return False
    if not component.touches_frame(shape):
        return True
    # Cut by the frame: a neighbour, unless it lies in the main box or, in a tight crop, above it as a 5's flag.
    across, down = max(columns, 0) / component.width, max(rows, 0) / component.height
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
    is_line &= np.isin(np.arange(len(stats)), labels[:, [0, -1]][level[:, [0, -1]] > 0])
    return np.take(is_line.astype(np.uint8), labels)


def _level_bar(mask: Pixels, share: float) -> Pixels:
    return np.ones((1, round(share * mask.shape[1]) | 1), np.uint8)
