"""From pictures to answers: the one way, behind the pages and the command line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.charsets import Charset
from core.model.blend import Blend, Evidence
from core.model.inference import Recogniser
from core.model.outputs import fold
from core.model.prediction import UNANSWERED, Prediction, Verdict, judge
from core.model.sight import Sight, look_at
from core.vision.grey import Pixels, shrink, to_grey
from core.vision.ink import WORK_SIDE
from core.vision.normalise import Normalised, Step, from_ink, is_glyph, normalise
from core.vision.views import ink_box, marked, whole

_RULE_SIDE = (
    256  # pixels of the longer side at which ink is found by rule beside an eye: as right as at 512, and faster
)
_REFUSED = (Verdict.OTHER, Verdict.SEVERAL)
_LIKELY = 0.5  # probability from which a drawing is no character: of validation writers' digits it loses 0.2 %
_ALIKE = 0.75  # overlap from which ink by rule and ink by the eye are much the same: of MNIST 99.9 % are above
_TOLERANCE = 5  # pixels of a glyph within which strokes count as overlapping, as the eye's are not quite as sharp


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
    (sight,) = look_at(recogniser, [np.asarray(255 - ink, np.uint8)])
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

    A model with an eye makes its answer of several views of each picture, one without of the ink found by rule. A
    picture that is a glyph already, as an image of MNIST, is read as one; only where it seems to be no character, all
    views are asked, too.

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
    readings = _read_greys(recogniser, [to_grey(picture) for picture in small], only)
    return [_of_picture(*parts) for parts in zip(readings, small, strict=True)]


def _of_picture(reading: Reading, picture: Pixels) -> Reading:
    """A reading whose first step shows the picture as it was given, in its colours."""
    steps = (Step("picture", "The picture", picture), *reading.normalised.steps[1:])
    return replace(reading, normalised=replace(reading.normalised, steps=steps))


def _read_greys(recogniser: Recogniser, greys: Sequence[Pixels], only: Charset | None) -> list[Reading]:
    side = recogniser.charset.side
    if recogniser.eye is None:
        return _read_glyphs(recogniser, [normalise(grey, side) for grey in greys], only)
    by_rule = [normalise_small(grey, side) for grey in greys]
    glyphs = [recogniser.card.knows_outliers and is_glyph(item.ink, side) for item in by_rule]
    indices = [index for index, flag in enumerate(glyphs) if flag]
    alone = dict(zip(indices, _read_glyphs(recogniser, [by_rule[i] for i in indices], only), strict=True))
    others = [i for i, flag in enumerate(glyphs) if not flag or alone[i].own.verdict in _REFUSED]
    readings = _read_views(recogniser, [greys[i] for i in others], [by_rule[i] for i in others], only)
    seen = {i: _doubted(alone[i], found) if i in alone else found for i, found in zip(others, readings, strict=True)}
    return [(alone | seen)[i] for i in range(len(greys))]


def _doubted(refused: Reading, seen: Reading) -> Reading:
    """What is said of a glyph that its network takes for no character: what all views say, but never surely.

    Where they do not take it for one character either, it is refused.
    """
    if seen.own.verdict in UNANSWERED:
        return refused
    own, prediction = (replace(answer, verdict=Verdict.UNSURE) for answer in (seen.own, seen.prediction))
    return replace(seen, own=own, prediction=prediction)


def _read_views(
    recogniser: Recogniser, greys: Sequence[Pixels], by_rule: Sequence[Normalised], only: Charset | None
) -> list[Reading]:
    assert recogniser.eye is not None, "only a model with an eye has several views"
    if not greys:
        return []
    sights = look_at(recogniser, greys)
    by_eye = [mark(sight, recogniser.charset.side) for sight in sights]
    evidence = gather(recogniser, sights, by_rule, by_eye)
    blend = Blend.from_dict(recogniser.card.blend)
    scores, weights = blend.scores(evidence), blend.weights(evidence)
    own = _judge(recogniser, scores, blend, recogniser.charset)
    answers = own if only is None else _judge(recogniser, scores, blend, only)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return [
        Reading(_shown(by_rule[i], by_eye[i], weights[i], own[i]), answers[i], own[i], views)
        for i, views in enumerate(_views(recogniser, evidence, weights, sights, by_rule, by_eye))
    ]


def _shown(by_rule: Normalised, by_eye: Normalised, weights: NDArray[np.float64], own: Prediction) -> Normalised:
    """The glyph that counts most, with its steps."""
    shown = by_rule if weights[0] >= weights[1] else by_eye
    return replace(shown, blank=True) if own.verdict is Verdict.BLANK else shown


def _views(
    recogniser: Recogniser,
    evidence: Evidence,
    weights: NDArray[np.float64],
    sights: Sequence[Sight],
    by_rule: Sequence[Normalised],
    by_eye: Sequence[Normalised],
) -> Iterator[tuple[View, ...]]:
    logits = (evidence.ink, evidence.marked, evidence.whole, evidence.closest)
    for index, (sight, rule, eye) in enumerate(zip(sights, by_rule, by_eye, strict=True)):
        images = (rule.glyph, eye.glyph, sight.glances[0].grey, sight.closest.grey)
        titles = VIEWS if sight.glances[0].frame == whole(sight.picture) else VIEWS | {"whole": "The part with ink"}
        yield tuple(
            View(name, title, image, _label(recogniser, row[index]), float(share))
            for (name, title), image, row, share in zip(titles.items(), images, logits, weights[index], strict=True)
        )


def _read_glyphs(recogniser: Recogniser, items: Sequence[Normalised], only: Charset | None) -> list[Reading]:
    whole = recogniser.predict(items)
    restricted = whole if only is None or only == recogniser.charset else recogniser.predict(items, only)
    return [Reading(*parts) for parts in zip(items, restricted, whole, strict=True)]


def normalise_small(picture: Pixels, side: int) -> Normalised:
    """The glyph of the ink found by rule, where it is one view of several."""
    return normalise(shrink(picture, _RULE_SIDE), side)


def mark(sight: Sight, side: int) -> Normalised:
    """The glyph of the ink that the eye has marked."""
    glance = sight.closest
    ink = marked(sight.picture, glance.frame, glance.ink)
    found = ink_box(glance.ink) is not None
    return from_ink(ink if found else np.zeros_like(ink), side)


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
    alike = found.all(axis=1) & (overlap(glyphs, others) >= _ALIKE)
    card, classes = recogniser.card, recogniser.classes
    logits = fold(recogniser.logits(np.concatenate([glyphs, others])), card.classes, classes)
    return Evidence(
        logits[: len(glyphs)],
        logits[len(glyphs) :],
        fold(np.stack([sight.glances[0].logits for sight in sights]), card.eye_classes, classes),
        fold(np.stack([sight.closest.logits for sight in sights]), card.eye_classes, classes),
        found,
        alike,
    )


def overlap(glyphs: NDArray[np.uint8], others: NDArray[np.uint8]) -> NDArray[np.float64]:
    """How far glyphs (N, 28, 28) are the same as others, give or take two pixels: 0 to 1, (N,) (Dice 1945)."""
    smooth = [_smoothed(images) for images in (glyphs, others)]
    common, both = np.minimum(*smooth).sum(axis=(1, 2)), sum(images.sum(axis=(1, 2)) for images in smooth)
    return np.asarray(2 * common / np.maximum(both, 1), np.float64)


def _smoothed(glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
    size = (_TOLERANCE, _TOLERANCE)
    return np.stack([np.asarray(cv2.blur(glyph.astype(np.float32), size), np.float32) for glyph in glyphs])


VIEWS = {
    "ink": "Ink by contrast",
    "marked": "Ink by the eye",
    "whole": "The whole picture",
    "closest": "A closer look",
}


def _label(recogniser: Recogniser, logits: NDArray[np.floating]) -> str | None:
    (folded,) = fold(logits[None], recogniser.classes, recogniser.charset)
    characters, index = recogniser.charset.characters, int(folded.argmax())
    return characters[index] if index < len(characters) else None


def _judge(recogniser: Recogniser, scores: NDArray[np.float64], blend: Blend, asked: Charset) -> list[Prediction]:
    folded = fold(scores, recogniser.classes, asked)
    return [judge_scores(asked, *rows, blend) for rows in zip(softmax(scores, axis=1), folded, strict=True)]


def judge_scores(asked: Charset, shares: NDArray[np.float64], scores: NDArray[np.float64], blend: Blend) -> Prediction:
    """How the answer of a picture's views is to be taken.

    Args:
        asked: the C characters that the answer is restricted to.
        shares: (F + 3,), the probabilities of all that the model tells apart, the last three those of REJECTIONS.
        scores: (C + 3,), of `Blend.scores`, of the characters asked for.
        blend: with its limits.
    """
    *characters, other, several, blank = shares.tolist()
    probabilities = np.asarray(softmax(scores[: len(asked.characters)]))
    is_blank = blank >= max(other + several, sum(characters))
    return judge(
        asked,
        probabilities,
        is_blank,
        blend.limit,
        other + blank,
        several,
        blend.rejection_limit,
    )
