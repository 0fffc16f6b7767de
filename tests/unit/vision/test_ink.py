import cv2
import numpy as np
import pytest

from core.vision.ink import drawn_ink, find_ink, ink_level, ink_mask, is_writing, stroke_width
from tests.support.papers import TROUBLES, photograph
from tests.support.strokes import CHARACTERS, draw


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("character", ["2", "4", "7", "8"])
def test_the_ink_is_found_and_nothing_else(character: str, trouble: str) -> None:
    picture, drawing = photograph(character, trouble)
    found, drawn = find_ink(picture) > 127, drawing < 128
    near = cv2.dilate(drawn.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert found[drawn].mean() > 0.9
    assert found[~near].sum() < 0.02 * drawn.sum()


def test_jpeg_blocks_are_not_ink() -> None:
    picture, drawing = photograph("5", "gradient")
    squeezed = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 8])[1], cv2.IMREAD_COLOR)
    found = find_ink(np.asarray(squeezed, np.uint8)) > 127
    assert found[drawing < 128].mean() > 0.9
    assert found.sum() < 1.4 * (drawing < 128).sum()


def test_ink_of_a_drawing_is_the_drawing() -> None:
    drawing = draw("9", variant=1)
    assert (find_ink(drawing) == 255 - drawing).all()


def test_large_pictures_are_worked_on_at_512_pixels() -> None:
    ink = find_ink(draw("9", size=1500, box=(300, 200, 1000), pen=60))
    assert ink.shape == (512, 512)
    assert ink.max() == 255


def test_weak_ink_counts_where_it_goes_on_from_strong_ink() -> None:
    drop = np.zeros((100, 100), np.uint8)
    drop[10:90, 20:26] = 200
    drop[90:96, 20:60] = 100
    drop[40:46, 70:90] = 100
    mask = ink_mask(drop)
    assert mask[92, 50] == 1
    assert mask[42, 80] == 0


def test_ink_level_lies_between_a_pattern_and_the_ink() -> None:
    drop = np.zeros((100, 100), np.uint8)
    drop[::4] = 60
    drop[20:80, 40:50] = 200
    level = ink_level(drop)
    assert level is not None
    assert 60 <= level < 200
    assert ink_level(np.full((50, 50), 9, np.uint8)) is None


@pytest.mark.parametrize("width", [3, 8, 15, 30])
def test_stroke_width_of_a_bar(width: int) -> None:
    mask = np.zeros((300, 60), np.uint8)
    mask[10:290, 10 : 10 + width] = 1
    assert stroke_width(mask) == pytest.approx(width, rel=0.1, abs=0.5)


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_character_is_writing(character: str) -> None:
    drop = 255 - draw(character)
    assert is_writing((drop > 127).astype(np.uint8), drop)


def test_what_is_no_writing() -> None:
    drop = np.zeros((300, 300), np.uint8)
    blob = cv2.circle(drop.copy(), (150, 150), 60, 200, -1)
    corner = cv2.line(drop.copy(), (0, 0), (0, 200), 200, 20)
    cut = cv2.line(drop.copy(), (299, 100), (299, 150), 200, 8)
    for case in (blob, corner, cut):
        assert not is_writing((case > 0).astype(np.uint8), np.asarray(case, np.uint8))


def test_one_line_among_many_is_no_writing() -> None:
    pattern = np.zeros((300, 300), np.uint8)
    pattern[20:-20, ::10] = pattern[20:-20, 1::10] = pattern[20:-20, 2::10] = 40
    one = np.zeros_like(pattern)
    one[:, 150:153] = pattern[:, 150:153] > 0
    assert is_writing(one, one * np.uint8(40))
    assert not is_writing(one, pattern)


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
