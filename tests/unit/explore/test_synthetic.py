import numpy as np
import pytest

from core.explore.synthetic import SIDE, Scene, render_on_paper
from core.vision.normalise import normalise
from tests.support.strokes import draw

GLYPH = normalise(draw("4")).glyph


def test_ink_lies_where_it_is_put() -> None:
    picture = render_on_paper(GLYPH, Scene(size=0.3, x=1.0, y=0.0))
    rows, columns = np.nonzero(picture < 128)
    assert picture.shape == (SIDE, SIDE)
    assert picture.dtype == np.uint8
    assert rows.max() < 0.3 * SIDE
    assert columns.min() >= 0.7 * SIDE - 1


def test_light_ink_on_dark_paper() -> None:
    dark = render_on_paper(GLYPH, Scene(light_ink=True))
    assert dark[-1, -1] < 60
    assert dark.max() > 180


def test_shade_darkens_one_corner_alone() -> None:
    lit, shaded = render_on_paper(GLYPH, Scene()), render_on_paper(GLYPH, Scene(shade=0.6))
    assert shaded[0, 0] == lit[0, 0]
    assert shaded[-1, -1] < 0.5 * lit[-1, -1]


@pytest.mark.parametrize(
    "scene", [Scene(), Scene(0.2, 0.9, 0.9), Scene(1.0), Scene(0.5, 0.5, 0.5, 0.6), Scene(0.4, light_ink=True)]
)
def test_the_pipeline_brings_the_glyph_back(scene: Scene) -> None:
    back = normalise(render_on_paper(GLYPH, scene)).glyph.astype(float)
    assert np.corrcoef(back.ravel(), GLYPH.ravel().astype(float))[0, 1] > 0.9


def test_values_out_of_range_are_taken_as_the_nearest_that_are_not() -> None:
    assert render_on_paper(GLYPH, Scene(5.0, -3.0, 9.0)).shape == (SIDE, SIDE)
    assert render_on_paper(GLYPH, Scene(0.0)).shape == (SIDE, SIDE)
