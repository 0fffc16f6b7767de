"""Ink -> glyph: any picture of one character becomes the 28x28 picture that the models read."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from core.vision.grey import Pixels, shrink, to_grey
from core.vision.ink import WORK_SIDE, find_ink, stroke_width

GLYPH_SIDE = 28
CHARACTER_SIDE = 20  # the longer side in MNIST's images, by which strokes are measured, too
THINNEST_STROKE = 1.8
THICKEST_STROKE = 5.0
FAINTEST_INK = 16
BLANK = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8)

_SUPERSAMPLING = 4
_OFF_CENTRE = 0.6  # pixels: half of one by rounding, the rest for levels that differ a little


@dataclass(frozen=True)
class Step:
    """One picture on the way to the glyph: grey, or RGB or RGBA for the picture itself."""

    name: str
    title: str
    image: Pixels


@dataclass(frozen=True)
class Normalised:
    """A glyph, uint8 (28, 28), white ink (255) on black (0), all 0 where `blank`; and the steps that led to it."""

    glyph: Pixels
    steps: tuple[Step, ...]
    blank: bool

    @property
    def ink(self) -> Pixels:
        """The ink of the whole picture, before it was cut out."""
        return self.steps[1].image

    def with_picture(self, picture: Pixels) -> "Normalised":
        """The same with another first step, such as the picture in its colours."""
        return replace(self, steps=(replace(self.steps[0], image=picture), *self.steps[1:]))


def normalise(picture: Pixels, side: int = CHARACTER_SIDE) -> Normalised:
    """Turn a picture of one character into a glyph as MNIST has them (LeCun et al. 1998).

    The steps are named picture, ink, crop, scaled and centred; a blank picture stops after ink.

    Args:
        picture: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), of any size.
        side: longer side of the character in pixels, 20 to 28, as of the charset of the model that will read it.
    """
    picture = shrink(picture, WORK_SIDE)
    return _from_ink(picture, find_ink(picture), side)


def from_ink(ink: Pixels, side: int = CHARACTER_SIDE) -> Normalised:
    """The glyph of known ink, uint8 (H, W), white on black; the first of its steps is the ink instead of a picture."""
    return _from_ink(ink, np.where(ink >= FAINTEST_INK, ink, np.uint8(0)), side)


def _from_ink(picture: Pixels, ink: Pixels, side: int) -> Normalised:
    steps = [Step("picture", "The picture", picture), Step("ink", "The ink, without its paper", ink)]
    if not ink.any():
        return Normalised(BLANK.copy(), tuple(steps), blank=True)
    cropped = crop(ink)
    scaled = scale(cropped, side)
    glyph = ink if is_glyph(ink, side) else centre(scaled)
    steps += [
        Step("crop", "Cut out", cropped),
        Step("scaled", f"Longer side {side} pixels", scaled),
        Step("centred", "Centred by mass in 28 x 28", glyph),
    ]
    return Normalised(glyph, tuple(steps), blank=False)


def to_glyph(ink: Pixels, side: int = CHARACTER_SIDE) -> Pixels:
    """The glyph of a character's ink, white on pure black, uint8 (H, W): as `normalise` makes it; zero without ink."""
    return centre(scale(crop(ink), side)) if (ink >= FAINTEST_INK).any() else BLANK.copy()


def is_glyph(ink: Pixels, side: int = CHARACTER_SIDE) -> bool:
    """Whether ink is a glyph already, as the images of MNIST are: of that size, with its centre of mass in the middle.

    It is left as it is then: scaling and centring it again could only move it by a pixel or change its strokes.
    """
    if ink.shape != (GLYPH_SIDE, GLYPH_SIDE) or not ink.any() or abs(max(crop(ink).shape) - side) > 1:
        return False
    moments = cv2.moments(ink)
    return all(abs(moments[name] / moments["m00"] - GLYPH_SIDE / 2) <= _OFF_CENTRE for name in ("m10", "m01"))


def rescale_glyph(glyph: Pixels, side: int) -> Pixels:
    """A glyph whose character is `side` pixels large; unchanged where it is already, within one pixel."""
    return glyph if abs(max(crop(glyph).shape) - side) <= 1 else to_glyph(glyph, side)


def crop(ink: Pixels) -> Pixels:
    x, y, width, height = cv2.boundingRect((ink >= FAINTEST_INK).astype(np.uint8))
    return np.ascontiguousarray(ink[y : y + height, x : x + width])


def scale(ink: Pixels, side: int = CHARACTER_SIDE) -> Pixels:
    """Scale a crop so that its longer side is `side` pixels and its stroke 1.8 to 5 of 20 pixels wide, as in MNIST.

    Strokes are changed at four times that size, so that it costs the same for every crop.
    """
    width = stroke_width(_solid(ink)) * CHARACTER_SIDE / max(ink.shape)
    if not THINNEST_STROKE <= width <= THICKEST_STROKE:
        ink = change_stroke(resize(ink, side * _SUPERSAMPLING), side / CHARACTER_SIDE * _SUPERSAMPLING)
    small = resize(ink, side).astype(np.float32)
    return np.asarray(np.round(small * (255 / max(float(small.max()), 1))), np.uint8)


def resize(ink: Pixels, side: int) -> Pixels:
    """Resize so that the longer side is `side` pixels and no side is 0."""
    height, width = ink.shape
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor <= 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, size, interpolation=method), np.uint8)


def change_stroke(ink: Pixels, factor: float) -> Pixels:
    """Dilate strokes that are too thin, erode those too thick; `ink` is `factor` times larger than in MNIST."""
    width = stroke_width(_solid(ink))
    missing = round(np.clip(width, THINNEST_STROKE * factor, THICKEST_STROKE * factor) - width)
    margin = abs(missing) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (margin, margin))
    padded = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    changed = cv2.dilate(padded, kernel) if missing > 0 else cv2.erode(padded, kernel)
    return crop(np.asarray(changed, np.uint8)) if changed.any() else ink


def _solid(ink: Pixels) -> Pixels:
    return np.asarray(cv2.threshold(ink, 127, 1, cv2.THRESH_BINARY)[1], np.uint8)


def centre(character: Pixels) -> Pixels:
    """Place a character into 28x28 with its centre of mass as near to pixel (14, 14) as it can be, as in MNIST."""
    moments = cv2.moments(character)
    top, left = (
        min(max(round(GLYPH_SIDE / 2 - moments[name] / moments["m00"]), 0), GLYPH_SIDE - size)
        for name, size in zip(("m01", "m10"), character.shape, strict=True)
    )
    glyph = BLANK.copy()
    glyph[top : top + character.shape[0], left : left + character.shape[1]] = character
    return glyph


def squeeze(picture: Pixels) -> Pixels:
    """Squeeze a picture to the network's size as tutorials do, only to compare with: grey, 28x28, inverted.

    Nothing is searched for, cut out, scaled or centred, and paper is assumed to be light.
    """
    small = cv2.resize(to_grey(picture), (GLYPH_SIDE, GLYPH_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - small, np.uint8)
