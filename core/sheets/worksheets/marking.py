"""A worksheet marked: every sum is right, wrong, unanswered, or to be looked at; of wrong ones the slip, where known.

A pupil's answer is never taken for another one because that would be right: where it depends on the reading whether a
sum is right, somebody has to look.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from core.sheets.sheet import Place, ReadField
from core.sheets.values import decimal_mark, read_number, write
from core.sheets.worksheets.slips import name_slips
from core.sheets.worksheets.sums import read_sum, work_out
from core.sheets.worksheets.vertical import Column, find_columns, read_terms

Mark = Literal["right", "wrong", "unanswered", "look"]
_POSSIBLE = 0.05  # a reading that is less likely, of those of an unsure field, is not considered
_MOST_SLIPS = 2


@dataclass(frozen=True)
class Marked:
    """A sum with its mark; `expected` is the right answer, None where it is not known; `slips` are clauses."""

    places: tuple[Place, ...]
    mark: Mark
    sentence: str
    expected: Fraction | None = None
    slips: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Task:
    """A sum and its answer, None where there is none."""

    values: tuple[Fraction, ...]
    operators: tuple[str, ...]
    answer: Fraction | None

    @property
    def expected(self) -> Fraction | None:
        return work_out(self.values, self.operators)


def mark_sums(fields: Sequence[ReadField]) -> list[Marked]:
    """All sums among the fields of a sheet, marked, in the order of their first fields."""
    lines = [_mark_line(field) for field in fields if "=" in field.text]
    columns = [_mark_column(column) for column in find_columns(fields)]
    return sorted([*lines, *columns], key=lambda marked: marked.places)


def _mark_line(field: ReadField) -> Marked:
    return _mark((field.place,), _line_task(field.text), [_line_task(text) for text in _readings(field)])


def _line_task(text: str) -> _Task | None:
    found = read_sum(text)
    if found is None:
        return None
    values = tuple(number.value for number in found.numbers)
    return _Task(values, found.operators, found.answer.value if found.answer else None)


def _mark_column(column: Column) -> Marked:
    read = [field.text for field in (*column.numbers, column.answer) if field]
    tasks = [_column_task(column, texts) for texts in _variants(column)]
    return _mark(tuple(field.place for field in column.fields), _column_task(column, read), tasks)


def _column_task(column: Column, texts: Sequence[str]) -> _Task | None:
    """A vertical sum, with these readings of its numbers and its answer."""
    mark = decimal_mark(texts)
    terms = read_terms(texts[: len(column.numbers)], column.signs, mark)
    answer = read_number(texts[-1], mark) if column.answer else None
    if terms is None or (column.answer and answer is None):
        return None
    values, operators = terms
    return _Task(tuple(values), tuple(operators), answer.value if answer else None)


def _variants(column: Column) -> Iterator[list[str]]:
    """The readings of a vertical sum in which one field is read otherwise."""
    fields = [field for field in (*column.numbers, column.answer) if field]
    read = [field.text for field in fields]
    for index, field in enumerate(fields):
        for text in _readings(field):
            yield [*read[:index], text, *read[index + 1 :]]


def _readings(field: ReadField) -> list[str]:
    """The other readings of an unsure field that are to be reckoned with."""
    possible = field.verdict in ("unsure", "illegible")
    return [text for text, share in field.candidates if possible and text != field.text and share >= _POSSIBLE]


def _mark(places: tuple[Place, ...], task: _Task | None, others: Sequence[_Task | None]) -> Marked:
    if task is None:
        return Marked(places, "look", "This is no sum as it was read: look at it.")
    if task.expected is None:
        return Marked(places, "look", "Nothing can be divided by 0: look at it.")
    outcome, expected = _outcome(task), task.expected
    if outcome != "unanswered" and any(other is not None and _outcome(other) != outcome for other in others):
        words = f"As it was read it is {outcome}, and it would not be by another reading: look at it."
        return Marked(places, "look", words, expected)
    if outcome != "wrong" or task.answer is None:
        said = "Right." if outcome == "right" else f"Not answered; {_write(expected)} is right."
        return Marked(places, outcome, said, expected)
    if task.operators == (":",) and task.answer == math.floor(expected):
        rest = _write(task.values[0] - task.answer * task.values[1])
        return Marked(places, "look", f"{_write(task.answer)} leaves a remainder of {rest}: look at it.", expected)
    slips = tuple(name_slips(task.values, task.operators, task.answer)[:_MOST_SLIPS])
    why = f" Perhaps {' or '.join(slips)}." if slips else ""
    return Marked(
        places, "wrong", f"{_write(task.answer)} is wrong, {_write(expected)} is right.{why}", expected, slips
    )


def _outcome(task: _Task) -> Mark:
    if task.answer is None:
        return "unanswered"
    return "right" if task.answer == task.expected else "wrong"


def _write(value: Fraction) -> str:
    """A value in figures; one that no decimals express is written as a fraction."""
    exact = 10**10 % value.denominator == 0
    return write(value) if exact else f"{value.numerator}/{value.denominator}"
