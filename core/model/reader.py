"""From pictures and drawings to answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from core.charsets import Charset
from core.model.inference import Recogniser, fold
from core.model.prediction import UNANSWERED, Blend, Prediction, Verdict, judge
from core.model.sight import gather, look_at, normalise_small
from core.vision.grey import Pixels, shrink, to_grey
from core.vision.ink import WORK_SIDE
from core.vision.normalise import Normalised, from_ink, is_glyph, normalise
from core.vision.views import whole

_LIKELY = 0.5  # probability from which a drawing is no character: loses 0.2 % of the validation writers' digits
_VIEWS = {
    "ink": "Ink by contrast",
    "marked": "Ink by the eye",
    "whole": "The whole picture",
    "closest": "A closer look",
}


@dataclass(frozen=True)
class View:
    """One look at a picture."""

    name: str
    title: str
    image: Pixels  # the input of a network: a glyph (28, 28), or a region in grey (48, 48)
    label: str | None  # the network's answer; None for no character
    share: float  # its weight in the answer, 0 to 1


@dataclass(frozen=True)
class Answer:
    """A model's answer to a picture."""

    normalised: Normalised  # the glyph with the largest weight, and the steps to it
    prediction: Prediction  # restricted to the characters asked for
    unrestricted: Prediction  # among all that the model reads
    views: tuple[View, ...] = ()  # none of a drawing, which has its glyph alone

    def without_pictures(self) -> "Answer":
        """A small copy to keep: without the steps and the views."""
        return replace(self, normalised=replace(self.normalised, steps=()), views=())


def read_drawing(recogniser: Recogniser, ink: Pixels, only: Charset | None = None) -> Answer:
    """Read a drawing on a canvas by its ink, uint8 (H, W): nothing is searched for and nothing left out.

    Which character it is, its glyph alone decides. Whether it is one at all, the eye decides where there is one and the
    glyph's network has not learnt that.
    """
    ink = shrink(ink, WORK_SIDE)
    normalised = from_ink(ink, recogniser.charset.glyph_side)
    if recogniser.eye is None or recogniser.card.knows_outliers or normalised.blank:
        return _read_glyphs(recogniser, [normalised], only)[0]
    (sight,) = look_at(recogniser, [np.asarray(255 - ink, np.uint8)])
    logits = np.stack([sight.glances[0].logits, sight.closest.logits])
    folded = fold(logits, recogniser.card.eye_classes, recogniser.charset)
    other, several, blank = softmax(log_softmax(folded, axis=1).sum(axis=0))[-3:]

    def judge_as(charset: Charset) -> Prediction:
        (row,) = recogniser.probabilities(normalised.glyph[None], charset)
        return judge(charset, row, False, recogniser.card.threshold, float(other + blank), float(several), _LIKELY)

    unrestricted = judge_as(recogniser.charset)
    return Answer(normalised, unrestricted if only is None else judge_as(only), unrestricted)


def read_pictures(recogniser: Recogniser, pictures: Sequence[Pixels], only: Charset | None = None) -> list[Answer]:
    """Read grey, RGB or RGBA pictures of one character each; ConfigError where the model does not read those asked for.

    A model with an eye combines several views of each picture; one without reads the ink found by rule. A picture that
    is a glyph already, as an image of MNIST, is read as one, and by all views only where it seems to be no character.
    """
    small = [shrink(picture, WORK_SIDE) for picture in pictures]
    answers = _read_greys(recogniser, [to_grey(picture) for picture in small], only)
    return [
        replace(answer, normalised=answer.normalised.with_picture(picture))
        for answer, picture in zip(answers, small, strict=True)
    ]


def _read_greys(recogniser: Recogniser, greys: Sequence[Pixels], only: Charset | None) -> list[Answer]:
    side = recogniser.charset.glyph_side
    if recogniser.eye is None:
        return _read_glyphs(recogniser, [normalise(grey, side) for grey in greys], only)
    by_rule = [normalise_small(grey, side) for grey in greys]
    glyphs = [i for i, item in enumerate(by_rule) if recogniser.card.knows_outliers and is_glyph(item.ink, side)]
    answers = dict(zip(glyphs, _read_glyphs(recogniser, [by_rule[i] for i in glyphs], only), strict=True))
    others = [i for i in range(len(greys)) if i not in answers or answers[i].unrestricted.verdict in UNANSWERED]
    viewed = _read_views(recogniser, [greys[i] for i in others], [by_rule[i] for i in others], only)
    for i, answer in zip(others, viewed, strict=True):
        answers[i] = _reconsider(answers[i], answer) if i in answers else answer
    return [answers[i] for i in range(len(greys))]


