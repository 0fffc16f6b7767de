"""My samples: characters that people have labelled, to look through, to teach a model, and to export."""

from functools import partial

import streamlit as st

from core.charsets import CHARSETS, DIGITS, get_charset
from core.errors import DigitLabError
from core.samples import store
from core.settings import get_settings
from pages.components import action, page, parts
from pages.components.samples import browse, import_export, teach

active = page.begin("My samples")
try:
    settings = get_settings()
    action.warn_read_only(settings)
    charset = get_charset(active.card.charset) if active and active.card else DIGITS
    stored = store.exist(settings)
    counts = {each: sum(store.count(settings, each.name).values()) if stored else 0 for each in CHARSETS.values()}
    count = counts.pop(charset, 0)
    if others := [f"{count:,} of {other.title.lower()}" for other, count in counts.items() if count]:
        st.caption(
            f"These are samples of {charset.title.lower()}, which the chosen model reads. There are also "
            f"{' and '.join(others)}; to see those, choose a model that reads them."
        )
    parts.show(
        {
            "Samples": partial(browse.show, charset, settings),
            "Teach": partial(teach.show, charset, count, active, settings),
            "Export and import": partial(import_export.show, charset, count, settings),
        },
        "samples-part",
        in_address=True,
    )
except DigitLabError as error:
    action.forget_outcome("samples")  # a change failed for the same reason
    page.explain(error)
    page.try_again("samples-again")
