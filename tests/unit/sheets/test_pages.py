"""Bytes to pages: one at a time, and a clear sentence for what cannot be read."""

import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO

import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from core.errors import PictureError
from core.settings import Settings
from core.sheets import pages as sheet_pages
from core.sheets import pdf
from core.sheets.pages import PagePicture, read_pages
from core.vision.grey import Pixels, on_paper
from tests.support.tiff import count_at, directories, entry, place_of_entry

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
    assert max(first.picture.shape) <= 2600


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


def place_of_mark(page: PagePicture) -> tuple[float, ...]:
    """Left, top, right and bottom of the dark rectangle on a page, in pixels of its file."""
    assert page.picture is not None
    rows, columns = (np.flatnonzero((page.picture[..., 0] < 128).any(axis)) for axis in (1, 0))
    ends = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return tuple(float(end) * page.scale for end in ends)


def marked(side: int, format_name: str, pages: int = 1) -> tuple[bytes, tuple[int, ...]]:
    """A page of that height with a dark rectangle, and where that lies."""
    picture = np.full((side, side * 7 // 10, 3), 255, np.uint8)
    box = (side // 5, side // 3, side // 2, side // 2)
    picture[box[1] : box[3], box[0] : box[2]] = 0
    file, image = BytesIO(), Image.fromarray(picture)
    options = {"compression": "tiff_lzw"} if format_name == "TIFF" else {}
    image.save(file, format_name, save_all=pages > 1, append_images=[image] * (pages - 1), **options)
    return file.getvalue(), box


@pytest.mark.parametrize(
    ("side", "format_name"),
    [(1500, "JPEG"), (2049, "PNG"), (2049, "JPEG"), (3000, "JPEG"), (4100, "TIFF"), (4100, "JPEG"), (6000, "JPEG")],
)
def test_no_resolution_is_lost_needlessly_and_places_are_those_of_the_file(side: int, format_name: str) -> None:
    data, box = marked(side, format_name)
    (page,) = read_pages(data, SETTINGS)
    assert page.picture is not None
    assert max(page.picture.shape) == min(side, sheet_pages.LARGEST_SIDE)
    assert place_of_mark(page) == pytest.approx(box, abs=3)


def test_transparency_is_blended_at_the_size_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes many times the picture's memory; a flat picture of few bytes may have 50 million pixels."""
    blended = []

    def watched(picture: Pixels) -> Pixels:
        blended.append(picture.shape)
        return on_paper(picture)

    monkeypatch.setattr(sheet_pages, "on_paper", watched)
    image, file = Image.new("RGBA", (5199, 2000)), BytesIO()
    image.paste((0, 0, 0, 200), (1000, 500, 2000, 1500))
    image.save(file, "PNG")
    (page,) = read_pages(file.getvalue(), SETTINGS)
    assert blended == [(1000, 2600, 4)]
    assert place_of_mark(page) == pytest.approx((1000, 500, 2000, 1500), abs=3)


def test_pages_of_a_scan_may_each_be_as_large_as_a_picture() -> None:
    pages = list(read_pages(marked(4700, "TIFF", pages=4)[0], SETTINGS))
    assert [page.problem for page in pages] == ["", "", "", ""]


@pytest.mark.parametrize("damage", ["picture", "directory", "size"])
def test_a_damaged_page_is_named_and_the_others_are_read(damage: str) -> None:
    data = bytearray(save("TIFF", [250, 150, 50], compression="tiff_lzw"))
    start = directories(data)[1]
    if damage == "picture":
        (strip,) = struct.unpack_from("<I", data, entry(data, start, 273))
        data[strip : strip + 60] = b"\xff" * 60
    elif damage == "directory":
        data[start + 2 : start + 2 + 12 * 4] = b"\xff" * 48
    else:
        struct.pack_into("<I", data, place_of_entry(data, start, 256) + 8, 0)
    pages = list(read_pages(bytes(data), SETTINGS))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [bool(page.problem) for page in pages] == [False, True, False]
    assert [page.count for page in pages] == [3, 3, 3]
    assert "Page 2 is cut off or damaged. Save" in pages[1].problem


def test_sound_pages_behind_several_damaged_ones_are_read() -> None:
    data = bytearray(save("TIFF", [250, 150, 50, 100, 200], compression="tiff_lzw"))
    for start in directories(data)[1:3]:
        data[start + 2 : start + 2 + 12 * 4] = b"\xff" * 48
    pages = list(read_pages(bytes(data), SETTINGS))
    assert [(page.number, page.count) for page in pages] == [(number, 5) for number in range(1, 6)]
    assert [bool(page.problem) for page in pages] == [False, True, True, False, False]


def test_pages_behind_a_place_that_is_damaged_are_not_passed_over_in_silence() -> None:
    data = bytearray(save("TIFF", [250, 150, 50], compression="tiff_lzw"))
    struct.pack_into("<I", data, directories(data)[0] + 2 + 12 * count_at(data, directories(data)[0]), len(data) + 900)
    first, second = read_pages(bytes(data), SETTINGS)
    assert (first.problem, second.number, second.count) == ("", 2, 2)
    assert "Page 2 is cut off or damaged, and what may follow it cannot be found" in second.problem


def test_a_place_that_cannot_be_read_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load = ImageFileDirectory_v2.load

    def broken(self: ImageFileDirectory_v2, file: IO[bytes]) -> None:
        if file.tell() == second:
            raise ValueError
        load(self, file)

    data = save("TIFF", [250, 150, 50], compression="tiff_lzw")
    second = directories(data)[1]
    monkeypatch.setattr(ImageFileDirectory_v2, "load", broken)
    assert [(page.number, bool(page.problem)) for page in read_pages(data, SETTINGS)] == [(1, False), (2, True)]


def test_a_page_for_which_memory_is_lacking_says_so_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def second_fails(picture: Pixels) -> Pixels:
        calls.append(picture)
        if len(calls) == 2:
            raise MemoryError
        return on_paper(picture)

    monkeypatch.setattr(sheet_pages, "on_paper", second_fails)
    pages = list(read_pages(save("TIFF", [250, 150, 50]), SETTINGS))
    assert [bool(page.problem) for page in pages] == [False, True, False]
    assert "Page 2: The picture is too large for this machine's memory" in pages[1].problem


def test_a_damaged_page_of_a_pdf_is_named_and_the_others_are_read() -> None:
    whole = save("PDF", [250, 150, 50])
    place = whole.index(b"/Type /Page\n", whole.index(b"/Type /Page\n") + 1)
    data = whole[:place] + b"/Type /Pork\n" + whole[place + 12 :]
    pages = list(read_pages(data, SETTINGS))
    assert [page.number for page in pages] == [1, 2, 3]
    assert not pages[0].problem
    assert "Page 2 is cut off or damaged" in pages[1].problem
    assert not pages[2].problem


def test_a_long_file_says_that_the_rest_was_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_pages, "MOST_PAGES", 2)
    for data in (save("PDF", [255] * 4), save("TIFF", [255] * 4)):
        *read, last = read_pages(data, SETTINGS)
        assert [page.problem for page in read] == ["", ""]
        assert (last.number, last.count, last.picture) == (3, 4, None)
        assert "more than 2 pages, and the first 2 were read" in last.problem


def test_pdfium_is_used_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    data, inside, most = save("PDF", [255] * 3), threading.Semaphore(1), []
    render = pdf._render

    def watched(page: object, largest: int, settings: Settings) -> pdf.Page:
        alone = inside.acquire(blocking=False)
        most.append(alone)
        time.sleep(0.005)  # in which another thread would come in
        if alone:
            inside.release()
        return render(page, largest, settings)

    monkeypatch.setattr(pdf, "_render", watched)
    with ThreadPoolExecutor(6) as pool:
        counts = list(pool.map(lambda _: len(list(read_pages(data, SETTINGS))), range(6)))
    assert counts == [3] * 6
    assert most == [True] * 18
