import numpy as np
import pytest

from core.vision.views import PICTURE_SIDE, Frame, closer, ink_box, look, marked, parts, whole


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
    assert 60 / frame.height == pytest.approx(0.85, abs=0.02), "as tight as margins and neighbours go away"


def test_ink_that_is_well_framed_or_missing_needs_no_other_frame() -> None:
    picture = np.zeros((96, 96), np.uint8)
    assert closer(picture, whole(picture), ink_at(5, 43, 15, 30)) is None
    assert closer(picture, whole(picture), np.zeros((48, 48))) is None
    assert ink_box(np.zeros((48, 48))) is None


@pytest.mark.parametrize("margin", [0.25, 0.5, 1.0])
def test_however_wide_the_margin_the_same_is_looked_at(margin: float) -> None:
    """A digit's answer must not hang on how much paper is around it."""
    side = round(100 * (1 + 2 * margin))
    picture = np.zeros((side, side), np.uint8)
    begin, end = (round((margin + share) / (1 + 2 * margin) * PICTURE_SIDE) for share in (0, 1))
    frame = closer(picture, whole(picture), ink_at(begin, end, begin, end))
    assert frame is not None
    assert frame.height == pytest.approx(100 / 0.85, abs=8)


def test_a_frame_stays_within_the_picture() -> None:
    picture = np.zeros((100, 100), np.uint8)
    frame = closer(picture, whole(picture), ink_at(0, 6, 0, 6))
    assert frame is not None
    assert frame.top == frame.left == 0
    assert frame.bottom <= 100


@pytest.mark.parametrize("shape", [(100, 100), (97, 301), (700, 512)])
def test_parts_cover_a_picture_and_each_half_of_the_next(shape: tuple[int, int]) -> None:
    frames = parts(np.zeros(shape, np.uint8), 2)
    covered = np.zeros(shape, int)
    for frame in frames:
        assert (frame.height, frame.width) == (shape[0] // 2, shape[1] // 2)
        covered[frame.top : frame.bottom, frame.left : frame.right] += 1
    assert len(frames) == 9
    assert covered.min() >= 1
    tops = sorted({frame.top for frame in frames})
    assert max(np.diff(tops)) <= frames[0].height // 2 + 1, "what the border of two parts cuts is whole in a third"


def test_a_picture_whose_parts_would_show_no_more_has_none() -> None:
    assert not parts(np.zeros((95, 500), np.uint8), 2)


def test_marked_ink_has_the_proportions_of_the_picture() -> None:
    picture = np.full((100, 80), 255, np.uint8)
    picture[25:75, 20:60] = 0
    ink = marked(picture, whole(picture), ink_at(12, 36, 12, 36))
    rows, columns = np.nonzero(ink > 127)
    assert np.ptp(rows) / np.ptp(columns) == pytest.approx(100 / 80, abs=0.05)


@pytest.mark.parametrize("levels", [(255, 0), (0, 255), (120, 90)])
@pytest.mark.parametrize("side", [40, 144, 400])
def test_marked_ink_is_as_fine_as_the_picture_and_ink_elsewhere_is_left_out(side: int, levels: tuple[int, int]) -> None:
    paper, pen = levels
    picture = np.full((side, side), paper, np.uint8)
    width = max(1, side // 40)
    picture[side // 4 : 3 * side // 4, side // 2 : side // 2 + width] = pen
    picture[:, side // 10 : side // 10 + width] = pen
    ink = marked(picture, whole(picture), ink_at(11, 37, 22, 27))
    columns = np.flatnonzero(ink.max(axis=0) > 127)
    assert np.ptp(columns) + 1 == pytest.approx(width / side * ink.shape[1], abs=2), "not as wide as the mark"
    assert columns.mean() / ink.shape[1] == pytest.approx(0.5, abs=0.04)


def test_ink_in_a_shadow_is_marked_as_ink_beside_it() -> None:
    picture = np.full((144, 144), 220, np.uint8)
    picture[:, 72:] = 110
    light, dark = (slice(40, 104), slice(40, 46)), (slice(40, 104), slice(100, 106))
    picture[light], picture[dark] = 80, 40
    mask = ink_at(12, 36, 12, 16) + ink_at(12, 36, 32, 36)
    ink = marked(picture, whole(picture), mask)
    assert ink[light].mean() > 150
    assert ink[dark].mean() > 100
    assert ink[60:80, 55:90].mean() < 20, "the shadow's edge is not marked, so it is no ink"


def test_a_region_that_reaches_its_own_edge_and_one_without_ink_are_no_trouble() -> None:
    for level in (0, 255):
        picture = np.full((3, 200), level, np.uint8)
        assert marked(picture, Frame(0, 3, 0, 200), np.ones((48, 48))).shape[1] == 144
        assert not marked(picture, Frame(0, 3, 0, 200), np.zeros((48, 48))).any()
