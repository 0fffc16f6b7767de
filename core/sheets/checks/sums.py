"""The sums that must hold on a sheet, in exact fractions, and by how much they do not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from core.sheets.checks.plan import Plan, Total
from core.sheets.sheet import Place, ReadField
from core.sheets.values import Mark, read_number

_NOTHING = ("blank", "filled", "struck")  # verdicts of fields that count as 0


@dataclass(frozen=True)
class Cell:
    """A field as a number: its value, None where it cannot be read; and the values of its other readings.

    `others` holds, for each value, the likeliest text with the probability of all texts of that value.
    """

    field: ReadField
    value: Fraction | None
    share: float
    others: Mapping[Fraction, tuple[str, float]]


@dataclass(frozen=True)
class Equation:
    """The parts add up to the total; `words` names the line ("row 3")."""

    words: str
    total: Place
    parts: tuple[Place, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        return (*self.parts, self.total)

    def wanted(self, place: Place, values: Mapping[Place, Fraction]) -> Fraction:
        """What a field must be worth so that the equation holds with the others as they are."""
        added = sum((values[part] for part in self.parts if part != place), Fraction(0))
        return added if place == self.total else values[self.total] - added

    def holds(self, values: Mapping[Place, Fraction]) -> bool:
        return self.wanted(self.total, values) == values[self.total]


def read_cells(fields: Sequence[ReadField], plan: Plan) -> dict[Place, Cell]:
    """The fields of all columns that can be added up, by their places."""
    columns = sorted({field.field.column for field in fields})
    marks = {column: plan.mark(column, fields) for column in columns if plan.adds_up(column)}
    cells = {}
    for field in fields:
        if (column := field.field.column) in marks:
            readings = ((text, share, read_number(text, marks[column])) for text, share in field.candidates)
            known = [(text, share, number.value) for text, share, number in readings if number is not None]
            cells[field.place] = _cell(field, _value(field, marks), known)
    return cells


def _value(field: ReadField, marks: Mapping[int, Mark]) -> Fraction | None:
    if field.verdict in _NOTHING:
        return Fraction(0)
    number = read_number(field.text, marks[field.field.column])
    return None if number is None else number.value


def _cell(field: ReadField, value: Fraction | None, known: Sequence[tuple[str, float, Fraction]]) -> Cell:
    others: dict[Fraction, tuple[str, float]] = {}
    for text, share, worth in sorted(known, key=lambda each: -each[1]):
        first, so_far = others.get(worth, (text, 0.0))
        others[worth] = (first, so_far + share)
    own = others.pop(value, ("", 0.0))[1] if value is not None else 0.0
    return Cell(field, value, own or field.confidence, others)


def equations(cells: Mapping[Place, Cell], plan: Plan) -> list[Equation]:
    """The sums of a plan's totals, without those whose total is not written."""
    return [equation for total in plan.totals for equation in _of_total(total, cells, plan)]


def _of_total(total: Total, cells: Mapping[Place, Cell], plan: Plan) -> Iterator[Equation]:
    along_row = total.axis == "row"
    across = sorted({place[1] if along_row else place[0] for place in cells})
    for line in across:
        parts = tuple(_place(total, part, line) for part in total.parts if _place(total, part, line) in cells)
        end = _place(total, total.total, line)
        if parts and end in cells and cells[end].field.verdict not in _NOTHING:
            yield Equation(plan.title(line) if along_row else f"row {line + 1}", end, parts)


def _place(total: Total, line: int, across: int) -> Place:
    return (line, across) if total.axis == "row" else (across, line)