def _reconsider(refused: Answer, of_views: Answer) -> Answer:
    """The answer to a glyph that its network refused: that of all views but UNSURE, unless they refuse it as well."""
    if of_views.unrestricted.verdict in UNANSWERED:
        return refused
    prediction, unrestricted = (
        replace(prediction, verdict=Verdict.UNSURE) for prediction in (of_views.prediction, of_views.unrestricted)
    )
    return replace(of_views, prediction=prediction, unrestricted=unrestricted)


def _read_glyphs(recogniser: Recogniser, items: Sequence[Normalised], only: Charset | None) -> list[Answer]:
    unrestricted = recogniser.predict(items)
    restricted = unrestricted if only is None or only == recogniser.charset else recogniser.predict(items, only)
    return [Answer(*parts) for parts in zip(items, restricted, unrestricted, strict=True)]


def _read_views(
    recogniser: Recogniser, greys: Sequence[Pixels], by_rule: Sequence[Normalised], only: Charset | None
) -> list[Answer]:
    if not greys:
        return []
    evidence, sights, by_eye = gather(recogniser, greys, by_rule)
    blend = recogniser.card.blend
    assert blend is not None, "only a model with an eye has several views"
    scores, weights = blend.scores(evidence), blend.weights(evidence)
    unrestricted = _judge(recogniser, scores, blend, recogniser.charset)
    answers = unrestricted if only is None else _judge(recogniser, scores, blend, only)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    logits = (evidence.ink, evidence.marked, evidence.whole, evidence.closest)
    labels = [_labels(recogniser, of_view) for of_view in logits]
    read = []
    for i, (sight, rule, eye) in enumerate(zip(sights, by_rule, by_eye, strict=True)):
        images = (rule.glyph, eye.glyph, sight.glances[0].grey, sight.closest.grey)
        part = {} if sight.glances[0].frame == whole(sight.picture) else {"whole": "The part with ink"}
        rows = zip((_VIEWS | part).items(), images, labels, weights[i].tolist(), strict=True)
        views = tuple(View(*title, image, of_view[i], share) for title, image, of_view, share in rows)
        shown = rule if weights[i, 0] >= weights[i, 1] else eye
        shown = replace(shown, blank=shown.blank or unrestricted[i].verdict is Verdict.BLANK)
        read.append(Answer(shown, answers[i], unrestricted[i], views))
    return read


def _labels(recogniser: Recogniser, logits: NDArray[np.floating]) -> list[str | None]:
    """What a view of each picture is taken for, by logits (N, C + R); None for no character."""
    characters: tuple[str | None, ...] = recogniser.charset.characters
    best = fold(logits, recogniser.classes, recogniser.charset).argmax(axis=1)
    return [characters[index] if index < len(characters) else None for index in best.tolist()]


def _judge(recogniser: Recogniser, scores: NDArray[np.float64], blend: Blend, asked: Charset) -> list[Prediction]:
    folded = fold(scores, recogniser.classes, asked)
    return [judge_scores(asked, *rows, blend) for rows in zip(softmax(scores, axis=1), folded, strict=True)]


def judge_scores(asked: Charset, shares: NDArray[np.float64], scores: NDArray[np.float64], blend: Blend) -> Prediction:
    """Make a prediction of the scores of a picture's views.

    Args:
        shares: (F + 3,), the probabilities of all classes of the model, and of REJECTIONS.
        scores: (C + 3,), of `Blend.scores`, for the characters asked for.
    """
    *characters, other, several, blank = shares.tolist()
    probabilities = np.asarray(softmax(scores[: len(asked.characters)]))
    is_blank = blank >= max(other + several, sum(characters))
    thresholds = {"threshold": blend.threshold, "rejection_threshold": blend.rejection_threshold}
    return judge(asked, probabilities, is_blank, other=other + blank, several=several, **thresholds)
