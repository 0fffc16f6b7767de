"""Ink -> glyph: any picture of one character becomes the 28x28 picture that the models read."""

from dataclasses import dataclass

import cv2
import numpy as np

from core.vision.grey import Grey, shrink
from core.vision.ink import WORK_SIDE, find_ink

GLYPH_SIDE = 28
CHARACTER_SIDE = 20
THINNEST_STROKE = 1.8
FAINTEST_INK = 16

_SUPERSAMPLING = 4


@dataclass(frozen=True)
class Step:
    """One picture on the way to the glyph: grey uint8 (H, W), or RGB or RGBA for the picture itself."""

    name: str
    title: str
    image: Grey


@dataclass(frozen=True)
class Normalised:
    """A glyph, uint8 (28, 28), white ink (255) on black (0), all 0 where `blank`; and the steps that led to it."""

    glyph: Grey
    steps: tuple[Step, ...]
    blank: bool


def normalise(picture: Grey) -> Normalised:
    """Turn a picture of one character into a glyph as MNIST has them (LeCun et al. 1998).

    Args:
        picture: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), of any size.

    Returns:
        The glyph: longer side of the character 20 pixels, its centre of mass in the middle of 28x28. The steps are
        named picture, ink, crop, scaled and centred; a blank picture stops after ink.
    """
    ink = find_ink(picture)
    steps = [Step("picture", "The picture", shrink(picture, WORK_SIDE)), Step("ink", "Ink on paper removed", ink)]
    if not ink.any():
        return Normalised(np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8), tuple(steps), blank=True)
    cropped = crop(ink)
    scaled = scale(cropped)
    glyph = centre(scaled)
    steps += [
        Step("crop", "Cut out", cropped),
        Step("scaled", "Longer side 20 pixels", scaled),
        Step("centred", "Centred by mass in 28 x 28", glyph),
    ]
    return Normalised(glyph, tuple(steps), blank=False)


def crop(ink: Grey) -> Grey:
    """The smallest rectangle that holds all visible ink."""
    x, y, width, height = cv2.boundingRect((ink >= FAINTEST_INK).astype(np.uint8))
    return np.ascontiguousarray(ink[y : y + height, x : x + width])


def scale(ink: Grey) -> Grey:
    """Scale a crop so that its longer side is 20 pixels, with thin pens thickened to a stroke of about 2 pixels.

    A thin pen is thickened at four times that size, so that it costs the same for every crop.
    """
    if stroke_width(ink) * CHARACTER_SIDE < THINNEST_STROKE * max(ink.shape):
        ink = thicken(resize(ink, CHARACTER_SIDE * _SUPERSAMPLING), THINNEST_STROKE * _SUPERSAMPLING)
    small = resize(ink, CHARACTER_SIDE).astype(np.float32)
    return np.asarray(np.round(small * (255 / max(float(small.max()), 1))), np.uint8)


def resize(ink: Grey, side: int) -> Grey:
    """Resize so that the longer side is `side` pixels and no side is 0."""
    height, width = ink.shape
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    shrinks = factor <= 1
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.uint8)


def stroke_width(ink: Grey) -> float:
    """Mean width of the strokes in pixels: in a band of width w the distance to the nearer edge is w / 4 on average."""
    mask = np.pad((ink >= 128).astype(np.uint8), 1)
    inside = mask > 0
    if not inside.any():
        return 0.0
    distance = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    return float(4 * distance[inside].mean() - 2)


def thicken(ink: Grey, width: float) -> Grey:
    """Dilate strokes thinner than `width` pixels until they are about that wide; thicker ones stay as they are."""
    missing = round(width - stroke_width(ink))
    if missing <= 0:
        return ink
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    padded = cv2.copyMakeBorder(ink, missing, missing, missing, missing, cv2.BORDER_CONSTANT, value=0)
    return crop(np.asarray(cv2.dilate(padded, kernel), np.uint8))


def centre(character: Grey) -> Grey:
    """Place a character of at most 20x20 into 28x28 so that its centre of mass is nearest to pixel (14, 14), as in MNIST."""
    moments = cv2.moments(character)
    middle = GLYPH_SIDE / 2
    height, width = character.shape
    left = round(middle - moments["m10"] / moments["m00"])
    top = round(middle - moments["m01"] / moments["m00"])
    left = min(max(left, 0), GLYPH_SIDE - width)
    top = min(max(top, 0), GLYPH_SIDE - height)
    glyph = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    glyph[top : top + height, left : left + width] = character
    return glyph
