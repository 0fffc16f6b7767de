"""Set up a training, watch it, and use the model that comes of it."""

from functools import partial

from core.errors import DigitLabError
from core.settings import get_settings
from pages.components import action, page, parts
from pages.components.train import active_runs, form, models, runs

active = page.begin("Train")
try:
    settings = get_settings()
    action.warn_read_only(settings)
    action.show_outcome("train")
    active_runs.show(settings)
    shown = {form.TITLE: form.show, "Runs": runs.show, "Models": models.show}
    parts.show({title: partial(show, settings) for title, show in shown.items()}, form.PARTS, in_address=True)
except DigitLabError as error:
    page.explain(error)
