import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import DIGITS
from core.data.datasets import Dataset
from core.explore.embedding import BLANK, read_features
from core.model.inference import POOL_BATCH, Recogniser
from core.model.library import load
from core.settings import PROJECT_ROOT, Settings
from core.vision.normalise import normalise
from tests.support.glyphs import longer_sides
from tests.support.strokes import draw


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load("digits", Settings(PROJECT_ROOT / "data", PROJECT_ROOT / "models"))


def data_of(images: NDArray[np.uint8]) -> Dataset:
    return Dataset("some", "Some", "test", "", DIGITS, images, np.zeros(len(images), np.int64))


def test_answers_are_those_of_the_model_over_several_batches(recogniser: Recogniser) -> None:
    images = np.random.default_rng(0).integers(0, 256, (POOL_BATCH + 30, 28, 28), dtype=np.uint8)
    found = read_features(recogniser, data_of(images))
    np.testing.assert_allclose(found.probabilities, recogniser.probabilities(images), atol=1e-6)
    np.testing.assert_allclose(found.features, recogniser.features(images), atol=1e-5)
    assert np.array_equal(found.predicted, found.probabilities.argmax(axis=1))


def test_digits_are_shown_to_a_model_of_letters_as_large_as_it_reads_them(sides_read: set[int]) -> None:
    letters = load("characters", Settings(PROJECT_ROOT / "data", PROJECT_ROOT / "models"))
    glyphs = np.stack([normalise(draw(digit)).glyph for digit in "0379"])
    assert longer_sides(glyphs) == {20}
    assert read_features(letters, data_of(glyphs)).predicted.tolist() == [0, 3, 7, 9]
    assert sides_read == {24}


def test_an_image_without_ink_has_no_answer(recogniser: Recogniser) -> None:
    drawn = 255 - draw("3", size=28, box=(5, 4, 20), pen=2.5)
    found = read_features(recogniser, data_of(np.stack([np.zeros((28, 28), np.uint8), drawn])))
    assert found.predicted.tolist() == [BLANK, 3]
