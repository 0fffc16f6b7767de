"""The pixels of an opened picture of any mode as RGBA, shrunk by a whole factor, strip by strip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Box = tuple[int, int, int, int]  # left, top, right and bottom, in pixels
Size = tuple[int, int]  # width and height, in pixels

_STRIP_PIXELS = 2_000_000
_WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True)
class Shrinking:
    """By which whole factor a picture is made smaller: to at most `side` pixels of its longer side.

    With `keeps` to at least so many, or not at all: for sheets, whose small writing needs its pixels.
    """

    side: int
    keeps: bool = False

    def factor(self, size: Size) -> int:
        return max(1, max(size) // self.side) if self.keeps else -(-max(size) // self.side)

    def draft(self, size: Size) -> Size:
        """The least size at which a decoder that can make a picture smaller itself may deliver it."""
        if not self.keeps:
            return self.side // 2, self.side // 2
        width, height = (max(1, -(-side * self.side // max(size))) for side in size)
        return width, height


def to_small_rgba(image: Image.Image, factor: int) -> Image.Image:
    """A picture of any mode, its last rows and columns made of what is left; beside the two only a strip is held."""
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


def within(box: Box, size: Size, factor: int) -> Box:
    """The pixels of a shrunk picture that lie wholly within a box of the picture of that size."""
    left, top, right, bottom = box
    right, bottom = (
        end // factor if end < full else -(-full // factor) for end, full in zip((right, bottom), size, strict=True)
    )
    return -(-left // factor), -(-top // factor), right, bottom


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
