"""The small helpers of the pages."""

import base64

import cv2
import numpy as np
import pytest

from pages.components.pictures import EMPTY, data_url, on_square
from pages.components.text import escape


@pytest.mark.parametrize("shape", [(5, 3), (5, 3, 3), (5, 3, 4)])
def test_data_url_holds_the_pixels(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    data = base64.b64decode(data_url(picture).removeprefix("data:image/png;base64,"))
    stored = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    swapped = stored if stored.ndim == 2 else stored[..., [2, 1, 0, 3][: stored.shape[2]]]
    assert np.array_equal(swapped, picture)


def test_small_picture_keeps_hard_pixels() -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[10, 12] = 255
    square = on_square(glyph, 168)
    assert square.shape == (168, 168)
    assert set(np.unique(square)) == {0, 255}
    assert np.count_nonzero(square) == 36


def test_wide_picture_is_in_the_middle() -> None:
    square = on_square(np.full((10, 40), 255, np.uint8), 80)
    assert np.count_nonzero(square.any(axis=1)) == 20
    assert square[40].all()


def test_empty_place_is_faint() -> None:
    assert 0 < on_square(EMPTY, 8)[..., 3].max() < 64


def test_plain_text_has_no_marks_left() -> None:
    assert escape("a_b *c* [d](e) :red[f]") == r"a\_b \*c\* \[d\]\(e\) \:red\[f\]"
