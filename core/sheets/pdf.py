"""The pages of a PDF as pictures."""

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import PictureError
from core.settings import Settings

DPI = 200
"""The resolution at which a page counts as a picture."""

_POINTS = 72  # of a PDF to the inch
_ONE_AT_A_TIME = threading.RLock()
"""PDFium may be used by one thread at a time (its public/fpdfview.h); sessions of a server are threads."""

Page = tuple[NDArray[np.uint8], float]
"""A picture, uint8 (H, W, 3) RGB, and how many times larger the page is at DPI."""


def is_pdf(data: bytes) -> bool:
    """Whether bytes are a PDF document; its mark may stand behind some others (PDF 1.7, annex H)."""
    return b"%PDF-" in data[:1024]


class Pdf:
    """An opened document, to be closed; PictureError where it cannot be opened."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2  # with its library it takes 40 ms, and few files are PDFs

        with _ONE_AT_A_TIME:
            try:
                self._document = pypdfium2.PdfDocument(data)
            except pypdfium2.PdfiumError as error:
                raise PictureError(_why(str(error))) from error
            self.count = len(self._document)
        if not self.count:
            self.close()
            raise PictureError("The PDF has no pages. Expected at least one page with writing: export it again.")

    def close(self) -> None:
        with _ONE_AT_A_TIME:
            self._document.close()

    def pages(self, most: int, largest: int, settings: Settings) -> Iterator[Page | None]:
        """The first pages, at most so many, one at a time, None for one that is damaged; `largest` as in `_render`."""
        for index in range(min(self.count, most)):
            with _ONE_AT_A_TIME:
                page = self._try(index, largest, settings)
            yield page

    def _try(self, index: int, largest: int, settings: Settings) -> Page | None:
        try:
            page = self._document[index]
            try:
                return _render(page, largest, settings)
            finally:
                page.close()
        except (RuntimeError, ValueError, TypeError, ArithmeticError, OSError, MemoryError):  # PdfiumError is of these
            return None


def _why(message: str) -> str:
    """What is wrong with a PDF that cannot be opened, and what to do."""
    if "password" in message.lower() or "security" in message.lower():
        return "The PDF is encrypted and asks for a password. Save it without one, and send it again."
    return "The PDF is cut off or damaged. Save or send it again, whole."


def _render(page: Any, largest: int, settings: Settings) -> Page:
    """A page at DPI, or less where its longer side would have more than `largest` pixels."""
    width, height = (max(1.0, float(side)) for side in page.get_size())
    usual = DPI / _POINTS
    scale = min(usual, largest / max(width, height), (settings.max_megapixels * 1e6 / (width * height)) ** 0.5)
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    try:
        pixels = bitmap.to_numpy()
        if pixels.ndim == 2 or pixels.shape[2] == 1:
            return np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2), usual / scale
        return pixels[..., :3].copy(), usual / scale  # a copy: the bitmap is about to be closed
    finally:
        bitmap.close()
