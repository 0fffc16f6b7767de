"""Bytes -> picture, safely: whatever a person uploads becomes RGBA, or a reason in plain words."""

import ctypes
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, _imaging, features
from PIL.GifImagePlugin import GifImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.errors import PictureError
from core.settings import Settings

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF")
ENDINGS = (
    *("png", "jpg", "jpeg", "jpe", "jif", "jfif", "webp", "bmp", "tif", "tiff", "gif"),
    *("heic", "heif", "hif", "avif"),
)
"""What the files of these formats are called, without the dot."""
LONGEST_SIDE = 2048
MOST_PAGES = 1000  # are counted

_OTHERWISE = "Otherwise save the picture as PNG or JPEG."
_SMALLER = "Save a smaller picture, or cut out the character."
_EXPECTED = "Expected a PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC or AVIF picture"
_CUT_OFF = "The picture is cut off or damaged. Save or send it again, whole."
# Bytes of memory that the decoder takes at most for a pixel, as measured; 5 where nothing else is said. HEIC as cameras
# write it takes 8.
_BYTES_PER_PIXEL = {
    "WebP": 16,
    "TIFF": 8,
    "progressive JPEG": 8,
    "HEIC": 10,
    "HEIC of more than 8 bits": 16,
    "HEIC with transparency": 21,
    "AVIF": 18,
    "later frame or page": 18,
}
_USUAL_BYTES_PER_PIXEL = 5
_STRIP_PIXELS = 2_000_000
_FRAMES_TRIED = 32
_SEEN = 8  # levels: what differs by less is not to be seen
_ORIENTATION = 0x0112
_WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
_TO_BACKGROUND = 2
_ANIMATIONS = ("GIF", "WEBP", "PNG")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_OBU_SEQUENCE_HEADER = 1
_MOST_OBUS = 10_000
_DAMAGED = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    RuntimeError,
    EOFError,
    struct.error,
)
_UNREADABLE = (*_DAMAGED, Image.DecompressionBombError, Image.DecompressionBombWarning)

# What Pillow warns about is told to the person as a PictureError or does not matter for reading a character.
warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
# The same of libtiff, which would write to the server's log. Where it cannot be reached it goes on doing so.
with suppress(OSError, AttributeError, TypeError):
    _libtiff = ctypes.CDLL(_imaging.__file__)
    _libtiff.TIFFSetErrorHandler(None)
    _libtiff.TIFFSetWarningHandler(None)

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


@dataclass(frozen=True)
class Decoded:
    """A picture, and how much of its file it is.

    Attributes:
        picture: uint8 (H, W, 4), as `decode` gives it.
        page, pages: which page of the file it is, from 1, of how many; those beyond 1,000 are not counted.
        unit: what a page is called: "page", or "frame" in an animation.
    """

    picture: NDArray[np.uint8]
    page: int = 1
    pages: int = 1
    unit: str = "page"

    @property
    def note(self) -> str:
        """What was not read and what to do about it; empty where the file holds one picture."""
        if self.pages == 1:
            return ""
        many = f"{self.pages:,}" if self.pages < MOST_PAGES else f"{MOST_PAGES:,} or more"
        return (
            f"{self.unit} {self.page} of {many}; the others were not read: "
            f"save each {self.unit} as a picture of its own"
        )


def decode(data: bytes, settings: Settings) -> NDArray[np.uint8]:
    """Decode an uploaded file.

    Args:
        data: the whole file, in one of FORMATS. Of several pages or frames the first is taken that is not uniform.
        settings: the limits for bytes and pixels.

    Returns:
        uint8 (H, W, 4) RGBA, upright by its EXIF orientation, longer side at most 2,048 pixels.

    Raises:
        PictureError: empty, too large, not one of the formats, or damaged; the message says what to do.
    """
    return decode_page(data, settings).picture


