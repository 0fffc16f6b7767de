import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.grey import CORNERS
from core.vision.ink import Component, connected, keep_character, remove_ruling
from tests.support.strokes import CHARACTERS, draw, variants

SIZE = 280


def mask_of(character: str, variant: int = 0, box: tuple[float, float, float] = (80, 70, 140)) -> NDArray[np.uint8]:
    return (draw(character, SIZE, box, pen=14, variant=variant) < 128).astype(np.uint8)


def test_what_boxes_have_in_common() -> None:
    first, second = Component(1, 0, 0, 10, 20, 50), Component(2, 5, 30, 10, 10, 50)
    assert first.common(second) == second.common(first) == (5, -10)
    assert first.common(first) == (10, 20)


@pytest.mark.parametrize("character", CHARACTERS)
def test_every_stroke_of_a_character_is_kept(character: str) -> None:
    for variant in range(variants(character)):
        mask = mask_of(character, variant)
        assert (keep_character(mask) == mask).all()


def test_a_five_with_its_flag_apart_has_two_pieces() -> None:
    mask = mask_of("5", variant=1)
    assert len(connected(mask)[1]) == 3


@pytest.mark.parametrize("place", [(20, 20), (140, 130), (250, 40), (139, 266)])
def test_specks_are_dropped(place: tuple[int, int]) -> None:
    mask = mask_of("0")
    spotted = mask.copy()
    cv2.circle(spotted, place, 4, 1, -1)
    assert (keep_character(spotted) == mask).all()


@pytest.mark.parametrize("shift", [(-165, 0), (165, 20), (10, -220), (0, 215)])
def test_neighbours_cut_by_the_frame_are_dropped(shift: tuple[int, int]) -> None:
    mask = mask_of("2", box=(90, 80, 110))
    neighbour = mask_of("8", box=(40 + shift[0], 40 + shift[1], 200))
    assert neighbour.any()
    assert (keep_character(mask | neighbour) == mask).all()


def test_a_stroke_that_leaves_the_canvas_is_kept() -> None:
    mask = (draw("4", SIZE, (100, 0, 220), pen=14, variant=1) < 128).astype(np.uint8)
    assert mask[0].any()
    assert (keep_character(mask) == mask).all()


def test_the_table_beside_the_paper_is_dropped() -> None:
    mask = mask_of("3", box=(120, 90, 100))
    beside = mask.copy()
    beside[:, :40] = 1
    assert beside[CORNERS].any()
    assert (keep_character(beside) == mask).all()


def test_a_printed_box_is_dropped_and_a_nought_is_not() -> None:
    mask = mask_of("6")
    boxed = mask.copy()
    cv2.rectangle(boxed, (40, 30), (240, 250), 1, 3)
    assert (keep_character(boxed) == mask).all()
    nought = mask_of("0")
    assert (keep_character(nought) == nought).all()


def test_many_pieces_are_no_character() -> None:
    stripes = np.zeros((SIZE, SIZE), np.uint8)
    stripes[20:-20:8, 20:-20] = 1
    assert not keep_character(stripes).any()
    assert not keep_character(np.zeros((SIZE, SIZE), np.uint8)).any()


@pytest.mark.parametrize("slope", [-0.03, 0, 0.02])
@pytest.mark.parametrize("upright", [False, True])
def test_ruling_goes_and_ink_stays(slope: float, upright: bool) -> None:
    mask = mask_of("8")
    lined = mask.copy()
    for start in range(15, SIZE, 45):
        cv2.line(lined, (0, start), (SIZE, round(start + slope * SIZE)), 1, 2)
    if upright:
        mask, lined = mask.T.copy(), lined.T.copy()
    cleared = remove_ruling(lined)
    assert int(cleared[mask == 0].sum()) < 0.03 * int(mask.sum())
    assert int(cleared[mask == 1].sum()) > 0.97 * int(mask.sum())


@pytest.mark.parametrize("pen", [3, 6, 16])
@pytest.mark.parametrize("character", CHARACTERS)
def test_strokes_are_no_ruling(character: str, pen: int) -> None:
    mask = (draw(character, SIZE, (30, 30, 220), pen=pen) < 128).astype(np.uint8)
    assert (remove_ruling(mask) == mask).all()
