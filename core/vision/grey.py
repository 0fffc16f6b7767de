"""Picture -> grey -> contrast: colours go, then the paper with its shadows and its grain; what is left is ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
CORNERS = ([0, 0, -1, -1], [0, -1, 0, -1])
"""The index of a picture's four corners."""

_PROBE_SIDE = 96  # pixels of the longer side at which the direction of the ink's colour is found
_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
_ENOUGH_LUMINANCE = 0.35  # share of the ink's difference from its paper that luminance must show
_UNIFORM_INK = 40  # grey levels of standard deviation below which visible pixels are all ink

_LEAST_SIDE = 256  # pixels: smaller photographs are enlarged to about it
_SMALL_SIDE = 64  # pixels: up to it a picture may be a bitmap, mostly edges
_FLAT_SHARE = 0.5  # of all pixels that have exactly the paper's level in a drawing
_FLAT_SHARE_IF_SMALL = 0.33  # the same in a bitmap
_MOST_BETWEEN = 0.12  # of all pixels between paper and ink, the edges of strokes: more is the light of a photograph
_PAPER_SIDE = 160  # pixels of the longer side at which the paper's light is found: it changes slowly
_WIDEST_STROKE = 0.2  # of the longer side: what is wider is a shadow
_DARKEST_PAPER = 48  # grey levels: division by a darker paper would make ink of its grain
_LEAST_NOISE = 2.0  # grey levels of grain from which it is blurred away
_MOST_BLUR = 2.5  # pixels, standard deviation: more would close the hole of an 8


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
    """An RGBA picture as RGB (H, W, 3): behind it the opposite of its ink, or more of the paper that it shows."""
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


def flat_paper(grey: Pixels) -> int | None:
    """The paper's level where it is uniform, as in a drawing or a bitmap; None for a photograph.

    Half of all pixels must have exactly that level, few may lie between it and the ink, and three corners must show
    it, or it is only a shadow on a smooth photograph. In a small bitmap, which is mostly edges, a third is enough.
    """
    counts = histogram(grey)
    mode = int(counts.argmax())
    if max(grey.shape) <= _SMALL_SIDE:
        return mode if counts[mode] >= _FLAT_SHARE_IF_SMALL * grey.size else None
    distance = np.abs(np.arange(256) - mode)
    farthest = distance[counts > 0].max()
    between = counts[(distance > 0.02 * farthest) & (distance < 0.5 * farthest)].sum()
    corners = distance[grey[CORNERS]] <= 0.02 * farthest
    is_flat = counts[mode] >= _FLAT_SHARE * grey.size and between <= _MOST_BETWEEN * grey.size and corners.sum() >= 3
    return mode if is_flat else None


def enlarge(grey: Pixels) -> Pixels:
    """A small photograph with its longer side about 256 pixels, so that its strokes are some pixels wide."""
    factor = round(_LEAST_SIDE / max(grey.shape))
    if factor <= 1 or min(grey.shape) < 8:
        return grey
    return np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def contrast(grey: Pixels) -> Pixels:
    """How far each pixel is from its paper towards the ink, uint8 (H, W): 0 on paper, 255 for black on white.

    The difference is divided by the paper's light, so that ink in a shadow counts as much as ink beside it.
    """
    dark = 255 - grey if is_light_ink(grey) else grey
    paper = paper_light(dark)
    drop = cv2.divide(cv2.subtract(paper, dark), np.maximum(paper, _DARKEST_PAPER), scale=255)
    usual = quantile(np.asarray(drop, np.uint8), 0.5)
    return smooth(np.asarray(cv2.subtract(drop, np.full_like(drop, usual)), np.uint8))


def is_light_ink(grey: Pixels) -> bool:
    """Whether the ink is lighter than its paper: differences from the local median are skewed to its side.

    Compared on a logarithmic scale, on which ink in a shadow stands out as much as ink beside it.
    """
    small = shrink(grey, 64)
    window = min(25, max(3, min(small.shape) // 2 * 2 - 1))
    levels, local = (np.log(image.astype(np.float32) + 16) for image in (small, cv2.medianBlur(small, window)))
    return float(np.sum((levels - local) ** 3)) > 0


def paper_light(grey: Pixels) -> Pixels:
    """The paper without its dark ink, uint8 (H, W): a closing by a disc wider than any stroke (Serra 1982).

    Shadows wider than the disc stay in it and so do not count as ink. The erosion keeps their sharp edges, which the
    smaller scale blurs, from standing out as lines.
    """
    small = shrink(grey, _PAPER_SIDE)
    if min(small.shape) >= 8:
        small = np.asarray(cv2.medianBlur(small, 3), np.uint8)
    width = round(max(small.shape) * _WIDEST_STROKE) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc)
    if paper.shape != grey.shape:
        paper = cv2.erode(paper, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def smooth(drop: Pixels) -> Pixels:
    """Blur the grain of paper and camera, if there is any."""
    noise = noise_level(drop)
    if noise < _LEAST_NOISE:
        return drop
    return np.asarray(cv2.GaussianBlur(drop, (0, 0), min(0.5 + noise / 6, _MOST_BLUR)), np.uint8)


def noise_level(grey: Pixels) -> float:
    """Standard deviation of the pixel noise, in grey levels (Immerkaer 1996)."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    differences = cv2.filter2D(grey, cv2.CV_16S, kernel)
    return float(np.sqrt(np.pi / 2) * cv2.norm(differences, cv2.NORM_L1) / (6 * grey.size))


def quantile(grey: Pixels, share: float) -> int:
    """The lowest level that `share` (0 to 1) of all pixels do not exceed."""
    return int(np.searchsorted(np.cumsum(histogram(grey)), share * grey.size))


def histogram(grey: Pixels) -> NDArray[np.int64]:
    """How many pixels have each of the 256 levels."""
    return np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256]), np.int64).reshape(-1)
