import numpy as np
import pytest

from core.vision.views import PICTURE_SIDE, Frame, agreement, closer, ink_box, look, marked, whole


def ink_at(top: int, bottom: int, left: int, right: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Probabilities of ink: 1 in a rectangle."""
    ink = np.zeros((PICTURE_SIDE, PICTURE_SIDE), np.float32)
    ink[top:bottom, left:right] = 1
    return ink


@pytest.mark.parametrize("shape", [(1, 1), (8, 300), (300, 8), (48, 48), (500, 400)])
def test_every_region_is_shown_at_the_same_size(shape: tuple[int, int]) -> None:
    picture = np.full(shape, 200, np.uint8)
    grey = look(picture, whole(picture))
    assert grey.shape == (PICTURE_SIDE, PICTURE_SIDE)
    assert grey.min() == grey.max() == 200


def test_a_long_region_is_padded_with_the_level_of_its_edge() -> None:
    picture = np.full((30, 90), 220, np.uint8)
    picture[10:20, 40:50] = 0
    grey = look(picture, whole(picture))
    assert (grey[0] == 220).all()
    rows, columns = np.nonzero(grey < 110)
    assert np.ptp(rows) == pytest.approx(1.5 * np.ptp(columns), abs=3)


def test_a_colour_of_the_same_lightness_is_seen() -> None:
    picture = np.zeros((60, 60, 3), np.uint8)
    picture[:] = (0, 150, 0)
    picture[20:40, 25:35] = (255, 0, 48)
    grey = look(picture, whole(picture)).astype(int)
    assert abs(grey[24, 24] - grey[2, 2]) > 60


def test_the_next_frame_lies_around_the_ink() -> None:
    picture = np.zeros((480, 480), np.uint8)
    frame = closer(picture, whole(picture), ink_at(10, 16, 30, 33))
    assert frame is not None
    assert frame.top < 100 < 160 < frame.bottom
    assert frame.left < 300 < 330 < frame.right
    assert 60 / frame.height == pytest.approx(0.72, abs=0.05)


def test_ink_that_is_well_framed_or_missing_needs_no_other_frame() -> None:
    picture = np.zeros((96, 96), np.uint8)
    assert closer(picture, whole(picture), ink_at(8, 40, 15, 30)) is None
    assert closer(picture, whole(picture), np.zeros((48, 48))) is None
    assert ink_box(np.zeros((48, 48))) is None


def test_a_frame_stays_within_the_picture() -> None:
    picture = np.zeros((100, 100), np.uint8)
    frame = closer(picture, whole(picture), ink_at(0, 6, 0, 6))
    assert frame is not None
    assert frame.top == frame.left == 0
    assert frame.bottom <= 100


def test_marked_ink_has_the_proportions_of_the_picture() -> None:
    ink = marked(Frame(0, 100, 0, 80), ink_at(12, 36, 12, 36))
    rows, columns = np.nonzero(ink > 127)
    assert np.ptp(rows) / np.ptp(columns) == pytest.approx(100 / 80, abs=0.05)


@pytest.mark.parametrize(("shape", "scale"), [((96, 96), 1), ((60, 90), 4), ((48, 48), 3)])
def test_agreement_is_whole_for_the_same_ink_and_none_for_other(shape: tuple[int, int], scale: int) -> None:
    rows, columns = shape
    found = np.zeros((rows * scale, columns * scale), np.uint8)
    found[rows * scale // 4 : rows * scale // 2, columns * scale // 4 : columns * scale // 2] = 255
    frame = Frame(0, rows, 0, columns)
    same = look(found, whole(found)).astype(np.float32) / 255
    assert agreement(found, frame, same, shape) == pytest.approx(1, abs=0.02)
    assert agreement(found, frame, same[::-1, ::-1], shape) < 0.1
    assert agreement(found, Frame(0, rows // 4, 0, columns), np.zeros((48, 48)), shape) == 0
