"""Totals of rows and columns: what does not add up, and which reading would make it so."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from core.sheets.checks.finding import Finding, mismatch, suggest, support
from core.sheets.checks.plan import Plan
from core.sheets.checks.repairs import Change, Ledger, Repair, Sums, find_repairs
from core.sheets.checks.sums import Cell, Equation, equations, read_cells
from core.sheets.sheet import Place, ReadField
from core.sheets.values import write

LIKELY = 0.5
"""A suggestion with a smaller share is one of several, each of which is told."""
_MOST_TOLD = 3


def check_totals(fields: Sequence[ReadField], plan: Plan) -> list[Finding]:
    """Findings on the totals of a plan; none changes anything, and where everything adds up none suggests anything."""
    cells = read_cells(fields, plan)
    sums = equations(cells, plan)
    unknown = {place for place, cell in cells.items() if cell.value is None}
    readable = [each for each in sums if not unknown.intersection(each.places)]
    ledger = Ledger(readable, cells)
    repairs, unexplained = find_repairs(ledger)
    findings = [finding for options in repairs for finding in _tell(options, ledger)]
    findings += [_mismatch(ledger, number) for number in sorted(unexplained)]
    findings += _unreadable([each for each in sums if each not in readable], unknown, cells)
    return [*findings, *_supports(ledger)]


def _tell(options: Sequence[Repair], ledger: Ledger) -> Iterator[Finding]:
    """The likeliest repair where it is likelier than all else together, else the likeliest few.

    Where it is likelier that the writer added up wrongly than that anything was misread, nothing is suggested.
    """
    named = any(change.text for change in options[0].changes)
    if named and sum(repair.share for repair in options) < LIKELY:
        yield from (_mismatch(ledger, number, options[0]) for number in sorted(options[0].sums))
        return
    told = options[:1] if options[0].share >= LIKELY else options[:_MOST_TOLD]
    for repair in told:
        for change in repair.changes:
            yield _finding(repair, change, ledger, options)


def _finding(repair: Repair, change: Change, ledger: Ledger, options: Sequence[Repair]) -> Finding:
    field = ledger.cells[change.place].field
    value = change.text or write(change.value)
    words = f"{_said(field)}; {'only ' if len(options) == 1 else ''}{value} {_makes(change.place, repair.sums, ledger)}"
    others = [each for each in repair.changes if each is not change]
    words += "".join(f", with {each.text} in {_where(each.place)}" for each in others)
    if not change.text:
        return mismatch(field, f"{words}, but that is none of its readings: look at it.")
    rest = len(options) - 1
    more = f" ({rest} other {'reading' if rest == 1 else 'readings'} would do so, too)" if rest else ""
    return suggest(field, change.text, f"{words}{more}.", repair.share)


def _said(field: ReadField) -> str:
    return f"Read {field.text}" if field.text else f"Read as {field.verdict}"


def _where(place: Place) -> str:
    return f"row {place[0] + 1}, column {place[1] + 1}"


def _makes(place: Place, sums: Sums, ledger: Ledger) -> str:
    """What a change does: "makes column 2 add up to 512", or "is what column 2 adds up to"."""
    lines = [ledger.equations[number] for number in sorted(sums & ledger.sums_of(place))]
    ends = [line.words for line in lines if line.total == place]
    within = [f"{line.words} add up to {_total(line, ledger)}" for line in lines if line.total != place]
    said = [f"is what {' and '.join(ends)} adds up to"] if ends else []
    return " and ".join(said + ([f"makes {' and '.join(within)}"] if within else []))


def _total(line: Equation, ledger: Ledger) -> str:
    return ledger.cells[line.total].field.text


def _mismatch(ledger: Ledger, number: int, unlikely: Repair | None = None) -> Finding:
    """A sum that does not hold, marked at its total, with a repair that is too unlikely to be suggested."""
    line, gap = ledger.equations[number], ledger.gap(number)
    written = ledger.cells[line.total]
    added = write((written.value or Fraction(0)) - gap)
    words = f"{line.words} adds up to {added}, but {written.field.text} is written"
    words = f"{words[:1].upper()}{words[1:]}; no other reading explains the difference of {write(abs(gap))}"
    if unlikely is None:
        return mismatch(written.field, f"{words}.")
    readings = " and ".join(f"{each.text} in {_where(each.place)}" for each in unlikely.changes)
    return mismatch(written.field, f"{words} but the unlikely {readings}.")


def _unreadable(sums: Iterable[Equation], unknown: set[Place], cells: Mapping[Place, Cell]) -> Iterator[Finding]:
    """What a field that cannot be read would have to be, by the sums in which it is the only one."""
    wanted: dict[Place, list[tuple[Equation, Fraction]]] = defaultdict(list)
    for line in sums:
        missing = [place for place in line.places if place in unknown]
        if len(missing) > 1:
            yield mismatch(
                cells[line.total].field, f"{len(missing)} fields of {line.words} cannot be read: it is not checked."
            )
            continue
        values = {place: cell.value for place in line.places if (cell := cells[place]).value is not None}
        wanted[missing[0]].append((line, line.wanted(missing[0], values)))
    for place, lines in wanted.items():
        yield _unread(cells[place], lines)


def _unread(cell: Cell, lines: Sequence[tuple[Equation, Fraction]]) -> Finding:
    said, values = _said(cell.field), {value for _, value in lines}
    if len(values) > 1:
        return mismatch(
            cell.field, f"{said}; {' and '.join(line.words for line, _ in lines)} want different numbers here."
        )
    value = values.pop()
    words = f"{said}; {write(value)} would make {' and '.join(line.words for line, _ in lines)} add up"
    if value not in cell.others:
        return mismatch(cell.field, f"{words}, but that is none of its readings: look at it.")
    text, share = cell.others[value]
    return suggest(
        cell.field, text, f"{words}, and is one of its readings.", share / sum(s for _, s in cell.others.values())
    )


def _supports(ledger: Ledger) -> Iterator[Finding]:
    """Unsure fields whose sums all hold as they are read."""
    for place in sorted(ledger.places(range(len(ledger.equations)))):
        cell, sums = ledger.cells[place], ledger.sums_of(place)
        if cell.field.verdict == "unsure" and cell.field.text and not sums & ledger.wrong:
            yield support(cell.field, f"{cell.field.text} {_makes(place, sums, ledger)}.")
