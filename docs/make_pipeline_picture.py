"""Make docs/pipeline.png: what every step of core/vision does to a few hard pictures.

Run it from the project's folder: .venv/bin/python -m docs.make_pipeline_picture
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from core.vision.grey import contrast, to_grey
from core.vision.normalise import normalise
from tests.support.papers import photograph

TARGET = Path(__file__).parent / "pipeline.png"
ROWS = (
    ("a shadow", "shadow", "8", 0),
    ("ruled paper", "ruled", "4", 1),
    ("one luminance", "coloured", "2", 1),
    ("faint pencil", "pencil", "9", 1),
    ("a neighbour", "neighbour", "7", 2),
    ("a pattern", "pattern", "5", 1),
)
COLUMNS = ("picture", "contrast to paper", "ink", "crop", "scaled", "centred: the glyph")
SIDE, GAP, LEFT, TOP = 132, 8, 124, 30


def main() -> None:
    """Draw the table of pictures and save it."""
    size = (LEFT + len(COLUMNS) * (SIDE + GAP), TOP + len(ROWS) * (SIDE + GAP))
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(14)
    for column, title in enumerate(COLUMNS):
        pen.text((LEFT + column * (SIDE + GAP), 8), title, "black", font)
    for row, (title, trouble, character, variant) in enumerate(ROWS):
        top = TOP + row * (SIDE + GAP)
        pen.text((8, top + SIDE // 2 - 8), title, "black", font)
        for column, image in enumerate(_images(photograph(character, trouble, variant)[0])):
            sheet.paste(_tile(image), (LEFT + column * (SIDE + GAP), top))
    sheet.quantize(200, dither=Image.Dither.NONE).save(TARGET, optimize=True)


def _images(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    picture_step, *others = (step.image for step in normalise(picture).steps)
    return [picture_step, contrast(to_grey(picture)), *others]


def _tile(image: NDArray[np.uint8]) -> Image.Image:
    scale = SIDE / max(image.shape[:2])
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    scaled = cv2.resize(image, None, fx=scale, fy=scale, interpolation=smooth)
    tile = Image.new("RGB", (SIDE, SIDE), (90, 90, 90))
    tile.paste(Image.fromarray(scaled), ((SIDE - scaled.shape[1]) // 2, (SIDE - scaled.shape[0]) // 2))
    return tile


if __name__ == "__main__":
    main()
