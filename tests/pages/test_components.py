"""The small helpers of the pages."""

import base64

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.components.gallery import page_key
from pages.components.pictures import EMPTY, data_url, on_square
from pages.components.text import escape


@pytest.mark.parametrize("shape", [(5, 3), (5, 3, 3), (5, 3, 4)])
def test_data_url_holds_the_pixels(shape: tuple[int, ...]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    data = base64.b64decode(data_url(picture).removeprefix("data:image/png;base64,"))
    stored = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))
    swapped = stored if stored.ndim == 2 else stored[..., [2, 1, 0, 3][: stored.shape[2]]]
    assert np.array_equal(swapped, picture)


def test_small_picture_keeps_hard_pixels() -> None:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[10, 12] = 255
    square = on_square(glyph, 168)
    assert square.shape == (168, 168)
    assert set(np.unique(square)) == {0, 255}
    assert np.count_nonzero(square) == 36


def test_wide_picture_is_in_the_middle() -> None:
    square = on_square(np.full((10, 40), 255, np.uint8), 80)
    assert np.count_nonzero(square.any(axis=1)) == 20
    assert square[40].all()


def test_empty_place_is_faint() -> None:
    assert 0 < on_square(EMPTY, 8)[..., 3].max() < 64


def test_plain_text_has_no_marks_left() -> None:
    assert escape("a_b *c* [d](e) :red[f]") == r"a\_b \*c\* \[d\]\(e\) \:red\[f\]"


def parts_of_a_page() -> None:
    """A page whose parts are called after the model, and one of which has parts itself."""
    import streamlit as st

    from pages.components import parts

    inner = {"Curves": lambda: None, "Log": lambda: None}
    noun = st.session_state.get("noun", "digit")
    outer = {"First": lambda: None, f"No {noun}": lambda: parts.show(inner, "inner")}
    parts.show(outer, "outer", in_address=True)


def test_parts_that_get_other_titles_begin_anew() -> None:
    page = AppTest.from_function(parts_of_a_page)
    page.query_params["part"] = "no-digit"
    page.run()
    assert not page.exception
    page.session_state["noun"] = "letter"
    page.run()
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["First", "No letter"]


def test_parts_within_a_part_leave_the_address_alone() -> None:
    page = AppTest.from_function(parts_of_a_page)
    page.query_params["part"] = "no-digit"
    page.run()
    assert "Curves" in [tab.label for tab in page.tabs]
    assert "no-digit" in page.query_params["part"]


def a_gallery() -> None:
    """Five images, two at a time, of whichever list the session names."""
    import numpy as np
    import streamlit as st

    from pages.components import gallery

    tile = gallery.Tile(np.zeros((4, 4), np.uint8), "", "")
    gallery.paged(range(5), lambda _: tile, "gallery", 2, of=st.session_state.get("list", "a"))


def test_another_list_begins_at_its_first_page() -> None:
    page = AppTest.from_function(a_gallery).run()
    page.session_state[page_key("gallery")] = 3
    page.run()
    assert page.caption[0].value == "5 to 5 of 5 images"
    page.session_state["list"] = "b"
    page.run()
    assert not page.exception
    assert page.caption[0].value == "1 to 2 of 5 images"
