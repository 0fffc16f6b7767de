"""The outline of a sheet on the table it lies on."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey

_SIDE = 320  # pixels of the longer side at which the sheet is looked for
_AREA = (0.15, 0.96)  # of the picture
_SOLID = 0.93  # of its convex hull must a sheet fill, and its hull as much of a quadrangle
_BRIGHTER = 1.15  # times as bright as what is around it


def find_outline(grey: Grey) -> NDArray[np.float64] | None:
    """The corners (4, 2) of a light sheet that lies on something darker, in pixels x, y; None where none is seen."""
    factor = min(1.0, _SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if min(small.shape) < 60:
        return None
    smooth = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    smooth = cv2.GaussianBlur(cv2.medianBlur(smooth, 5), (0, 0), 1.5)
    _, bright = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    contours, _ = cv2.findContours(np.asarray(bright, np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    contour = max(contours, key=cv2.contourArea)
    area, whole = cv2.contourArea(contour), float(small.size)
    hull = cv2.convexHull(contour)
    if not _AREA[0] * whole < area < _AREA[1] * whole or area < _SOLID * cv2.contourArea(hull):
        return None
    inside = np.zeros_like(small)
    cv2.drawContours(inside, [contour], -1, 255, -1)
    around = smooth[inside == 0]
    if float(np.median(smooth[inside > 0])) < _BRIGHTER * float(np.median(around)):
        return None
    corners = _four_corners(np.asarray(hull, np.int32))
    if corners is None or area < _SOLID * cv2.contourArea(corners):
        return None
    return np.asarray(corners.reshape(4, 2), np.float64) / factor


def _four_corners(hull: NDArray[np.int32]) -> NDArray[np.float32] | None:
    for share in np.linspace(0.01, 0.08, 15):
        simple = cv2.approxPolyDP(hull, share * cv2.arcLength(hull, True), True)
        if len(simple) == 4:
            return np.asarray(simple, np.float32)
    return None
