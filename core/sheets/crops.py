"""The picture of a field: upright, with what is written in it framed as the reader of lines was taught."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask
from core.sheets.layout import Field

_HEIGHT = (48, 160)  # pixels of a field's picture
_WIDEST = 3000
_OVERHANG = 0.10  # of a field's height: writing that leaves the field is still seen
_RIM = 0.07  # of the height: ink that stays within this distance of the field's edge is its rule
_ACROSS = 0.7  # of the width must a rule at the upper or lower edge have, and of the height one at the sides
_THIN = 0.14  # of the height: the thickest rule
_EDGED = 0.75  # of a field's edge must have ink where its rule is
_INNER, _DOUBLE = 0.88, 0.22  # and more where it is the inner line of a double one, down to this share of the height
_LARGE = 0.2  # of the height: a component whose longer side is shorter is dust, unless larger ones lie beside it
_DOT = 0.05  # of the height: the smallest point
_MARGIN = 0.18  # of the writing's height, around it


@dataclass(frozen=True)
class Crop:
    """A field's picture: uint8 (H, W), grey; and the writing in it, framed, or None where nothing is written."""

    field: Grey
    writing: Grey | None
    ink: Mask
    """uint8 (H, W), 255 where something is written, as large as `field`."""


def height_of(field: Field) -> float:
    """How high a row of a field is, in pixels of the picture."""
    sides = field.quad[[3, 2]] - field.quad[[0, 1]]
    return float(np.linalg.norm(sides, axis=1).mean()) / field.rows


def crop_field(grey: Grey, ink: Mask, field: Field, usual: float = np.inf) -> Crop:
    """Cut a field out of a picture.

    Args:
        grey, ink: uint8 (H, W), the picture, dark on light, and its ink.
        field: with its corners in pixels of the picture.
        usual: height of the picture's rows, in its pixels: in a higher one writing is not larger.
    """
    matrix, size, margin = _upright(field.quad)
    part, moved = _around(field.quad, grey.shape, matrix)
    both = cv2.merge([np.ascontiguousarray(grey[part]), np.ascontiguousarray(ink[part])])
    flat = _warp(np.asarray(both, np.uint8), moved, size, field.quad)
    picture = np.asarray(np.ascontiguousarray(flat[..., 0]), np.uint8)
    mask = np.asarray((flat[..., 1] > 80) * 255, np.uint8)
    height = (mask.shape[0] - 2 * margin) / field.rows
    box, written = _writing(
        without_rules(mask, margin, field.places), margin, height * min(1, usual / height_of(field))
    )
    if box is None:
        return Crop(picture, None, written)
    top, bottom, left, right = box
    return Crop(picture, picture[top:bottom, left:right], written)


def _warp(
    picture: NDArray[np.uint8], matrix: NDArray[np.float64], size: tuple[int, int], quad: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """A picture in a perspective; where that makes a field smaller every pixel counts, so that thin strokes stay.

    A warp alone takes single pixels: INTER_AREA is none of its ways.
    """
    shrinks = _extent(quad)[1] / (size[1] / (1 + 2 * _OVERHANG))
    if shrinks <= 1.2:
        flat = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(flat, np.uint8)
    larger = (round(size[0] * shrinks), round(size[1] * shrinks))
    scaled = np.diag([larger[0] / size[0], larger[1] / size[1], 1.0]) @ matrix
    flat = cv2.warpPerspective(picture, scaled, larger, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(flat, size, interpolation=cv2.INTER_AREA), np.uint8)


def _extent(quad: NDArray[np.float32]) -> tuple[float, float]:
    """Width and height of a field, in pixels."""
    width = float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    return width, float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2


def _upright(quad: NDArray[np.float32]) -> tuple[NDArray[np.float64], tuple[int, int], int]:
    """The perspective that makes a field upright with a margin around it, the picture's size, and the margin."""
    width, height = _extent(quad)
    factor = float(np.clip(1.0, _HEIGHT[0] / max(height, 1), max(_HEIGHT[1] / max(height, 1), 1e-3)))
    factor = min(factor, _WIDEST / max(width, 1))
    width, height = max(8.0, width * factor), max(8.0, height * factor)
    margin = round(_OVERHANG * height)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) + margin
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return np.asarray(matrix, np.float64), (round(width) + 2 * margin, round(height) + 2 * margin), margin


