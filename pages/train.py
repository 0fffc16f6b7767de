"""Set up a training, watch it, and use the model that comes of it."""

from functools import partial

import streamlit as st

from core.errors import DigitLabError
from core.settings import get_settings
from pages.components import page, parts
from pages.components.train import act, active_runs, form, models, runs

active = page.begin("Train")
try:
    settings = get_settings()
    if settings.read_only:
        st.info(act.READ_ONLY, icon=":material/lock:")
    act.say()
    active_runs.show(settings)
    shown = {"New training": form.show, "Runs": runs.show, "Models": models.show}
    parts.show({title: partial(show, settings) for title, show in shown.items()}, form.PARTS)
except DigitLabError as error:
    page.explain(error)
