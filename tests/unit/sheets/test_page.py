"""From a picture to its fields: the same sheet gives the same cells, however it is photographed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.sheets.layout import Layout
from core.sheets.page import MOST_FIELDS, cut_fields, find_layout
from core.sheets.ruling import Line
from core.sheets.tables import find_tables
from tests.support.camera import Camera, photograph
from tests.support.sheets import FormPlan, Pixels, TablePlan, TrueSheet, draw_form, draw_table

TEXTS = [
    ["12", "", "7.5", "100"],
    ["8", "41", "", "93"],
    ["", "3", "16", "58"],
    ["77", "20", "9.5", ""],
    ["5", "64", "2", "31"],
    ["46", "", "11", "70"],
]
TABLE = TablePlan(TEXTS, widths=[130] * 4)
CAMERAS = {
    "flat": Camera(),
    "turned": Camera(turn=5),
    "turned back": Camera(turn=-9),
    "from the side": Camera(tilt=0.04),
    "bent": Camera(bend=(0.015, 0.01)),
    "in a shadow": Camera(shadow=0.6, edge=0.4),
    "on a desk": Camera(turn=4, desk=0.08),
    "hasty": Camera(turn=3, tilt=0.02, bend=(0.008, 0.004), shadow=0.3, blur=0.8, noise=4, quality=50),
}


def write(text: str, height: float, printed: bool) -> Pixels:
    """Ink of a plain face; a quick stand-in for a hand."""
    face = cv2.FONT_HERSHEY_COMPLEX if printed else cv2.FONT_HERSHEY_SIMPLEX
    scale = height / 21
    (width, tall), under = cv2.getTextSize(text, face, scale, 2)
    ink = np.zeros((tall + under + 4, width + 4), np.uint8)
    cv2.putText(ink, text, (2, tall + 2), face, scale, 255, 2, cv2.LINE_AA)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def draw(plan: TablePlan, camera: Camera = CAMERAS["flat"]) -> TrueSheet:
    return photograph(draw_table(plan, write, np.random.default_rng(3)), camera, np.random.default_rng(5))


def written(picture: NDArray[np.uint8], layout: Layout) -> set[tuple[int, int]]:
    crops = cut_fields(picture, layout)
    return {(f.row, f.column) for f, crop in zip(layout.fields, crops, strict=True) if crop.writing is not None}


def check_cells(sheet: TrueSheet, layout: Layout) -> None:
    """Every field at its place, as large as it is, and blank only where nothing is written."""
    assert layout.kind == "table"
    found = {(field.row, field.column): field for field in layout.fields}
    assert set(found) == {(one.row, one.column) for one in sheet.fields}
    for one in sheet.fields:
        field = found[one.row, one.column]
        assert (field.rows, field.columns) == (one.rows, one.columns)
        assert np.abs(field.quad - one.quad).max() < 12, (one.row, one.column)
    assert written(sheet.picture, layout) == {(one.row, one.column) for one in sheet.fields if one.text}


@pytest.mark.parametrize("name", CAMERAS)
def test_same_table_gives_same_cells(name: str) -> None:
    sheet = draw(TABLE, CAMERAS[name])
    check_cells(sheet, find_layout(sheet.picture))


@pytest.mark.parametrize(
    "changes",
    [
        {"outer": "thick"},
        {"outer": "double"},
        {"thick": 1},
        {"thick": 4},
        {"inks": [(180, 30, 40)], "tint": (70, 100, 170)},
        {"dashed": True},
        {"heading": ["Test", "Marks", "Total", "Grade"], "groups": (2, 2)},
    ],
)
def test_rules_of_all_kinds(changes: dict[str, object]) -> None:
    sheet = draw(replace(TABLE, **changes), Camera(turn=2))  # type: ignore[arg-type]
    check_cells(sheet, find_layout(sheet.picture))


def test_light_writing_on_dark_paper() -> None:
    sheet = draw(TABLE)
    dark = np.asarray(255 - sheet.picture, np.uint8)
    assert written(dark, find_layout(dark)) == written(sheet.picture, find_layout(sheet.picture))


def test_headings_and_names_are_print_and_numbers_are_not() -> None:
    names = ["Anna", "Bernard", "Chiara", "David", "Greta", "Jonas"]
    heads = ["Test", "Marks", "Total", "Grade"]
    sheet = draw(replace(TABLE, heading=heads, names=names, widths=[180] + [130] * 4), Camera(turn=3))
    layout = find_layout(sheet.picture)
    printed = {(field.row, field.column) for field in layout.fields if field.printed}
    assert printed == {(one.row, one.column) for one in sheet.fields if one.printed}


def test_single_printed_digits_are_data() -> None:
    grid = [[str((i + j) % 9 + 1) for j in range(9)] for i in range(9)]
    plan = TablePlan(grid, widths=[60] * 9)
    sheet = draw_table(plan, lambda text, height, _: write(text, height, True), np.random.default_rng(0))
    layout = find_layout(sheet.picture)
    assert (layout.rows, layout.columns, len(layout.fields)) == (9, 9, 81)
    assert not any(field.printed for field in layout.fields)


@pytest.mark.parametrize("boxes", ["joined", "apart", "comb"])
def test_boxes_are_one_number_each(boxes: str) -> None:
    plan = FormPlan(["Mark", "Sum", "Code"], [["4711"], [""], ["2026"]], [4], boxes)  # type: ignore[arg-type]
    sheet = photograph(
        draw_form(plan, write, np.random.default_rng(1)), Camera(turn=3, shadow=0.3), np.random.default_rng(1)
    )
    layout = find_layout(sheet.picture)
    assert layout.kind == "form"
    assert [(field.row, field.column, field.places) for field in layout.fields] == [(i, 0, 4) for i in range(3)]
    assert written(sheet.picture, layout) == {(0, 0), (2, 0)}


def test_numbers_without_rules_stand_in_rows_and_columns() -> None:
    texts = [["12", "340", "7"], ["8", "415", "2"], ["63", "", "5"], ["99", "108", "6"]]
    sheet = draw(TablePlan(texts, rules="none", widths=[200] * 3), Camera(turn=2))
    layout = find_layout(sheet.picture)
    assert (layout.kind, layout.rows, layout.columns) == ("table", 4, 3)
    assert written(sheet.picture, layout) == {(one.row, one.column) for one in sheet.fields if one.text}


def test_one_number_is_framed_without_margin_and_underline() -> None:
    picture = np.full((260, 180), 230, np.uint8)
    picture[:, :60] = 10
    cv2.putText(picture, "47", (95, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3, cv2.LINE_AA)
    cv2.line(picture, (85, 142), (160, 140), 40, 2)
    layout = find_layout(picture)
    assert (layout.kind, len(layout.fields)) == ("number", 1)
    left, top, right, bottom = layout.fields[0].box
    assert 60 <= left <= 97
    assert 80 <= top <= 107
    assert 138 <= right <= 180
    assert 128 <= bottom <= 165


def test_strip_that_a_number_fills_is_taken_whole() -> None:
    picture = np.full((54, 160), 200, np.uint8)
    cv2.putText(picture, "15.984", (4, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 40, 4, cv2.LINE_AA)
    layout = find_layout(picture)
    assert layout.kind == "number"
    left, _, right, _ = layout.fields[0].box
    assert (left, right) == (0, 160)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 40, 3), (700, 500), (700, 500, 3)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_pictures_of_nothing_have_no_fields(shape: tuple[int, ...], level: int) -> None:
    picture = np.full(shape, level, np.uint8)
    layout = find_layout(picture)
    assert layout.fields == ()
    assert cut_fields(picture, layout) == []


def test_noise_has_few_fields() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (600, 500, 3), dtype=np.uint8)
    layout = find_layout(picture)
    assert len(layout.fields) < MOST_FIELDS
    assert sum(crop.writing is not None for crop in cut_fields(picture, layout)) < 60


@pytest.mark.parametrize("wanted", ["number", "table", "form", "sums"])
def test_wanted_kind_is_tried_on_any_sheet(wanted: str) -> None:
    sheet = draw(TABLE)
    layout = find_layout(sheet.picture, wanted)  # type: ignore[arg-type]
    assert layout.kind in (wanted, "table")


def test_empty_row_between_level_rules_is_kept() -> None:
    texts = [["12", "340"], ["", ""], ["63", "58"], ["99", "108"], ["7", "21"]]
    sheet = draw(TablePlan(texts, rules="level", widths=[220] * 2, lane=40), Camera(turn=1))
    layout = find_layout(sheet.picture)
    assert (layout.kind, layout.rows, layout.columns) == ("table", 5, 2)
    assert written(sheet.picture, layout) == {(one.row, one.column) for one in sheet.fields if one.text}


def test_turned_writing_without_rules_is_set_upright() -> None:
    texts = [[str(10 + 7 * row + 3 * column) for column in range(5)] for row in range(12)]
    sheet = draw(TablePlan(texts, rules="none", widths=[190] * 5, lane=50), Camera(turn=5))
    layout = find_layout(sheet.picture)
    assert (layout.kind, layout.rows, layout.columns) == ("table", 12, 5)


@pytest.mark.parametrize("seed", range(4))
def test_strokes_in_all_places_are_no_writing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fur = np.full((900, 1200), 120, np.float32)
    for x, y, angle, length, level in rng.uniform((0, 0, 0.9, 10, 40), (1200, 900, 1.5, 40, 220), (11000, 5)):
        end = int(x + length * np.cos(angle)), int(y + length * np.sin(angle))
        cv2.line(fur, (int(x), int(y)), end, float(level), 1, cv2.LINE_AA)
    assert not find_layout(np.asarray(cv2.GaussianBlur(fur, (0, 0), 1), np.uint8)).fields


def test_discs_that_overlap_are_no_table() -> None:
    rng = np.random.default_rng(0)
    discs = np.full((900, 1200), 120, np.uint8)
    for x, y, radius, level in rng.integers((0, 0, 10, 0), (1200, 900, 200, 255), (300, 4)):
        cv2.circle(discs, (int(x), int(y)), int(radius), int(level), -1)
    assert not find_layout(discs).fields


def test_rules_that_go_on_into_a_texture_make_no_further_row() -> None:
    ink = np.zeros((800, 800), np.uint8)
    ink[100:200] = (np.random.default_rng(0).random((100, 800)) < 0.4) * 255
    for at in range(200, 741, 60):
        cv2.line(ink, (200, at), (740, at), 255, 2)
        cv2.line(ink, (at, 200), (at, 740), 255, 2)
    across, down = np.arange(200.0, 741, 6), np.arange(140.0, 741, 6)
    level = [Line(across, np.full(len(across), float(at))) for at in range(140, 741, 60)]
    upright = [Line(down, np.full(len(down), float(at))) for at in range(200, 741, 60)]
    assert [(table.rows, table.columns) for table in find_tables(level, upright, ink, 255 - ink)] == [(9, 9)]


def test_a_table_whose_outline_is_the_edge_of_the_picture_is_whole() -> None:
    picture = np.full((162, 302, 3), 250, np.uint8)
    for row in range(5):
        cv2.line(picture, (0, 40 * row), (300, 40 * row), (60, 60, 60), 1)
    for column in range(4):
        cv2.line(picture, (100 * column, 0), (100 * column, 160), (60, 60, 60), 1)
    for row in range(4):
        for column in range(3):
            start = (100 * column + 40, 40 * row + 30)
            cv2.putText(picture, "7", start, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (30, 30, 120), 2)
    layout = find_layout(picture)
    assert (layout.kind, layout.rows, layout.columns, len(layout.fields)) == ("table", 4, 3, 12)
