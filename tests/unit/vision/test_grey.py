import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.grey import on_paper, project, shrink, to_grey
from tests.support.strokes import draw


def coloured(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> NDArray[np.uint8]:
    """A 4 in one colour on another."""
    share = draw("4", size=140, box=(30, 20, 90), pen=9)[..., None] / 255
    return (np.array(paper) * share + np.array(ink) * (1 - share)).astype(np.uint8)


def contrast(grey: NDArray[np.uint8]) -> int:
    return abs(int(grey[0, 0]) - int(grey[80, 80]))


def test_shrink_bounds_the_longer_side_and_never_enlarges() -> None:
    assert shrink(np.zeros((300, 1000, 3), np.uint8), 500).shape == (150, 500, 3)
    assert shrink(np.zeros((2, 4000), np.uint8), 500).shape == (1, 500)
    small = np.zeros((20, 30), np.uint8)
    assert shrink(small, 500) is small


def test_grey_stays_grey_and_white_paper_is_luminance() -> None:
    drawing = draw("4")
    assert to_grey(drawing) is drawing
    assert (to_grey(np.dstack([drawing] * 3)) == drawing).all()
    assert project(coloured((255, 255, 255), (0, 0, 255)))[80, 80] == pytest.approx(29, abs=2)


@pytest.mark.parametrize(
    ("paper", "ink"),
    [((200, 100, 100), (50, 177, 100)), ((90, 140, 60), (200, 84, 60)), ((255, 255, 255), (255, 250, 120))],
    ids=["green on red", "red on green", "yellow on white"],
)
def test_colours_of_one_luminance_are_told_apart(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    picture = coloured(paper, ink)
    luminance = picture @ np.array([0.299, 0.587, 0.114])
    assert contrast(luminance.astype(np.uint8)) < 20
    assert contrast(project(picture)) > 50


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (60, 255), (200, 0)])
def test_paper_behind_transparency_is_the_contrary_of_the_ink(ink: int, paper: int) -> None:
    alpha = 255 - draw("7")
    composite = on_paper(np.dstack([np.full_like(alpha, ink)] * 3 + [alpha]))
    assert (composite[0, 0] == paper).all()
    assert (composite[alpha == 255] == ink).all()


def test_paper_that_shows_is_continued_behind_transparency() -> None:
    picture = np.dstack([coloured((180, 200, 220), (10, 10, 60)), np.full((140, 140), 255, np.uint8)])
    picture[:15] = 0
    composite = on_paper(picture)
    assert (composite[0, 0] == (180, 200, 220)).all()


def test_what_is_not_there_at_all_is_white() -> None:
    assert (on_paper(np.zeros((5, 5, 4), np.uint8)) == 255).all()
