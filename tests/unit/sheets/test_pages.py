"""Bytes to pages: one at a time, and a clear sentence for what cannot be read."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from core.errors import PictureError
from core.settings import Settings
from core.sheets.pages import read_pages

SETTINGS = Settings()


def save(format_name: str, levels: list[int], **options: object) -> bytes:
    pages = [Image.fromarray(np.full((300, 200, 3), level, np.uint8)) for level in levels]
    file = BytesIO()
    pages[0].save(file, format_name, save_all=True, append_images=pages[1:], **options)
    return file.getvalue()


def encrypted() -> bytes:
    """A PDF whose trailer asks for a password; nothing of it can be read without."""
    secret = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >> "
    return save("PDF", [255]).replace(b"/Root", secret + b"/ID [<41> <41>] /Root")


@pytest.mark.parametrize(("format_name", "options"), [("PDF", {}), ("TIFF", {"compression": "tiff_lzw"})])
def test_pages_come_in_order(format_name: str, options: dict[str, object]) -> None:
    pages = list(read_pages(save(format_name, [250, 150, 50], **options), SETTINGS))
    assert [(page.number, page.count, page.problem) for page in pages] == [(1, 3, ""), (2, 3, ""), (3, 3, "")]
    middles = [page.picture[100, 100, 0] for page in pages if page.picture is not None]
    assert np.allclose(middles, [250, 150, 50], atol=3)


def test_pages_come_one_at_a_time() -> None:
    pages = read_pages(save("PDF", [255] * 40), SETTINGS)
    first = next(pages)
    assert first.count == 40
    assert first.picture is not None
    assert max(first.picture.shape) <= 2200


def test_plain_picture_is_one_page() -> None:
    file = BytesIO()
    Image.fromarray(np.full((30, 20), 200, np.uint8)).save(file, "PNG")
    (page,) = read_pages(file.getvalue(), SETTINGS)
    assert page.picture is not None
    assert page.picture.shape == (30, 20, 3)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (save("PDF", [255, 0])[:200], "cut off or damaged"),
        (b"%PDF-1.7", "cut off or damaged"),
        (encrypted(), "password"),
        (b"", "empty"),
        (b"hello", "not a picture"),
    ],
)
def test_unreadable_files_say_why(data: bytes, message: str) -> None:
    with pytest.raises(PictureError, match=message):
        list(read_pages(data, SETTINGS))
