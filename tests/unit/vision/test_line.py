"""A picture of a line as the network takes it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.line import HEIGHT, NARROWEST, WIDEST, find_line_ink, to_line


def written(text: str = "407", height: int = 60) -> NDArray[np.uint8]:
    picture = np.full((height, height * len(text)), 230, np.uint8)
    cv2.putText(picture, text, (8, height * 3 // 4), cv2.FONT_HERSHEY_SIMPLEX, height / 35, 40, 3, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize("shape", [(1, 1), (3, 4000), (4000, 3), (40, 161), (80, 320)])
def test_any_size_becomes_a_line(shape: tuple[int, int]) -> None:
    line = to_line(np.full(shape, 200, np.uint8))
    assert line.dtype == np.uint8
    assert line.shape[:2] == (2, HEIGHT)
    assert line.shape[2] % 4 == 0
    assert NARROWEST <= line.shape[2] <= WIDEST


def test_light_writing_on_dark_paper_is_the_same_line() -> None:
    dark = written()
    assert np.abs(to_line(dark).astype(int) - to_line(255 - dark)).max() <= 1


def test_paper_and_light_do_not_change_the_ink() -> None:
    plain = written().astype(np.float64)
    shadow = plain * np.linspace(0.6, 1.0, plain.shape[1])[None]
    ink, shaded = (find_line_ink(picture.astype(np.uint8)) > 127 for picture in (plain, shadow))
    assert (ink & shaded).sum() > 0.9 * (ink | shaded).sum()


def test_ink_is_where_the_writing_is() -> None:
    picture = written()
    ink = find_line_ink(picture)
    assert np.median(ink[picture < 80]) > 150
    assert ink[picture > 225].max() < 60
