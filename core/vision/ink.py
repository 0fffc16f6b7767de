"""Picture -> ink: which pixels a pen has touched, whatever the paper, the light and the colours are."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

WORK_SIDE = 512
_PAPER_SIDE = 256
_FLAT_SHARE = 0.5
_FAINTEST = 12


def shrink(picture: Grey, side: int) -> Grey:
    """The picture with its longer side at most `side` pixels; a smaller one comes back as it is."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def to_grey(picture: Grey) -> Grey:
    """Grey uint8 (H, W) of a grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4) picture."""
    if picture.ndim == 2:
        return picture
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY), np.uint8)
    if picture.shape[2] == 4:
        return fill_transparent(grey, picture[..., 3])
    return grey


def fill_transparent(grey: Grey, alpha: Grey) -> Grey:
    """Put a paper behind a transparent picture: the contrary of its ink, or its own paper where it shows some."""
    if alpha.min() == 255:
        return grey
    if alpha.max() == 0:
        return np.full_like(grey, 255)
    seen = grey[alpha > 127] if alpha.max() > 127 else grey[alpha > 0]
    level = float(np.median(seen))
    if float(seen.std()) < 40:
        level = 255.0 if level < 128 else 0.0
    opacity = alpha.astype(np.float32) / 255
    return np.asarray(np.round(grey * opacity + level * (1 - opacity)), np.uint8)


def flat_paper(grey: Grey) -> int | None:
    """The paper's level where the picture has one even paper, as a drawing has; None where it must be estimated."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1)
    mode = int(counts.argmax())
    share = float(counts[max(0, mode - 2) : mode + 3].sum()) / grey.size
    return mode if share >= _FLAT_SHARE else None


def is_light_ink(grey: Grey) -> bool:
    """Whether the ink is lighter than its paper: what stands out from the local median is skewed to its side."""
    small = shrink(grey, 64)
    window = max(3, min(small.shape) // 2 * 2 - 1)
    local = cv2.medianBlur(small, min(window, 41)).astype(np.float32)
    return float(np.sum((small - local) ** 3)) > 0


def contrast(grey: Grey) -> Grey:
    """How much darker (or lighter) than its paper each pixel is, uint8 (H, W) from 0 (paper) to 255."""
    flat = flat_paper(grey)
    if flat is not None:
        return np.asarray(cv2.absdiff(grey, np.full_like(grey, flat)), np.uint8)
    dark = 255 - grey if is_light_ink(grey) else grey
    small = cv2.medianBlur(shrink(dark, _PAPER_SIDE), 3) if min(dark.shape) >= 8 else dark
    window = max(3, round(max(small.shape) * 0.3) | 1)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    paper = cv2.resize(paper, dark.shape[::-1], interpolation=cv2.INTER_LINEAR).astype(np.float32)
    drop = np.maximum(paper - dark, 0) * (255 / np.maximum(paper, 32))
    return np.asarray(np.clip(drop - np.median(drop), 0, 255), np.uint8)


def find_ink(picture: Grey) -> Grey:
    """Ink as uint8 (H, W), 255 on the stroke and 0 on paper; all 0 where nothing is written."""
    grey = shrink(to_grey(picture), WORK_SIDE)
    drop = contrast(grey)
    if int(drop.max()) < _FAINTEST:
        return np.zeros(grey.shape, np.uint8)
    _, mask = cv2.threshold(drop, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    kept = keep_writing(np.asarray(mask, np.uint8))
    if not kept.any():
        return np.zeros(grey.shape, np.uint8)
    full = float(np.percentile(drop[kept > 0], 75))
    around = cv2.dilate(kept, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.multiply(cv2.convertScaleAbs(drop, alpha=255 / full), around), np.uint8)


def keep_writing(mask: Grey) -> Grey:
    """The mask (0 or 1) without specks and without pieces of neighbours that the frame cuts."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    keep = np.zeros(count, np.uint8)
    keep[1:] = areas >= 0.04 * areas.max(initial=0)
    return mask if keep[1:].all() else keep[labels]
