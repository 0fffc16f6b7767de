"""Scores of a reader of numbers, and how its confidence is calibrated."""

import numpy as np
import pytest

from core.alphabet import FILLED
from core.data.lines.photographed import MEASURED_ON, split_of
from core.errors import ConfigError, DataEmpty, DataMissing
from core.evaluation.number_sets import compose_lines, get_set, measure_numbers, read_lines
from core.evaluation.numbers import digits_are_right, fit_calibration, is_right, review_error, score
from core.model.number_reader import Evidence, judge_number
from core.model.numbers import NumberAnswer, NumberVerdict
from core.model.numbers_card import Calibration
from core.model.numbers_library import load_numbers
from core.settings import Settings
from tests.support.hands import small_hands
from tests.support.models import make_model
from tests.support.number_data import write_cheques
from tests.support.numbers import make_numbers


def answer(text: str, verdict: NumberVerdict = NumberVerdict.CONFIDENT, confidence: float = 0.99) -> NumberAnswer:
    return NumberAnswer(text, verdict, confidence, ((text, confidence),))


def test_an_answer_is_right_by_text_by_value_or_by_its_digits() -> None:
    assert is_right(answer("407"), "407")
    assert not is_right(answer("40.7"), "407")
    assert is_right(answer("3½"), "3.5", by_value=True)
    assert is_right(answer("31/2"), "3,5", by_value=True)
    assert not is_right(answer("35"), "3.5", by_value=True)
    assert is_right(answer("", NumberVerdict.BLANK), "")
    assert not is_right(answer("7"), "")
    assert is_right(answer("", NumberVerdict.FILLED), FILLED)
    assert digits_are_right(answer("3.500,-"), "3500")
    assert not digits_are_right(answer(""), "")


def test_scores_count_what_is_right_and_what_is_surely_wrong() -> None:
    answers = [answer("1"), answer("2"), answer("3", NumberVerdict.UNSURE, 0.4)]
    scores = score(answers, ["1", "7", "3"])
    assert (scores.lines, scores.right, scores.confident, scores.confident_wrong) == (3, 2, 2, 1)


def test_review_takes_the_least_sure_first() -> None:
    confidence = np.array([0.9, 0.2, 0.8, 0.7, 0.6, 0.5, 0.95, 0.85, 0.75, 0.65])
    right = np.array([True, False, True, True, True, False, True, True, True, True])
    assert review_error(confidence, right, 0.0) == pytest.approx(0.2)
    assert review_error(confidence, right, 0.1) == pytest.approx(1 / 9)
    assert review_error(confidence, right, 0.2) == pytest.approx(0.0)


def seen(share: float, opinion: float) -> Evidence:
    opinions = np.full((1, 10), (1 - opinion) / 9)
    opinions[0, 4] = opinion
    return Evidence((("4", share), ("9", 1 - share)), ((0.0, 1.0),), opinions)


def test_calibration_trusts_what_agrees_and_doubts_what_does_not() -> None:
    rng = np.random.default_rng(0)
    shares, opinions = rng.uniform(0.5, 0.999, 4000), rng.uniform(0.01, 0.999, 4000)
    right = rng.random(4000) < 0.5 * shares + 0.5 * opinions
    evidence = [seen(*pair) for pair in zip(shares, opinions, strict=True)]
    calibration = fit_calibration(evidence, ["4" if good else "9" for good in right])
    high, low = (judge_number(seen(0.99, opinion), calibration).confidence for opinion in (0.99, 0.05))
    assert high > 0.9
    assert low < 0.75
    predicted = np.array([judge_number(each, calibration).confidence for each in evidence])
    assert predicted.mean() == pytest.approx(right.mean(), abs=0.02)


def test_where_all_or_none_are_right_nothing_is_fitted() -> None:
    evidence = [seen(share, 0.9) for share in (0.6, 0.9)]
    assert fit_calibration(evidence, ["4", "4"]) == Calibration()
    none = fit_calibration(evidence, ["7", "7"])
    assert [judge_number(each, none).verdict for each in evidence] == [NumberVerdict.UNSURE] * 2


def test_lines_are_composed_and_read_in_their_order(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    examples = compose_lines(small_hands(), 5, seed=3)
    assert [answer.text for answer in read_lines(load_numbers(settings), examples)] == ["7"] * 5
    again = compose_lines(small_hands(), 5, seed=3)
    assert [example.text for example in examples] == [example.text for example in again]


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(ConfigError, match="measured on composed-lines"):
        get_set("mnist")


def test_a_split_without_lines_is_said(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    name = next(name for number in range(9) if split_of(name := f"a_car_00000{number}.jpg") == "validation")
    write_cheques(settings.data_dir / MEASURED_ON, {name: "12"})
    reader = load_numbers(settings)
    assert measure_numbers(reader, MEASURED_ON, "validation", settings).score().lines == 1
    with pytest.raises(DataEmpty, match=r"Cheque amounts .* has no lines for test"):
        measure_numbers(reader, MEASURED_ON, "test", settings)


@pytest.mark.parametrize("name", ["composed-lines", "composed-numbers"])
def test_what_lines_are_composed_of_is_named_where_it_is_missing(settings: Settings, name: str) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    with pytest.raises(DataMissing, match="python -m core data download mnist"):
        measure_numbers(load_numbers(settings), name, "test", settings)
