"""All checks of a sheet at once."""

from collections.abc import Sequence

from core.sheets.checks.columns import check_columns
from core.sheets.checks.equal_signs import check_equal_signs
from core.sheets.checks.finding import Finding
from core.sheets.checks.plan import Plan
from core.sheets.checks.totals import check_totals
from core.sheets.sheet import ReadField
from core.sheets.worksheets.marking import mark_sums


def check_fields(fields: Sequence[ReadField], plan: Plan) -> list[Finding]:
    """What the checks of a plan have to say, by row and column.

    On a worksheet wrong sums stay as they are written: only those are told whose mark depends on how they are read.
    """
    findings = check_columns(fields, plan) + check_totals(fields, plan)
    findings += _look(fields) if plan.worksheet else check_equal_signs(fields)
    return sorted(findings, key=lambda finding: finding.place)


def _look(fields: Sequence[ReadField]) -> list[Finding]:
    looked = (marked for marked in mark_sums(fields) if marked.mark == "look")
    return [Finding(*marked.places[-1], "mismatch", None, marked.sentence) for marked in looked]
