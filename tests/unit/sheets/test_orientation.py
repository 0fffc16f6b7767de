from dataclasses import replace
from itertools import chain

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.lines.scribe import Scribe
from core.model.number_reader import NumberReader
from core.model.numbers import NumberAnswer, NumberVerdict
from core.model.numbers_library import load_numbers
from core.settings import PROJECT_ROOT, get_settings
from core.sheets.orientation import quarter_turns
from core.sheets.reading import read_page
from tests.support.hands import PLAIN, small_hands
from tests.support.sheets import TablePlan, draw_table

TEXTS = [["14", "72", "305"], ["90", "36", "421"], ["58", "27", "633"], ["41", "83", "150"]]


class MarkReader:
    """Believes pictures whose upper left corner is dark, and takes none of the others for a number."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, pictures: list[NDArray[np.uint8]]) -> list[NumberAnswer]:
        self.asked += 1
        return [self._answer(bool(picture[0, 0] < 128)) for picture in pictures]

    @staticmethod
    def _answer(upright: bool) -> NumberAnswer:
        if upright:
            return NumberAnswer("12", NumberVerdict.CONFIDENT, 0.95, (("12", 0.95),))
        return NumberAnswer("", NumberVerdict.ILLEGIBLE, 0.9, (("", 0.9),))


def crops(turned: int, count: int = 6) -> list[NDArray[np.uint8]]:
    """Pictures with a dark upper left corner, turned so often by 90 degrees with the clock."""
    upright = np.full((20, 50), 255, np.uint8)
    upright[:5, :5] = 0
    return [np.ascontiguousarray(np.rot90(upright, -turned))] * count


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_page_is_turned_back_to_where_its_numbers_are_believed(turned: int) -> None:
    reader, pictures = MarkReader(), crops(turned)
    assert quarter_turns(pictures, reader.read(pictures), reader) == turned  # type: ignore[arg-type]


def test_nobody_asks_where_the_page_is_believed_or_hardly_anything_is_written() -> None:
    for pictures in (crops(0), crops(2, 3)):
        reader = MarkReader()
        assert quarter_turns(pictures, reader.read(pictures), reader) == 0  # type: ignore[arg-type]
        assert reader.asked == 1


def test_a_page_that_is_believed_in_no_way_stays_as_it_is() -> None:
    reader, pictures = MarkReader(), [np.full((20, 50), 255, np.uint8)] * 6
    assert quarter_turns(pictures, reader.read(pictures), reader) == 0  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shipped() -> NumberReader:
    return load_numbers(replace(get_settings(), models_dir=PROJECT_ROOT / "models"))


@pytest.fixture(scope="module")
def upright() -> NDArray[np.uint8]:
    """A ruled table in a neat hand."""
    rng = np.random.default_rng(3)
    scribe = Scribe(small_hands(), rng, PLAIN)

    def write(text: str, height: float, _: bool) -> NDArray[np.uint8]:
        ink = scribe.write(text).ink
        factor = height / PLAIN.height
        return np.asarray(cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)

    return draw_table(TablePlan(TEXTS, widths=[170, 170, 220], row=80), write, rng).picture


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_page_on_its_side_or_its_head_is_put_upright(
    shipped: NumberReader, upright: NDArray[np.uint8], turned: int
) -> None:
    page = read_page("page.png", 1, np.ascontiguousarray(np.rot90(upright, turned)), shipped)
    layout = page.sheet.layout
    assert (layout.rows, layout.columns) == (4, 3)
    assert page.picture is not None
    assert page.picture.shape == upright.shape
    assert ("was turned" in page.note) == (turned != 0)
    read = [field.text for field in page.sheet.fields]
    assert np.mean([text == wanted for text, wanted in zip(read, chain(*TEXTS), strict=True)]) >= 0.75
