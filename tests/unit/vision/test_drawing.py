import numpy as np
import pytest

from core.vision.drawing import drawn_ink


@pytest.mark.parametrize(("paper", "pen"), [((255, 255, 255), (20, 26, 43)), ((28, 33, 45), (244, 246, 252))])
def test_ink_is_what_differs_from_the_paper(paper: tuple[int, int, int], pen: tuple[int, int, int]) -> None:
    picture = np.full((40, 50, 4), (*paper, 255), np.uint8)
    picture[10:20, 10:20, :3] = pen
    ink = drawn_ink(picture, paper)
    assert ink.shape == (40, 50)
    assert (ink[10:20, 10:20] == 255).all()
    assert ink.sum() == 100 * 255


def test_where_it_is_transparent_nothing_is_drawn() -> None:
    picture = np.zeros((40, 50, 4), np.uint8)
    picture[5:9, 5:9, 3] = 255
    ink = drawn_ink(picture, (255, 255, 255))
    assert ink[5:9, 5:9].all()
    assert ink.sum() == 16 * 255


def test_an_empty_canvas_has_no_ink() -> None:
    assert not drawn_ink(np.full((40, 50, 4), (250, 252, 255, 255), np.uint8), (255, 255, 255)).any()
