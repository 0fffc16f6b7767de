"""What is known of a sheet beside its grid: what its columns are called and hold, and which lines are totals."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field as Bounds
from pydantic import TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from core.errors import SheetError
from core.options import STRICT
from core.sheets.checks.content import AMOUNTS, Content
from core.sheets.sheet import MOST_FIELDS, ReadField, explain
from core.sheets.values import Mark, decimal_mark

Axis = Literal["row", "column"]
_Line = Annotated[int, Bounds(ge=0, lt=MOST_FIELDS)]
_Title = Annotated[str, Bounds(max_length=100)]
_LARGEST = 5_000_000  # characters of its JSON


@dataclass(frozen=True, config=STRICT)
class Total:
    """Row (or column) `total` holds, in each column (or row), the sum of the rows (or columns) `parts`."""

    axis: Axis
    total: _Line
    parts: Annotated[tuple[_Line, ...], Bounds(min_length=1, max_length=MOST_FIELDS)]

    @model_validator(mode="after")
    def _check(self) -> "Total":
        if self.total in self.parts or len(set(self.parts)) < len(self.parts):
            raise ValueError("a line is added up once, and no total to itself")
        return self


@dataclass(frozen=True, config=STRICT)
class Plan:
    """The user's account of a sheet.

    `columns` are titles, in the order of the grid, "" where there is none; `contents` say what columns hold, by number;
    with `worksheet`, the sums on the sheet are somebody's work to be marked, which no check may correct.
    """

    columns: Annotated[tuple[_Title, ...], Bounds(max_length=1_000)] = ()
    contents: dict[_Line, Content] = Bounds(default_factory=dict, max_length=1_000)
    totals: Annotated[tuple[Total, ...], Bounds(max_length=1_000)] = ()
    worksheet: bool = False

    def title(self, column: int) -> str:
        """A column in words: its title, or its number, counted from 1."""
        named = self.columns[column] if column < len(self.columns) else ""
        return named or f"column {column + 1}"

    def adds_up(self, column: int) -> bool:
        """Whether what a column holds can be added up; a column of which nothing is said may be."""
        return column not in self.contents or isinstance(self.contents[column], AMOUNTS)

    def mark(self, column: int, fields: Sequence[ReadField]) -> Mark:
        """The decimal mark of a column: as its content says, or as its numbers are written."""
        content = self.contents.get(column)
        if content is not None and content.kind == "whole":
            return "none"
        if content is not None and content.kind == "decimals" and content.mark != "unknown":
            return content.mark
        return decimal_mark(field.text for field in fields if field.field.column == column)


_PLAN = TypeAdapter(Plan)


def plan_to_json(plan: Plan) -> str:
    return _PLAN.dump_json(plan).decode()


def plan_from_json(text: str) -> Plan:
    """A plan from its JSON; a SheetError where it is none, or holds something unknown or out of range."""
    if len(text) > _LARGEST:
        raise SheetError(f"A plan of a sheet has at most {_LARGEST:,} characters of JSON, and this has {len(text):,}.")
    try:
        return _PLAN.validate_json(text)
    except ValidationError as error:
        raise SheetError(explain(error, "plan of a sheet")) from error
