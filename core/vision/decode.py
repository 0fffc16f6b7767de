"""Bytes -> picture, safely: whatever a person uploads becomes RGBA, or a reason in plain words."""

import ctypes
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
from core.vision.shrunk import Box, Shrinking, Size, to_small_rgba, within

MOST_PAGES = 1000  # that are counted
_FRAMES_TRIED = 32
_CHARACTER = Shrinking(2048)
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


@dataclass(frozen=True)
class Decoded:
    """A picture, uint8 (H, W, 4); which page of its file it is, from 1, of how many; and what a page is called.

    `scale` is how many times larger it is in its file.
    """

    picture: NDArray[np.uint8]
    page: int = 1
    pages: int = 1
    unit: str = "page"
    scale: int = 1

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


def decode_page(data: bytes, settings: Settings, shrinking: Shrinking = _CHARACTER) -> Decoded:
    """As `decode`, with the number of the page and how many there are; and perhaps shrunk otherwise."""
    formats.check_bytes(data, settings)
    with refusals(data, settings), Image.open(BytesIO(data), formats=formats.possible_formats(data)) as image:
        formats.check_image(image, data, settings)
        several = isinstance(image, TiffImageFile) or getattr(image, "is_animated", False)
        decoded = _first_shown(image, settings, shrinking)
        unit = "frame" if image.format in _ANIMATIONS else "page"
    return replace(decoded, pages=max(count_pages(data), decoded.page), unit=unit) if several else decoded


def decode_frame(image: Image.Image, data: bytes, settings: Settings, shrinking: Shrinking) -> Decoded:
    """The frame at which an opened picture stands, checked as a picture of its own; it raises as `decode`."""
    with refusals(data, settings):
        formats.check_image(image, data, settings)
        return _decode(image, _CoveredParts(), shrinking)


@contextmanager
def refusals(data: bytes, settings: Settings) -> Iterator[None]:
    """What Pillow raises, within, as a PictureError that says what to do."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(
            f"The picture has far more pixels than the limit of {settings.max_megapixels} million. {formats.SMALLER}"
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(formats.describe_unreadable(data)) from error
    except MemoryError as error:
        raise PictureError(f"The picture is too large for this machine's memory. {formats.SMALLER}") from error
    except _DAMAGED as error:
        raise PictureError(formats.CUT_OFF) from error


def count_pages(data: bytes) -> int:
    """How many pages or frames a file has, at most MOST_PAGES, without decoding them; 1 where that is unknown."""
    count = 1
    with suppress(*_UNREADABLE), Image.open(BytesIO(data), formats=formats.possible_formats(data)) as image:
        if isinstance(image, TiffImageFile):
            count = sum(1 for _ in seek_pages(image))
        elif image.format != "MPO":  # a photograph with its previews, which are no pages
            count = min(getattr(image, "n_frames", 1), MOST_PAGES)
    return count


def seek_pages(image: Image.Image) -> Iterator[bool]:
    """Seek the pages of a TIFF in turn, at most MOST_PAGES: True for a page, False for one that is damaged there.

    Behind a damaged one others are found, as long as it still says where they are.
    """
    for frame in range(MOST_PAGES):
        try:
            image.seek(frame)
        except EOFError:
            return
        except _DAMAGED:
            yield False
            if image.tell() != frame:  # Pillow would look at the same place for ever
                return
            continue
        if frame == 0 or not _is_small_copy(image):
            yield True


def _is_small_copy(image: Image.Image) -> bool:
    """Whether the page of a TIFF is only a smaller copy of another one; one that does not say so properly is not."""
    if not isinstance(image, TiffImageFile):
        return False
    try:
        kind = image.tag_v2.get(_SUBFILE_TYPE, 0)
    except _DAMAGED:  # Pillow reads a tag when it is asked for it
        return False
    return isinstance(kind, int) and bool(kind & 1)


def _first_shown(image: Image.Image, settings: Settings, shrinking: Shrinking) -> Decoded:
    """The first page or frame that is not uniform; where all are, the first."""
    pages = _pages(image, settings, shrinking)
    first = next(pages)
    if not _is_uniform(first.picture):
        return first
    return next((page for page in pages if not _is_uniform(page.picture)), first)


def _pages(image: Image.Image, settings: Settings, shrinking: Shrinking) -> Iterator[Decoded]:
    """The pages or frames, as long as they can be read and together have no more pixels than one picture may."""
    start = image.tell()
    covered = _CoveredParts()
    yield replace(_decode(image, covered, shrinking), page=start + 1)
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
            yield replace(_decode(image, covered, shrinking), page=page + 1)


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


def _decode(image: Image.Image, covered: "_CoveredParts", shrinking: Shrinking) -> Decoded:
    covered.add(image)
    whole = max(image.size)
    image.draft(None, shrinking.draft(image.size))
    image.load()
    factor = shrinking.factor(image.size)
    small = covered.clear_others(to_small_rgba(image, factor), image.size, factor)
    return Decoded(_upright(small, image), scale=factor * round(whole / max(image.size)))


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

    def clear_others(self, small: Image.Image, size: Size, factor: int) -> Image.Image:
        """A picture, shrunk from that size, with only the pixels that lie wholly within the covered parts."""
        boxes = [within(box, size, factor) for box in self._boxes]
        if not boxes or (0, 0, *small.size) in boxes:
            return small
        mask = Image.new("L", small.size)
        for box in boxes:
            mask.paste(255, box)
        cleared = Image.new("RGBA", small.size)
        cleared.paste(small, mask=mask)
        return cleared


def _upright(picture: Image.Image, original: Image.Image) -> NDArray[np.uint8]:
    """The pixels of a picture, turned by the EXIF orientation of the original; damaged EXIF data are ignored."""
    with suppress(SyntaxError, ValueError, struct.error):
        picture.getexif()[_ORIENTATION] = original.getexif().get(_ORIENTATION, 1)
    ImageOps.exif_transpose(picture, in_place=True)
    return np.array(picture, np.uint8)
