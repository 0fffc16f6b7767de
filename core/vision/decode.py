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
from PIL import Image, UnidentifiedImageError, _imaging
from PIL.GifImagePlugin import GifImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.errors import PictureError
from core.settings import Settings
from core.vision.formats import CUT_OFF, describe_unreadable, possible_formats
from core.vision.limits import LATER_PAGE, SMALLER, check_bytes, check_image, check_pixels
from core.vision.rgba import LONGEST_SIDE, shrink_factor, to_small_rgba, upright

MOST_PAGES = 1000
"""Pages beyond these are not counted."""

_FRAMES_TRIED = 32
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

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


@dataclass(frozen=True)
class Decoded:
    """A picture, and how much of its file it is.

    Attributes:
        picture: uint8 (H, W, 4), as `decode` returns it.
        page, pages: which page of the file it is, from 1, of how many; at most MOST_PAGES are counted.
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
        data: the whole file, in one of `formats.FORMATS`. Of several pages or frames, the first that is not uniform
            is used.
        settings: the limits for bytes and pixels.

    Returns:
        uint8 (H, W, 4) RGBA, upright by its EXIF orientation, longer side at most 2,048 pixels.

    Raises:
        PictureError: empty, too large, not one of the formats, or damaged; the message says what to do.
    """
    return decode_page(data, settings).picture


def decode_page(data: bytes, settings: Settings) -> Decoded:
    """As `decode`, with the number of the page and how many there are."""
    check_bytes(data, settings)
    try:
        with Image.open(BytesIO(data), formats=possible_formats(data)) as image:
            check_image(image, data, settings)
            several = isinstance(image, TiffImageFile) or getattr(image, "is_animated", False)
            decoded = _first_shown(image, settings)
            unit = "frame" if image.format in _ANIMATIONS else "page"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"The picture has far more pixels than the limit of {settings.max_megapixels} million. {SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(describe_unreadable(data)) from error
    except _DAMAGED as error:
        raise PictureError(CUT_OFF) from error
    return replace(decoded, pages=max(count_pages(data), decoded.page), unit=unit) if several else decoded


def count_pages(data: bytes) -> int:
    """How many pages or frames a file has, at most MOST_PAGES, without decoding them; 1 where that is unknown."""
    count = 1
    with suppress(*_UNREADABLE), Image.open(BytesIO(data), formats=possible_formats(data)) as image:
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
            check_pixels(image.size, LATER_PAGE, settings)
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
    image.draft(None, (LONGEST_SIDE // 2, LONGEST_SIDE // 2))
    image.load()
    return upright(covered.clear_others(to_small_rgba(image), image.size), image)


class _CoveredParts:
    """The parts of a GIF's canvas that its frames have covered; the rest is transparent, as browsers show it."""

    def __init__(self) -> None:
        self._boxes: list[Box] = []
        self._disposed = False

    def add(self, image: Image.Image) -> None:
        """Take note of the frame that is about to be loaded."""
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
    factor = shrink_factor(size)
    left, top, right, bottom = box
    right, bottom = (
        end // factor if end < full else -(-full // factor) for end, full in zip((right, bottom), size, strict=True)
    )
    return -(-left // factor), -(-top // factor), right, bottom
