"""Bytes -> picture, safely: whatever a person uploads becomes RGBA, or a reason in plain words."""

import struct
import warnings
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from core.errors import PictureError
from core.settings import Settings

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
LONGEST_SIDE = 2048

_SMALLER = "Save a smaller picture, or cut out the character."
_EXPECTED = "Expected a PNG, JPEG, WebP, BMP, TIFF or GIF picture"
# Bytes of memory that Pillow takes at most for a pixel while it decodes, as measured; 5 where nothing else is said.
_BYTES_PER_PIXEL = {"WebP": 16, "TIFF": 8, "progressive JPEG": 8}
_USUAL_BYTES_PER_PIXEL = 5
_STRIP_PIXELS = 2_000_000
_ORIENTATION = 0x0112
_WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DAMAGED = (OSError, SyntaxError, ValueError)

# What Pillow warns about is told to the person as a PictureError or does not matter for reading a character.
warnings.filterwarnings("ignore", module=r"PIL(\.|$)")


def decode(data: bytes, settings: Settings) -> NDArray[np.uint8]:
    """Decode an uploaded file.

    Args:
        data: the whole file: PNG, JPEG, WebP, BMP, TIFF or GIF (its first frame).
        settings: the limits for bytes and pixels.

    Returns:
        uint8 (H, W, 4) RGBA, upright by its EXIF orientation, longer side at most 2,048 pixels.

    Raises:
        PictureError: empty, too large, not one of the formats, or damaged; the message says what to do.
    """
    _check_bytes(data, settings)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _check_pixels(image, settings)
            return _to_array(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"The picture has far more pixels than the limit of {settings.max_megapixels} million. {_SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(_what_it_is(data)) from error
    except _DAMAGED as error:
        raise PictureError("The picture is cut off or damaged. Save or send it again, whole.") from error


def _check_bytes(data: bytes, settings: Settings) -> None:
    if not data:
        raise PictureError(f"The file is empty (0 bytes). {_EXPECTED}.")
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise PictureError(
            f"The file has {len(data) / 1_000_000:.1f} MB, more than the limit of {settings.max_upload_mb} MB. "
            f"{_SMALLER}"
        )


def _check_pixels(image: Image.Image, settings: Settings) -> None:
    kind = "progressive JPEG" if image.info.get("progressive") else (image.format or "").replace("WEBP", "WebP")
    hunger = _BYTES_PER_PIXEL.get(kind, _USUAL_BYTES_PER_PIXEL) / _USUAL_BYTES_PER_PIXEL
    width, height = image.size
    if width * height * hunger > settings.max_megapixels * 1_000_000:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels; the limit for a {kind} is "
            f"{settings.max_megapixels / hunger:.3g} million. {_SMALLER}"
        )


def _what_it_is(data: bytes) -> str:
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return (
            f"This is an SVG drawing, not a picture of pixels, whatever its name says. {_EXPECTED}: export it as PNG."
        )
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return f"This is an HTML page, not a picture, whatever its name says. {_EXPECTED}: save the picture itself."
    if start.startswith(b"%pdf"):
        return f"This is a PDF document, not a picture. {_EXPECTED}: export its page as PNG."
    if start[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return f"This is a HEIC or AVIF picture, which is not read here. {_EXPECTED}: save it as JPEG."
    if start.startswith((b"\x89png", b"\xff\xd8", b"riff", b"bm", b"ii*\0", b"mm\0*", b"gif8")):
        return "The picture is cut off or damaged. Save or send it again, whole."
    return f"This is not a picture that can be read. {_EXPECTED}."


def _to_array(image: Image.Image) -> NDArray[np.uint8]:
    image.draft(None, (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
    image.load()
    turn = _turn(image)
    small = _shrink(image)
    return np.array(small.transpose(turn) if turn is not None else small, np.uint8)


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except (SyntaxError, ValueError, struct.error):
        return None  # A picture whose EXIF data are damaged is still a picture.


def _shrink(image: Image.Image) -> Image.Image:
    """RGBA with the longer side at most 2,048, made strip by strip so that no second full-size copy is held."""
    factor = -(-max(image.size) // LONGEST_SIDE)
    width, height = image.size
    rows = max(1, _STRIP_PIXELS // width // factor) * factor
    strips = [(0, top, width, min(top + rows, height)) for top in range(0, height, rows)]
    white = 255.0
    if image.mode in _WIDE_MODES:
        white = _white_level(image.mode, max(float(_samples(image.crop(strip)).max()) for strip in strips))
    small = Image.new("RGBA", (-(-width // factor), -(-height // factor)))
    for strip in strips:
        small.paste(_to_rgba(image.crop(strip), white).reduce(factor), (0, strip[1] // factor))
    return small


def _samples(strip: Image.Image) -> NDArray[np.float32]:
    return np.maximum(np.nan_to_num(np.asarray(strip, np.float32)), 0)


def _white_level(mode: str, largest: float) -> float:
    """The sample value that stands for white: 1 in fractions, else the top of the fewest bits that hold all samples."""
    if mode == "F" and largest <= 1:
        return 1.0
    return float(2 ** max(8, int(min(largest, 2.0**32)).bit_length()) - 1)


def _to_rgba(strip: Image.Image, white: float) -> Image.Image:
    if strip.mode in _WIDE_MODES:
        levels = np.minimum(_samples(strip), white) * (255 / white)
        strip = Image.fromarray(np.round(levels).astype(np.uint8))
    if not strip.has_transparency_data:
        strip = strip.convert("RGB")
    return strip.convert("RGBA")
