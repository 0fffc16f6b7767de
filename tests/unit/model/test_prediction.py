"""How an answer is to be taken, and what of it is said."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import BALANCED, CAPITALS, DIGITS, Charset
from core.model.library import load
from core.model.prediction import Prediction, Verdict, judge, kind
from core.model.reader import read_drawing, read_pictures
from core.settings import Settings
from tests.support.models import BLEND, make_model
from tests.support.strokes import draw

SHARES = np.array([0.01] * 4 + [0.91] + [0.01] * 5)  # of the digits: a 4


def judged(other: float, several: float, threshold: float = 0.8, shares: NDArray[np.float64] = SHARES) -> Prediction:
    return judge(DIGITS, shares, False, threshold, other, several, rejection_threshold=0.5)


@pytest.mark.parametrize(
    ("other", "several", "verdict"),
    [
        (0.0, 0.0, Verdict.CONFIDENT),
        (0.1, 0.0, Verdict.CONFIDENT),
        (0.2, 0.2, Verdict.UNSURE),  # 0.91 of the 0.6 that is left
        (0.5, 0.0, Verdict.OTHER),
        (0.3, 0.2, Verdict.OTHER),  # believed together, named by the larger
        (0.2, 0.3, Verdict.SEVERAL),
        (1.0, 1.0, Verdict.OTHER),  # more than one by rounding
    ],
)
def test_what_is_probably_not_one_character_is_refused(other: float, several: float, verdict: Verdict) -> None:
    answer = judged(other, several)
    assert answer.verdict is verdict
    assert answer.rejection == pytest.approx(min(1.0, other + several))


@pytest.mark.parametrize(("other", "several"), [(0.9, 0.0), (0.0, 0.9)])
def test_what_is_refused_has_no_answer_but_says_what_it_would_be(other: float, several: float) -> None:
    answer = judged(other, several)
    assert (answer.label, answer.name, answer.confidence) == (None, None, 0.0)
    assert (answer.alike, answer.in_words) == (((), 0.0), "")
    assert answer.candidates(1) == [("4", 0.91)]
    assert answer.form("4") == "4"
    assert answer.shares[4] == pytest.approx(0.091)


def test_the_probability_of_no_character_takes_from_the_confidence() -> None:
    answer = judged(0.2, 0.0, threshold=0.0)
    assert (answer.label, answer.verdict) == ("4", Verdict.CONFIDENT)
    assert answer.confidence == pytest.approx(0.91 * 0.8) == answer.shares.max()
    assert answer.probabilities.sum() == pytest.approx(1)


def test_an_unsure_answer_is_perhaps_none_where_that_is_likelier_than_another() -> None:
    shares = np.array([0.0] * 8 + [0.3, 0.7])
    assert judge(DIGITS, shares, False, 0.9, 0.4, 0.0, 0.5).perhaps_refused
    assert not judge(DIGITS, shares, False, 0.9, 0.1, 0.1, 0.5).perhaps_refused
    assert not judge(DIGITS, shares, False, 0.1, 0.4, 0.0, 0.5).perhaps_refused, "it is confident"
    assert not judge(DIGITS, shares, False, 0.9, 0.6, 0.0, 0.5).perhaps_refused, "it is refused"


def test_look_alikes_are_sure_together_only_where_it_is_one_character() -> None:
    shares = np.full(47, 0.02 / 45)
    shares[[BALANCED.characters.index("O"), BALANCED.characters.index("0")]] = 0.5, 0.48
    assert judge(BALANCED, shares, False, 0.9, 0.05, 0.0, 0.5).verdict is Verdict.ALIKE
    assert judge(BALANCED, shares, False, 0.9, 0.1, 0.0, 0.5).verdict is Verdict.UNSURE


def test_what_is_blank_is_blank_whatever_else_it_may_be() -> None:
    answer = judge(DIGITS, SHARES, True, 0.8, 1.0, 0.0, 0.5)
    assert (answer.verdict, answer.rejection, answer.refusal, answer.candidates(3)) == (Verdict.BLANK, 0.0, "", [])


def test_a_refusal_is_said_in_words() -> None:
    assert judged(0.9, 0.0).refusal == "not a digit"
    assert judged(0.0, 0.9).refusal == "more than one digit"
    assert judged(0.0, 0.0).refusal == ""
    both = Prediction(BALANCED, np.full(47, 1 / 47), Verdict.OTHER, 0.9)
    assert both.refusal == "not a character"


@pytest.mark.parametrize(("charset", "word"), [(DIGITS, "digit"), (CAPITALS, "letter"), (BALANCED, "character")])
def test_one_of_them_has_a_name_of_one_word(charset: Charset, word: str) -> None:
    assert kind(charset) == word


@pytest.mark.parametrize("refuses", ["other", "several"])
def test_a_network_that_knows_outliers_refuses_them(settings: Settings, refuses: str) -> None:
    make_model(settings, says="47", refuses=refuses)
    recogniser = load("tiny", settings)
    for reading in (read_drawing(recogniser, draw("3")), read_pictures(recogniser, [draw("3")])[0]):
        assert (reading.prediction.verdict, reading.unrestricted.verdict) == (refuses, refuses)
        assert [character for character, _ in reading.prediction.candidates(2)] == ["4", "7"]
        assert reading.prediction.rejection > 0.9
        assert reading.views == ()
    assert read_drawing(recogniser, np.zeros((280, 280), np.uint8)).prediction.verdict is Verdict.BLANK


@pytest.mark.parametrize(
    ("changes", "verdict"), [({}, "confident"), ({"other": 200.0}, "other"), ({"several": 200.0}, "several")]
)
def test_a_model_with_an_eye_shows_its_views_whatever_it_answers(
    settings: Settings, changes: dict[str, float], verdict: str
) -> None:
    make_model(settings, says="4", knows_outliers=True, blend=BLEND | changes)
    (reading,) = read_pictures(load("tiny", settings), [draw("3")])
    assert reading.prediction.verdict == verdict
    assert [view.name for view in reading.views] == ["ink", "marked", "whole", "closest"]
    assert sum(view.share for view in reading.views) == pytest.approx(1)
    assert reading.views[0].label == "4"