def decode_page(data: bytes, settings: Settings) -> Decoded:
    """As `decode`, with what it says of the file's pages.

    Raises:
        PictureError: as there.
    """
    _check_bytes(data, settings)
    try:
        with Image.open(BytesIO(data), formats=_formats(data)) as image:
            _check_pixels(image.size, _kind(image), settings)
            if image.format == "AVIF":
                _check_coded_sizes(data, settings)
            several = isinstance(image, TiffImageFile) or getattr(image, "is_animated", False)
            decoded = _first_shown(image, settings)
            unit = "frame" if image.format in _ANIMATIONS else "page"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"The picture has far more pixels than the limit of {settings.max_megapixels} million. {_SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(_what_it_is(data)) from error
    except _DAMAGED as error:
        raise PictureError(_CUT_OFF) from error
    return replace(decoded, pages=max(count_pages(data), decoded.page), unit=unit) if several else decoded


def count_pages(data: bytes) -> int:
    """How many pages or frames a file has, counted to 1,000, without decoding them; 1 where that cannot be told."""
    count = 1
    with suppress(*_UNREADABLE), Image.open(BytesIO(data), formats=_formats(data)) as image:
        if isinstance(image, TiffImageFile):
            for page in range(1, MOST_PAGES):
                image.seek(page)
                count += not _is_preview(image)
        elif image.format != "MPO":  # a photograph with its previews, which are no pages
            count = min(getattr(image, "n_frames", 1), MOST_PAGES)
    return count


def _is_preview(image: TiffImageFile) -> bool:
    """Whether a page is only a smaller copy of another one (tag NewSubfileType, bit 0)."""
    return bool(image.tag_v2.get(254, 0) & 1)


def _formats(data: bytes) -> tuple[str, ...]:
    """The formats that a file may have and that can be read here. What is asked for late is loaded late."""
    if data[4:8] != b"ftyp":
        return FORMATS[:-2]
    return (*(("AVIF",) if features.check("avif") else ()), *(("HEIF",) if _reads_heic() else ()))


@cache
def _reads_heic() -> bool:
    try:
        import pillow_heif

        # Thumbnails would be decoded in place of the picture, whatever they show.
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    except (ImportError, OSError):
        return False
    return True


def _check_bytes(data: bytes, settings: Settings) -> None:
    if not data:
        raise PictureError(f"The file is empty (0 bytes). {_EXPECTED}.")
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise PictureError(
            f"The file has {len(data) / 1_000_000:.1f} MB, more than the limit of {settings.max_upload_mb} MB. "
            f"{_SMALLER}"
        )


def _check_pixels(size: tuple[int, int], kind: str, settings: Settings) -> None:
    hunger = _BYTES_PER_PIXEL.get(kind, _USUAL_BYTES_PER_PIXEL) / _USUAL_BYTES_PER_PIXEL
    width, height = size
    if width * height * hunger > settings.max_megapixels * 1_000_000:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels; the limit for {kind} is "
            f"{settings.max_megapixels / hunger:.3g} million. {_SMALLER}"
        )


def _kind(image: Image.Image) -> str:
    """What its memory depends on."""
    if image.info.get("progressive"):
        return "progressive JPEG"
    if image.format == "HEIF" and image.mode[-1] in "Aa":
        return "HEIC with transparency"
    if image.format == "HEIF" and image.info.get("bit_depth", 8) > 8:
        return "HEIC of more than 8 bits"
    return {"WEBP": "WebP", "HEIF": "HEIC", "MPO": "JPEG"}.get(image.format or "", image.format or "")


def _check_coded_sizes(data: bytes, settings: Settings) -> None:
    """Refuse an AVIF that is coded larger than it says that it is: its decoder would take the memory all the same.

    Raises:
        PictureError: it is, or is animated, where this is not looked up.
        ValueError: it holds no picture.
    """
    if data[8:12] == b"avis" or (data[8:12] != b"avif" and b"moov" in data):
        raise PictureError(f"This is an animated AVIF, which is not read here. {_EXPECTED}: save a frame as PNG.")
    sizes = [size for item in _items(data) for size in _coded_sizes(item)]
    if not sizes:
        raise ValueError("no sequence header")
    for size in sizes:
        _check_pixels(size, "AVIF", settings)


