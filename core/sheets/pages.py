"""The pages of a file, one picture after the other: PDF, several pages of a TIFF, HEIC, and all other pictures."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.errors import PictureError
from core.settings import Settings
from core.vision import formats
from core.vision.decode import MOST_PAGES, count_pages, decode
from core.vision.grey import on_paper

_DPI = 200
_POINTS = 72  # of a PDF to the inch
_LONGEST_SIDE = 2200  # pixels of a rendered page's longer side: enough for forty rows
_FRAMES = ("TIFF",)


@dataclass(frozen=True)
class PagePicture:
    """A page of a file: its number from 1, of how many, and uint8 (H, W, 3) RGB, or why it has no picture."""

    number: int
    count: int
    picture: NDArray[np.uint8] | None
    problem: str = ""


def is_pdf(data: bytes) -> bool:
    """Whether bytes are a PDF document; its mark may stand behind some others (PDF 1.7, annex H)."""
    return b"%PDF-" in data[:1024]


def read_pages(data: bytes, settings: Settings) -> Iterator[PagePicture]:
    """The pages of a file in order; only one is in memory at a time.

    A page that cannot be read says why, and the others follow.

    Raises:
        PictureError: empty, too large, none of the formats, encrypted, or cut off before its first page.
    """
    formats.check_bytes(data, settings)
    if is_pdf(data):
        yield from _pdf_pages(data, settings)
        return
    count = count_pages(data) if _has_several_pages(data) else 1
    if count == 1:
        yield PagePicture(1, 1, on_paper(decode(data, settings)))
        return
    yield from _tiff_pages(data, count, settings)


def _has_several_pages(data: bytes) -> bool:
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _pdf_pages(data: bytes, settings: Settings) -> Iterator[PagePicture]:
    import pypdfium2  # with its library it takes 40 ms, and few files are PDFs

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        raise PictureError(_why(str(error))) from error
    with closing(document):
        if not count:
            raise PictureError("The PDF has no pages. Expected at least one page with writing: export it again.")
        for index in range(min(count, MOST_PAGES)):
            try:
                yield PagePicture(index + 1, count, _render(document, index, settings))
            except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
                yield PagePicture(index + 1, count, None, f"Page {index + 1} of the PDF is damaged ({error}).")


def _why(message: str) -> str:
    """What is wrong with a PDF that cannot be opened, and what to do."""
    if "password" in message.lower() or "security" in message.lower():
        return "The PDF is encrypted and asks for a password. Save it without one, and send it again."
    return "The PDF is cut off or damaged. Save or send it again, whole."


def _render(document: Any, index: int, settings: Settings) -> NDArray[np.uint8]:
    """A page at 200 dpi, or less where it is large."""
    page = document[index]
    try:
        width, height = page.get_size()
        longest = max(width, height, 1.0)
        scale = min(_DPI / _POINTS, _LONGEST_SIDE / longest)
        scale = min(scale, (settings.max_megapixels * 1e6 / max(width * height, 1.0)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
        try:
            pixels = bitmap.to_numpy()
            if pixels.ndim == 2 or pixels.shape[2] == 1:
                return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2)
            return np.ascontiguousarray(pixels[..., :3])
        finally:
            bitmap.close()
    finally:
        page.close()


def _tiff_pages(data: bytes, count: int, settings: Settings) -> Iterator[PagePicture]:
    """Each page as a picture of its own, which is then read as any other is."""
    number = 0
    with Image.open(BytesIO(data), formats=_FRAMES) as image:
        for frame in range(MOST_PAGES):
            try:
                image.seek(frame)
            except EOFError:
                return
            except (OSError, ValueError, SyntaxError):
                yield PagePicture(number + 1, count, None, f"Page {number + 1} is cut off or damaged.")
                return
            if image.tag_v2.get(254, 0) & 1:  # type: ignore[attr-defined]
                continue  # a smaller copy of another page
            number += 1
            yield _tiff_page(image, number, count, settings)


def _tiff_page(image: Image.Image, number: int, count: int, settings: Settings) -> PagePicture:
    try:
        formats.check_pixels(image.size, formats.LATER_PAGE, settings)
        page = BytesIO()
        with suppress(KeyError, AttributeError):
            image = ImageOps.exif_transpose(image)
        image.save(page, "PNG" if image.mode in ("1", "L", "P", "RGB", "RGBA", "LA", "I;16", "I") else "TIFF")
        return PagePicture(number, count, on_paper(decode(page.getvalue(), settings)))
    except PictureError as error:
        return PagePicture(number, count, None, f"Page {number}: {error}")
    except (OSError, ValueError, SyntaxError, MemoryError):
        return PagePicture(number, count, None, f"Page {number} is cut off or damaged.")
