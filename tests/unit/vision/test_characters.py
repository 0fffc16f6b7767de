"""The characters of a line, cut apart."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.characters import cut_characters
from core.vision.line import scaled_ink


def boxes(*columns: tuple[int, int], joined: bool = False) -> NDArray[np.uint8]:
    """Ink of outlined rectangles on paper, from one column to another each; joined by a thin line."""
    picture = np.full((80, 300), 235, np.uint8)
    for left, right in columns:
        cv2.rectangle(picture, (left, 20), (right, 60), 30, 4)
    if joined:
        cv2.line(picture, (columns[0][1], 40), (columns[-1][0], 40), 30, 3)
    return scaled_ink(picture)


def test_each_character_is_its_own_ink() -> None:
    parts = cut_characters(boxes((20, 50), (100, 150), (210, 230)), [35 / 300, 125 / 300, 220 / 300])
    assert [part.shape[1] for part in parts] == pytest.approx([35, 55, 25], abs=6)
    assert all(part.max() > 200 for part in parts)


def test_characters_that_touch_are_cut_where_the_ink_is_thin() -> None:
    first, second = cut_characters(boxes((20, 80), (140, 200), joined=True), [50 / 300, 170 / 300])
    assert abs(first.shape[1] - second.shape[1]) < 30
    assert 60 <= first.shape[1] <= 105


def test_a_character_without_ink_is_empty() -> None:
    first, second = cut_characters(boxes((20, 50)), [35 / 300, 250 / 300])
    assert first.any()
    assert not second.any()


def test_nothing_to_cut_gives_nothing() -> None:
    assert cut_characters(boxes((20, 50)), []) == []