def _items(data: bytes) -> Iterator[bytes]:
    """The data of all items of a HEIF container (ISO/IEC 14496-12, boxes iloc and idat).

    Boxes are known by their names alone: to follow them one by one would be longer, and one too many does no harm.
    """
    boxes = {name: [found.end() for found in re.finditer(name, data)] for name in (b"iloc", b"idat")}
    left = 2 * len(data)
    for place in boxes[b"iloc"]:
        for inside, extents in _extents(BytesIO(data[place:])):
            for start in boxes[b"idat"] if inside else [0]:
                parts = [data[start + at : start + at + length if length else None] for at, length in extents]
                left -= sum(map(len, parts))
                if left < 0:
                    raise ValueError("items lie over each other")
                yield b"".join(parts)


def _extents(box: BytesIO) -> Iterator[tuple[bool, list[tuple[int, int]]]]:
    """Of every item in a box iloc: whether it lies in the box idat, and the starts and lengths of its parts."""

    def number(size: int) -> int:
        return int.from_bytes(box.read(size), "big")

    version, sizes = number(4) >> 24, number(2)
    wide = 4 if version == 2 else 2
    for _ in range(number(wide)):
        number(wide)
        inside = bool(version and number(2) & 15)
        number(2)
        base = number(sizes >> 4 & 15)
        extents = []
        for _ in range(number(2)):
            number(sizes & 15 if version else 0)
            extents.append((base + number(sizes >> 12), number(sizes >> 8 & 15)))
        yield inside, extents


def _coded_sizes(item: bytes) -> Iterator[tuple[int, int]]:
    """The sizes in all sequence headers of an AV1 bitstream (its specification, 5.3); of other data, none."""
    stream = BytesIO(item)
    for _ in range(_MOST_OBUS):
        head = stream.read(1)
        if not head or head[0] & 0x83 != 2:  # none, or one without its size, which is the last one
            break
        stream.read(head[0] >> 2 & 1)
        payload = stream.read(_leb128(stream))
        if head[0] >> 3 & 15 == _OBU_SEQUENCE_HEADER:
            yield _size_in(payload)
    else:
        raise ValueError("too many parts")


def _leb128(stream: BytesIO) -> int:
    value = 0
    for shift in range(0, 56, 7):
        (byte,) = stream.read(1)
        value |= (byte & 127) << shift
        if byte < 128:
            break
    return value


def _size_in(header: bytes) -> tuple[int, int]:
    """The largest width and height of the frames after an AV1 sequence header (specification, 5.5.1)."""
    bits = iter("".join(f"{byte:08b}" for byte in header[:128]))

    def take(count: int) -> int:
        return int("".join(islice(bits, count)), 2)

    take(4)
    if take(1):  # reduced_still_picture_header
        take(5)
    else:
        if take(1):
            raise ValueError("a still picture has no timing")
        delays = take(1)
        for _ in range(take(5) + 1):
            take(12)
            if take(5) > 7:
                take(1)
            if delays and take(1):
                take(4)
    wide, high = take(4) + 1, take(4) + 1
    return take(wide) + 1, take(high) + 1


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
    if data[4:8] == b"ftyp" and data[8:12] in _AVIF_BRANDS and not features.check("avif"):
        return f"This is an AVIF picture, which the Pillow that is installed here does not read. {_OTHERWISE}"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS and not _reads_heic():
        return (
            "This is a HEIC picture, and pillow-heif, which reads it, cannot be loaded here "
            f"(pip install pillow-heif). {_OTHERWISE}"
        )
    if data[4:8] == b"ftyp" and data[8:12] in _AVIF_BRANDS + _HEIC_BRANDS:
        return _CUT_OFF
    if start.startswith((b"\x89png", b"\xff\xd8", b"riff", b"bm", b"ii*\0", b"mm\0*", b"gif8")):
        return _CUT_OFF
    return f"This is not a picture that can be read. {_EXPECTED}."


