"""A picture of a line as the network takes it."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.line import HEIGHT, NARROWEST, WIDEST, around_ink, find_line_ink, scaled_ink, to_line


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


def cut_to_ink(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return around_ink(picture, scaled_ink(picture))


def on_paper(text: str, above: int, below: int, behind: int = 0) -> NDArray[np.uint8]:
    """Writing with paper around it, so many pixels of it."""
    picture = cv2.copyMakeBorder(written(text), above, below, 0, behind, cv2.BORDER_CONSTANT, value=230)
    return np.asarray(picture, np.uint8)


def rows_of(text: str = "407") -> NDArray[np.intp]:
    return np.flatnonzero((written(text) < 80).any(axis=1))


@pytest.mark.parametrize("above", [0, 30, 200])
@pytest.mark.parametrize("below", [0, 90])
@pytest.mark.parametrize("rule", [False, True])
@pytest.mark.parametrize("dark", [False, True])
def test_a_line_is_cut_to_its_writing(above: int, below: int, rule: bool, dark: bool) -> None:
    ink = rows_of()
    picture = on_paper("407", above, below)
    if rule:
        picture[above + ink[-1] + 6 : above + ink[-1] + 8] = 90
    cut = cut_to_ink(np.asarray(255 - picture if dark else picture, np.uint8))
    assert 1.0 * len(ink) <= len(cut) <= 1.45 * len(ink)
    writing = cut > 175 if dark else cut < 80
    assert writing.any(axis=1).sum() >= 0.97 * len(ink)
    assert cut.shape[1] == picture.shape[1]


@pytest.mark.parametrize("shape", [(1, 1), (4, 300), (300, 4), (60, 200)])
def test_blank_paper_stays_as_it_is(shape: tuple[int, int]) -> None:
    paper = np.full(shape, 200, np.uint8)
    assert np.array_equal(cut_to_ink(paper), paper)


@pytest.mark.parametrize("rise", [0, 6, -6])
def test_a_rule_that_rises_is_no_writing(rise: int) -> None:
    ink = rows_of()
    picture = on_paper("407", 60, 60)
    cv2.line(picture, (0, 150 + rise // 2), (picture.shape[1], 150 - rise // 2), 90, 2, cv2.LINE_AA)
    assert len(cut_to_ink(picture)) <= 1.45 * len(ink)


@pytest.mark.parametrize("shape", [(1, 3000), (5, 2600), (3000, 1)])
def test_ink_of_any_picture_has_a_bounded_size(shape: tuple[int, int]) -> None:
    ink = scaled_ink(np.full(shape, 200, np.uint8))
    assert ink.shape[0] == 2 * HEIGHT
    assert 2 * NARROWEST <= ink.shape[1] <= 2 * WIDEST


def test_a_line_is_not_squeezed_for_its_rows() -> None:
    """Rows that are cut make a line wider: one that was as wide as can be read would lose columns."""
    picture = on_paper("4071350", 60, 60, 600)
    assert len(cut_to_ink(picture)) == len(picture)
