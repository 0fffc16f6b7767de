"""My samples: what the person has said that characters are; to look through, to teach a model, to take elsewhere."""

from functools import partial

import streamlit as st

from core.charsets import CHARSETS, DIGITS, get_charset
from core.errors import DigitLabError
from core.samples import store
from core.settings import get_settings
from pages.components import page, parts, state
from pages.components.samples import browse, import_export, teach
from pages.components.samples.selection import Subject

active = page.begin("My samples")
try:
    settings = get_settings()
    charset = get_charset(active.card.charset) if active and active.card else DIGITS
    there = store.exist(settings)
    counts = {one: sum(store.count(settings, one.name).values()) if there else 0 for one in CHARSETS.values()}
    subject = Subject(charset, settings, counts.pop(charset, 0))
    if others := [f"{count:,} of {one.title.lower()}" for one, count in counts.items() if count]:
        st.caption(
            f"Shown are samples of {charset.title.lower()}, as the model reads them; beside them {', '.join(others)}. "
            "To see those, choose a model that reads them."
        )
    parts.show(
        {
            "Samples": partial(browse.show, subject),
            "Teach": partial(teach.show, subject, active),
            "Export and import": partial(import_export.show, subject),
        },
        "samples-part",
    )
except DigitLabError as error:
    state.take_samples_note()  # that a change failed has the same reason, and is not to be told when it is mended
    page.explain(error)
    page.try_again("samples-again")
