"""From pictures and drawings to answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.charsets import Charset
from core.model.blend import Blend
from core.model.evidence import View, gather, mark, normalise_small, views_of
from core.model.inference import Recogniser
from core.model.outputs import fold
from core.model.prediction import UNANSWERED, Prediction, Verdict, judge
from core.model.sight import look_at
from core.vision.grey import Pixels, shrink, to_grey
from core.vision.ink import WORK_SIDE
from core.vision.normalise import Normalised, Step, from_ink, is_glyph, normalise

_REFUSED = (Verdict.OTHER, Verdict.SEVERAL)
_LIKELY = 0.5  # probability from which a drawing is no character: of validation writers' digits it loses 0.2 %


@dataclass(frozen=True)
class Answer:
    """What a model makes of a picture.

    Attributes:
        normalised: the glyph that counts most, and the steps that led to it.
        prediction: restricted to what was asked for.
        unrestricted: with all that the model reads to choose from; the same where nothing was left out.
        views: all that was looked at; empty for a drawing, of which there is the glyph alone.
    """

    normalised: Normalised
    prediction: Prediction
    unrestricted: Prediction
    views: tuple[View, ...] = ()

    def without_pictures(self) -> "Answer":
        """The same to be kept for long: without the steps and the views."""
        return replace(self, normalised=replace(self.normalised, steps=()), views=())


def read_drawing(recogniser: Recogniser, ink: Pixels, only: Charset | None = None) -> Answer:
    """Read what was drawn on a canvas. Its paper is known, so nothing is searched for and nothing left out.

    Its glyph alone says which character it is. Whether it is one at all is asked of the eye, where there is one and the
    glyph's own network has not learnt it.

    Args:
        recogniser: the model.
        ink: uint8 (H, W), 0 where nothing is drawn, 255 for full ink.
        only: the characters that the answer is restricted to.
    """
    ink = shrink(ink, WORK_SIDE)
    normalised = from_ink(ink, recogniser.charset.glyph_side)
    if recogniser.eye is None or recogniser.card.knows_outliers or normalised.blank:
        return _read_glyphs(recogniser, [normalised], only)[0]
    (sight,) = look_at(recogniser, [np.asarray(255 - ink, np.uint8)])
    looks = np.stack([sight.glances[0].logits, sight.closest.logits])
    folded = fold(looks, recogniser.card.eye_classes, recogniser.charset)
    other, several, blank = softmax(log_softmax(folded, axis=1).sum(axis=0))[-3:]

    def judged(charset: Charset) -> Prediction:
        (row,) = recogniser.probabilities(normalised.glyph[None], charset)
        return judge(charset, row, False, recogniser.card.threshold, float(other + blank), float(several), _LIKELY)

    unrestricted = judged(recogniser.charset)
    return Answer(normalised, unrestricted if only is None else judged(only), unrestricted)


def read_pictures(recogniser: Recogniser, pictures: Sequence[Pixels], only: Charset | None = None) -> list[Answer]:
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
    answers = _read_greys(recogniser, [to_grey(picture) for picture in small], only)
    return [_of_picture(*parts) for parts in zip(answers, small, strict=True)]


def _of_picture(answer: Answer, picture: Pixels) -> Answer:
    """An answer whose first step shows the picture as it was given, in its colours."""
    steps = (Step("picture", "The picture", picture), *answer.normalised.steps[1:])
    return replace(answer, normalised=replace(answer.normalised, steps=steps))


def _read_greys(recogniser: Recogniser, greys: Sequence[Pixels], only: Charset | None) -> list[Answer]:
    side = recogniser.charset.glyph_side
    if recogniser.eye is None:
        return _read_glyphs(recogniser, [normalise(grey, side) for grey in greys], only)
    by_rule = [normalise_small(grey, side) for grey in greys]
    glyphs = [recogniser.card.knows_outliers and is_glyph(item.ink, side) for item in by_rule]
    indices = [index for index, flag in enumerate(glyphs) if flag]
    alone = dict(zip(indices, _read_glyphs(recogniser, [by_rule[i] for i in indices], only), strict=True))
    others = [i for i, flag in enumerate(glyphs) if not flag or alone[i].unrestricted.verdict in _REFUSED]
    viewed = _read_views(recogniser, [greys[i] for i in others], [by_rule[i] for i in others], only)
    seen = {i: _doubted(alone[i], answer) if i in alone else answer for i, answer in zip(others, viewed, strict=True)}
    return [(alone | seen)[i] for i in range(len(greys))]


def _doubted(refused: Answer, seen: Answer) -> Answer:
    """What is said of a glyph that its network takes for no character: what all views say, but never surely.

    Where they do not take it for one character either, it is refused.
    """
    if seen.unrestricted.verdict in UNANSWERED:
        return refused
    prediction, unrestricted = (replace(one, verdict=Verdict.UNSURE) for one in (seen.prediction, seen.unrestricted))
    return replace(seen, prediction=prediction, unrestricted=unrestricted)


def _read_views(
    recogniser: Recogniser, greys: Sequence[Pixels], by_rule: Sequence[Normalised], only: Charset | None
) -> list[Answer]:
    assert recogniser.eye is not None, "only a model with an eye has several views"
    if not greys:
        return []
    sights = look_at(recogniser, greys)
    by_eye = [mark(sight, recogniser.charset.glyph_side) for sight in sights]
    evidence = gather(recogniser, sights, by_rule, by_eye)
    blend = Blend.from_dict(recogniser.card.blend)
    scores, weights = blend.scores(evidence), blend.weights(evidence)
    unrestricted = _judge(recogniser, scores, blend, recogniser.charset)
    answers = unrestricted if only is None else _judge(recogniser, scores, blend, only)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return [
        Answer(_shown(by_rule[i], by_eye[i], weights[i], unrestricted[i]), answers[i], unrestricted[i], views)
        for i, views in enumerate(views_of(recogniser, evidence, weights, sights, by_rule, by_eye))
    ]


def _shown(by_rule: Normalised, by_eye: Normalised, weights: NDArray[np.float64], prediction: Prediction) -> Normalised:
    """The glyph that counts most, with its steps."""
    shown = by_rule if weights[0] >= weights[1] else by_eye
    return replace(shown, blank=True) if prediction.verdict is Verdict.BLANK else shown


def _read_glyphs(recogniser: Recogniser, items: Sequence[Normalised], only: Charset | None) -> list[Answer]:
    whole = recogniser.predict(items)
    restricted = whole if only is None or only == recogniser.charset else recogniser.predict(items, only)
    return [Answer(*parts) for parts in zip(items, restricted, whole, strict=True)]


def _judge(recogniser: Recogniser, scores: NDArray[np.float64], blend: Blend, asked: Charset) -> list[Prediction]:
    folded = fold(scores, recogniser.classes, asked)
    return [judge_scores(asked, *rows, blend) for rows in zip(softmax(scores, axis=1), folded, strict=True)]


def judge_scores(asked: Charset, shares: NDArray[np.float64], scores: NDArray[np.float64], blend: Blend) -> Prediction:
    """How the answer of a picture's views is to be taken.

    Args:
        asked: the C characters that the answer is restricted to.
        shares: (F + 3,), the probabilities of all that the model tells apart, the last three those of REJECTIONS.
        scores: (C + 3,), of `Blend.scores`, of the characters asked for.
        blend: with its thresholds.
    """
    *characters, other, several, blank = shares.tolist()
    probabilities = np.asarray(softmax(scores[: len(asked.characters)]))
    is_blank = blank >= max(other + several, sum(characters))
    return judge(
        asked,
        probabilities,
        is_blank,
        blend.threshold,
        other + blank,
        several,
        blend.rejection_threshold,
    )
