"""Looking at pictures with an eye: where the character is, which pixels are its ink, and which character it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from core.model.blend import REJECTIONS
from core.model.eye import Eye, standardise
from core.model.inference import Recogniser
from core.model.outputs import fold
from core.vision.grey import Pixels
from core.vision.views import PICTURE_SIDE, Frame, closer, ink_box, look, parts, whole

_LOOKS = 5  # at most: the whole, then closer around the ink until it is well framed
_PARTS = (2, 4)  # per side, tried one after the other where the whole shows nothing
_SURE = 0.8  # probability of a character from which a part counts: much on paper and forms resembles a stroke
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
    """A picture and the looks at it: first at the whole, or at the only part with ink; last around the character."""

    picture: Pixels
    glances: tuple[Glance, ...]

    @property
    def closest(self) -> Glance:
        return self.glances[-1]


def look_at(recogniser: Recogniser, pictures: Sequence[Pixels]) -> list[Sight]:
    """Look at pictures with a model's eye, closer and closer around the ink, in batches.

    Args:
        pictures: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4).
    """
    eye = recogniser.eye
    assert eye is not None, "only a model with an eye looks"
    first = _glances(eye, pictures, [whole(picture) for picture in pictures])
    sights = _follow(eye, [Sight(picture, (glance,)) for picture, glance in zip(pictures, first, strict=True)])
    for number in _PARTS:
        unseen = [index for index, sight in enumerate(sights) if ink_box(sight.glances[0].ink) is None]
        closest = _follow(eye, [_part_with_most_ink(eye, sights[index], number) for index in unseen])
        for index, sight in zip(unseen, closest, strict=True):
            if _shows_character(recogniser, sight.closest):
                sights[index] = sight
    return sights


def _follow(eye: Eye, sights: Sequence[Sight]) -> list[Sight]:
    """Look closer around the ink until it is well framed."""
    sights = list(sights)
    for _ in range(_LOOKS - 1):
        frames = {index: frame for index, sight in enumerate(sights) if (frame := _closer(sight))}
        glances = _glances(eye, [sights[index].picture for index in frames], list(frames.values()))
        for index, glance in zip(frames, glances, strict=True):
            sights[index] = replace(sights[index], glances=(*sights[index].glances, glance))
    return sights


def _closer(sight: Sight) -> Frame | None:
    return closer(sight.picture, sight.closest.frame, sight.closest.ink)


def _part_with_most_ink(eye: Eye, sight: Sight, number: int) -> Sight:
    """The look at the part with most ink instead of the whole; the same where no part has any.

    A character on a large page is too small to be seen from afar.
    """
    frames = parts(sight.picture, number)
    glances = _glances(eye, [sight.picture] * len(frames), frames)
    inked = [glance for glance in glances if ink_box(glance.ink) is not None]
    return Sight(sight.picture, (max(inked, key=lambda glance: float(glance.ink.sum())),)) if inked else sight


def _shows_character(recogniser: Recogniser, glance: Glance) -> bool:
    (logits,) = fold(glance.logits[None], recogniser.card.eye_classes, recogniser.charset)
    return float(softmax(logits)[: -len(REJECTIONS)].max()) >= _SURE


def _glances(eye: Eye, pictures: Sequence[Pixels], frames: Sequence[Frame]) -> list[Glance]:
    if not frames:
        return []
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