def _first_shown(image: Image.Image, settings: Settings) -> Decoded:
    """The first page or frame that is not uniform; where all are, the first."""
    pages = _pages(image, settings)
    first = next(pages)
    if not _is_uniform(first.picture):
        return first
    return next((page for page in pages if not _is_uniform(page.picture)), first)


def _pages(image: Image.Image, settings: Settings) -> Iterator[Decoded]:
    """The pages or frames, as long as they can be read and hold no more pixels together than one picture may."""
    start = image.tell()
    seen = _Seen()
    yield Decoded(_to_array(image, seen), start + 1)
    if image.format == "MPO":
        return
    left = settings.max_megapixels * 1_000_000
    with suppress(*_UNREADABLE, PictureError):
        for page in range(start + 1, start + _FRAMES_TRIED):
            image.seek(page)
            _check_pixels(image.size, "later frame or page", settings)
            left -= image.width * image.height
            if left < 0:
                return
            yield Decoded(_to_array(image, seen), page + 1)


def _is_uniform(picture: NDArray[np.uint8]) -> bool:
    """Whether it is empty, or one rectangle of one colour."""
    if int(np.ptp(picture[::16, ::16, 3])) == 0 and _differs(picture[::16, ::16]):
        return False  # nearly all pictures, without looking at every pixel
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis)) for axis in (1, 0))
    if not rows.size:
        return True
    return not _differs(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _differs(picture: NDArray[np.uint8]) -> bool:
    return bool((np.ptp(picture, axis=(0, 1)) > _SEEN).any())


class _Seen:
    """Which parts of a GIF's canvas its frames have covered so far. Others are transparent, as browsers show them."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._disposed = False

    def add(self, image: Image.Image) -> None:
        """Take note of the frame that is now to be loaded."""
        if not isinstance(image, GifImageFile):
            return
        if self._disposed:
            self._boxes.clear()
        self._boxes.append(image.dispose_extent or (0, 0, *image.size))
        self._disposed = image.disposal_method == _TO_BACKGROUND

    def clear_others(self, small: Image.Image, size: tuple[int, int]) -> Image.Image:
        """What is left of the picture, shrunken from that size: pixels that lie wholly within what was covered."""
        boxes = [_within(box, size) for box in self._boxes]
        if not boxes or (0, 0, *small.size) in boxes:
            return small
        mask = Image.new("L", small.size)
        for box in boxes:
            mask.paste(255, box)
        cleared = Image.new("RGBA", small.size)
        cleared.paste(small, mask=mask)
        return cleared


def _within(box: Box, size: tuple[int, int]) -> Box:
    """The pixels that lie wholly within a box of a picture of that size, after it was shrunken."""
    factor = _factor(size)
    left, top, right, bottom = box
    right, bottom = (
        end // factor if end < full else -(-full // factor) for end, full in zip((right, bottom), size, strict=True)
    )
    return -(-left // factor), -(-top // factor), right, bottom


def _to_array(image: Image.Image, seen: _Seen) -> NDArray[np.uint8]:
    seen.add(image)
    image.draft(None, (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
    image.load()
    turn = _turn(image)
    small = seen.clear_others(_shrink(image), image.size)
    return np.array(small.transpose(turn) if turn is not None else small, np.uint8)


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except (SyntaxError, ValueError, struct.error):
        return None  # A picture whose EXIF data are damaged is still a picture.


def _shrink(image: Image.Image) -> Image.Image:
    """RGBA with the longer side at most 2,048, made strip by strip so that no second full-size copy is held."""
    factor = _factor(image.size)
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


def _factor(size: tuple[int, int]) -> int:
    return -(-max(size) // LONGEST_SIDE)


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
