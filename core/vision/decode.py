"""Bytes -> picture, safely: whatever a person uploads becomes RGBA, or a reason in plain words."""

import ctypes
import struct
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError, _imaging
from PIL.GifImagePlugin import GifImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.errors import PictureError
from core.settings import Settings
from core.vision import formats

MOST_PAGES = 1000  # that are counted
_FRAMES_TRIED = 32
_LONGEST_SIDE = 2048  # pixels
_STRIP_PIXELS = 2_000_000
_WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
_ORIENTATION, _SUBFILE_TYPE = 0x0112, 254  # tags of EXIF and TIFF
_VISIBLE = 8  # levels: smaller differences are not seen
_TO_BACKGROUND = 2
_ANIMATIONS = ("GIF", "WEBP", "PNG")
# What Pillow and its decoders raise for damaged files.
_DAMAGED = (
    *(OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError),
    struct.error,
)
_UNREADABLE = (*_DAMAGED, Image.DecompressionBombError, Image.DecompressionBombWarning)

# What Pillow warns about becomes a PictureError, or does not matter for reading a character.
warnings.filterwarnings("ignore", module=r"PIL(\.|$)")
# libtiff would write its warnings to the server's log; where it cannot be reached it goes on doing so.
with suppress(OSError, AttributeError, TypeError):
    _libtiff = ctypes.CDLL(_imaging.__file__)
    _libtiff.TIFFSetErrorHandler(None)
    _libtiff.TIFFSetWarningHandler(None)

Box = tuple[int, int, int, int]  # left, top, right and bottom, in pixels


@dataclass(frozen=True)
class Decoded:
    """A picture, uint8 (H, W, 4); which page of its file it is, from 1, of how many; and what a page is called."""

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
    """A file as uint8 (H, W, 4) RGBA, upright by its EXIF orientation, longer side at most 2,048 pixels.

    Of several pages or frames, the first that is not uniform is used.

    Raises:
        PictureError: empty, too large, not one of the formats, or damaged; the message says what to do.
    """
    return decode_page(data, settings).picture


def decode_page(data: bytes, settings: Settings) -> Decoded:
    """As `decode`, with the number of the page and how many there are."""
    formats.check_bytes(data, settings)
    try:
        with Image.open(BytesIO(data), formats=formats.possible_formats(data)) as image:
            formats.check_image(image, data, settings)
            several = isinstance(image, TiffImageFile) or getattr(image, "is_animated", False)
            decoded = _first_shown(image, settings)
            unit = "frame" if image.format in _ANIMATIONS else "page"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"The picture has far more pixels than the limit of {settings.max_megapixels} million. {formats.SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(formats.describe_unreadable(data)) from error
    except _DAMAGED as error:
        raise PictureError(formats.CUT_OFF) from error
    return replace(decoded, pages=max(count_pages(data), decoded.page), unit=unit) if several else decoded


def count_pages(data: bytes) -> int:
    """How many pages or frames a file has, at most MOST_PAGES, without decoding them; 1 where that is unknown."""
    count = 1
    with suppress(*_UNREADABLE), Image.open(BytesIO(data), formats=formats.possible_formats(data)) as image:
        if isinstance(image, TiffImageFile):
            for page in range(1, MOST_PAGES):
                image.seek(page)
                count += not image.tag_v2.get(_SUBFILE_TYPE, 0) & 1  # else only a smaller copy of another page
        elif image.format != "MPO":  # a photograph with its previews, which are no pages
            count = min(getattr(image, "n_frames", 1), MOST_PAGES)
    return count


def _first_shown(image: Image.Image, settings: Settings) -> Decoded:
    """The first page or frame that is not uniform; where all are, the first."""
    pages = _pages(image, settings)
    first = next(pages)
    if not _is_uniform(first.picture):
        return first
    return next((page for page in pages if not _is_uniform(page.picture)), first)


def _pages(image: Image.Image, settings: Settings) -> Iterator[Decoded]:
    """The pages or frames, as long as they can be read and together have no more pixels than one picture may."""
    start = image.tell()
    covered = _CoveredParts()
    yield Decoded(_to_array(image, covered), start + 1)
    if image.format == "MPO":
        return
    left = settings.max_megapixels * 1_000_000
    with suppress(*_UNREADABLE, PictureError):
        for page in range(start + 1, start + _FRAMES_TRIED):
            image.seek(page)
            formats.check_pixels(image.size, formats.LATER_PAGE, settings)
            left -= image.width * image.height
            if left < 0:
                return
            yield Decoded(_to_array(image, covered), page + 1)


def _is_uniform(picture: NDArray[np.uint8]) -> bool:
    """Whether it is empty, or one rectangle of one colour."""
    if int(np.ptp(picture[::16, ::16, 3])) == 0 and _differs(picture[::16, ::16]):
        return False  # nearly all pictures, without looking at every pixel
    rows, columns = (np.flatnonzero(picture[..., 3].any(axis)) for axis in (1, 0))
    if not rows.size:
        return True
    return not _differs(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _differs(picture: NDArray[np.uint8]) -> bool:
    return bool((np.ptp(picture, axis=(0, 1)) > _VISIBLE).any())


def _to_array(image: Image.Image, covered: "_CoveredParts") -> NDArray[np.uint8]:
    covered.add(image)
    image.draft(None, (_LONGEST_SIDE // 2, _LONGEST_SIDE // 2))
    image.load()
    return _upright(covered.clear_others(_to_small_rgba(image), image.size), image)


class _CoveredParts:
    """The parts of a GIF's canvas that its frames have covered; the rest is transparent, as browsers show it."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._disposed = False

    def add(self, image: Image.Image) -> None:
        if not isinstance(image, GifImageFile):
            return
        if self._disposed:
            self._boxes.clear()
        self._boxes.append(image.dispose_extent or (0, 0, *image.size))
        self._disposed = image.disposal_method == _TO_BACKGROUND

    def clear_others(self, small: Image.Image, size: tuple[int, int]) -> Image.Image:
        """A picture, shrunk from that size, with only the pixels that lie wholly within the covered parts."""
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
    """The pixels of a shrunk picture that lie wholly within a box of the picture of that size."""
    factor = _shrink_factor(size)
    left, top, right, bottom = box
    right, bottom = (
        end // factor if end < full else -(-full // factor) for end, full in zip((right, bottom), size, strict=True)
    )
    return -(-left // factor), -(-top // factor), right, bottom


def _to_small_rgba(image: Image.Image) -> Image.Image:
    """RGBA with the longer side at most _LONGEST_SIDE, not yet turned upright.

    A picture of any mode is shrunk strip by strip, so that no second full-size copy is held.
    """
    factor = _shrink_factor(image.size)
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


def _upright(picture: Image.Image, original: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a picture, turned by the EXIF orientation of the original; damaged EXIF data are ignored."""
    with suppress(SyntaxError, ValueError, struct.error):
        picture.getexif()[_ORIENTATION] = original.getexif().get(_ORIENTATION, 1)
    ImageOps.exif_transpose(picture, in_place=True)
    return np.array(picture, np.uint8)


def _shrink_factor(size: tuple[int, int]) -> int:
    return -(-max(size) // _LONGEST_SIDE)


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
