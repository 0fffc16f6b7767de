"""Picture -> grey: one channel in which the ink differs from its paper, whatever their colours."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_PROBE_SIDE = 96  # pixels of the longer side at which the direction of the ink's colour is found
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
_ENOUGH_LUMINANCE = 0.35  # share of the ink's difference from its paper that luminance must show
_UNIFORM_INK = 40  # grey levels of standard deviation below which visible pixels are all ink


def shrink(picture: Pixels, side: int) -> Pixels:
    """The picture with its longer side at most `side` pixels; a smaller one is returned as it is."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def to_grey(picture: Pixels) -> Pixels:
    """Grey uint8 (H, W) of a grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4) picture."""
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 4:
        picture = on_paper(picture)
    return project(picture)


def on_paper(picture: Pixels) -> Pixels:
    """Put paper behind an RGBA picture: the opposite of its ink, or more of the paper that it shows.

    Returns:
        RGB, uint8 (H, W, 3).
    """
    colours, alpha = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), np.uint8), cv2.extractChannel(picture, 3)
    if alpha.min() == 255:
        return colours
    visible = colours[alpha >= max(1, int(alpha.max()) // 2)]
    if alpha.max() == 0:
        paper = np.full(3, 255.0)
    elif float((visible @ _LUMINANCE).std()) < _UNIFORM_INK:
        paper = np.full(3, 255.0 if float((visible @ _LUMINANCE).mean()) < 128 else 0.0)
    else:
        paper = np.median(visible, axis=0)
    opacity = alpha[..., None].astype(np.float32) / 255
    return np.asarray(np.round(colours * opacity + paper * (1 - opacity)), np.uint8)


def project(picture: Pixels) -> Pixels:
    """Luminance of an RGB picture; where ink and paper hardly differ in it, the colour direction in which they do."""
    rgb = np.ascontiguousarray(picture)
    direction = _ink_direction(shrink(rgb, _PROBE_SIDE))
    if direction is None:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    # Scaled so that the whole colour cube fits into 0..255.
    low, high = float(np.minimum(direction, 0).sum()), float(np.maximum(direction, 0).sum())
    weights = direction / (high - low)
    offset = -255 * low / (high - low)
    return np.asarray(cv2.transform(rgb, np.append(weights, offset)[None].astype(np.float32)), np.uint8)


def _ink_direction(small: Pixels) -> NDArray[np.float32] | None:
    """The unit RGB vector along which ink differs most from the paper around it, None where luminance is enough.

    It is the first principal component of what stands out from the local median (Pearson 1901).
    """
    if min(small.shape[:2]) < 8 or int(np.ptp(small.max(axis=2).astype(np.int16) - small.min(axis=2))) < 24:
        return None
    window = min(31, (min(small.shape[:2]) // 2) | 1)
    difference = (small.astype(np.float32) - cv2.medianBlur(small, window)).reshape(-1, 3)
    size = np.linalg.norm(difference, axis=1)
    strong = difference[size >= np.quantile(size, 0.98)]
    if float(np.abs(strong @ _LUMINANCE).mean()) >= _ENOUGH_LUMINANCE * float(np.linalg.norm(strong, axis=1).mean()):
        return None
    _, vectors = np.linalg.eigh(strong.T @ strong)
    return np.asarray(vectors[:, -1], np.float32)
