"""A picture of any mode as upright RGBA, shrunk strip by strip so that no second full-size copy is held."""

import struct
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

LONGEST_SIDE = 2048

_STRIP_PIXELS = 2_000_000
_WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_ORIENTATION = 0x0112


def to_small_rgba(image: Image.Image) -> Image.Image:
    """RGBA with the longer side at most LONGEST_SIDE, as it is stored: not yet turned upright."""
    factor = shrink_factor(image.size)
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width // factor) * factor
    strips = [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]
    white = 255.0
    if image.mode in _WIDE_MODES:
        white = _white_level(image.mode, max(float(_samples(image.crop(strip)).max()) for strip in strips))
    small = Image.new("RGBA", (-(-width // factor), -(-height // factor)))
    for strip in strips:
        small.paste(_to_rgba(image.crop(strip), white).reduce(factor), (0, strip[1] // factor))
    return small


def upright(picture: Image.Image, original: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a picture, turned by the EXIF orientation of the original; damaged EXIF data are ignored."""
    with suppress(SyntaxError, ValueError, struct.error):
        picture.getexif()[_ORIENTATION] = original.getexif().get(_ORIENTATION, 1)
    ImageOps.exif_transpose(picture, in_place=True)
    return np.array(picture, np.uint8)


def shrink_factor(size: tuple[int, int]) -> int:
    return -(-max(size) // LONGEST_SIDE)


def _samples(strip: Image.Image) -> NDArray[np.float32]:
    return np.maximum(np.nan_to_num(np.asarray(strip, np.float32)), 0)


def _white_level(mode: str, largest: float) -> float:
    """The sample value that stands for white: 1 in fractions, else the top of the fewest bits that hold all samples."""
    if mode == "F" and largest <= 1:
        return 1.0
    return float(2 ** max(8, int(min(largest, 2.0**32)).bit_length()) - 1)


def _to_rgba(strip: Image.Image, white: float) -> Image.Image:
    if strip.mode in _WIDE_MODES:
        levels = np.minimum(_samples(strip), white) * (255 / white)
        strip = Image.fromarray(np.round(levels).astype(np.uint8))
    if not strip.has_transparency_data:
        strip = strip.convert("RGB")
    return strip.convert("RGBA")
