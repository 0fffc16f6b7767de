"""Lines with an equals sign (12 + 3 = 15) that must be true, on sheets that are no pupils' work."""

from collections.abc import Iterable, Iterator

from core.sheets.checks.finding import Finding, mismatch, suggest, support
from core.sheets.sheet import ReadField
from core.sheets.worksheets.sums import read_sum

_SLIP = 0.01  # odds that the writer worked it out wrongly, as `core.sheets.checks.repairs` has them


def check_equal_signs(fields: Iterable[ReadField]) -> list[Finding]:
    """What is not true as it was read, with the readings that are; unsure lines that are true as they are read."""
    return list(_findings(fields))


def _findings(fields: Iterable[ReadField]) -> Iterator[Finding]:
    for field in fields:
        written = read_sum(field.text)
        if written is None or written.answer is None:
            continue
        if not written.is_right:
            yield _object(field)
        elif field.verdict == "unsure":
            yield support(field, f"{field.text} is true.")


def _object(field: ReadField) -> Finding:
    true = [
        (text, share) for text, share in field.candidates if (found := read_sum(text)) and found.is_right and share > 0
    ]
    if not true:
        return mismatch(field, f"Read {field.text}, which is not true; none of its other readings is.")
    (best, share), *rest = sorted(true, key=lambda each: -each[1])
    own = dict(field.candidates).get(field.text, field.confidence)
    likelihood = share / (share + sum(each for _, each in rest) + _SLIP * own)
    only = "" if rest else "only "
    return suggest(field, best, f"Read {field.text}, which is not true; {only}{best} is.", likelihood)
