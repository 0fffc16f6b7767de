"""The views of pictures that a model with an eye looks at, what its networks say of them, and how they are shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.model.blend import Evidence
from core.model.inference import Recogniser
from core.model.outputs import fold
from core.model.sight import Sight
from core.vision.grey import Pixels, shrink
from core.vision.normalise import Normalised, from_ink, normalise
from core.vision.views import ink_box, marked, whole

_RULE_SIDE = 256  # pixels of the longer side at which ink is found by rule: beside an eye as accurate as 512
_ALIKE = 0.75  # overlap from which ink by rule and by the eye are much the same: 99.9 % of MNIST are above
_TOLERANCE = 5  # pixels of a glyph within which strokes overlap, as those of the eye are less sharp
VIEWS = {
    "ink": "Ink by contrast",
    "marked": "Ink by the eye",
    "whole": "The whole picture",
    "closest": "A closer look",
}
"""The titles of views, by name."""


@dataclass(frozen=True)
class View:
    """One look at a picture.

    Attributes:
        image: the input of a network: a glyph, uint8 (28, 28), or a region in grey, uint8 (48, 48).
        label: the network's answer; None for no character.
        share: its weight in the answer, 0 to 1.
    """

    name: str
    title: str
    image: Pixels
    label: str | None
    share: float


def normalise_small(picture: Pixels, side: int) -> Normalised:
    """The glyph of the ink found by rule, as one view of several."""
    return normalise(shrink(picture, _RULE_SIDE), side)


def mark(sight: Sight, side: int) -> Normalised:
    """The glyph of the ink that the eye has marked."""
    glance = sight.closest
    ink = marked(sight.picture, glance.frame, glance.ink)
    return from_ink(np.zeros_like(ink) if ink_box(glance.ink) is None else ink, side)


def gather(
    recogniser: Recogniser, sights: Sequence[Sight], by_rule: Sequence[Normalised], by_eye: Sequence[Normalised]
) -> Evidence:
    """What the networks of a model with an eye say of all views of pictures.

    Args:
        sights: the eye's looks at the pictures.
        by_rule, by_eye: the glyphs of the pictures.
    """
    has_ink = np.array([[not rule.blank, not eye.blank] for rule, eye in zip(by_rule, by_eye, strict=True)])
    glyphs, others = (np.stack([item.glyph for item in items]) for items in (by_rule, by_eye))
    alike = has_ink.all(axis=1) & (overlap(glyphs, others) >= _ALIKE)
    card, classes = recogniser.card, recogniser.classes
    logits = fold(recogniser.logits(np.concatenate([glyphs, others])), card.classes, classes)
    return Evidence(
        logits[: len(glyphs)],
        logits[len(glyphs) :],
        fold(np.stack([sight.glances[0].logits for sight in sights]), card.eye_classes, classes),
        fold(np.stack([sight.closest.logits for sight in sights]), card.eye_classes, classes),
        has_ink,
        alike,
    )


def overlap(glyphs: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far glyphs (N, 28, 28) overlap with others within two pixels: 0 to 1, (N,) (Dice 1945)."""
    smooth = [_smoothed(images) for images in (glyphs, others)]
    common, both = np.minimum(*smooth).sum(axis=(1, 2)), sum(images.sum(axis=(1, 2)) for images in smooth)
    return np.asarray(2 * common / np.maximum(both, 1), np.float64)


def _smoothed(glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
    size = (_TOLERANCE, _TOLERANCE)
    return np.stack([np.asarray(cv2.blur(glyph.astype(np.float32), size), np.float32) for glyph in glyphs])


def _label(recogniser: Recogniser, logits: NDArray[np.floating]) -> str | None:
    (folded,) = fold(logits[None], recogniser.classes, recogniser.charset)
    characters, index = recogniser.charset.characters, int(folded.argmax())
    return characters[index] if index < len(characters) else None


def views_of(
    recogniser: Recogniser,
    evidence: Evidence,
    weights: NDArray[np.float64],
    sights: Sequence[Sight],
    by_rule: Sequence[Normalised],
    by_eye: Sequence[Normalised],
) -> Iterator[tuple[View, ...]]:
    """The views of each picture, by their weights, (N, 4) of 0 to 1."""
    logits = (evidence.ink, evidence.marked, evidence.whole, evidence.closest)
    for index, (sight, rule, eye) in enumerate(zip(sights, by_rule, by_eye, strict=True)):
        images = (rule.glyph, eye.glyph, sight.glances[0].grey, sight.closest.grey)
        titles = VIEWS if sight.glances[0].frame == whole(sight.picture) else VIEWS | {"whole": "The part with ink"}
        yield tuple(
            View(name, title, image, _label(recogniser, row[index]), float(share))
            for (name, title), image, row, share in zip(titles.items(), images, logits, weights[index], strict=True)
        )
