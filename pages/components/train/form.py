"""The form of a new training: presets, options, what it will cost, and the start."""

from functools import partial

import streamlit as st

from core.errors import ConfigError
from core.runs import queue
from core.settings import Settings
from core.training.config import PRESETS, TrainConfig
from pages.components import state
from pages.components.text import escape
from pages.components.train import config_file, cost, fields, form_state, presets
from pages.components.train.act import act, why_not

PARTS = "train-part"
TITLE = "New training"


def show(settings: Settings) -> None:
    """Draw this part of the page."""
    if not form_state.is_filled():
        form_state.take(PRESETS["quick"], settings)
    presets.show(settings)
    fields.first(settings)
    with st.expander("More", icon=":material/tune:", key="train-more"):
        fields.more()
    config = form_state.read()
    if config and (problem := fields.start_problem(config, settings)):
        st.error(escape(problem), icon=":material/error:")
        config = None
    if config:
        cost.show(config, settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        _start(config, settings)
        if config:
            config_file.save(config)
    config_file.load(settings)


def _start(config: TrainConfig | None, settings: Settings) -> None:
    free = config is not None and config.name not in queue.taken_names(settings)
    st.button(
        "Start training",
        key="train-start",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not free or settings.read_only,
        help=why_not(settings),
        on_click=partial(_begin, config, settings),
    )


def _begin(config: TrainConfig | None, settings: Settings) -> None:
    def start() -> None:
        if config is None:
            raise ConfigError("This is no configuration that can be trained.")
        run = queue.create(config, settings)
        state.set_train_shown(run.id)
        st.session_state[form_state.key("name")] = queue.free_name(config.name, settings)
        queue.dispatch(settings)

    act(start)


def repeat(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a run's configuration and open it; for `on_click`."""
    act(
        partial(form_state.take, config, settings),
        "The form holds the configuration of that run. Change it, and start.",
    )
    st.session_state[PARTS] = TITLE
