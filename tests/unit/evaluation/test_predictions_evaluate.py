import dataclasses

import numpy as np
import pytest

from core.charsets import BALANCED, DIGITS, SMALL_LETTERS, Charset
from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.predictions import KEPT, Measurements, evaluate
from core.model.library import load
from core.settings import Settings
from core.vision.normalise import normalise
from tests.support.models import make_model
from tests.support.strokes import draw


def drawn(labels: str) -> Dataset:
    images = np.stack([normalise(draw(label)).glyph for label in labels])
    return Dataset("drawn", "Drawn", "test", "", DIGITS, images, np.array([int(label) for label in labels]))


def test_a_blank_glyph_is_a_wrong_answer(settings: Settings) -> None:
    make_model(settings, threshold=0.0)
    data = drawn("000")
    blank = dataclasses.replace(data, images=np.zeros_like(data.images))
    answers = evaluate(load("tiny", settings), blank)
    assert (answers.blank.sum(), answers.score().accuracy) == (3, 0.0)


def test_the_confusion_matrix_counts_every_image_once(settings: Settings) -> None:
    make_model(settings)
    answers = evaluate(load("tiny", settings), drawn("0123456789" * 3 + "7"))
    assert answers.confusion.sum(axis=1).tolist() == [3] * 7 + [4, 3, 3]
    assert answers.confusion.trace() == round(answers.score().accuracy * 31)


def test_progress_is_told_and_can_stop_it(settings: Settings) -> None:
    make_model(settings)
    recogniser, data = load("tiny", settings), drawn("0123456789")
    data = dataclasses.replace(data, images=np.repeat(data.images, 60, axis=0), labels=np.repeat(data.labels, 60))
    seen: list[tuple[int, int]] = []
    evaluate(recogniser, data, lambda done, total: seen.append((done, total)))
    assert seen == [(done, 600) for done in range(100, 601, 100)]

    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(recogniser, data, stop)


def test_a_narrower_data_set_is_read_as_its_own_characters(settings: Settings) -> None:
    """A model of letters and digits on digits: ten probabilities, shared out among them."""
    make_model(settings, charset="balanced")
    recogniser, data = load("tiny", settings), drawn("0123456789")
    answers = evaluate(recogniser, data)
    assert (answers.charset, answers.confusion.shape) == (DIGITS, (10, 10))
    larger = data.framed(BALANCED)
    assert {max(glyph.any(axis=0).sum(), glyph.any(axis=1).sum()) for glyph in larger.images} == {BALANCED.glyph_side}
    assert answers.probabilities == pytest.approx(recogniser.probabilities(larger.images, DIGITS))
    assert data.framed(DIGITS) is data


def test_small_letters_are_read_as_classes_of_both_cases(settings: Settings) -> None:
    """An i belongs to "Ii", a b to its own: the 26 probabilities are those of the classes, in the letters' order."""
    make_model(settings, charset="balanced")
    recogniser = load("tiny", settings)
    images = np.stack([normalise(draw(label), SMALL_LETTERS.glyph_side).glyph for label in "bei"])
    labels = np.array([SMALL_LETTERS.characters.index(label) for label in "bei"])
    data = Dataset("letters", "Letters", "test", "", SMALL_LETTERS, images, labels)
    answers = evaluate(recogniser, data)
    assert (answers.charset, answers.confusion.shape) == (SMALL_LETTERS, (26, 26))
    classes = [BALANCED.characters.index(BALANCED.find(letter) or "") for letter in SMALL_LETTERS.characters]
    shares = recogniser.probabilities(images)[:, classes]
    assert answers.probabilities == pytest.approx(shares / shares.sum(axis=1, keepdims=True))
    assert [answers.character(label) for label in answers.labels] == ["b", "e", "i"]


def test_another_charset_or_no_images_are_refused(settings: Settings) -> None:
    make_model(settings)
    recogniser = load("tiny", settings)
    letters = Charset("letters", "Letters", tuple("abc"))
    with pytest.raises(ConfigError, match="reads digits, but Drawn holds letters"):
        evaluate(recogniser, dataclasses.replace(drawn("01"), charset=letters))
    empty = dataclasses.replace(drawn("0"), images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.int64))
    with pytest.raises(ConfigError, match="has no images"):
        evaluate(recogniser, empty)


IMAGES = np.random.default_rng(0).integers(0, 255, (6, 28, 28), np.uint8)
DATA = Dataset("some", "Some", "test", "", DIGITS, IMAGES, np.arange(6))


def test_the_same_is_not_measured_twice(settings: Settings) -> None:
    make_model(settings)
    recogniser, measurements = load("tiny", settings), Measurements()
    first = measurements.evaluate(recogniser, DATA)
    assert measurements.evaluate(load("tiny", settings), dataclasses.replace(DATA, images=IMAGES.copy())) is first


def test_other_weights_card_or_data_are_measured_anew(settings: Settings) -> None:
    for name, changes in {
        "a": {"seed": 0},
        "b": {"seed": 1},
        "c": {"temperature": 9.0},
        "d": {"threshold": 0.1},
    }.items():
        make_model(settings, name, **changes)  # type: ignore[arg-type]
    measurements = Measurements()
    models = [load(name, settings) for name in "abcd"]
    other_pixel = IMAGES.copy()
    other_pixel[0, 14, 14] ^= 1
    data = [DATA, dataclasses.replace(DATA, images=other_pixel), dataclasses.replace(DATA, labels=np.zeros(6, int))]
    found = [measurements.evaluate(model, one) for model in models for one in data[: 1 if model is models[1] else 3]]
    assert len({id(answers) for answers in found}) == len(found)
    assert [answers.model for answers in found] == ["a"] * 3 + ["b"] + ["c"] * 3 + ["d"] * 3


def test_the_oldest_are_let_go(settings: Settings) -> None:
    make_model(settings)
    recogniser, measurements = load("tiny", settings), Measurements()
    first = measurements.evaluate(recogniser, DATA)
    for number in range(KEPT):
        measurements.evaluate(recogniser, dataclasses.replace(DATA, name=f"other {number}"))
    assert measurements.evaluate(recogniser, DATA) is not first
