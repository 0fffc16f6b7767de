"""Templates: the grid of a form with what is known of it, found again in a photograph of the same form.

No mark is printed on the form: it is known by its own rules. A photograph shows them in perspective, and a row or
column at the edge may be cut off or found in addition; so a template is laid over a layout in every such way, by the
projective map that fits the corners of their fields best, and fits where the corners then lie together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.checks.plan import Plan, Total
from core.sheets.layout import Field, Layout

MOST_OUTER = 2
"""Rows or columns at an edge that may be missing or too many."""

FITS = 0.8
"""A template with a smaller score is not laid over a layout."""

_AS_GOOD = 0.02  # two ways whose scores differ by less fit alike
_TOLERANCE = 0.25  # of a field's shorter side: corners half as far apart lie together, as paper is never quite flat


@dataclass(frozen=True, eq=False)
class Template:
    """The layout of a form and the user's account of it, kept by name."""

    name: str
    layout: Layout
    plan: Plan


@dataclass(frozen=True, eq=False)
class Match:
    """A template over a layout: row r of the template is row r + `down` of the layout, and columns likewise.

    `score` is 0 to 1: how many fields of both have one of the other, and how closely their corners lie together. `plan`
    is the template's, for the layout. `problem` says why the match is not to be used; it is empty where it may be.
    """

    template: Template
    down: int
    right: int
    score: float
    plan: Plan
    problem: str = ""


def match_template(layout: Layout, template: Template) -> Match:
    """The best way to lay a template over a layout, with a problem where it does not fit, or fits in two ways alike."""
    ways = _best_ways(layout, template)
    if not ways:
        problem = (
            f"{template.name} has {template.layout.rows} rows and {template.layout.columns} columns, and this sheet "
            f"{layout.rows} and {layout.columns}: it is another form, or more of it is missing than its edge."
        )
        return Match(template, 0, 0, 0.0, Plan(), problem)
    best = max(ways, key=lambda way: (way.score, -abs(way.down) - abs(way.right)))
    return _judged(best, [way for way in ways if way is not best])


def find_template(layout: Layout, templates: Iterable[Template]) -> Match | None:
    """The template that fits a layout; None where none does. Where several fit alike, the match has a problem."""
    fitting = sorted((match_template(layout, each) for each in templates), key=lambda match: -match.score)
    fitting = [match for match in fitting if match.score >= FITS]
    if not fitting:
        return None
    best = fitting[0]
    alike = [match.template.name for match in fitting if best.score - match.score < _AS_GOOD]
    if len(alike) == 1:
        return best
    problem = f"{' and '.join(alike)} have the same grid, and both fit: choose one."
    return replace(best, problem=problem)


def lay_over(layout: Layout, match: Match) -> Layout:
    """A layout with the fields of a template that was matched with it, in the layout's grid.

    Within the template's grid its fields are those of the sheet, as they were corrected by hand: where the same field
    was found it lies as it was found, else where the template has it. Lines that the template has not are kept.
    """
    known = match.template.layout
    pairs = {id(field): found for field, found in _pairs(layout, known, match.down, match.right)}
    matrix = _map_between([(field, pairs[id(field)]) for field in known.fields if id(field) in pairs])
    fields = [field for field in layout.fields if not _is_within(field, known, match)]
    for field in known.fields:
        moved = replace(field, row=field.row + match.down, column=field.column + match.right)
        if _fits(moved, layout):
            found = pairs.get(id(field))
            quad = found.quad if found else _project(field.quad, matrix).astype(np.float32)
            fields.append(replace(moved, quad=quad))
    return replace(layout, fields=tuple(sorted(fields, key=lambda field: (field.row, field.column))))


def _is_within(field: Field, known: Layout, match: Match) -> bool:
    """Whether a field of the layout lies in the grid of the template."""
    return 0 <= field.row - match.down < known.rows and 0 <= field.column - match.right < known.columns


def _fits(field: Field, layout: Layout) -> bool:
    """Whether a field lies in the grid of the layout."""
    across = field.column >= 0 and field.column + field.columns <= layout.columns
    return across and field.row >= 0 and field.row + field.rows <= layout.rows


def _judged(best: Match, others: Sequence[Match]) -> Match:
    """The best match with its problem, if it has one; ways that make no difference to the plan are the same way."""
    problem = ""
    if best.score < FITS:
        problem = f"The rules of this sheet are not those of {best.template.name}: only {best.score:.0%} of them agree."
    elif any(best.score - other.score < _AS_GOOD and other.plan != best.plan for other in others):
        problem = (
            f"{best.template.name} fits this sheet in two ways: a row or column is missing at an edge, or too many. "
            "Correct the grid, or name the columns here."
        )
    return replace(best, problem=problem)


