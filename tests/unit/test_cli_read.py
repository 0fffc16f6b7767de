"""python -m core read, and what the other commands say of readers of numbers."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import torch
from PIL import Image

from core.cli.main import main
from core.settings import Settings, get_settings
from core.sheets import template_store
from core.sheets.checks.plan import Plan
from core.sheets.sheet import from_json
from core.sheets.templates import Template
from tests.pages.conftest import png
from tests.support.models import make_model
from tests.support.numbers import make_numbers
from tests.support.tiff import directories
from tests.unit.sheets.test_reading import table

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """`run("read", path)` gives exit status, standard output and standard error."""
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    for name in ("data_dir", "models_dir", "database_url"):
        monkeypatch.setenv(f"DIGITS_{name.upper()}", str(getattr(settings, name)))

    def call(*words: str | Path) -> tuple[int, str, str]:
        try:
            status = main([str(word) for word in words])
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    path = tmp_path / "marks.png"
    path.write_bytes(png(table(4)))
    return path


def test_text_has_a_line_for_each_written_field(run: Run, marks: Path) -> None:
    status, out, error = run("read", marks)
    assert (status, error) == (0, "")
    assert len(out.splitlines()) == 4
    assert "row 2, column 1" in out.splitlines()[3]


def test_json_is_a_line_a_page(run: Run, marks: Path) -> None:
    status, out, _ = run("read", marks, marks, "--format", "json")
    assert status == 0
    first, second = map(json.loads, out.splitlines())
    assert first == second
    assert set(first) == {"path", "page", "layout", "rows", "columns", "fields"}
    field = first["fields"][0]
    assert set(field) == {"row", "column", "box", "text", "verdict", "confidence", "candidates", "note"}
    assert (field["text"], field["row"], field["column"]) == ("7", 0, 0)
    left, top, right, bottom = field["box"]
    assert (left, top) == pytest.approx((30, 30), abs=6)
    assert (right, bottom) == pytest.approx((190, 110), abs=6)
    assert from_json(out.splitlines()[0]).layout.rows == 4


def test_csv_and_xlsx_hold_the_table_with_its_empty_cells(run: Run, marks: Path, tmp_path: Path) -> None:
    _, out, _ = run("read", marks, "--format", "csv")
    rows = list(csv.reader(io.StringIO(out)))
    assert rows[1:] == [["7", "7", "7"], ["7", "", ""], ["", "", ""], ["", "", ""]]
    target = tmp_path / "marks.xlsx"
    assert run("read", marks, "--format", "xlsx", "--out", target)[0] == 0
    sheet = openpyxl.load_workbook(target).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(max_row=2, max_col=3)] == [
        [7, 7, 7],
        [7, None, None],
    ]


@pytest.mark.parametrize("form", ["text", "json", "csv", "xlsx"])
def test_names_that_are_no_unicode_are_written_all_the_same(run: Run, marks: Path, tmp_path: Path, form: str) -> None:
    strange = marks.with_name("marks\udcff.png")
    strange.write_bytes(marks.read_bytes())
    status, _, error = run("read", marks, strange, "--format", form, "--out", tmp_path / "out.xlsx")
    assert (status, error) == (0, "")
    if form == "xlsx":
        names = {row[0].value for row in openpyxl.load_workbook(tmp_path / "out.xlsx")["Fields"].iter_rows(min_row=2)}
        assert names == {str(marks), str(marks.with_name("marks")) + "\\udcff.png"}
    else:
        text = (tmp_path / "out.xlsx").read_bytes().decode()
        assert text.count("\\udcff.png") >= 1
    _, out, _ = run("predict", strange, "--model", "tiny", "--format", "json")
    assert json.loads(out)["file"].endswith("\\udcff.png")


def test_rows_of_several_files_say_which(run: Run, marks: Path) -> None:
    other = marks.with_name("other.png")
    other.write_bytes(marks.read_bytes())
    _, out, _ = run("read", marks, other, "--format", "csv")
    header, *rows = csv.reader(io.StringIO(out))
    assert header[:2] == ["path", "page"]
    assert [row[0] for row in rows] == [str(marks)] * 4 + [str(other)] * 4


def test_a_terminal_shows_how_far_a_long_file_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (Image.fromarray(table(written)) for written in (2, 3))
    first.save(tmp_path / "scan.pdf", save_all=True, append_images=[second])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, error = run("read", tmp_path / "scan.pdf", "--format", "csv")
    shown = [line for line in re.split("[\r\n]", error) if line.strip()]
    assert shown == [f"{tmp_path / 'scan.pdf'}: page {page} of 2" for page in (1, 2)]
    assert error.endswith("\r"), "the line is taken away in the end"


def test_what_is_said_meanwhile_has_a_line_of_its_own(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = (Image.fromarray(table(2)) for _ in range(3))
    path = tmp_path / "scan.tif"
    first.save(path, save_all=True, append_images=others, compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    place = directories(data)[1] + 2
    path.write_bytes(data[:place] + b"\xff" * 48 + data[place + 48 :])
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    status, _, error = run("read", path, "--format", "csv")
    shown = [line for line in re.split("[\r\n]", error) if line.strip()]
    problem = f"{path}: Page 2 is cut off or damaged. Save or send the file again, whole."
    second, third = (f"{path}: page {page} of 3" for page in (2, 3))
    assert status == 1
    assert shown[1:] == [second, problem, second, third, "1 of 3 pages could not be read."]


def test_one_thread_of_torch_reads(run: Run, marks: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run("read", marks)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_what_cannot_be_read_is_said_and_the_rest_is_read(run: Run, marks: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"hello")
    status, out, error = run("read", bad, tmp_path / "none.png", marks, "--format", "json")
    assert status == 1
    lines = [json.loads(line) for line in out.splitlines()]
    assert ["error" in line for line in lines] == [True, True, False]
    assert "not a picture" in lines[0]["error"]
    assert "2 of 3 pages could not be read" in error


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "xlsx"), "--out FILE"),
        (("--model", "other"), "no reader of numbers 'other'"),
        (("--template", "none"), "none"),
        (("--layout", "circle"), "invalid choice"),
    ],
)
def test_wrong_usage_is_explained(run: Run, marks: Path, words: tuple[str, ...], said: str) -> None:
    status, out, error = run("read", marks, *words)
    assert status in (1, 2)
    assert out == ""
    assert said in error


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(
    run: Run, marks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.sheets.reading.read_file", lambda *_: pytest.fail("it was read"))
    for place in (tmp_path / "none" / "marks.csv", tmp_path):
        status, out, error = run("read", marks, "--format", "csv", "--out", place)
        assert (status != 0, out) == (True, "")
        assert f"{place} cannot be written" in error


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_not_replaced_by_nothing(run: Run, tmp_path: Path, form: str) -> None:
    bad, kept = tmp_path / "bad.png", tmp_path / f"marks.{form}"
    bad.write_bytes(b"hello")
    kept.write_bytes(b"what was read before")
    status, _, error = run("read", bad, "--format", form, "--out", kept)
    assert status == 1
    assert "1 of 1 page could not be read" in error
    assert kept.read_bytes() == b"what was read before"


def test_a_template_names_the_columns(run: Run, marks: Path) -> None:
    _, out, _ = run("read", marks, "--format", "json")
    layout = from_json(out.splitlines()[0]).layout
    template_store.save(Template("Marks", layout, Plan(columns=("Name", "Test", "Sum"))), get_settings())
    status, out, error = run("read", marks, "--template", "Marks", "--format", "csv")
    assert status == 0
    assert out.splitlines()[0] == "Name,Test,Sum"
    assert "Marks" in error


def test_readers_of_numbers_are_listed_and_are_no_models_of_characters(run: Run, marks: Path) -> None:
    status, out, _ = run("models")
    assert status == 0
    assert "Composed lines 90.00 %" in out
    status, _, error = run("predict", marks, "--model", "numbers")
    assert status == 2
    assert "There is no model 'numbers'" in error


def test_evaluating_one_says_which_sets_there_are(run: Run) -> None:
    status, _, error = run("evaluate", "numbers", "--dataset", "mnist")
    assert status == 2
    assert "composed-lines" in error