def _around(
    quad: NDArray[np.float32], shape: tuple[int, ...], matrix: NDArray[np.float64]
) -> tuple[tuple[slice, slice], NDArray[np.float64]]:
    """The part of a picture that a field is cut from, and the perspective from there."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    reach = 0.2 * float((high - low).max()) + 4
    left, top = (int(np.clip(value - reach, 0, limit - 1)) for value, limit in zip(low, shape[::-1], strict=True))
    right, bottom = (int(np.clip(v + reach, s + 1, n)) for v, s, n in zip(high, (left, top), shape[::-1], strict=True))
    move = np.array([[1, 0, left], [0, 1, top], [0, 0, 1]], np.float64)
    return (slice(top, bottom), slice(left, right)), matrix @ move


def without_rules(mask: Mask, margin: int, places: int = 1) -> Mask:
    """The ink of a field without the lines at its edges and, where it has a box for each character, those between."""
    tall, wide = mask.shape
    height = tall - 2 * margin
    level = _long_runs(mask, _ACROSS * wide)
    level[margin + round(0.2 * height) : tall - margin - round(0.2 * height)] = 0
    everywhere = _long_runs(mask, 0.95 * wide) if wide > 1.5 * tall else level
    upright = _long_runs(np.ascontiguousarray(mask.T), _ACROSS * tall).T.copy()
    if places == 1:
        upright[:, margin + round(0.12 * height) : wide - margin - round(0.12 * height)] = 0
    else:
        pitch = (wide - 2 * margin) / places
        off = np.abs((np.arange(wide) - margin) / pitch - np.rint((np.arange(wide) - margin) / pitch)) * pitch
        ticks = _long_runs(np.ascontiguousarray(mask[tall // 2 :].T), 0.25 * height).T
        ticks[:, off > max(3, 0.1 * height)] = 0
        upright[tall // 2 :] = cv2.max(np.ascontiguousarray(upright[tall // 2 :]), np.ascontiguousarray(ticks))
    rules = cv2.dilate(cv2.max(cv2.max(level, everywhere), np.ascontiguousarray(upright)), np.ones((3, 3), np.uint8))
    left = cv2.subtract(mask, rules)
    for side in range(4):  # thick outlines
        turned = np.rot90(mask, side)
        np.rot90(left, side)[: _band(turned, margin, height)] = 0
    return np.asarray(left, np.uint8)


def _band(mask: Mask, margin: int, height: int) -> int:
    """Down to which row the rule at a field's upper edge reaches, with what lies beyond it; 0 where there is none."""
    shares = (mask[: margin + round(_DOUBLE * height), margin:-margin] > 0).mean(axis=1)
    near = np.arange(len(shares)) <= margin + round(0.08 * height)
    ruled = np.flatnonzero(shares >= np.where(near, _EDGED, _INNER))
    if not len(ruled):
        return 0
    row = int(ruled[-1])
    beyond = np.flatnonzero(shares[row:] < 0.5 * _EDGED)
    return row + (int(beyond[0]) if len(beyond) else 1)


def _long_runs(mask: Mask, length: float) -> Mask:
    """Thin level lines that are nearly as long as this; where a stroke crosses one, the stroke stays."""
    thick = max(4, round(_THIN * min(mask.shape)))
    bridged = cv2.morphologyEx(cv2.dilate(mask, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, 7), np.uint8))
    lines = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, max(8, round(length))), np.uint8))
    strokes = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    return np.asarray(cv2.subtract(cv2.min(mask, lines), strokes), np.uint8)


def _writing(mask: Mask, margin: int, height: float) -> tuple[tuple[int, int, int, int] | None, Mask]:
    """Where the writing is, rows from and to, columns from and to, with a margin; and its ink alone.

    Args:
        height: of a usual row, in pixels of the mask.
    """
    tall, wide = mask.shape
    count, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = [label for label in range(1, count) if _is_inside(stats[label], centres[label], (tall, wide), margin)]
    kept = [(label, *_box(stats[label])) for label in inside]
    large = [one for one in kept if max(one[3] - one[1], one[4] - one[2]) >= _LARGE * height]
    if not large:
        return None, np.zeros_like(mask)
    left, top, right, bottom = (f(box[i] for box in large) for i, f in enumerate((min, min, max, max), start=1))
    chosen = {one[0] for one in large}
    reach = 0.6 * height
    for label, *box in kept:  # points and commas beside it
        if label in chosen or max(box[2] - box[0], box[3] - box[1]) < _DOT * height:
            continue
        if left - reach < box[0] and box[2] < right + reach and box[1] > top - 0.2 * height:
            left, top, right, bottom = min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3])
            chosen.add(label)
    grown = max(2, round(_MARGIN * (bottom - top)))
    keep = np.zeros(count, np.uint8)
    keep[list(chosen)] = 255
    frame = max(0, top - grown), min(tall, bottom + grown), max(0, left - grown), min(wide, right + grown)
    return frame, keep[labels]


def _box(stat: NDArray[np.int32]) -> tuple[int, int, int, int]:
    left, top, width, height = (int(value) for value in stat[:4])
    return left, top, left + width, top + height


def _is_inside(stat: NDArray[np.int32], centre: NDArray[np.float64], shape: tuple[int, int], margin: int) -> bool:
    """Whether a component is in the field, and not only what is left of a rule at its edge."""
    tall, wide = shape
    left, top, right, bottom = _box(stat)
    if not (margin <= centre[0] < wide - margin and margin <= centre[1] < tall - margin):
        return False
    rim = margin + round(_RIM * (tall - 2 * margin))
    if bottom <= rim or top >= tall - rim or right <= rim or left >= wide - rim:
        return False
    width, height = right - left, bottom - top
    band = margin + round(0.2 * (tall - 2 * margin))
    lies = width > 4 * height and (bottom <= band or top >= tall - band)
    stands = height > 4 * width and height > 0.5 * tall and (right <= rim + 2 or left >= wide - rim - 2)
    return not lies and not stands
