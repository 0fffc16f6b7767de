"""Fields against what their columns hold: whole numbers, a range, dates, check digits, a roster."""

from collections.abc import Iterable, Iterator

from core.sheets.checks.content import Content, Roster
from core.sheets.checks.finding import Finding, mismatch, suggest, support
from core.sheets.checks.plan import Plan
from core.sheets.sheet import ReadField

_WRITTEN = ("confident", "unsure")
_MOST_NEAR = 3  # values of a roster that are told


def check_columns(fields: Iterable[ReadField], plan: Plan) -> list[Finding]:
    """What does not fit its column, and the readings that do; of unsure fields also what only the reading itself fits.

    Blank, filled, struck and illegible fields hold no text, and are left alone.
    """
    return list(_findings(fields, plan))


def _findings(fields: Iterable[ReadField], plan: Plan) -> Iterator[Finding]:
    for field in fields:
        content = plan.contents.get(field.field.column)
        if content is None or field.verdict not in _WRITTEN or not field.text:
            continue
        objection = content.objection(field.text)
        if objection:
            yield _object(field, content, objection)
        elif field.verdict == "unsure" and len(field.candidates) > 1 and not _others(field, content):
            yield support(field, f"Of its readings only {field.text} fits {plan.title(field.field.column)}.")


def _object(field: ReadField, content: Content, objection: str) -> Finding:
    fitting = _others(field, content)
    said = f"Read {field.text}, which {objection}"
    if not fitting:
        return mismatch(field, f"{said}; none of its other readings fits{_nearest(field.text, content)}.")
    best, share = fitting[0]
    likelihood = share / sum(each for _, each in fitting)
    if len(fitting) == 1:
        return suggest(field, best, f"{said}; only {best} of its readings fits.", likelihood)
    others = " or ".join(text for text, _ in fitting[1:3])
    return suggest(field, best, f"{said}; {best} fits, and less likely {others}.", likelihood)


def _others(field: ReadField, content: Content) -> list[tuple[str, float]]:
    """The other readings of a field that fit, with their probabilities, the likeliest first."""
    others = [(text, share) for text, share in field.candidates if text and text != field.text and share > 0]
    return sorted((each for each in others if not content.objection(each[0])), key=lambda each: -each[1])


def _nearest(text: str, content: Content) -> str:
    """What of a roster differs from a text in one figure, in words."""
    known = content.nearest(text) if isinstance(content, Roster) else []
    return f" (in the list there is {' and '.join(known)})" if 0 < len(known) <= _MOST_NEAR else ""
