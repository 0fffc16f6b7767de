import cv2
import numpy as np
import pytest

from core.vision.grey import (
    contrast,
    enlarge,
    flat_paper,
    histogram,
    is_light_ink,
    noise_level,
    paper_light,
    quantile,
    smooth,
)
from tests.support.strokes import CHARACTERS, draw

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("level", [0, 40, 255])
def test_a_drawing_has_one_flat_paper(level: int) -> None:
    drawing = np.where(draw("3") > 127, level, 255 - level).astype(np.uint8)
    assert flat_paper(drawing) == level


def test_a_photograph_has_no_flat_paper() -> None:
    drawing = draw("3").astype(np.float64)
    grainy = np.clip(drawing * 0.8 + RNG.normal(0, 3, drawing.shape), 0, 255).astype(np.uint8)
    assert flat_paper(grainy) is None
    overexposed = np.clip(drawing * np.linspace(0.4, 1.8, 280), 0, 255).astype(np.uint8)
    assert histogram(overexposed).argmax() == 255
    assert flat_paper(overexposed) is None


def test_an_even_shadow_over_half_the_picture_is_not_its_paper() -> None:
    drawing = 30 + 0.88 * draw("3", box=(150, 60, 120))
    drawing[:, :145] = 140
    assert histogram(drawing.astype(np.uint8)).argmax() == 140
    assert flat_paper(drawing.astype(np.uint8)) is None


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("shadow", [0.35, 1.0])
def test_polarity(character: str, shadow: float) -> None:
    drawing = 30 + 0.7 * draw(character)
    drawing[:, 150:] *= shadow
    assert not is_light_ink(drawing.astype(np.uint8))
    assert is_light_ink(255 - drawing.astype(np.uint8))


def test_the_paper_is_found_under_the_ink_with_its_shadow() -> None:
    light = np.full((280, 280), 220.0)
    light[:, 160:] = 110
    picture = (light * (0.15 + 0.85 * draw("8") / 255)).astype(np.uint8)
    error = np.abs(paper_light(picture) - light)
    error[:, 150:171] = 0
    assert error.max() < 8


def test_contrast_is_the_same_in_light_and_shadow() -> None:
    light = np.tile(np.linspace(240, 80, 280), (280, 1))
    ink = draw("0", box=(40, 40, 200)) < 128
    drop = contrast(np.where(ink, light * 0.3, light).astype(np.uint8))
    # Smoothing blurs the edges of the strokes.
    core = cv2.erode(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    around = cv2.dilate(ink.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert drop[core].min() > 0.6 * 255
    assert drop[core].max() < 0.8 * 255
    assert np.quantile(drop[~around], 0.9) < 12


@pytest.mark.parametrize("sigma", [3.0, 10.0, 25.0])
def test_noise_level_is_a_standard_deviation_in_grey_levels(sigma: float) -> None:
    grain = np.clip(RNG.normal(128, sigma, (200, 200)), 0, 255).astype(np.uint8)
    assert noise_level(grain) == pytest.approx(sigma, rel=0.1)


def test_smoothing_takes_grain_and_leaves_clean_pictures() -> None:
    clean = draw("6")
    assert smooth(clean) is clean
    grain = np.clip(RNG.normal(100, 20, (200, 200)), 0, 255).astype(np.uint8)
    assert smooth(grain).std() < 5


def test_enlarge_only_what_is_small() -> None:
    assert enlarge(np.zeros((30, 60), np.uint8)).shape == (120, 240)
    assert enlarge(np.zeros((200, 300), np.uint8)).shape == (200, 300)
    assert enlarge(np.zeros((3, 60), np.uint8)).shape == (3, 60)


@pytest.mark.parametrize(("share", "level"), [(0.0, 0), (0.5, 10), (0.99, 200), (1.0, 200)])
def test_quantile(share: float, level: int) -> None:
    grey = np.array([[10] * 6 + [200] * 4], np.uint8)
    assert quantile(grey, share) == level
