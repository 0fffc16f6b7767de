import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from core.charsets import BALANCED, DIGITS
from core.model.library import load
from core.model.prediction import Blend, Prediction, Verdict
from core.model.reader import judge_scores, read_drawing, read_pictures
from core.settings import Settings
from core.vision.normalise import normalise
from tests.support.models import BLEND, make_model
from tests.support.strokes import draw


def test_a_model_without_an_eye_reads_the_ink_found_by_rule(settings: Settings) -> None:
    make_model(settings, says="7")
    (reading,) = read_pictures(load("tiny", settings), [draw("3")])
    assert reading.prediction.label == "7"
    assert reading.views == ()
    assert reading.normalised.steps[0].name == "picture"


def test_a_model_with_an_eye_shows_its_views_and_their_shares(settings: Settings) -> None:
    make_model(settings, says="7", blend=BLEND)
    (reading,) = read_pictures(load("tiny", settings), [draw("3")])
    assert [view.name for view in reading.views] == ["ink", "marked", "whole", "closest"]
    assert sum(view.share for view in reading.views) == pytest.approx(1)
    assert {view.image.shape for view in reading.views} == {(28, 28), (48, 48)}


def test_many_are_read_as_each_alone(settings: Settings) -> None:
    make_model(settings, blend=BLEND)
    recogniser = load("tiny", settings)
    pictures = [draw("3"), np.dstack([draw("5", size=100)] * 3), np.full((30, 80), 255, np.uint8), 255 - draw("8")]
    together = read_pictures(recogniser, pictures)
    for picture, reading in zip(pictures, together, strict=True):
        alone = read_pictures(recogniser, [picture])[0].prediction
        assert alone.probabilities == pytest.approx(reading.prediction.probabilities, abs=1e-5)
        assert alone.verdict is reading.prediction.verdict
    assert read_pictures(recogniser, []) == []


def test_a_picture_that_is_a_glyph_already_is_read_as_one(settings: Settings) -> None:
    make_model(settings, says="7", knows_outliers=True, blend=BLEND)
    recogniser = load("tiny", settings)
    glyph = normalise(draw("3")).glyph
    pictures = [draw("3"), glyph, np.roll(glyph, 4, axis=1), 255 - glyph]
    readings = read_pictures(recogniser, pictures)
    assert [len(reading.views) for reading in readings] == [4, 0, 4, 0]
    (told,) = recogniser.predict([readings[1].normalised])
    assert readings[1].prediction.probabilities == pytest.approx(told.probabilities)


def test_an_answer_can_be_restricted_and_the_own_one_is_kept(settings: Settings) -> None:
    make_model(settings, charset="balanced", says="G", blend=BLEND)
    (reading,) = read_pictures(load("tiny", settings), [draw("3")], DIGITS)
    assert reading.prediction.charset == DIGITS
    assert reading.unrestricted.charset == BALANCED
    assert reading.prediction.probabilities.sum() == pytest.approx(1)


def test_all_ink_of_a_drawing_counts(settings: Settings) -> None:
    make_model(settings)
    ink = np.zeros((200, 200), np.uint8)
    ink[40:160, 90:110], ink[20:24, 180:184] = 255, 255
    reading = read_drawing(load("tiny", settings), ink)
    rows, columns = np.nonzero(reading.normalised.glyph)
    assert np.ptp(columns) > 10  # the far dot is not left out
    assert np.ptp(rows) == 19
    assert reading.views == ()


def test_an_empty_canvas_is_blank(settings: Settings) -> None:
    make_model(settings)
    assert read_drawing(load("tiny", settings), np.zeros((200, 200), np.uint8)).prediction.verdict is Verdict.BLANK


def judged(scores: NDArray[np.float64]) -> Prediction:
    return judge_scores(DIGITS, softmax(scores), scores, Blend(**BLEND | {"threshold": 0.9}))


@pytest.mark.parametrize(
    ("column", "verdict"),
    [(3, Verdict.CONFIDENT), (10, Verdict.OTHER), (11, Verdict.SEVERAL), (12, Verdict.BLANK)],
)
def test_the_scores_of_all_views_give_the_verdict(column: int, verdict: Verdict) -> None:
    scores = np.zeros(13)
    scores[column] = 20
    assert judged(scores).verdict is verdict


def test_doubt_whether_it_is_a_character_makes_an_answer_unsure() -> None:
    scores = np.zeros(13)
    scores[[3, 10]] = 20, 19
    prediction = judged(scores)
    assert prediction.verdict is Verdict.UNSURE
    assert prediction.label == "3"
    assert prediction.confidence < 0.8
    assert prediction.probabilities[3] > 0.99


@pytest.mark.parametrize(("forms", "eye_forms"), [(True, True), (True, False), (False, True)])
def test_networks_that_tell_the_forms_of_letters_apart_or_not_read_together(
    settings: Settings, forms: bool, eye_forms: bool
) -> None:
    make_model(
        settings, charset="balanced", says="c1" if forms else "C1", blend=BLEND, forms=forms, eye_forms=eye_forms
    )
    recogniser, picture = load("tiny", settings), draw("3")
    both = forms and eye_forms
    assert recogniser.classes == (BALANCED.forms if both else BALANCED)
    (reading,) = read_pictures(recogniser, [picture])
    assert (reading.prediction.label, reading.prediction.name) == ("C", "Cc")
    assert len(reading.prediction.probabilities) == len(BALANCED.characters)
    assert {view.label for view in reading.views if view.name in ("ink", "marked")} == {"C"}
    small, capital = (
        read_pictures(recogniser, [picture], BALANCED.restricted(kind))[0].prediction for kind in ("small", "capitals")
    )
    assert small.label == "c"
    assert (capital.label == "C") is not both, "of a network that knows the capital, it is not asked as a small letter"
    assert read_drawing(recogniser, 255 - picture).prediction.label == "C"


@pytest.mark.parametrize(("other", "verdict"), [(-50.0, Verdict.UNSURE), (50.0, Verdict.OTHER)])
def test_a_glyph_that_its_network_refuses_is_looked_at_in_all_views_and_is_never_sure(
    settings: Settings, other: float, verdict: Verdict
) -> None:
    make_model(settings, refuses="other", says="3", blend=BLEND | {"other": other})
    glyph = normalise(draw("3")).glyph
    (reading,) = read_pictures(load("tiny", settings), [glyph])
    assert reading.prediction.verdict is reading.unrestricted.verdict is verdict
    assert reading.prediction.label == ("3" if verdict is Verdict.UNSURE else None)
    assert bool(reading.views) is (verdict is Verdict.UNSURE)
