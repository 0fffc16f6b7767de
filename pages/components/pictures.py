"""Small pictures for the page, sent inside its messages so that none of them is fetched, or late."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.vision.encode import data_url

__all__ = ["EMPTY", "Picture", "data_url", "framed", "on_square"]

Picture = NDArray[np.uint8]

_FRAME, _FRAME_LEVEL = 3, 176  # pixels; of a grey that is seen on black, on white, and on either page
EMPTY = np.full((1, 1, 4), (128, 136, 160, 40), np.uint8)  # a faint grey on the light and on the dark page


def on_square(picture: Picture, side: int) -> Picture:
    """A picture as large as fits in the middle of a square of `side` pixels, black or transparent around it.

    Small pictures keep hard pixels, so that the network's input is seen as it is.
    """
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    fitted = cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST if scale > 1 else cv2.INTER_AREA)
    square = np.zeros((side, side, *picture.shape[2:]), np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = fitted
    return square


def framed(picture: Picture) -> Picture:
    """A grey picture with a thin line around it: a white one would have no edge on a white page."""
    square = np.full_like(picture, _FRAME_LEVEL)
    square[_FRAME:-_FRAME, _FRAME:-_FRAME] = picture[_FRAME:-_FRAME, _FRAME:-_FRAME]
    return square
