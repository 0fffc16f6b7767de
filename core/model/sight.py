"""The views of a picture: what the eye sees in it, the glyphs of its ink, and what the networks say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from core.model.inference import Recogniser, fold
from core.model.networks import Eye
from core.model.prediction import REJECTIONS, Evidence
from core.vision.grey import Pixels, shrink
from core.vision.normalise import Normalised, from_ink, normalise
from core.vision.views import PICTURE_SIDE, Frame, closer, ink_box, look, marked, parts, whole

_LOOKS = 5  # at most: the whole, then closer around the ink until it is well framed
_PARTS = (2, 4)  # per side, tried one after the other where the whole shows nothing
_SURE = 0.8  # probability of a character from which a part counts: much on paper and forms resembles a stroke
_BATCH = 128
_RULE_SIDE = 256  # pixels of the longer side at which ink is found by rule: beside an eye as accurate as 512
_ALIKE = 0.75  # overlap from which ink by rule and by the eye are much the same: 99.9 % of MNIST are above
_TOLERANCE = 5  # pixels of a glyph within which strokes overlap, as those of the eye are less sharp


@dataclass(frozen=True)
class Glance:
    """One look at a region: what it shows, and the eye's answers."""

    frame: Frame
    grey: Pixels  # (48, 48)
    logits: NDArray[np.float32]  # (classes,)
    ink: NDArray[np.float32]  # (48, 48), the probability of each pixel that it is ink


@dataclass(frozen=True)
class Sight:
    """A picture and the looks at it: first at the whole, or at the only part with ink; last around the character."""

    picture: Pixels
    glances: tuple[Glance, ...]

    @property
    def closest(self) -> Glance:
        return self.glances[-1]


def look_at(recogniser: Recogniser, pictures: Sequence[Pixels]) -> list[Sight]:
    """Look at grey, RGB or RGBA pictures with a model's eye, closer and closer around the ink."""
    eye = recogniser.eye
    assert eye is not None, "only a model with an eye looks"
    first = _glances(eye, pictures, [whole(picture) for picture in pictures])
    sights = _follow(eye, [Sight(picture, (glance,)) for picture, glance in zip(pictures, first, strict=True)])
    for number in _PARTS:
        unseen = [index for index, sight in enumerate(sights) if ink_box(sight.glances[0].ink) is None]
        closest = _follow(eye, [_part_with_most_ink(eye, sights[index], number) for index in unseen])
        for index, sight in zip(unseen, closest, strict=True):
            (scores,) = fold(sight.closest.logits[None], recogniser.card.eye_classes, recogniser.charset)
            if float(softmax(scores)[: -len(REJECTIONS)].max()) >= _SURE:
                sights[index] = sight
    return sights


def _follow(eye: Eye, sights: Sequence[Sight]) -> list[Sight]:
    """Look closer around the ink until it is well framed."""
    sights = list(sights)
    for _ in range(_LOOKS - 1):
        closest = [closer(sight.picture, sight.closest.frame, sight.closest.ink) for sight in sights]
        frames = {index: frame for index, frame in enumerate(closest) if frame}
        glances = _glances(eye, [sights[index].picture for index in frames], list(frames.values()))
        for index, glance in zip(frames, glances, strict=True):
            sights[index] = replace(sights[index], glances=(*sights[index].glances, glance))
    return sights


def _part_with_most_ink(eye: Eye, sight: Sight, number: int) -> Sight:
    """The look at the part with most ink instead of the whole; the same where no part has any.

    A character on a large page is too small to be seen from afar.
    """
    frames = parts(sight.picture, number)
    glances = _glances(eye, [sight.picture] * len(frames), frames)
    inked = [glance for glance in glances if ink_box(glance.ink) is not None]
    return Sight(sight.picture, (max(inked, key=lambda glance: float(glance.ink.sum())),)) if inked else sight


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


def standardise(pictures: Tensor) -> Tensor:
    """Grey pictures, float (N, 48, 48) of 0 to 1, as an eye's input: (N, 1, 48, 48), mean 0 and deviation 1."""
    mean = pictures.mean(dim=(1, 2), keepdim=True)
    deviation = pictures.std(dim=(1, 2), keepdim=True).clamp(min=0.01)
    return ((pictures - mean) / deviation)[:, None]


def normalise_small(picture: Pixels, side: int) -> Normalised:
    """The glyph of the ink found by rule, as one view of several."""
    return normalise(shrink(picture, _RULE_SIDE), side)


def gather(
    recogniser: Recogniser, pictures: Sequence[Pixels], by_rule: Sequence[Normalised]
) -> tuple[Evidence, list[Sight], list[Normalised]]:
    """What the networks of a model with an eye say of all views of pictures, which have these glyphs by rule.

    With it the eye's looks at the pictures, and the glyphs of the ink that it has marked.
    """
    sights = look_at(recogniser, pictures)
    by_eye = [_mark(sight, recogniser.charset.glyph_side) for sight in sights]
    has_ink = np.array([[not rule.blank, not eye.blank] for rule, eye in zip(by_rule, by_eye, strict=True)])
    glyphs, others = (np.stack([item.glyph for item in items]) for items in (by_rule, by_eye))
    alike = has_ink.all(axis=1) & (overlap(glyphs, others) >= _ALIKE)
    card, classes = recogniser.card, recogniser.classes
    logits = fold(recogniser.logits(np.concatenate([glyphs, others])), card.classes, classes)
    of_whole, closest = (
        fold(np.stack([glance.logits for glance in glances]), card.eye_classes, classes)
        for glances in ([sight.glances[0] for sight in sights], [sight.closest for sight in sights])
    )
    return Evidence(logits[: len(glyphs)], logits[len(glyphs) :], of_whole, closest, has_ink, alike), sights, by_eye


def _mark(sight: Sight, side: int) -> Normalised:
    """The glyph of the ink that the eye has marked."""
    glance = sight.closest
    ink = marked(sight.picture, glance.frame, glance.ink)
    return from_ink(np.zeros_like(ink) if ink_box(glance.ink) is None else ink, side)


def overlap(glyphs: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far glyphs (N, 28, 28) overlap with others within two pixels: 0 to 1, (N,) (Dice 1945)."""
    size = (_TOLERANCE, _TOLERANCE)
    smooth = [np.stack([cv2.blur(glyph.astype(np.float32), size) for glyph in images]) for images in (glyphs, others)]
    common, both = np.minimum(*smooth).sum(axis=(1, 2)), sum(images.sum(axis=(1, 2)) for images in smooth)
    return np.asarray(2 * common / np.maximum(both, 1), np.float64)
