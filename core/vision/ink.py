"""Picture -> ink: where a pen has touched the paper, whatever the light, the paper's pattern and the pen."""

import cv2
import numpy as np

from core.vision.grey import Grey, shrink, to_grey
from core.vision.pieces import keep_character, remove_ruling

WORK_SIDE = 512
FAINTEST_CONTRAST = 14

_PAPER_SIDE = 160
_WIDEST_STROKE = 0.2
_FLAT_SHARE = 0.5
_DARKEST_PAPER = 48
_NOISE_FREE = 2.0
_SHARE_OF_PEAK = 0.2
_STRONG_SHARE = 0.3


def find_ink(picture: Grey) -> Grey:
    """Find the ink of the one character that a picture shows.

    Returns:
        uint8 (H, W), longer side at most 512: 255 on the stroke, 0 on paper; all 0 where nothing is written.
    """
    grey = shrink(to_grey(picture), WORK_SIDE)
    drop = contrast(grey)
    kept = keep_character(ink_mask(drop))
    if not kept.any():
        return np.zeros_like(grey)
    full = quantile(drop[kept > 0].reshape(1, -1), 0.75)
    around = cv2.dilate(kept, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(cv2.convertScaleAbs(drop, alpha=255 / full), around), np.uint8)


def contrast(grey: Grey) -> Grey:
    """How far each pixel is from its paper towards the ink, uint8 (H, W): 0 on paper, 255 for black on white.

    The difference is divided by the paper's light, so that ink in a shadow counts as much as ink beside it.
    """
    flat = flat_paper(grey)
    if flat is not None:
        return np.asarray(cv2.absdiff(grey, np.full_like(grey, flat)), np.uint8)
    dark = 255 - grey if is_light_ink(grey) else grey
    paper = paper_light(dark)
    drop = cv2.divide(cv2.subtract(paper, dark), np.maximum(paper, _DARKEST_PAPER), scale=255)
    return smooth(np.asarray(cv2.subtract(drop, np.full_like(drop, quantile(drop, 0.5))), np.uint8))


def flat_paper(grey: Grey) -> int | None:
    """The paper's level where half of all pixels have exactly that, as in a drawing or a bitmap; else None."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1)
    mode = int(counts.argmax())
    return mode if counts[mode] >= _FLAT_SHARE * grey.size else None


def is_light_ink(grey: Grey) -> bool:
    """Whether the ink is lighter than its paper: what stands out from the local median is skewed to its side."""
    small = shrink(grey, 64)
    window = min(41, max(3, min(small.shape) // 2 * 2 - 1))
    local = cv2.medianBlur(small, window).astype(np.float32)
    return float(np.sum((small - local) ** 3)) > 0


def paper_light(grey: Grey) -> Grey:
    """The paper without its dark ink, uint8 (H, W): a closing by a disc wider than any stroke (Serra 1982).

    Shadows wider than the disc stay in it and so do not count as ink.
    """
    small = shrink(grey, _PAPER_SIDE)
    if min(small.shape) >= 8:
        small = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    width = round(max(small.shape) * _WIDEST_STROKE) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc)
    return np.asarray(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def smooth(drop: Grey) -> Grey:
    """Blur away the grain of paper and camera, as far as there is any."""
    noise = noise_level(drop)
    if noise < _NOISE_FREE:
        return drop
    return np.asarray(cv2.GaussianBlur(drop, (0, 0), min(noise / 6, 2.0) + 0.5), np.uint8)


def noise_level(grey: Grey) -> float:
    """Standard deviation of the pixel noise, in grey levels (Immerkaer 1996)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    differences = cv2.filter2D(grey, cv2.CV_16S, kernel)
    return float(np.sqrt(np.pi / 2) * cv2.norm(differences, cv2.NORM_L1) / (6 * grey.size))


def ink_mask(drop: Grey) -> Grey:
    """Ink (1) and paper (0) by two thresholds (Canny 1986): weak ink counts where enough of its piece is strong."""
    level = ink_level(drop)
    if level is None:
        return np.zeros_like(drop)
    weak = remove_ruling((drop > level / 2).astype(np.uint8))
    strong = weak * (drop > level)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    strong_areas = np.bincount(labels[strong > 0], minlength=count)
    keep = (strong_areas >= _STRONG_SHARE * stats[:, cv2.CC_STAT_AREA]).astype(np.uint8)
    keep[0] = 0
    return np.asarray(strong | np.take(keep, labels), np.uint8)


def ink_level(drop: Grey) -> float | None:
    """Otsu's threshold (1979) among the pixels that stand out from the paper; None where hardly any contrast is."""
    peak = quantile(drop, 0.999)
    if peak < FAINTEST_CONTRAST:
        return None
    standing_out = np.minimum(drop[drop >= _SHARE_OF_PEAK * peak], np.uint8(peak)).reshape(1, -1)
    level, _ = cv2.threshold(standing_out, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(level)


def quantile(grey: Grey, share: float) -> int:
    """The lowest level that `share` (0 to 1) of all pixels do not exceed."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1)
    return int(np.searchsorted(np.cumsum(counts), share * grey.size))
