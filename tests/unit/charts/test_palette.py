"""Colours that can be read."""

import tomllib

import numpy as np
import pytest

from core.charts.palette import INKS, PAGE, contrast, on_page, readable_ink
from core.settings import PROJECT_ROOT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_are_readable_on_every_colour(theme: str) -> None:
    for place in np.linspace(0, 1, 101):
        assert contrast(readable_ink(place, theme), on_page(place, theme)) > 4.3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast(*INKS) > 15


def test_the_page_of_the_palette_is_that_of_the_theme() -> None:
    config = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert {theme: config["theme"][theme]["backgroundColor"] for theme in PAGE} == PAGE
