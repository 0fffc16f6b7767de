"""Bytes -> picture, safely: whatever a person uploads becomes RGBA, or a reason in plain words."""

import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import PictureError
from core.settings import Settings

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
LONGEST_SIDE = 2048

_EXPECTED = "Expected a PNG, JPEG, WebP, BMP, TIFF or GIF picture"
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
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
)

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
            _check_pixels(image.size, settings)
            return _to_array(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels("more than can be opened safely", settings) from error
    except Image.UnidentifiedImageError as error:
        raise PictureError(_what_it_is(data)) from error
    except _DAMAGED as error:
        raise PictureError("The picture is cut off or damaged. Save or send it again, whole.") from error


def _check_bytes(data: bytes, settings: Settings) -> None:
    if not data:
        raise PictureError(f"The file is empty (0 bytes). {_EXPECTED}.")
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise PictureError(
            f"The file has {len(data) / 1_000_000:.1f} MB, more than the limit of {settings.max_upload_mb} MB. "
            "Save a smaller picture, or cut out the character."
        )


def _check_pixels(size: tuple[int, int], settings: Settings) -> None:
    if size[0] * size[1] > settings.max_megapixels * 1_000_000:
        raise _too_many_pixels(f"{size[0]:,} x {size[1]:,}", settings)


def _too_many_pixels(size: str, settings: Settings) -> PictureError:
    return PictureError(
        f"The picture has too many pixels ({size}); the limit is {settings.max_megapixels} million. "
        "Save a smaller picture, or cut out the character."
    )


def _what_it_is(data: bytes) -> str:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
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
    turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    small = _shrink(image)
    return np.array(small.transpose(turn) if turn is not None else small, np.uint8)


def _shrink(image: Image.Image) -> Image.Image:
    """RGBA with the longer side at most 2,048, made strip by strip so that no second full-size copy is held."""
    factor = -(-max(image.size) // LONGEST_SIDE)
    white = _white_level(image) if image.mode in _WIDE_MODES else 255.0
    width, height = image.size
    small = Image.new("RGBA", (-(-width // factor), -(-height // factor)))
    rows = max(1, _STRIP_PIXELS // width // factor) * factor
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        small.paste(_to_rgba(strip, white).reduce(factor), (0, top // factor))
    return small


def _white_level(image: Image.Image) -> float:
    """The sample value that stands for white: 1 in fractions, else the top of the fewest bits that hold all samples."""
    largest = float(np.nanmax(np.asarray(image.getextrema(), np.float64)))
    if image.mode == "F" and largest <= 1:
        return 1.0
    return float(2 ** max(8, int(min(largest, 2.0**32)).bit_length()) - 1)


def _to_rgba(strip: Image.Image, white: float) -> Image.Image:
    if strip.mode in _WIDE_MODES:
        samples = np.nan_to_num(np.asarray(strip, np.float32), nan=0.0)
        strip = Image.fromarray(np.clip(samples * (255 / white), 0, 255).round().astype(np.uint8))
    if not strip.has_transparency_data:
        strip = strip.convert("RGB")
    return strip.convert("RGBA")
