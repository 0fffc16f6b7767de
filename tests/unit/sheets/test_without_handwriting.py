"""Pages on which nobody has written a number: next to nothing on them may be believed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.model.number_reader import NumberReader
from core.model.numbers_library import load_numbers
from core.settings import PROJECT_ROOT, get_settings
from core.sheets.reading import read_page

Pixels = NDArray[np.uint8]

WIDTH, HEIGHT = 620, 800
TEXT = """the paper was held up to the light and nobody could say what had been written there before the rain came
over the hill and into the open window of the school where they kept the old books of the village"""
WORDS = TEXT.split()


def text_page(rng: Generator) -> Pixels:
    """Lines of print from margin to margin."""
    page = Image.new("RGB", (WIDTH, HEIGHT), (250, 249, 246))
    pen, size = ImageDraw.Draw(page), int(rng.integers(15, 24))
    font = ImageFont.load_default(size)
    for top in range(50, HEIGHT - 60, round(1.6 * size)):
        pen.text((50, top), " ".join(rng.choice(WORDS, 900 // size)), (30, 30, 30), font)
    page.paste((250, 249, 246), (WIDTH - 40, 0, WIDTH, HEIGHT))
    return np.asarray(page)


def scenery(rng: Generator) -> Pixels:
    """Noise of all sizes, as a photograph of leaves or of a carpet has."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for step in (4, 12, 40, 120):
        coarse = rng.normal(0, 22, (HEIGHT // step + 2, WIDTH // step + 2, 3)).astype(np.float32)
        picture += cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(picture + rng.normal(0, 4, picture.shape) + 130, 0, 255).astype(np.uint8)


def blank_page(rng: Generator) -> Pixels:
    """Paper in uneven light, with its grain."""
    light = np.linspace(rng.uniform(150, 230), 245, WIDTH)[None, :, None]
    return np.clip(light + rng.normal(0, rng.uniform(0.5, 5), (HEIGHT, WIDTH, 3)), 0, 255).astype(np.uint8)


def screenshot(rng: Generator) -> Pixels:
    """Bars, buttons with words, and boxes, on light or dark."""
    dark = rng.random() < 0.5
    paper, ink = ((32, 34, 40), (225, 225, 230)) if dark else ((248, 248, 250), (40, 42, 50))
    page = Image.new("RGB", (WIDTH, HEIGHT), paper)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(16)
    pen.rectangle((0, 0, WIDTH, 44), (60, 110, 200))
    for top in range(70, HEIGHT - 90, 90):
        left, wide = int(rng.integers(20, 60)), int(rng.integers(120, 260))
        pen.rounded_rectangle((left, top, left + wide, top + 40), 8, outline=(120, 130, 150), width=2)
        pen.text((left + 12, top + 10), " ".join(rng.choice(WORDS, 2)), ink, font)
        pen.text((left + wide + 20, top + 10), " ".join(rng.choice(WORDS, 4)), ink, font)
    return np.asarray(page)


@pytest.fixture(scope="module")
def shipped() -> NumberReader:
    return load_numbers(replace(get_settings(), models_dir=PROJECT_ROOT / "models"))


def test_hardly_anything_is_believed(shipped: NumberReader) -> None:
    counts = {text_page: 7, scenery: 6, blank_page: 5, screenshot: 2}  # a screenshot has many words to be read
    pages = [make(np.random.default_rng(number)) for make, count in counts.items() for number in range(count)]
    believed = []
    for page in pages:
        fields = read_page("page.png", 1, page, shipped).sheet.fields
        believed += [field.text for field in fields if field.verdict == "confident"]
    assert len(believed) <= 1
