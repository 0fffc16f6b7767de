"""See where a model is right and where it is wrong."""

from functools import partial

from core import cached
from core.errors import DigitLabError
from pages.components import page, parts
from pages.components.evaluate import (
    calibration,
    choose,
    classes,
    compare,
    confusion,
    curves,
    damaged_models,
    downloads,
    headline,
    images,
    numbers,
    one_vs_rest,
    rejection,
)

_PARTS = {
    "Confusion": confusion.show,
    "Mistakes": images.show_mistakes,
    "Curves": curves.show,
    "Classes": classes.show,
    "Calibration": calibration.show,
    "What is not a character": rejection.show,
    "PR and ROC": one_vs_rest.show,
    "Compare": compare.show,
    "Numbers": numbers.show,
    "Download": downloads.show,
}

active = page.begin("Evaluate", warns=False, asks=False)
try:
    entries = cached.models()
    subject = choose.show(active) if active else None
    if subject:
        headline.show(subject)
        parts.show({title: partial(show, subject) for title, show in _PARTS.items()}, "evaluate-part", in_address=True)
    damaged_models.show(entries)
except DigitLabError as error:
    page.explain(error)
