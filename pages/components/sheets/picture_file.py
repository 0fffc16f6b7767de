"""The picture of a page as a file: as it is kept, and as the page shows it."""

import base64

import cv2
import numpy as np

from core.vision.grey import Pixels

_QUALITY = 88  # of JPEG: the fields are read anew from it when the grid is corrected


def pack(picture: Pixels) -> bytes:
    """A page, uint8 (H, W) or (H, W, 3) RGB, as JPEG."""
    colours = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    good, packed = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    assert good, "any picture can be written as JPEG"
    return packed.tobytes()


def unpack(data: bytes) -> Pixels:
    """The RGB picture of a file that `pack` wrote."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None, "it was checked when it was kept"
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def url(data: bytes) -> str:
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
