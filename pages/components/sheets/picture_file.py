"""The picture of a page as a file: as it is kept, and, smaller, as the page shows it."""

import base64

import cv2
import numpy as np
import streamlit as st

from core.errors import SheetError
from core.vision.grey import Pixels, shrink

_QUALITY = 88  # of JPEG: the fields are read anew from it when the grid is corrected
_SHOWN_SIDE, _SHOWN_QUALITY = 1600, 80  # of what is sent to the browser with every run


def pack(picture: Pixels, quality: int = _QUALITY) -> bytes:
    """A page, uint8 (H, W) or (H, W, 3) RGB, as JPEG."""
    colours = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    good, packed = cv2.imencode(".jpg", colours, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert good, "any picture can be written as JPEG"
    return packed.tobytes()


def unpack(data: bytes) -> Pixels:
    """The RGB picture of a file that `pack` wrote; a SheetError where it is damaged."""
    picture = _decode(data)
    if picture is None:
        raise SheetError("The picture of this page is damaged. Read the page again.")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _decode(data: bytes) -> Pixels | None:
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # of an empty file, or one that says it has more pixels than OpenCV takes
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def is_whole(data: bytes) -> bool:
    return _shown(data) is not None


def shown(data: bytes) -> tuple[str, tuple[int, int]]:
    """The page as it is sent to the browser, as a URL, and its width and height, in whose pixels its fields lie.

    Whatever size it has, at most 1600 pixels are sent.
    """
    found = _shown(data)
    assert found is not None, "only a whole picture is shown"
    return f"data:image/jpeg;base64,{found[0]}", found[1]


@st.cache_data(max_entries=8, show_spinner=False)
def _shown(data: bytes) -> tuple[str, tuple[int, int]] | None:
    """The smaller file in base64, and the size of the page; None where it is damaged."""
    picture = _decode(data)
    if picture is None:
        return None
    smaller = cv2.cvtColor(shrink(picture, _SHOWN_SIDE), cv2.COLOR_BGR2RGB)
    packed = pack(np.asarray(smaller, np.uint8), _SHOWN_QUALITY)
    return base64.b64encode(packed).decode(), (picture.shape[1], picture.shape[0])


def forget() -> None:
    """Let go of the pictures that are kept in memory."""
    _shown.clear()
