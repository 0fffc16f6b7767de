import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.vision.normalise import (
    CHARACTER_SIDE,
    GLYPH_SIDE,
    THICKEST_STROKE,
    THINNEST_STROKE,
    Normalised,
    centre,
    crop,
    is_glyph,
    normalise,
    scale,
    squeeze,
)
from tests.support.strokes import CHARACTERS, draw, variants

ALL = [(character, variant) for character in CHARACTERS for variant in range(variants(character))]


def glyph_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    result = normalise(picture)
    assert not result.blank
    return result.glyph


def likeness(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Correlation of two glyphs where they overlap best within one pixel."""
    padded = np.pad(one, 1).astype(np.float32)
    return float(cv2.matchTemplate(padded, other.astype(np.float32), cv2.TM_CCOEFF_NORMED).max())


def centre_of_mass(glyph: NDArray[np.uint8]) -> tuple[float, float]:
    moments = cv2.moments(glyph)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


@pytest.mark.parametrize(("character", "variant"), ALL)
@pytest.mark.parametrize("pen", [6, 16, 24])
def test_the_glyph_keeps_its_contract(character: str, variant: int, pen: int) -> None:
    glyph = glyph_of(draw(character, pen=pen, variant=variant))
    assert glyph.shape == (GLYPH_SIDE, GLYPH_SIDE)
    assert glyph.dtype == np.uint8
    rows, columns = np.nonzero(glyph.any(axis=1))[0], np.nonzero(glyph.any(axis=0))[0]
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == CHARACTER_SIDE
    assert centre_of_mass(glyph) == pytest.approx((14, 14), abs=0.6)
    assert glyph.max() == 255
    assert np.median(glyph[glyph > 0]) > 150


@pytest.mark.parametrize("character", CHARACTERS)
def test_letters_are_larger_in_theirs(character: str) -> None:
    for pen in (6, 24):
        result = normalise(draw(character, pen=pen), side=24)
        rows, columns = np.nonzero(result.glyph.any(axis=1))[0], np.nonzero(result.glyph.any(axis=0))[0]
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 24
        assert result.steps[3].title == "Longer side 24 pixels"
        usual = crop(glyph_of(draw(character, pen=pen)))
        shrunk = cv2.resize(crop(result.glyph), usual.shape[::-1], interpolation=cv2.INTER_AREA)
        assert likeness(np.asarray(shrunk, np.uint8), usual) > 0.9


def test_steps_are_named_in_order() -> None:
    result = normalise(draw("3"))
    assert [step.name for step in result.steps] == ["picture", "ink", "crop", "scaled", "centred"]
    assert all(step.title for step in result.steps)
    assert result.steps[-1].image is result.glyph
    assert max(result.steps[3].image.shape) == CHARACTER_SIDE


@pytest.mark.parametrize("character", CHARACTERS)
def test_place_and_size_do_not_matter(character: str) -> None:
    glyph = glyph_of(draw(character, box=(70, 70, 140), pen=14))
    assert likeness(glyph, glyph_of(draw(character, box=(8, 120, 140), pen=14))) > 0.99
    assert likeness(glyph, glyph_of(draw(character, size=840, box=(210, 210, 420), pen=42))) > 0.93
    assert likeness(glyph, glyph_of(draw(character, size=90, box=(20, 20, 50), pen=5))) > 0.9


@pytest.mark.parametrize("character", CHARACTERS)
def test_the_pen_hardly_matters(character: str) -> None:
    inked = [(glyph_of(draw(character, box=(30, 30, 220), pen=pen)) > 127).sum() for pen in (3, 6, 12)]
    assert max(inked) <= 2 * min(inked)


@pytest.mark.parametrize("character", CHARACTERS)
def test_polarity_colours_and_channels_do_not_matter(character: str) -> None:
    drawing = draw(character)
    ink = (255 - drawing.astype(np.float32))[..., None] / 255
    glyph = glyph_of(drawing)
    assert (glyph_of(255 - drawing) == glyph).all()
    assert (glyph_of(np.dstack([drawing] * 3)) == glyph).all()
    paper, pen = np.array([240, 230, 90]), np.array([30, 60, 160])
    assert likeness(glyph_of((paper * (1 - ink) + pen * ink).astype(np.uint8)), glyph) > 0.99


@pytest.mark.parametrize(("ink", "hidden"), [(0, 0), (0, 255), (255, 0), (255, 255)])
def test_ink_on_a_transparent_picture(ink: int, hidden: int) -> None:
    alpha = 255 - draw("4", variant=1)
    colour = np.where(alpha > 0, ink, hidden).astype(np.uint8)
    picture = np.dstack([colour, colour, colour, alpha])
    assert likeness(glyph_of(picture), glyph_of(255 - alpha)) > 0.98


def test_a_photograph_with_a_transparent_rim_keeps_its_paper() -> None:
    drawing = np.maximum(draw("2"), 30)
    alpha = np.zeros_like(drawing)
    alpha[20:-20, 20:-20] = 255
    picture = np.dstack([np.where(alpha > 0, drawing // 2, 0)] * 3 + [alpha]).astype(np.uint8)
    assert likeness(glyph_of(picture), glyph_of(drawing)) > 0.98


def test_pictures_like_those_of_mnist_come_back_as_they_were() -> None:
    glyphs = [glyph_of(draw(character, pen=20, variant=variant)) for character, variant in ALL]
    again = [glyph_of(glyph) for glyph in glyphs]
    differences = np.abs(np.array(glyphs).astype(float) - np.array(again)).mean(axis=(1, 2))
    assert differences.max() < 2


@pytest.mark.parametrize("character", ["1", "5", "8"])
def test_bitmaps_that_fill_their_frame(character: str) -> None:
    full = 255 - draw(character, size=64, box=(6, 6, 52), pen=9)
    bitmap = (crop(full) > 127).astype(np.uint8) * 255
    bitmap = np.pad(bitmap, ((0, 0), (12, 12)))
    assert likeness(glyph_of(bitmap), glyph_of(full)) > 0.9


def is_blank(result: Normalised) -> bool:
    names = [step.name for step in result.steps]
    return result.blank and not result.glyph.any() and names == ["picture", "ink"]


@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
@pytest.mark.parametrize("shape", [(280, 280), (280, 280, 3), (28, 28), (1, 1), (8, 8, 4), (3, 2000), (2000, 1, 3)])
def test_one_uniform_colour_is_blank(level: int, shape: tuple[int, ...]) -> None:
    assert is_blank(normalise(np.full(shape, level, np.uint8)))


@pytest.mark.parametrize("hidden", [0, 255])
def test_a_transparent_picture_is_blank(hidden: int) -> None:
    picture = np.full((280, 280, 4), hidden, np.uint8)
    picture[..., 3] = 0
    assert is_blank(normalise(picture))


def empty_paper(rng: np.random.Generator, noise: float = 2.0) -> NDArray[np.float64]:
    return 225 + rng.normal(0, noise, (300, 400))


def ruled(paper: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    lined = paper.copy()
    lined[20::40] = level
    lined[21::40] = level
    return lined


@pytest.mark.parametrize("name", ["grain", "much grain", "gradient", "shadow", "lamp", "faint rules", "dark rules"])
@pytest.mark.parametrize("seed", range(3))
def test_empty_paper_is_blank(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[-1:1:300j, -1:1:400j]
    papers = {
        "grain": empty_paper(rng),
        "much grain": empty_paper(rng, noise=12),
        "gradient": empty_paper(rng) * (0.75 + 0.25 * x),
        "shadow": empty_paper(rng) * np.where(x + 0.3 * y > 0.2, 0.6, 1.0),
        "lamp": empty_paper(rng) * (1 - 0.3 * (x * x + y * y)),
        "faint rules": ruled(empty_paper(rng), 190),
        "dark rules": ruled(empty_paper(rng), 90),
    }
    assert is_blank(normalise(np.clip(papers[name], 0, 255).astype(np.uint8)))


@pytest.mark.parametrize("shape", [(1, 1), (1, 1, 4), (2, 2, 3), (8, 8), (3, 2000), (2000, 3), (1, 500), (9, 700, 4)])
def test_odd_sizes_of_anything_give_a_glyph_or_blank(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    for top in (2, 256):
        result = normalise((rng.integers(0, top, shape) * (255 // (top - 1))).astype(np.uint8))
        assert result.glyph.shape == (GLYPH_SIDE, GLYPH_SIDE)
        assert result.blank == (not result.glyph.any())


def test_crop_is_the_smallest_box() -> None:
    ink = np.zeros((50, 60), np.uint8)
    ink[10:20, 30:33] = 255
    ink[0, 0] = 5
    assert crop(ink).shape == (10, 3)


@pytest.mark.parametrize("stroke", [1, 5, 30])
def test_scale_evens_out_the_stroke(stroke: int) -> None:
    ink = np.zeros((101, 101), np.uint8)
    ink[:, :stroke] = 255
    ink[-stroke:] = 255
    row = scale(ink)[8]
    assert THINNEST_STROKE - 0.8 <= row.sum() / 255 <= THICKEST_STROKE + 1


def test_centre_keeps_all_ink_inside() -> None:
    lopsided = np.zeros((20, 20), np.uint8)
    lopsided[:2] = 255
    lopsided[:, 0] = 60
    glyph = centre(lopsided)
    assert int(glyph.sum()) == int(lopsided.sum())


@pytest.mark.parametrize("inverted", [False, True])
def test_a_glyph_stays_as_it_is(inverted: bool) -> None:
    for character in CHARACTERS:
        glyph = glyph_of(draw(character))
        moved = np.roll(glyph, (0, 4), axis=(0, 1))
        assert is_glyph(glyph)
        assert not is_glyph(moved), "its centre of mass is not in the middle"
        assert not is_glyph(glyph, side=24)
        again = glyph_of(255 - glyph if inverted else glyph)
        assert np.abs(again.astype(int) - glyph).max() <= 20, "its ink may be made full"
    assert not is_glyph(np.zeros((28, 28), np.uint8))


def test_dark_ink_becomes_light_and_stays_where_it_is() -> None:
    picture = np.full((280, 280), 255, np.uint8)
    picture[10:20, 100:110] = 0
    small = squeeze(picture)
    assert small.shape == (28, 28)
    assert small.dtype == np.uint8
    assert np.argwhere(small == 255).tolist() == [[1, 10]]
    assert small.sum() == 255


def test_nothing_is_cut_out_of_a_wide_colour_picture() -> None:
    picture = np.full((100, 400, 4), 255, np.uint8)
    picture[:, :200, :3] = 0
    small = squeeze(picture)
    assert (small[:, :14] == 255).all()
    assert (small[:, 14:] == 0).all()
