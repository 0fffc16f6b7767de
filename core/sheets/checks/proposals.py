"""Which rows and columns of a sheet look like totals of others: where nearly all sums agree, and not by chance."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.sheets.checks.plan import Axis, Plan, Total
from core.sheets.checks.sums import Equation, equations, read_cells
from core.sheets.sheet import ReadField

_AGREE = 2 / 3
"""Of the sums of a total at least so many hold: one wrong field in a table of three columns spoils one of three."""

_EVIDENCE = 4.0
"""A sum that holds by chance does so once in as many cases as its total counts units of its last decimal. The product
of these chances must be under one in ten thousand, since on a sheet some hundred sums are tried."""


@dataclass(frozen=True)
class Proposal:
    """A total that the sheet itself suggests: how many of its sums hold, of how many."""

    total: Total
    agree: int
    sums: int


def propose_totals(fields: Sequence[ReadField], plan: Plan | None = None) -> list[Proposal]:
    """Totals at the foot or head of blocks of rows, at the end or beginning of blocks of columns, and grand totals.

    Columns that hold no amounts, by the plan, are left out.
    """
    known = plan or Plan()
    return _Search(fields, known, "row").find() + _Search(fields, known, "column").find()


class _Search:
    """The search for totals along one axis; totals that were found are added up in grand totals alone."""

    def __init__(self, fields: Sequence[ReadField], plan: Plan, axis: Axis) -> None:
        self.axis: Axis = axis
        self.plan = plan
        self.cells = read_cells(fields, plan)
        self.values = {place: cell.value for place, cell in self.cells.items() if cell.value is not None}
        unit = math.lcm(*(value.denominator for value in self.values.values()))
        self._lines: dict[int, dict[int, int]] = defaultdict(dict)  # in units of which all values are multiples
        for (row, column), value in self.values.items():
            line, across = (row, column) if axis == "row" else (column, row)
            self._lines[line][across] = int(value * unit)

    def find(self) -> list[Proposal]:
        lines = sorted(self._lines)
        found = self._walk(lines)
        return found or self._walk(lines[::-1])  # totals that stand before what they add up

    def _walk(self, lines: Sequence[int]) -> list[Proposal]:
        found: list[Proposal] = []
        for position, line in enumerate(lines):
            options = [
                self._weigh(Total(self.axis, line, tuple(parts)))
                for parts in self._blocks(line, lines[:position], found)
            ]
            best = max(options, key=lambda each: each[1], default=None)
            if best is not None and best[1] >= _EVIDENCE:
                found.append(best[0])
        return found

    def _blocks(self, line: int, before: Sequence[int], found: Sequence[Proposal]) -> Iterator[list[int]]:
        """What a line may be the sum of: lines since the last total, of which one sum holds; all totals; all others."""
        totals = [each.total.total for each in found]
        since = before.index(totals[-1]) + 1 if totals else 0
        yield from self._last_lines(line, before[since:])
        if len(totals) > 1:
            yield sorted(totals)
        if totals and (others := [each for each in before if each not in totals]):
            yield sorted(others)

    def _last_lines(self, line: int, block: Sequence[int]) -> Iterator[list[int]]:
        """The last two lines of a block, the last three and so on, where any of the sums that they make holds."""
        wanted = self._lines[line]
        sums = dict.fromkeys(wanted, 0)
        for start in range(len(block) - 1, -1, -1):
            for across, value in self._lines[block[start]].items():
                sums[across] = sums.get(across, 0) + value
            if len(block) - start > 1 and any(value and sums[across] == value for across, value in wanted.items()):
                yield sorted(block[start:])

    def _weigh(self, total: Total) -> tuple[Proposal, float]:
        """A total with its evidence, as a logarithm of base 10; 0 where too few of its sums hold."""
        plan = replace(self.plan, totals=(total,))
        sums = [each for each in equations(self.cells, plan) if self._counts(each)]
        held = [each for each in sums if each.holds(self.values)]
        evidence = sum(self._surprise(each) for each in held)
        proposal = Proposal(total, len(held), len(sums))
        return proposal, evidence if sums and len(held) >= _AGREE * len(sums) else 0.0

    def _counts(self, equation: Equation) -> bool:
        """Whether a sum says anything: all of it was read, and at least two parts are not 0."""
        if not all(place in self.values for place in equation.places):
            return False
        return sum(self.values[part] != 0 for part in equation.parts) > 1

    def _surprise(self, equation: Equation) -> float:
        finest = max(self.values[place].denominator for place in equation.places)
        return math.log10(1 + round(abs(self.values[equation.total]) * finest))
