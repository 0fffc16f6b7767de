"""Sums written one number under the other: which fields of a column belong to one, and its carries."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.sheets.sheet import ReadField
from core.sheets.values import Mark, decimal_mark, read_number
from core.sheets.worksheets.sums import work_out

_SMALL = 0.75  # of the height of the number below: carries are written small
_EMPTY = ("blank", "filled", "struck")
_OPERATORS = {"+": "+", "-": "-", "×": "×", ":": ":", "/": ":"}


@dataclass(frozen=True)
class Column:
    """A vertical sum: its numbers with their signs, its answer, None where there is none; the carries noted above."""

    numbers: tuple[ReadField, ...]
    answer: ReadField | None
    carries: ReadField | None = None
    between: tuple[ReadField, ...] = ()  # partial products

    @property
    def fields(self) -> tuple[ReadField, ...]:
        ends = (*([self.carries] if self.carries else []), *self.numbers, *self.between)
        return (*ends, self.answer) if self.answer else ends

    @property
    def signs(self) -> tuple[str, ...]:
        """The n - 1 signs between its n numbers, as they were read."""
        return _signs_between(self.numbers)


def find_columns(fields: Sequence[ReadField]) -> list[Column]:
    """The vertical sums among fields, column by column from the top.

    A run of written fields under each other is one where a number begins with a sign: what stands above are its other
    numbers, what follows is the answer. Fields with an equals sign are sums in a line, and end a run.
    """
    return [found for run in _runs(fields) for found in _sums(run)]


def _runs(fields: Sequence[ReadField]) -> Iterator[list[ReadField]]:
    columns: dict[int, list[ReadField]] = defaultdict(list)
    for field in sorted(fields, key=lambda each: each.place):
        columns[field.field.column].append(field)
    for column in columns.values():
        run: list[ReadField] = []
        for field in column:
            apart = bool(run) and field.field.row > run[-1].field.row + run[-1].field.rows
            if apart or field.verdict in _EMPTY or "=" in field.text:
                yield run
                run = []
            if field.verdict not in _EMPTY and "=" not in field.text:
                run.append(field)
        yield run


def _sums(run: list[ReadField]) -> Iterator[Column]:
    """The sums of a run: numbers, numbers with a sign, an answer; then perhaps the next one."""
    while run:
        signed = next((index for index, field in enumerate(run) if index and _sign(field)), None)
        if signed is None:
            return
        end = signed
        while end < len(run) and _sign(run[end]):
            end += 1
        if end == len(run) and end - signed > 1 and _is_answer(run[-1], run[:-1]):
            end -= 1
        numbers = run[:end]
        carries = numbers[0] if len(numbers) > 2 and _is_small(numbers[0], numbers[1]) else None
        last = _answer_after(run, end, numbers[-1])
        yield Column(
            tuple(numbers[1:] if carries else numbers),
            run[last] if last < len(run) else None,
            carries,
            tuple(run[end:last]),
        )
        run = run[last + 1 :]


def _answer_after(run: Sequence[ReadField], end: int, last: ReadField) -> int:
    """Where the answer is: below partial products where there are any, which a multiplier of several figures has."""
    partial = len(re.sub("[^0-9]", "", last.text)) if _sign(last) == "×" else 1
    return end + partial if partial > 1 and end + partial < len(run) else end


def read_terms(texts: Sequence[str], signs: Sequence[str], mark: Mark) -> tuple[list[Fraction], list[str]] | None:
    """What n numbers under each other are worth, and the n - 1 operators between them; None where one is no number.

    A number below another one that has no sign before it has that of `signs`; the first may have a plus or a minus.
    """
    operators = [_OPERATORS.get(text[:1], sign) for text, sign in zip(texts[1:], signs, strict=True)]
    bare = [texts[0].lstrip("×:/"), *(text[1:] if text[:1] in _OPERATORS else text for text in texts[1:])]
    numbers = [read_number(text, mark) for text in bare]
    values = [number.value for number in numbers if number]
    return (values, operators) if len(values) == len(texts) else None


def _signs_between(numbers: Sequence[ReadField]) -> tuple[str, ...]:
    """The n - 1 signs between n numbers, as read: one without a sign has that of the next that has one."""
    signs = [_OPERATORS.get(field.text[:1], "") for field in numbers[1:]]
    for index in reversed(range(len(signs) - 1)):
        signs[index] = signs[index] or signs[index + 1]
    return tuple(sign or "+" for sign in signs)


def _is_answer(last: ReadField, above: Sequence[ReadField]) -> bool:
    """Whether what begins with a minus is no further number, but what those above come to."""
    texts = [field.text for field in (*above, last)]
    mark = decimal_mark(texts)
    terms, answer = read_terms(texts[:-1], _signs_between(above), mark), read_number(last.text, mark)
    if _sign(last) != "-" or terms is None or answer is None:
        return False
    return work_out(*terms) == answer.value


def _sign(field: ReadField) -> str:
    """The sign that a number begins with; "" where there is none."""
    sign = _OPERATORS.get(field.text[:1], "")
    return sign if sign and read_number(field.text[1:]) is not None else ""


def _is_small(field: ReadField, below: ReadField) -> bool:
    (_, top, _, bottom), (_, next_top, _, next_bottom) = field.field.box, below.field.box
    return bottom - top < _SMALL * (next_bottom - next_top) and bool(re.fullmatch("[0-9]{1,8}", field.text))
