"""From a file to sheets, with a reader that takes everything written for a 7."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.model.number_reader import NumberReader
from core.model.numbers import NumberVerdict
from core.model.numbers_library import load_numbers
from core.settings import Settings
from core.sheets.checks.plan import Plan
from core.sheets.reading import read_drawing, read_file, read_page
from core.sheets.templates import Template
from tests.pages.conftest import png
from tests.support.models import make_model
from tests.support.numbers import make_numbers


@pytest.fixture
def reader(settings: Settings) -> NumberReader:
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    return load_numbers(settings)


def table(written: int) -> NDArray[np.uint8]:
    """A ruled table of 4 by 3 cells, with a thick stroke in the first so many of them."""
    picture = np.full((380, 540, 3), 245, np.uint8)
    for row in range(5):
        cv2.line(picture, (30, 30 + 80 * row), (510, 30 + 80 * row), (40, 40, 40), 2)
    for column in range(4):
        cv2.line(picture, (30 + 160 * column, 30), (30 + 160 * column, 350), (40, 40, 40), 2)
    for cell in range(written):
        row, column = divmod(cell, 3)
        start = (90 + 160 * column, 90 + 80 * row)
        cv2.putText(picture, "7", start, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, (20, 30, 120), 4)
    return picture


def test_written_cells_are_read_and_the_others_blank(reader: NumberReader) -> None:
    sheet = read_page("page.png", 1, table(5), reader).sheet
    assert (sheet.layout.kind, sheet.layout.rows, sheet.layout.columns) == ("table", 4, 3)
    assert [field.text for field in sheet.fields] == ["7"] * 5 + [""] * 7
    assert [field.verdict for field in sheet.fields[5:]] == ["blank"] * 7


def test_pages_of_a_file_are_read_in_order(reader: NumberReader, settings: Settings) -> None:
    packed = io.BytesIO()
    first, second = (Image.fromarray(table(written)) for written in (2, 3))
    first.save(packed, "TIFF", save_all=True, append_images=[second])
    pages = list(read_file("scan.tif", packed.getvalue(), reader, settings))
    assert [page.sheet.page for page in pages] == [1, 2]
    assert [sum(bool(field.text) for field in page.sheet.fields) for page in pages] == [2, 3]


@pytest.mark.parametrize("side", [2049, 4100])
def test_boxes_are_in_pixels_of_the_page_as_it_is_in_its_file(
    reader: NumberReader, settings: Settings, side: int
) -> None:
    small = table(5)
    factor = side / small.shape[1]
    page = cv2.resize(small, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    (read,) = read_file("page.jpg", cv2.imencode(".jpg", page)[1].tobytes(), reader, settings)
    boxes = [field.field.box for field in read.full_size.fields]
    assert len(boxes) == 12
    assert boxes[4] == pytest.approx([value * factor for value in (190, 110, 350, 190)], abs=8)


def test_what_is_no_picture_has_the_reason(reader: NumberReader, settings: Settings) -> None:
    (page,) = read_file("note.txt", b"hello", reader, settings)
    assert "not a picture" in page.sheet.problem
    assert page.picture is None
    assert page.sheet.fields == ()


def test_a_template_that_fits_is_laid_over_a_page(reader: NumberReader) -> None:
    layout = read_page("first.png", 1, table(5), reader).sheet.layout
    template = Template("Marks", layout, Plan(columns=("Name", "Test", "Sum")))
    page = read_page("second.png", 1, np.roll(table(5), 5, axis=1), reader, templates=[template])
    assert page.plan.columns == ("Name", "Test", "Sum")
    assert "Marks" in page.note


def test_one_number_alone_is_read_from_the_whole_line(reader: NumberReader) -> None:
    line = np.full((60, 200, 3), 235, np.uint8)
    cv2.putText(line, "7", (80, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (40, 40, 40), 4)
    (field,) = read_page("line.png", 1, line, reader, "number").sheet.fields
    assert field.text == "7"
    assert field.field.box == (0, 0, 200, 60)


def test_a_drawing_is_read_and_an_empty_canvas_is_blank(reader: NumberReader, settings: Settings) -> None:
    canvas = np.full((90, 300), 255, np.uint8)
    assert read_drawing(png(canvas), reader, settings).verdict is NumberVerdict.BLANK
    cv2.line(canvas, (100, 20), (150, 70), 0, 6)
    assert read_drawing(png(canvas), reader, settings).text == "7"


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (3000, 1, 3), (40, 40, 3)])
@pytest.mark.parametrize("wanted", ["auto", "number", "table", "form", "sums"])
def test_pictures_of_nothing_have_no_readings(reader: NumberReader, shape: tuple[int, ...], wanted: str) -> None:
    for level in (0, 128, 255):
        sheet = read_page("page.png", 1, np.full(shape, level, np.uint8), reader, wanted).sheet  # type: ignore[arg-type]
        assert len(sheet.fields) <= 1


def test_reading_is_the_same_from_a_path_and_from_bytes(
    reader: NumberReader, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(png(table(4)))
    (page,) = read_file(str(path), path.read_bytes(), reader, settings)
    assert sum(bool(field.text) for field in page.sheet.fields) == 4
