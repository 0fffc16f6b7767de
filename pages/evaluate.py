"""See where a model is right and where it is wrong."""

from functools import partial

from core import cached
from core.errors import DigitLabError
from pages.components import page, parts
from pages.components.evaluate import (
    choose,
    classes,
    compare,
    confusion,
    curves,
    damaged,
    headline,
    mistakes,
    rankings,
    sureness,
    takeaway,
)

_PARTS = {
    "Confusion": confusion.show,
    "Mistakes": mistakes.show,
    "Curves": curves.show,
    "Classes": classes.show,
    "Sureness": sureness.show,
    "PR and ROC": rankings.show,
    "Compare": compare.show,
    "Take away": takeaway.show,
}

active = page.begin("Evaluate", "monitoring", warns=False)
try:
    entries = cached.models()
    subject = choose.show(entries, active) if active else None
    if subject:
        headline.show(subject)
        parts.show({title: partial(show, subject) for title, show in _PARTS.items()}, "evaluate-part")
    damaged.show(entries)
except DigitLabError as error:
    page.explain(error)
