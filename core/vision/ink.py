"""Picture -> ink: where a pen has touched the paper, whatever the light, the pattern of the paper and the pen."""

import cv2
import numpy as np

from core.vision.background import contrast, enlarge, flat_paper, quantile
from core.vision.components import connected, keep_character, remove_ruling, touches_corner, touches_frame
from core.vision.grey import Pixels, shrink, to_grey

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


def find_ink(picture: Pixels) -> Pixels:
    """Find the ink of the one character that a picture shows.

    Returns:
        uint8 (H, W), longer side at most 512: 255 on the stroke, 0 on paper; all 0 where nothing is written.
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
    """The ink of a drawing on a canvas: what differs from its paper.

    Args:
        picture: uint8 (H, W, 4), RGBA; where it is transparent nothing is drawn.
        paper: its colour, RGB.

    Returns:
        uint8 (H, W): 0 on paper, 255 on the ink that differs most from it.
    """
    difference = cv2.absdiff(picture[..., :3], np.full_like(picture[..., :3], paper)).max(axis=2)
    difference = np.asarray(cv2.multiply(difference, picture[..., 3], scale=1 / 255), np.uint8)
    largest = int(difference.max())
    if largest < _LEAST_DIFFERENCE:
        return np.zeros_like(difference)
    return np.asarray(cv2.convertScaleAbs(difference, alpha=255 / largest), np.uint8)


def ink_mask(drop: Pixels) -> Pixels:
    """Ink (1) and paper (0) by two thresholds (Canny 1986): weak ink counts where enough of its component is strong.

    Args:
        drop: contrast to the paper, uint8 (H, W).
    """
    level = ink_level(drop)
    if level is None:
        return np.zeros_like(drop)
    weak = remove_ruling((drop > _WEAK * level).astype(np.uint8))
    strong = weak * (drop > level)
    labels, stats = connected(weak)
    strong_areas = np.bincount(labels[strong > 0], minlength=len(stats))
    keep = (strong_areas >= _STRONG_SHARE * stats[:, cv2.CC_STAT_AREA]).astype(np.uint8)
    keep[0] = 0
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
    if longer < _SHORTEST_STROKE * width or path > _LONGEST_PATH * longer or touches_corner(mask):
        return False
    if touches_frame(mask) and longer < _SMALLEST_CUT * max(mask.shape):
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
