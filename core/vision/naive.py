"""What programs without a pipeline do to a picture; here only to compare with."""

import cv2
import numpy as np

from core.vision.grey import Pixels, to_grey
from core.vision.normalise import GLYPH_SIDE


def squeeze(picture: Pixels) -> Pixels:
    """Squeeze a picture to the network's size as tutorials do: grey, 28x28, light and dark changed over.

    No ink is looked for, nothing is cut out, scaled or centred, and paper is taken to be light.

    Args:
        picture: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4).

    Returns:
        uint8 (28, 28).
    """
    small = cv2.resize(to_grey(picture), (GLYPH_SIDE, GLYPH_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(255 - small, np.uint8)
