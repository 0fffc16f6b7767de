from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from core.sheets import templates
from core.sheets.adjust import merge_fields, remove_field
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.layout import Field, Layout
from core.sheets.templates import Template, find_template, lay_over, match_template

WIDTHS = (60, 200, 90, 90, 140)
HEIGHTS = (70, *[40] * 9)
PLAN = Plan(
    columns=("No.", "Name", "A", "B", "Total"),
    contents={2: Whole()},
    totals=(Total("row", 9, (1, 2, 3)), Total("column", 4, (2, 3))),
)


def form(widths: tuple[int, ...] = WIDTHS, heights: tuple[int, ...] = HEIGHTS) -> Layout:
    x, y = np.cumsum((0, *widths)), np.cumsum((0, *heights))
    fields = [
        Field(i, j, np.array([[x[j], y[i]], [x[j + 1], y[i]], [x[j + 1], y[i + 1]], [x[j], y[i + 1]]], np.float32))
        for i in range(len(heights))
        for j in range(len(widths))
    ]
    return Layout("table", len(heights), len(widths), tuple(fields))


def photographed(layout: Layout, bend: float = 3.0, shake: float = 1.0) -> Layout:
    """The same fields seen from the side, on paper that is bent, with corners found not quite exactly; in pixels."""
    source = np.array([[0, 0], [580, 0], [580, 430], [0, 430]], np.float32)
    target = np.array([[420, 310], [1900, 250], [2050, 1500], [300, 1420]], np.float32)
    matrix, dice = cv2.getPerspectiveTransform(source, target), np.random.default_rng(1)

    def seen(quad: np.ndarray) -> np.ndarray:
        bent = quad + np.stack([np.zeros(4), bend * np.sin(quad[:, 0] / 185)], axis=1)
        return cv2.perspectiveTransform(bent[None].astype(np.float32), matrix)[0] + dice.normal(0, shake, (4, 2))

    moved = (Field(f.row, f.column, seen(f.quad).astype(np.float32), f.rows, f.columns) for f in layout.fields)
    return Layout(layout.kind, layout.rows, layout.columns, tuple(moved))


def without(layout: Layout, rows: int = 0, columns: int = 0) -> Layout:
    """The same sheet, its first rows or columns not found."""
    kept = [f for f in layout.fields if f.row >= rows and f.column >= columns]
    moved = tuple(Field(f.row - rows, f.column - columns, f.quad, f.rows, f.columns) for f in kept)
    return Layout(layout.kind, layout.rows - rows, layout.columns - columns, moved)


FORM = Template("register", form(), PLAN)


def test_a_photograph_of_the_same_form_gets_its_plan() -> None:
    match = match_template(photographed(form()), FORM)
    assert (match.down, match.right, match.problem) == (0, 0, "")
    assert match.score > 0.95
    assert match.plan == PLAN


def test_a_missing_heading_row_is_allowed_for() -> None:
    match = match_template(photographed(without(form(), rows=1)), FORM)
    assert (match.down, match.right, match.problem) == (-1, 0, "")
    assert match.plan.totals == (Total("row", 8, (0, 1, 2)), Total("column", 4, (2, 3)))


def test_a_missing_first_column_is_allowed_for() -> None:
    match = match_template(photographed(without(form(), columns=1)), FORM)
    assert (match.right, match.problem) == (-1, "")
    assert match.plan.columns == ("Name", "A", "B", "Total")
    assert set(match.plan.contents) == {1}
    assert match.plan.totals[1] == Total("column", 3, (1, 2))


def test_one_more_column_at_the_edge_is_allowed_for() -> None:
    wider = form((30, *WIDTHS))
    match = match_template(photographed(wider), FORM)
    assert (match.right, match.problem) == (1, "")
    assert match.plan.columns == ("", "No.", "Name", "A", "B", "Total")


@pytest.mark.parametrize(
    "other",
    [form(widths=(200, 60, 90, 140, 90)), form(widths=(90, 90)), form(heights=(40,) * 30), Layout("table", 0, 0, ())],
    ids=["other widths", "fewer columns", "more rows", "nothing"],
)
def test_another_form_is_refused(other: Layout) -> None:
    match = match_template(other, FORM)
    assert match.problem
    assert find_template(other, [FORM]) is None


def test_a_form_that_fits_in_two_ways_is_not_guessed_at() -> None:
    even = form(heights=(40,) * 10)
    match = match_template(without(even, rows=1), Template("even", even, PLAN))
    assert "fits this sheet in two ways" in match.problem
    named = Template("even", even, Plan(columns=("No.", "Name")))
    assert match_template(without(even, rows=1), named).problem == ""


def test_the_template_that_fits_is_found() -> None:
    others = [Template("narrow", form(widths=(60, 90, 90)), Plan()), FORM]
    match = find_template(photographed(form()), others)
    assert match is not None
    assert (match.template.name, match.problem) == ("register", "")
    assert find_template(photographed(form()), []) is None


def test_templates_with_the_same_grid_are_to_be_chosen_from() -> None:
    match = find_template(photographed(form()), [FORM, Template("copy", form(), Plan())])
    assert match is not None
    assert match.problem == "register and copy have the same grid, and both fit: choose one."


def test_fields_that_were_corrected_by_hand_are_laid_over_the_photograph() -> None:
    corrected = remove_field(merge_fields(form(), [(0, 0), (0, 1)]), (5, 3))
    template, seen = Template("register", corrected, PLAN), photographed(form((*WIDTHS, 50)))
    match = match_template(seen, template)
    laid = lay_over(seen, match)
    spans = {(field.row, field.column): (field.rows, field.columns) for field in laid.fields}
    assert spans[0, 0] == (1, 2)
    assert (0, 1) not in spans
    assert (5, 3) not in spans
    assert (5, 5) in spans  # a column that the template does not have
    merged = next(field for field in laid.fields if (field.row, field.column) == (0, 0))
    first, second = seen.fields[:2]
    corners = [first.quad[0], second.quad[1], second.quad[2], first.quad[3]]
    assert np.abs(merged.quad - corners).max() < 15
    found = {(field.row, field.column): field for field in seen.fields}
    assert all(np.array_equal(f.quad, found[f.row, f.column].quad) for f in laid.fields if f is not merged)


def test_lines_that_are_missing_stay_missing() -> None:
    seen = photographed(without(form(), rows=1))
    laid = lay_over(seen, match_template(seen, FORM))
    assert [(f.row, f.column) for f in laid.fields] == [(f.row, f.column) for f in seen.fields]


def test_totals_whose_lines_are_not_all_there_are_left_out() -> None:
    plan = Plan(totals=(Total("row", 9, (0, 1)),))
    match = match_template(without(form(), rows=1), Template("register", form(), plan))
    assert match.plan.totals == ()


def test_only_ways_that_may_be_the_best_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []
    closeness = templates._closeness

    def counted(pairs: Sequence[tuple[Field, Field]]) -> float:
        measured.append(len(pairs))
        return closeness(pairs)

    monkeypatch.setattr(templates, "_closeness", counted)
    match = match_template(form(), Template("Orders", form(), PLAN))
    assert (match.down, match.right) == (0, 0)
    assert match.score == pytest.approx(1)
    assert measured == [50]
