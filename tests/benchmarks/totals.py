"""Wrong readings named by totals: python -m tests.benchmarks.totals [--tables 200] [--seed 0] [--totals both]

Tables of 5 to 30 rows and 3 to 9 columns whose totals agree, with readings as a reader of numbers gives them: a right
field has other readings, too. In each table one field is read wrongly; in nine of ten the right reading is among its
others. Counted: tables in which the likeliest finding is at the wrong field, those in which its suggestion is right,
and right fields of the tables without a wrong one that anything is suggested for, which must be none.
"""

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.evaluation.metrics import wilson_interval
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan, Total
from core.sheets.checks.totals import check_totals
from core.sheets.sheet import Place, ReadField
from core.text import interval
from tests.support.read_sheets import field_at

KINDS = ("columns", "rows", "both")
KNOWN = 0.9  # of the wrong fields have the right reading among their others
SIMILAR = {
    "0": "68",
    "1": "742",
    "2": "73",
    "3": "85",
    "4": "91",
    "5": "36",
    "6": "05",
    "7": "12",
    "8": "03",
    "9": "47",
}


def make_table(dice: random.Random, kind: str, places: int = 0) -> tuple[list[list[int]], Plan]:
    """The values, in units of the last decimal, with their totals, and the plan that says which these are."""
    rows, columns, largest = dice.randint(5, 30), dice.randint(3, 9), dice.choice((20, 100, 1_000)) * 10**places
    grid = [[dice.randrange(largest) for _ in range(columns)] for _ in range(rows)]
    totals = []
    if kind != "columns":
        grid = [[*row, sum(row)] for row in grid]
        totals.append(Total("column", columns, tuple(range(columns))))
    if kind != "rows":
        grid.append([sum(column) for column in zip(*grid, strict=True)])
        totals.append(Total("row", rows, tuple(range(rows))))
    return grid, Plan(totals=tuple(totals))


def misread(text: str, dice: random.Random) -> str:
    """A text with one figure that looks like the right one."""
    place = dice.choice([index for index, sign in enumerate(text) if sign in SIMILAR])
    return f"{text[:place]}{dice.choice(SIMILAR[text[place]])}{text[place + 1 :]}"


def read(place: Place, text: str, dice: random.Random) -> ReadField:
    """A field that was read rightly, with up to three other readings; one in eight is unsure."""
    sure = dice.uniform(0.5, 0.9) if dice.random() < 1 / 8 else dice.uniform(0.93, 0.999)
    others = dict.fromkeys(misread(text, dice) for _ in range(dice.randint(0, 3)))
    shares = [(other, (1 - sure) / (2 + len(others))) for other in others]
    return ReadField(field_at(*place), text, "unsure" if sure < 0.9 else "confident", sure, ((text, sure), *shares))


def spoil(field: ReadField, dice: random.Random) -> ReadField:
    """The same field, read wrongly: nine of ten times the right reading is among the others, as likely as 3 to 45 %."""
    wrong = misread(field.text, dice)
    known = dice.uniform(0.03, 0.45) if dice.random() < KNOWN else 0.0
    sure = 0.97 - known
    rest = [each for each in field.candidates[1:] if each[0] != wrong]
    candidates = ((wrong, sure), *([(field.text, known)] if known else []), *rest)
    return replace(
        field, text=wrong, verdict="unsure" if sure < 0.9 else "confident", confidence=sure, candidates=candidates
    )


def try_table(dice: random.Random, kind: str) -> Counter[str]:
    """One table without and with a wrong reading, judged."""
    places = dice.choice((0, 0, 1))
    grid, plan = make_table(dice, kind, places)
    texts = [[f"{value / 10**places:.{places}f}" for value in row] for row in grid]
    fields = [read((i, j), text, dice) for i, row in enumerate(texts) for j, text in enumerate(row)]
    outcome = Counter(tables=1, changed=sum(each.outcome != "support" for each in check_totals(fields, plan)))
    spoilt = dice.randrange(len(fields))
    truth = fields[spoilt].text
    fields[spoilt] = spoil(fields[spoilt], dice)
    outcome["known"] = any(text == truth for text, _ in fields[spoilt].candidates)
    named = likeliest(check_totals(fields, plan))
    outcome["named"] = named is not None and named.place == fields[spoilt].place
    outcome["repaired"] = named is not None and named.place == fields[spoilt].place and named.suggested == truth
    outcome["misled"] = named is not None and named.suggested is not None and named.place != fields[spoilt].place
    return outcome


def likeliest(findings: Sequence[Finding]) -> Finding | None:
    """The finding that a user is shown first."""
    told = [finding for finding in findings if finding.outcome != "support"]
    return max(told, key=lambda finding: finding.share, default=None)


def measure(kind: str, tables: int, seed: int) -> Counter[str]:
    dice = random.Random(f"{kind} {seed}")
    outcome = Counter[str]()
    for _ in range(tables):
        outcome.update(try_table(dice, kind))
    return outcome


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200, help="of each kind (default: 200)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--totals", choices=KINDS, nargs="*", default=list(KINDS), help="which lines have totals")
    args = parser.parse_args()
    for kind in args.totals:
        found = measure(kind, args.tables, args.seed)
        low, high = wilson_interval(found["named"], found["tables"])
        print(
            f"totals of {kind}: n = {found['tables']}; the wrong field is named in {found['named']} (95 % interval "
            f"{interval(low, high)}), rightly repaired "
            f"in {found['repaired']} (its right reading is known in {found['known']}); another is suggested in "
            f"{found['misled']}; findings on tables without a wrong reading: {found['changed']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
