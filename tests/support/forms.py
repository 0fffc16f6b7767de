"""One drawing in many forms that change nothing about what it shows: files of all sorts, sizes and margins."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from tests.support.pictures import colour_pair, in_colours
from tests.support.writing import SMALLEST, Pixels, log_uniform

Form = Callable[[np.random.Generator, Pixels], bytes]

_MOST = 600  # longer side of a character after scaling, pixels
_VISIBLE = 16  # of 255, from the paper's level


def to_file(picture: Pixels, kind: str = "PNG", **options: object) -> bytes:
    """A picture, grey, RGB or RGBA, as the bytes of a file that Pillow writes."""
    return _saved(Image.fromarray(picture), kind, **options)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def paper_level(picture: Pixels) -> int:
    """The level that most of a grey picture's edge has."""
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return int(np.bincount(edge, minlength=256).argmax())


def padded(picture: Pixels, share: float, paper: int | None = None) -> Pixels:
    """A grey picture cut tight to its ink, and then its longer side times `share` of paper on each side.

    A side shorter than half the other keeps paper up to that, since a 1 cut tight all around is but a full picture.
    """
    paper = paper_level(picture) if paper is None else paper
    x, y, width, height = _ink_box(picture, paper)
    longer = max(width, height)
    missing = [max(0, longer // 2 - side) for side in (height, width)]
    margins = [(round(share * longer) + lack // 2, round(share * longer) + lack - lack // 2) for lack in missing]
    return np.pad(picture[y : y + height, x : x + width], margins, constant_values=paper)


def _ink_box(picture: Pixels, paper: int) -> tuple[int, int, int, int]:
    """x, y, width and height of what differs from the paper; all of it where nothing does."""
    ink = np.abs(picture.astype(np.int16) - paper) >= _VISIBLE
    x, y, width, height = cv2.boundingRect(ink.astype(np.uint8))
    return (x, y, width, height) if width else (0, 0, picture.shape[1], picture.shape[0])


def scaled(picture: Pixels, factor: float, interpolation: int) -> Pixels:
    """A picture enlarged or reduced, no side 0."""
    height, width = picture.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=interpolation), np.uint8)


def _scaled_by_any(interpolation: int) -> Form:
    def form(random: np.random.Generator, picture: Pixels) -> bytes:
        longer = max(_ink_box(picture, paper_level(picture))[2:])
        return to_file(scaled(picture, log_uniform(random, SMALLEST + 8, _MOST) / longer, interpolation))

    return form


def _wide(_: np.random.Generator, picture: Pixels) -> bytes:
    return _saved(Image.fromarray(picture.astype(np.uint16) * 257), "PNG")


def _ink_as_alpha(_: np.random.Generator, picture: Pixels) -> bytes:
    """Black all over, and only as opaque as there is ink: a sticker."""
    return to_file(np.dstack([np.zeros((*picture.shape, 3), np.uint8), 255 - picture]))


def _palette(_: np.random.Generator, picture: Pixels) -> bytes:
    return _saved(Image.fromarray(picture).convert("RGB").quantize(16), "PNG")


def _in_colours(random: np.random.Generator, picture: Pixels) -> bytes:
    return to_file(in_colours(picture, *colour_pair(random)))


FORMS: dict[str, Form] = {
    "as-it-is": lambda _, picture: to_file(picture),
    "inverted": lambda _, picture: to_file(255 - picture),
    "padded-0": lambda _, picture: to_file(padded(picture, 0)),
    "padded-half": lambda _, picture: to_file(padded(picture, 0.5)),
    "nearest": _scaled_by_any(cv2.INTER_NEAREST),
    "bilinear": _scaled_by_any(cv2.INTER_LINEAR),
    "bicubic": _scaled_by_any(cv2.INTER_CUBIC),
    "area": _scaled_by_any(cv2.INTER_AREA),
    "jpeg-60": lambda _, picture: to_file(picture, "JPEG", quality=60),
    "bmp": lambda _, picture: to_file(picture, "BMP"),
    "rgb": lambda _, picture: to_file(np.dstack([picture] * 3)),
    "palette": _palette,
    "16-bit": _wide,
    "alpha": _ink_as_alpha,
    "colours": _in_colours,
}
"""By name: from a grey drawing, black on white, to a file; its size, where it may be any, is random."""
