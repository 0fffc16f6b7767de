"""Which other readings would make sums hold that do not: the fewest changes first, then the likeliest.

A field may be changed only to a value with which every sum it belongs to holds. So where rows and columns have totals
a wrong field is where two wrong sums cross; where only one direction has, the probabilities of its readings decide.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.sheets.checks.sums import Cell, Equation
from core.sheets.sheet import Place

Sums = frozenset[int]
"""Equations by their numbers."""

_OTHERWISE = 0.01
"""Odds, against a sum that is read rightly, that the writer added up wrongly or that the right reading is not known."""

_MOST_PAIRS = 400  # readings of one group of sums that are tried with a second one: more would take seconds


@dataclass(frozen=True)
class Change:
    """A field's value as it would have to be, the reading that has it ("" where none has), and the odds of that."""

    place: Place
    value: Fraction
    text: str
    odds: float


@dataclass(frozen=True)
class Repair:
    """Changes that together make these sums hold, and how likely they are among all explanations, 0 to 1."""

    changes: tuple[Change, ...]
    sums: Sums
    share: float


class Ledger:
    """The sums of a sheet with the values of their fields."""

    def __init__(self, equations: Sequence[Equation], cells: Mapping[Place, Cell]) -> None:
        self.equations, self.cells = equations, cells
        self._of: dict[Place, list[int]] = defaultdict(list)
        for number, equation in enumerate(equations):
            for place in equation.places:
                self._of[place].append(number)
        self._values = {place: cell.value for place, cell in cells.items() if cell.value is not None}
        self._gaps = [self._values[each.total] - sum(self._values[part] for part in each.parts) for each in equations]

    @property
    def wrong(self) -> Sums:
        """The sums that do not hold."""
        return frozenset(number for number, gap in enumerate(self._gaps) if gap)

    def gap(self, number: int) -> Fraction:
        """By how much a total is more than its parts."""
        return Fraction(self._gaps[number])

    def sums_of(self, place: Place) -> Sums:
        return frozenset(self._of[place])

    def places(self, sums: Iterable[int]) -> set[Place]:
        return {place for number in sums for place in self.equations[number].places}

    def change(self, place: Place, gaps: Sequence[Fraction | int] | None = None) -> Change | None:
        """The one value with which all sums of a field hold; None where there is none, or it has it already."""
        gaps = self._gaps if gaps is None else gaps
        wanted = {gaps[number] * self._sign(place, number) for number in self._of[place]}
        if len(wanted) != 1 or not (difference := wanted.pop()):
            return None
        return self._to(place, self._values[place] + difference)

    def _sign(self, place: Place, number: int) -> int:
        """Whether more of a field closes the gap of a sum, or opens it."""
        return -1 if self.equations[number].total == place else 1

    def _to(self, place: Place, value: Fraction) -> Change:
        cell = self.cells[place]
        text, share = cell.others.get(value, ("", 0.0))
        return Change(place, value, text, share / max(cell.share, 1e-6))

    def pairs(self, sums: Sums) -> Iterator[tuple[Change, Change]]:
        """Two readings that make these sums hold together where no single one does."""
        firsts = [self._to(place, value) for place in sorted(self.places(sums)) for value in self.cells[place].others]
        for first in firsts[:_MOST_PAIRS]:
            gaps = self._after(first)
            left = frozenset(number for number in sums | self.sums_of(first.place) if gaps[number])
            if not left:
                continue
            for place in self.places([min(left)]):
                if place > first.place and self.sums_of(place) == left:
                    second = self.change(place, gaps)
                    if second is not None and second.text:
                        yield first, second

    def _after(self, change: Change) -> list[Fraction]:
        gaps, difference = list(map(Fraction, self._gaps)), change.value - self._values[change.place]
        for number in self._of[change.place]:
            gaps[number] -= difference * self._sign(change.place, number)
        return gaps


def find_repairs(ledger: Ledger) -> tuple[list[list[Repair]], Sums]:
    """Explanations of the sums that do not hold, for each group of sums the likeliest first; and sums without any."""
    singles: dict[Sums, list[Change]] = defaultdict(list)
    for place in sorted(ledger.places(ledger.wrong)):
        change = ledger.change(place)
        if change is not None:
            singles[ledger.sums_of(place)].append(change)
    found, left = [], set(ledger.wrong)
    crossings = [sums for sums in singles if len(sums) > 1]
    for sums in sorted(crossings, key=lambda each: (-len(each), -max(change.odds for change in singles[each]))):
        if sums <= left:
            changes = _read(singles[sums]) or singles[sums]
            found.append(_weigh([(change,) for change in changes], sums))
            left -= sums
    for sums in _groups(ledger, left):
        repairs, unexplained = _explain(ledger, sums, singles)
        found += repairs
        left -= sums - unexplained
    return found, frozenset(left)


def _explain(ledger: Ledger, sums: Sums, singles: Mapping[Sums, list[Change]]) -> tuple[list[list[Repair]], Sums]:
    """Readings that repair connected sums: one for each sum, or two for all of them; and the sums that stay wrong."""
    alone = {number: _read(singles.get(frozenset([number]), [])) for number in sums}
    if not all(alone.values()):
        together = list(ledger.pairs(sums))
        if together:
            return [_weigh(together, sums)], frozenset()
    repaired = {number: changes for number, changes in alone.items() if changes}
    found = [_weigh([(change,) for change in each], frozenset([number])) for number, each in repaired.items()]
    return found, sums - repaired.keys()


def _read(changes: Iterable[Change]) -> list[Change]:
    """Changes to something that was read, if only as an unlikely reading."""
    return [change for change in changes if change.text]


def _weigh(options: Sequence[tuple[Change, ...]], sums: Sums) -> list[Repair]:
    """Options as repairs with their shares; that two sums err alike by chance is as unlikely as both slips together."""
    odds = [math.prod(change.odds for change in changes) for changes in options]
    total = sum(odds) + _OTHERWISE ** len(sums)
    ranked = sorted(zip(options, odds, strict=True), key=lambda each: -each[1])
    return [Repair(tuple(changes), sums, each / total) for changes, each in ranked]


def _groups(ledger: Ledger, numbers: Iterable[int]) -> list[Sums]:
    """Sums that share fields, directly or through others, together."""
    groups: list[tuple[set[int], set[Place]]] = []
    for number in sorted(numbers):
        places = set(ledger.equations[number].places)
        touching = [group for group in groups if group[1] & places]
        groups = [group for group in groups if group not in touching]
        members, covered = {number}, places
        for group in touching:
            members, covered = members | group[0], covered | group[1]
        groups.append((members, covered))
    return [frozenset(members) for members, _ in groups]
