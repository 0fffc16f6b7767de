"""What the shipped model says to pictures of whole kinds: right on what is a digit, never sure of what is none."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import CAPITALS, DIGITS, SMALL_LETTERS
from core.data import doodles, doodles_held_out
from core.model.inference import Recogniser
from core.model.library import load
from core.model.prediction import Prediction, Verdict
from core.model.reader import read_drawing, read_pictures
from core.settings import PROJECT_ROOT, Settings, get_settings
from core.vision.decode import decode
from core.vision.normalise import crop
from tests.support.forms import FORMS
from tests.support.pictures import EMPTY, KINDS, NOT_CHARACTERS, black_on_white, row_of, shown
from tests.support.strokes import draw
from tests.support.writing import Labelled, digits

OF_EACH = 6
CHARACTERS = digits(np.random.default_rng(1), OF_EACH)
NOBODY = Labelled("", ())


@pytest.fixture(scope="module")
def shipped() -> Recogniser:
    return load("digits", replace(get_settings(), models_dir=PROJECT_ROOT / "models"))


def answers(shipped: Recogniser, pictures: Sequence[NDArray[np.uint8]]) -> list[Prediction]:
    return [reading.prediction for reading in read_pictures(shipped, pictures)]


def test_the_form_of_a_picture_does_not_change_the_answer(shipped: Recogniser, settings: Settings) -> None:
    pictures = []
    for place, character in enumerate(CHARACTERS):
        picture = black_on_white(np.random.default_rng(place), character.character)
        pictures += [decode(form(np.random.default_rng(place), picture), settings) for form in FORMS.values()]
    labels = np.array([prediction.label for prediction in answers(shipped, pictures)]).reshape(OF_EACH, len(FORMS))
    wanted = np.array([character.label for character in CHARACTERS])[:, None]
    assert (labels == wanted).mean() >= 0.97


@pytest.mark.parametrize("fault", ["F1", "F2", "F12"])
def test_digits_are_read_whatever_surrounds_or_breaks_them(shipped: Recogniser, fault: str) -> None:
    kinds = [name for name, kind in KINDS.items() if kind.fault == fault]
    made = [
        shown(np.random.default_rng([place, number]), name, character)
        for number, name in enumerate(kinds)
        for place, character in enumerate(CHARACTERS)
    ]
    found = answers(shipped, [picture for picture, _ in made])
    right = np.array([answer.label == label for answer, (_, label) in zip(found, made, strict=True)])
    sure = np.array([answer.verdict is Verdict.CONFIDENT for answer in found])
    assert right.mean() >= 0.85
    assert (~right & sure).sum() <= 1


def test_a_small_digit_on_a_large_page_is_found(shipped: Recogniser) -> None:
    made = [shown(np.random.default_rng(place), "small-on-a-page", one) for place, one in enumerate(CHARACTERS * 3)]
    found = answers(shipped, [picture for picture, _ in made])
    assert np.mean([answer.label == label for answer, (_, label) in zip(found, made, strict=True)]) >= 0.8


def test_paper_and_forms_with_nothing_on_them_are_never_read_surely(shipped: Recogniser) -> None:
    pictures = [shown(np.random.default_rng([place, 9]), name, NOBODY)[0] for name in EMPTY for place in range(4)]
    found = answers(shipped, pictures)
    assert np.mean([answer.verdict is Verdict.BLANK for answer in found]) >= 0.9
    assert not any(answer.verdict is Verdict.CONFIDENT for answer in found)


def test_dots_and_lines_are_never_read_surely(shipped: Recogniser) -> None:
    pictures = [
        shown(np.random.default_rng([place, 3]), name, NOBODY)[0] for name in NOT_CHARACTERS for place in range(12)
    ]
    assert not any(answer.verdict is Verdict.CONFIDENT for answer in answers(shipped, pictures))


@pytest.mark.parametrize("kind", [*doodles_held_out.HELD_OUT, "dots", "cross", "scribble"])
def test_what_is_drawn_and_no_digit_is_refused(shipped: Recogniser, kind: str) -> None:
    random = np.random.default_rng(0)
    drawn = [({**doodles_held_out.HELD_OUT, **doodles.TRAINING}[kind])(random) for _ in range(12)]
    found = [read_drawing(shipped, np.pad(ink, 40)).prediction for ink in drawn]
    assert not any(answer.verdict is Verdict.CONFIDENT for answer in found)
    assert np.mean([answer.verdict in (Verdict.OTHER, Verdict.SEVERAL) for answer in found]) >= 0.5


def test_several_digits_are_never_read_surely_as_one(shipped: Recogniser) -> None:
    random = np.random.default_rng(0)
    rows = [row_of(random, [one.character for one in digits(random, 30)[place : place + 2]]) for place in range(20)]
    found = answers(shipped, rows)
    assert not any(answer.verdict is Verdict.CONFIDENT for answer in found)
    assert np.mean([answer.verdict is Verdict.SEVERAL for answer in found]) >= 0.7


def test_two_drawn_digits_are_not_read_surely_as_one(shipped: Recogniser) -> None:
    one, two = (crop(255 - draw(digit, size=180)) for digit in "12")
    parts = np.pad(one, ((0, 180 - len(one)), (0, 40))), np.pad(two, ((0, 180 - len(two)), (0, 0)))
    assert read_drawing(shipped, np.pad(np.hstack(parts), 60)).prediction.verdict is not Verdict.CONFIDENT


def test_digits_that_are_drawn_are_read(shipped: Recogniser) -> None:
    found = [read_drawing(shipped, 255 - draw(digit)).prediction for digit in "0123456789"]
    assert [answer.label for answer in found] == list("0123456789")
    assert np.mean([answer.verdict is Verdict.CONFIDENT for answer in found]) >= 0.8


def strokes_down(count: int) -> list[NDArray[np.uint8]]:
    """Bare strokes on a canvas, as people draw a 1, of any length, pen and place and a little slant."""
    random, drawn = np.random.default_rng(11), list[NDArray[np.uint8]]()
    for _ in range(count):
        canvas, length = np.zeros((280, 280), np.uint8), random.uniform(80, 220)
        slant, left = np.deg2rad(random.normal(4, 7)), 140 + random.uniform(-50, 50)
        across, down = np.sin(slant) * length / 2, np.cos(slant) * length / 2
        top, foot = ((round(left + sign * across), round(140 - sign * down)) for sign in (1, -1))
        cv2.line(canvas, top, foot, 255, int(random.integers(8, 25)), cv2.LINE_AA)
        drawn.append(canvas)
    return drawn


def test_a_bare_stroke_is_surely_a_digit_among_digits_and_one_of_those_like_it_among_all() -> None:
    letters = load("characters", replace(get_settings(), models_dir=PROJECT_ROOT / "models"))
    lines = strokes_down(30)
    among_all = [read_drawing(letters, line).prediction for line in lines]
    among_digits = [read_drawing(letters, line, DIGITS).prediction for line in lines]
    assert np.mean([answer.label in ("1", "I", "L") and answer.alike[1] > 0.9 for answer in among_all]) >= 0.9
    assert np.mean([answer.verdict is Verdict.CONFIDENT and answer.label == "1" for answer in among_digits]) >= 0.9
    for only, label in ((CAPITALS, "I"), (SMALL_LETTERS, "l")):
        assert np.mean([read_drawing(letters, line, only).prediction.label == label for line in lines]) >= 0.9
