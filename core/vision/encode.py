"""Arrays -> PNG inside a text."""

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

_ORDER = {4: cv2.COLOR_RGBA2BGRA, 3: cv2.COLOR_RGB2BGR}


def data_url(picture: NDArray[np.uint8]) -> str:
    """A picture, uint8 grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), as a text that replaces the URL of its file."""
    stored = picture if picture.ndim == 2 else cv2.cvtColor(picture, _ORDER[picture.shape[2]])
    png = cv2.imencode(".png", stored)[1].tobytes()
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"
