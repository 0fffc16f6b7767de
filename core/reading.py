"""From pictures to answers: the one way, behind the pages and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.charsets import Charset
from core.model.blend import Blend, Evidence
from core.model.inference import Recogniser
from core.model.prediction import Prediction, Verdict, judge
from core.model.sight import Sight, look_at
from core.vision.grey import Pixels, shrink
from core.vision.ink import WORK_SIDE
from core.vision.normalise import Normalised, Step, from_ink, normalise
from core.vision.views import ink_box, marked

_LIKELY = (
    0.5  # probability from which a drawing is taken for no character: of validation writers' digits it loses 0.2 %
)
_SAME_GLYPH = 0.95  # overlap from which the glyphs of ink by rule and ink by the eye are read once


@dataclass(frozen=True)
class View:
    """One of the ways in which a picture was looked at.

    Attributes:
        image: what a network was given: a glyph, uint8 (28, 28), or a region in grey, uint8 (48, 48).
        label: what the network takes it for; None where it takes it for no character.
        share: how much it counts in the answer, 0 to 1.
    """

    name: str
    title: str
    image: Pixels
    label: str | None
    share: float


@dataclass(frozen=True)
class Reading:
    """A picture and what a model makes of it.

    Attributes:
        normalised: the glyph that counts most, and the steps that led to it.
        prediction: the answer, restricted to what it was asked for.
        own: the model's answer with all that it reads to choose from; the same where nothing was left out.
        views: all that was looked at; empty for a drawing, of which there is the glyph alone.
    """

    normalised: Normalised
    prediction: Prediction
    own: Prediction
    views: tuple[View, ...] = ()


def read_drawing(recogniser: Recogniser, ink: Pixels, only: Charset | None = None) -> Reading:
    """Read what was drawn on a canvas. Its paper is known, so nothing is searched for and nothing left out.

    Its glyph alone says which character it is. Whether it is one at all is asked of the eye, where there is one and the
    glyph's own network has not learnt it.

    Args:
        recogniser: the model.
        ink: uint8 (H, W), 0 where nothing is drawn, 255 for full ink.
        only: the characters that the answer is restricted to.
    """
    ink = shrink(ink, WORK_SIDE)
    normalised = from_ink(ink, recogniser.charset.side)
    if recogniser.eye is None or recogniser.card.knows_outliers or normalised.blank:
        return _read_glyphs(recogniser, [normalised], only)[0]
    (sight,) = look_at(recogniser.eye, [np.asarray(255 - ink, np.uint8)])
    looks = (sight.glances[0], sight.closest)
    seen = np.sum([log_softmax(glance.logits.astype(np.float64)) for glance in looks], axis=0)
    other, several, blank = softmax(seen)[-3:]

    def judged(charset: Charset) -> Prediction:
        (row,) = recogniser.probabilities(normalised.glyph[None], charset)
        return judge(charset, row, False, recogniser.card.limit, float(other + blank), float(several), _LIKELY)

    own = judged(recogniser.charset)
    return Reading(normalised, own if only is None else judged(only), own)


def read_pictures(recogniser: Recogniser, pictures: Sequence[Pixels], only: Charset | None = None) -> list[Reading]:
    """Read pictures of one character each, in their order.

    A model with an eye makes its answer of several views of each picture, one without of the ink found by rule.

    Args:
        recogniser: the model.
        pictures: uint8, grey (H, W), RGB (H, W, 3) or RGBA (H, W, 4), of any size.
        only: the characters that the answers are restricted to.

    Raises:
        ConfigError: a character to restrict to is not read.
    """
    if not pictures:
        return []
    small = [shrink(picture, WORK_SIDE) for picture in pictures]
    by_rule = [normalise(picture, recogniser.charset.side) for picture in small]
    if recogniser.eye is None:
        return _read_glyphs(recogniser, by_rule, only)
    sights = look_at(recogniser.eye, small)
    by_eye = [mark(sight, recogniser.charset.side) for sight in sights]
    evidence = gather(recogniser, sights, by_rule, by_eye)
    blend = Blend.from_dict(recogniser.card.blend)
    scores, weights = blend.scores(evidence), blend.weights(evidence)
    return [
        _reading(recogniser, blend, scores[index], weights[index], evidence, index, parts, only)
        for index, parts in enumerate(zip(sights, by_rule, by_eye, strict=True))
    ]


def _read_glyphs(recogniser: Recogniser, items: Sequence[Normalised], only: Charset | None) -> list[Reading]:
    whole = recogniser.predict(items)
    restricted = whole if only is None or only == recogniser.charset else recogniser.predict(items, only)
    return [Reading(*parts) for parts in zip(items, restricted, whole, strict=True)]


def mark(sight: Sight, side: int) -> Normalised:
    """The glyph of the ink that the eye has marked."""
    glance = sight.closest
    ink = marked(sight.picture, glance.frame, glance.ink)
    found = ink_box(glance.ink) is not None
    made = from_ink(ink if found else np.zeros_like(ink), side)
    return replace(made, steps=(Step("picture", "The picture", sight.picture), *made.steps[1:]))


def gather(
    recogniser: Recogniser, sights: Sequence[Sight], by_rule: Sequence[Normalised], by_eye: Sequence[Normalised]
) -> Evidence:
    """What the networks say of all views, one batch each.

    Args:
        recogniser: a model with an eye.
        sights: the eye's looks at the pictures.
        by_rule, by_eye: their glyphs.
    """
    found = np.array([[not one.blank, not other.blank] for one, other in zip(by_rule, by_eye, strict=True)])
    glyphs, others = (np.stack([item.glyph for item in items]) for items in (by_rule, by_eye))
    differ = _overlap(glyphs, others) < _SAME_GLYPH
    logits = recogniser.logits(np.concatenate([glyphs, others[differ]]))
    ink = logits[: len(glyphs)]
    marked_ink = ink.copy()
    marked_ink[differ] = logits[len(glyphs) :]
    return Evidence(
        ink,
        marked_ink,
        np.stack([sight.glances[0].logits for sight in sights]),
        np.stack([sight.closest.logits for sight in sights]),
        found,
    )


def _overlap(glyphs: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far two glyphs are the same, 0 to 1: their overlap, (N,) (Dice 1945)."""
    common = np.minimum(glyphs, others).sum(axis=(1, 2), dtype=np.float64)
    both = glyphs.sum(axis=(1, 2), dtype=np.float64) + others.sum(axis=(1, 2), dtype=np.float64)
    return np.asarray(2 * common / np.maximum(both, 1), np.float64)


