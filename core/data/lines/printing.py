"""Printed text, in fonts that the caller names."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.data.lines.pieces import Mask

_SIZE = 1.4  # of a font over the height of its digits
_SMALLEST = 8  # size of a font in pixels


def print_text(text: str, face: str, height: float, stretch: float = 1.0) -> Mask:
    """Text whose digits are about `height` pixels high, without margin, `stretch` times as wide as the font has it.

    Raises:
        OSError: `face` is no path of a font.
    """
    font = ImageFont.truetype(face, max(_SMALLEST, round(height * _SIZE)))
    left, top, right, bottom = font.getbbox(text or " ")
    image = Image.new("L", (max(1, int(right - left)) + 2, max(1, int(bottom - top)) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, font=font, fill=255)
    size = (max(1, round(image.width * stretch)), image.height)
    return np.asarray(cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_AREA), np.uint8)