def _shifts(layout: Layout, known: Layout) -> list[tuple[int, int]]:
    """The ways to lay one grid over another so that at most MOST_OUTER lines lie outside at any edge."""
    return [
        (down, right) for down in _offsets(layout.rows, known.rows) for right in _offsets(layout.columns, known.columns)
    ]


def _offsets(found: int, known: int) -> list[int]:
    near = range(-MOST_OUTER, MOST_OUTER + 1)
    return [shift for shift in near if abs(found - known - shift) <= MOST_OUTER and min(found, known + shift) > 0]


def _best_ways(layout: Layout, template: Template) -> list[Match]:
    """The ways in which a template may be laid over a layout, without those that are clearly not the best."""
    shifts = _shifts(layout, template.layout)
    found = [(_pairs(layout, template.layout, *shift), shift) for shift in shifts]
    both = max(1, len(layout.fields) + len(template.layout.fields))
    ways: list[Match] = []
    for pairs, shift in sorted(found, key=lambda one: -len(one[0])):
        most = 2 * len(pairs) / both  # its score where all corners lie together
        if most < max((way.score for way in ways), default=0.0) - _AS_GOOD:
            break
        plan = shift_plan(template.plan, layout, *shift)
        ways.append(Match(template, *shift, most * _closeness(pairs), plan))
    return ways


def _pairs(layout: Layout, known: Layout, down: int, right: int) -> list[tuple[Field, Field]]:
    """Fields of both that have the same place and span."""
    places = {_span(field, 0, 0): field for field in layout.fields}
    shifted = [(_span(field, down, right), field) for field in known.fields]
    return [(field, places[span]) for span, field in shifted if span in places]


def _span(field: Field, down: int, right: int) -> tuple[int, int, int, int]:
    return field.row + down, field.column + right, field.rows, field.columns


def _closeness(pairs: Sequence[tuple[Field, Field]]) -> float:
    """How closely corners lie together after the best projective map, 0 to 1; 0 where there is no such map."""
    matrix = _map_between(pairs)
    if matrix is None:
        return 0.0
    known, found = (np.concatenate([pair[side].quad for pair in pairs]) for side in (0, 1))
    distances = np.linalg.norm(_project(known, matrix) - found, axis=1).reshape(-1, 4)
    sides = _shorter_sides(found.reshape(-1, 4, 2))
    return float(np.clip(1.5 - distances / (_TOLERANCE * sides[:, None]), 0, 1).mean())


def _map_between(pairs: Sequence[tuple[Field, Field]]) -> NDArray[np.float64] | None:
    """The projective map (3, 3) that brings the corners of the first fields nearest to those of the second ones."""
    if not pairs:
        return None
    known, found = (np.concatenate([pair[side].quad for pair in pairs]).astype(np.float64) for side in (0, 1))
    matrix, _ = cv2.findHomography(known, found, 0)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _project(points: NDArray[np.float32], matrix: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Points (N, 2) after a projective map."""
    matrix = np.eye(3) if matrix is None else matrix
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float64)


def _shorter_sides(quads: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of fields (N, 4, 2), in pixels, (N,)."""
    sides = np.linalg.norm(quads - np.roll(quads, 1, axis=1), axis=2)
    return np.maximum(1.0, sides.min(axis=1)).astype(np.float64)


def shift_plan(plan: Plan, layout: Layout, down: int, right: int) -> Plan:
    """A plan for a grid that lies `down` rows and `right` columns further on; what falls outside is left out."""
    columns = ("",) * right + plan.columns if right >= 0 else plan.columns[-right:]
    contents = {
        column + right: content for column, content in plan.contents.items() if 0 <= column + right < layout.columns
    }
    totals = (_shift_total(total, layout, down if total.axis == "row" else right) for total in plan.totals)
    return Plan(columns[: layout.columns], contents, tuple(total for total in totals if total), plan.worksheet)


def _shift_total(total: Total, layout: Layout, shift: int) -> Total | None:
    """A total further on; None where any of its lines is not on the sheet, since a sum of the others would be wrong."""
    lines = layout.rows if total.axis == "row" else layout.columns
    moved = [line + shift for line in (total.total, *total.parts)]
    if min(moved) < 0 or max(moved) >= lines:
        return None
    return Total(total.axis, moved[0], tuple(moved[1:]))