def _reading(
    recogniser: Recogniser,
    blend: Blend,
    scores: NDArray[np.float64],
    weights: NDArray[np.float64],
    evidence: Evidence,
    index: int,
    parts: tuple[Sight, Normalised, Normalised],
    only: Charset | None,
) -> Reading:
    sight, by_rule, by_eye = parts
    own = judge_scores(recogniser.charset, scores, blend)
    restricted = own if only is None else judge_scores(recogniser.charset, scores, blend, only)
    glance = sight.closest
    images = (by_rule.glyph, by_eye.glyph, sight.glances[0].grey, glance.grey)
    logits = (evidence.ink, evidence.marked, evidence.whole, evidence.closest)
    total = max(float(weights.sum()), 1e-9)
    views = tuple(
        View(name, title, image, _label(recogniser.charset, row[index]), float(weight) / total)
        for (name, title), image, row, weight in zip(VIEWS.items(), images, logits, weights, strict=True)
    )
    shown = by_rule if weights[0] >= weights[1] else by_eye
    blank = own.verdict is Verdict.BLANK
    return Reading(replace(shown, blank=True) if blank else shown, restricted, own, views)


VIEWS = {
    "ink": "Ink by contrast",
    "marked": "Ink by the eye",
    "whole": "The whole picture",
    "closest": "A closer look",
}


def _label(charset: Charset, logits: NDArray[np.floating]) -> str | None:
    index = int(logits.argmax())
    return charset.characters[index] if index < len(charset.characters) else None


def judge_scores(
    charset: Charset, scores: NDArray[np.float64], blend: Blend, only: Charset | None = None
) -> Prediction:
    """How the answer of a picture's views is to be taken.

    Args:
        charset: what the model reads, C characters.
        scores: (C + 3,), of `Blend.scores`.
        blend: with its limits.
        only: the characters that the answer is restricted to.
    """
    characters = len(charset.characters)
    shares = softmax(scores)
    other, several, blank = shares[characters:]
    probabilities = softmax(scores[charset.places(only or charset)])
    is_blank = bool(blank >= max(other + several, shares[:characters].sum()))
    return judge(
        only or charset,
        probabilities,
        is_blank,
        blend.limit,
        float(other + blank),
        float(several),
        blend.rejection_limit,
    )
