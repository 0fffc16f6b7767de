"""Looking at pictures with an eye: where the character is, which pixels are its ink, and what the eye takes it for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.model.eye import Eye, standardise
from core.vision.grey import Pixels
from core.vision.views import PICTURE_SIDE, Frame, closer, look, whole

_LOOKS = 5  # the whole, around what was found in it, and again as long as that was far off
_BATCH = 128


@dataclass(frozen=True)
class Glance:
    """One look at a region.

    Attributes:
        frame: the region.
        grey: what it shows, uint8 (48, 48).
        logits: the eye's answers, float32 (classes,).
        ink: probability of each pixel that it is ink, float32 (48, 48).
    """

    frame: Frame
    grey: Pixels
    logits: NDArray[np.float32]
    ink: NDArray[np.float32]


@dataclass(frozen=True)
class Sight:
    """A picture and the looks at it: the first at the whole, the last around the character."""

    picture: Pixels
    glances: tuple[Glance, ...]

    @property
    def closest(self) -> Glance:
        """The look around the character."""
        return self.glances[-1]


def look_at(eye: Eye, pictures: Sequence[Pixels]) -> list[Sight]:
    """Look at pictures, each time closer around the ink that was found, all of them in batches.

    Args:
        eye: the network, in evaluation mode.
        pictures: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4).
    """
    sights = [Sight(picture, ()) for picture in pictures]
    frames: dict[int, Frame] = {index: whole(picture) for index, picture in enumerate(pictures)}
    for _ in range(_LOOKS):
        glances = _glances(eye, [pictures[index] for index in frames], list(frames.values()))
        following = {}
        for index, glance in zip(frames, glances, strict=True):
            sights[index] = replace(sights[index], glances=(*sights[index].glances, glance))
            if frame := closer(pictures[index], glance.frame, glance.ink):
                following[index] = frame
        frames = following
        if not frames:
            break
    return sights


def _glances(eye: Eye, pictures: Sequence[Pixels], frames: Sequence[Frame]) -> list[Glance]:
    greys = np.stack([look(picture, frame) for picture, frame in zip(pictures, frames, strict=True)])
    logits, ink = see(eye, greys)
    return [Glance(*parts) for parts in zip(frames, greys, logits, ink, strict=True)]


def see(eye: Eye, greys: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Run an eye over grey pictures, uint8 (N, 48, 48): logits (N, classes), probabilities of ink (N, 48, 48)."""
    if greys.dtype != np.uint8 or greys.shape[1:] != (PICTURE_SIDE, PICTURE_SIDE):
        raise ValueError(
            f"expected grey pictures as uint8 (N, {PICTURE_SIDE}, {PICTURE_SIDE}), got {greys.dtype} {greys.shape}"
        )
    with torch.inference_mode():
        batches = torch.from_numpy(np.ascontiguousarray(greys)).split(_BATCH)
        parts = [eye(standardise(batch.float() / 255)) for batch in batches]
        return torch.cat([part[0] for part in parts]).numpy(), torch.cat([part[1].sigmoid() for part in parts]).numpy()
