"""Canvas -> ink: what was drawn on paper of a known colour."""

import cv2
import numpy as np

from core.vision.grey import Pixels

_LEAST = 16  # levels by which ink must differ from its paper in a channel; less is what a picture format adds


def drawn_ink(picture: Pixels, paper: tuple[int, int, int]) -> Pixels:
    """What differs from the paper of a canvas.

    Args:
        picture: uint8 (H, W, 4), RGBA; where it is transparent nothing is drawn.
        paper: its colour, RGB.

    Returns:
        uint8 (H, W): 0 on paper, 255 on the ink that differs most from it.
    """
    away = cv2.absdiff(picture[..., :3], np.full_like(picture[..., :3], paper)).max(axis=2)
    away = np.asarray(cv2.multiply(away, picture[..., 3], scale=1 / 255), np.uint8)
    most = int(away.max())
    return np.asarray(cv2.convertScaleAbs(away, alpha=255 / most), np.uint8) if most >= _LEAST else np.zeros_like(away)
