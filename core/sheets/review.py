"""What of a sheet to look at, in which order, and what to expect of the rest: what is doubtful and matters comes first.

A field's place in the queue is the expected size of its error: the probability of every other reading times how far its
value is off. So a doubtful figure in the hundreds comes before a doubtful tenth. Where a column holds no amounts, a
wrong reading spoils the row that it names, and counts as much as the amounts in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan
from core.sheets.checks.sums import Cell, read_cells
from core.sheets.sheet import Place, ReadField
from core.text import counted

Reason = Literal["check", "illegible", "unsure"]

_CERTAIN = 0.9
"""Less sure than this that nothing is written, or no number, a field is looked at as one is whose number is unsure."""

_SUPPORTED = 0.05
"""Of the errors of fields that a check supports so many are thought to remain: two may cancel each other in a sum."""


@dataclass(frozen=True)
class Item:
    """A field to look at: why, the probability that it is wrong, and the expected size of its error.

    The size is in the units of its column; one can be compared with another on a sheet, not between sheets.
    """

    place: Place
    reason: Reason
    doubt: float
    size: float


@dataclass(frozen=True)
class Outlook:
    """How many fields are left to look at, how many others there are, and how many of these are expected wrong."""

    left: int
    others: int
    wrong: float

    @property
    def sentence(self) -> str:
        """As the page says it: "3 left, about 2 wrong expected among the other 140 fields"."""
        if not self.others:
            return f"{self.left:,} left"
        about = "fewer than 1" if self.wrong < 1 else f"about {round(self.wrong):,}"
        return f"{self.left:,} left, {about} wrong expected among the other {counted(self.others, 'field')}"


def make_queue(
    fields: Sequence[ReadField], plan: Plan, findings: Iterable[Finding] = (), seen: Iterable[Place] = ()
) -> list[Item]:
    """The fields to look at, the largest expected error first; those that were seen already are left out.

    They are those that are doubtful, and those to which a check objects.
    """
    findings = list(findings)
    objected, doubts = _objections(findings), doubt_of(fields, findings)
    sizes, done = _Sizes(fields, plan), set(seen)
    items = []
    for field in fields:
        reason = _reason(field, objected)
        if reason is not None and field.place not in done:
            doubt = max(doubts[field.place], objected.get(field.place, 0.0))
            items.append(Item(field.place, reason, doubt, doubt * sizes.of(field)))
    return sorted(items, key=lambda item: (-item.size, -item.doubt, item.place))


def look_ahead(
    fields: Sequence[ReadField], plan: Plan, findings: Sequence[Finding] = (), seen: Iterable[Place] = ()
) -> Outlook:
    """What is left to look at, and what to expect among the fields that nobody has looked at and nobody is to."""
    done = set(seen)
    left = {item.place for item in make_queue(fields, plan, findings, done)}
    doubts = doubt_of(fields, findings)
    others = [field for field in fields if field.place not in left | done]
    return Outlook(len(left), len(others), sum(doubts[field.place] for field in others))


def choices(field: ReadField, findings: Iterable[Finding] = (), most: int = 3) -> list[tuple[str, float]]:
    """The readings to choose from with a key and their probabilities: what checks suggest, then the likeliest."""
    suggested = [each.suggested for each in findings if each.place == field.place and each.suggested is not None]
    shares = {field.text: field.confidence} | dict(field.candidates)
    texts = dict.fromkeys([*suggested, field.text, *(text for text, _ in field.candidates)])
    return [(text, shares.get(text, 0.0)) for text in texts if text][:most]


def is_doubtful(field: ReadField) -> bool:
    """Whether somebody should look at a field, whatever the checks say."""
    return field.verdict in ("unsure", "illegible") or (field.verdict != "confident" and field.confidence < _CERTAIN)


def look_of(field: ReadField) -> str:
    """How a field looks wherever it is shown: by its verdict, or "unsure" whatever that is where it is doubtful."""
    return "unsure" if is_doubtful(field) and field.verdict != "illegible" else field.verdict


def doubt_of(fields: Iterable[ReadField], findings: Iterable[Finding]) -> dict[Place, float]:
    """The probability that each field is wrong, 0 to 1: by its confidence, and much less where a check supports it."""
    supported = {finding.place for finding in findings if finding.outcome == "support"}
    return {
        field.place: (1 - field.confidence) * (_SUPPORTED if field.place in supported else 1.0)
        if field.verdict != "illegible"
        else 1.0
        for field in fields
    }


def _objections(findings: Iterable[Finding]) -> dict[Place, float]:
    """How likely a field is wrong by the checks that object to it."""
    objected: dict[Place, float] = {}
    for finding in findings:
        if finding.outcome != "support":
            share = finding.share if finding.outcome == "suggestion" else 0.5  # one of the fields of a sum, or the sum
            objected[finding.place] = max(objected.get(finding.place, 0.0), share)
    return objected


def _reason(field: ReadField, objected: Mapping[Place, float]) -> Reason | None:
    if field.place in objected:
        return "check"
    if field.verdict == "illegible":
        return "illegible"
    return "unsure" if is_doubtful(field) else None


class _Sizes:
    """How far off a field is if it is wrong."""

    def __init__(self, fields: Sequence[ReadField], plan: Plan) -> None:
        self._cells = read_cells(fields, plan)
        amounts: dict[int, list[float]] = defaultdict(list)
        self._rows: dict[int, float] = defaultdict(float)
        for (row, column), cell in self._cells.items():
            worth = abs(float(cell.value or 0))
            self._rows[row] += worth
            if worth:
                amounts[column].append(worth)
        self._usual = {column: median(values) for column, values in amounts.items()}
        self._row = median(self._rows.values()) if self._rows else 1.0

    def of(self, field: ReadField) -> float:
        """The mean distance to the values of the other readings; a usual value where these say nothing."""
        cell = self._cells.get(field.place)
        if cell is None:
            return self._rows.get(field.field.row) or self._row or 1.0
        usual = self._usual.get(field.field.column, 1.0)
        return self._distance(cell) or usual

    def _distance(self, cell: Cell) -> float:
        if cell.value is None or not cell.others:
            return 0.0
        shares = sum(share for _, share in cell.others.values())
        moved = sum(share * abs(float(value - (cell.value or 0))) for value, (_, share) in cell.others.items())
        return moved / shares if shares else 0.0
