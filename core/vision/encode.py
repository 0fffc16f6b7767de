"""Arrays -> PNG, as bytes or inside a text."""

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

_ORDER = {4: cv2.COLOR_RGBA2BGRA, 3: cv2.COLOR_RGB2BGR}


def png(picture: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4)."""
    stored = picture if picture.ndim == 2 else cv2.cvtColor(picture, _ORDER[picture.shape[2]])
    return bytes(cv2.imencode(".png", stored)[1])


def data_url(picture: NDArray[np.uint8]) -> str:
    """The same as a text that stands where the address of a picture does."""
    return f"data:image/png;base64,{base64.b64encode(png(picture)).decode('ascii')}"
