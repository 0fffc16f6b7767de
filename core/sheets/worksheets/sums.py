"""Sums in a line, as they are written: `56+7=63`, also with ×, : and /, and - ; worked out exactly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.sheets.values import Number, read_number

_OPERATORS = {"+": "+", "-": "-", "×": "×", ":": ":", "/": ":", "÷": ":", "*": "×", "x": "×", "·": "×", "−": "-"}
_FIGURE = "[0-9½][0-9.,½]*|[.,][0-9]+"
_FORM = re.compile(rf"(?:-?(?:{_FIGURE}))(?:[+×:/-](?:{_FIGURE}))+")


@dataclass(frozen=True)
class Sum:
    """A sum in a line: n numbers, n - 1 operators ("+", "-", "×", ":"), and the answer, None where none is written."""

    numbers: tuple[Number, ...]
    operators: tuple[str, ...]
    answer: Number | None

    @property
    def value(self) -> Fraction | None:
        """What it is worth, × and : before + and -; None where it divides by 0."""
        return work_out([number.value for number in self.numbers], self.operators)

    @property
    def is_right(self) -> bool:
        return self.answer is not None and self.answer.value == self.value


def read_sum(text: str) -> Sum | None:
    """The sum that a text is; None where it is none, such as a number alone or a text with two equals signs.

    The answer may stand on either side: `63=56+7` is a sum, too.
    """
    body = "".join(_OPERATORS.get(sign, sign) if sign != "/" else sign for sign in re.sub(r"\s", "", text))
    left, equals, right = body.partition("=")
    if not equals or "=" in right:
        return None
    if not _FORM.fullmatch(left):
        left, right = right, left
    if not _FORM.fullmatch(left) or (right and read_number(right) is None):
        return None
    parts = re.split(r"(?<=[0-9.,½])([+×:/-])", left)
    numbers = [read_number(part) for part in parts[::2]]
    if any(number is None for number in numbers):
        return None
    operators = tuple(_OPERATORS[sign] for sign in parts[1::2])
    return Sum(tuple(filter(None, numbers)), operators, read_number(right) if right else None)


def work_out(values: Sequence[Fraction], operators: Sequence[str]) -> Fraction | None:
    """The value of numbers with operators between them, × and : first; None where it divides by 0."""
    terms = [values[0]]
    for operator, value in zip(operators, values[1:], strict=True):
        if operator == "×":
            terms[-1] *= value
        elif operator == ":":
            if not value:
                return None
            terms[-1] /= value
        else:
            terms.append(value if operator == "+" else -value)
    return sum(terms, Fraction(0))
