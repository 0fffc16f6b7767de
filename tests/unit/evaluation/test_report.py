import dataclasses

import numpy as np
import pytest

from core.charsets import DIGITS, Charset
from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.report import evaluate, make_score
from core.model.library import load
from core.settings import Settings
from core.vision.normalise import normalise
from tests.strokes import draw
from tests.unit.model.helpers import make_model


def drawn(labels: str) -> Dataset:
    images = np.stack([normalise(draw(label)).glyph for label in labels])
    return Dataset("drawn", "Drawn", "test", "", DIGITS, images, np.array([int(label) for label in labels]))


def test_a_blank_glyph_is_a_wrong_answer(settings: Settings) -> None:
    make_model(settings, limit=0.0)
    data = drawn("000")
    blank = dataclasses.replace(data, images=np.zeros_like(data.images))
    report = evaluate(load("tiny", settings), blank)
    assert (report.blank, report.score.accuracy) == (3, 0.0)


def test_the_confusion_matrix_counts_every_image_once(settings: Settings) -> None:
    make_model(settings)
    report = evaluate(load("tiny", settings), drawn("0123456789" * 3 + "7"))
    assert report.confusion.sum(axis=1).tolist() == [3] * 7 + [4, 3, 3]
    assert report.confusion.trace() == round(report.score.accuracy * 31)


def test_confident_error_is_the_share_of_the_confident() -> None:
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    data = dataclasses.replace(drawn("0101"), labels=np.array([0, 1, 0, 1]))
    score = make_score(data, probabilities, probabilities.argmax(axis=1) == data.labels, limit=0.75)
    assert (score.accuracy, score.confident, score.confident_error) == pytest.approx((0.75, 0.75, 1 / 3))
    nothing_confident = make_score(data, probabilities, np.zeros(4, bool), limit=1.0)
    assert (nothing_confident.confident, nothing_confident.confident_error) == (0.0, 0.0)


def test_another_charset_or_no_images_are_refused(settings: Settings) -> None:
    make_model(settings)
    recogniser = load("tiny", settings)
    letters = Charset("letters", "Letters", tuple("abc"))
    with pytest.raises(ConfigError, match="reads Digits, but Drawn has Letters"):
        evaluate(recogniser, dataclasses.replace(drawn("01"), charset=letters))
    empty = dataclasses.replace(drawn("0"), images=np.zeros((0, 28, 28), np.uint8), labels=np.zeros(0, np.int64))
    with pytest.raises(ConfigError, match="has no images"):
        evaluate(recogniser, empty)
