"""The pages of a file, one picture after the other: PDF, several pages of a TIFF, and all other pictures."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import PictureError
from core.settings import Settings
from core.sheets.pdf import Pdf, is_pdf
from core.vision import formats
from core.vision.decode import Decoded, count_pages, decode_frame, decode_page, refusals, seek_pages
from core.vision.grey import on_paper, shrink
from core.vision.shrunk import Shrinking

MOST_PAGES = 500
"""Pages of a file that are read: some 25 minutes' work."""

LARGEST_SIDE = 2600
"""Pixels of a page: more show nothing that is needed. A4 at 200 dots to the inch has 2,339."""

_WHOLE = Shrinking(LARGEST_SIDE, keeps=True)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@dataclass(frozen=True)
class PagePicture:
    """A page of a file: its number from 1, of how many, and uint8 (H, W, 3) RGB, or why it has no picture.

    `scale` is how many times larger the page is in its file; one of a PDF is at 200 dots to the inch.
    """

    number: int
    count: int
    picture: NDArray[np.uint8] | None
    problem: str = ""
    scale: float = 1.0


def read_pages(data: bytes, settings: Settings) -> Iterator[PagePicture]:
    """The pages of a file in order; only one is in memory at a time.

    A page that cannot be read says why, and the others follow; after MOST_PAGES one says that there are more.

    Raises:
        PictureError: empty, too large, none of the formats, encrypted, or cut off before its first page.
    """
    formats.check_bytes(data, settings)
    if is_pdf(data):
        yield from _pdf_pages(data, settings)
    elif data[:4] in _TIFF:
        yield from _tiff_pages(data, settings)
    else:
        yield _page_of(decode_page(data, settings, _WHOLE), 1, 1)


def _page_of(decoded: Decoded, number: int, count: int) -> PagePicture:
    picture = shrink(decoded.picture, LARGEST_SIDE)  # before it is blended, which takes many times its memory
    scale = decoded.scale * max(decoded.picture.shape[:2]) / max(picture.shape[:2])
    return PagePicture(number, count, on_paper(picture), scale=scale)


def _too_many(count: int) -> PagePicture:
    """Stands for the pages that are not read."""
    said = f"The file has more than {MOST_PAGES} pages, and the first {MOST_PAGES} were read."
    return PagePicture(MOST_PAGES + 1, count, None, f"{said} Split it into files of at most so many.")


def _pdf_pages(data: bytes, settings: Settings) -> Iterator[PagePicture]:
    with closing(Pdf(data)) as document:
        count = document.count
        for number, page in enumerate(document.pages(MOST_PAGES, LARGEST_SIDE, settings), start=1):
            if page is None:
                yield PagePicture(number, count, None, _damaged(number))
            else:
                yield PagePicture(number, count, page[0], scale=page[1])
    if count > MOST_PAGES:
        yield _too_many(count)


def _tiff_pages(data: bytes, settings: Settings) -> Iterator[PagePicture]:
    """Each page as a picture of its own, which may be as large as any."""
    count = count_pages(data)
    with refusals(data, settings), Image.open(BytesIO(data), formats=("TIFF",)) as image:
        for number, is_found in enumerate(seek_pages(image), start=1):
            if number > MOST_PAGES:
                yield _too_many(count)
                return
            if is_found:
                yield _tiff_page(image, data, number, count, settings)
            else:
                yield PagePicture(number, count, None, _damaged(number, number == count))


def _tiff_page(image: Image.Image, data: bytes, number: int, count: int, settings: Settings) -> PagePicture:
    try:
        with refusals(data, settings):
            return _page_of(decode_frame(image, data, settings, _WHOLE), number, count)
    except PictureError as error:
        problem = _damaged(number) if str(error) == formats.CUT_OFF else f"Page {number}: {error}"
        return PagePicture(number, count, None, problem)


def _damaged(number: int, is_end: bool = False) -> str:
    """Why a page has no picture; where a file ends with one, its way to further pages may be damaged, too."""
    lost = ", and what may follow it cannot be found" if is_end else ""
    return f"Page {number} is cut off or damaged{lost}. Save or send the file again, whole."
