import dataclasses

import numpy as np

from core.charsets import DIGITS
from core.data.datasets import Dataset
from core.evaluation.cache import KEPT, Measurements
from core.model.library import load
from core.settings import Settings
from tests.support.models import make_model

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
