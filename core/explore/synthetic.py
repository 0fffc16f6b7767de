"""A glyph put back on paper, as someone would have written or photographed it: the pipeline's work, to be watched."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 280
_PAPER, _INK = 238.0, 40.0
_DARK_PAPER, _LIGHT_INK = 30.0, 225.0


@dataclass(frozen=True)
class Scene:
    """How a character lies on its paper."""

    size: float = 0.4  # the picture's share that the glyph's frame of 28x28 pixels takes, above 0 to 1
    x: float = 0.15  # where the frame lies, 0 (left, top) to 1 (right, bottom)
    y: float = 0.2
    shade: float = 0.0  # share of the light that is missing in the lower right corner, 0 to 0.9
    light_ink: bool = False


def render_on_paper(glyph: NDArray[np.uint8], scene: Scene) -> NDArray[np.uint8]:
    """Draw a glyph, uint8 (28, 28), on a sheet of paper: grey, uint8 (280, 280)."""
    frame = max(1, round(SIDE * min(max(scene.size, 0.0), 1.0)))
    interpolation = cv2.INTER_CUBIC if frame > len(glyph) else cv2.INTER_AREA
    enlarged = cv2.resize(glyph, (frame, frame), interpolation=interpolation)
    left, top = (round(min(max(share, 0.0), 1.0) * (SIDE - frame)) for share in (scene.x, scene.y))
    ink = np.zeros((SIDE, SIDE), np.float32)
    ink[top : top + frame, left : left + frame] = enlarged / 255
    paper, pen = (_DARK_PAPER, _LIGHT_INK) if scene.light_ink else (_PAPER, _INK)
    down, right = np.mgrid[0 : 1 : SIDE * 1j, 0 : 1 : SIDE * 1j]
    light = 1 - scene.shade * (down + right) / 2
    return np.asarray(np.clip((paper + (pen - paper) * ink) * light, 0, 255).round(), np.uint8)
