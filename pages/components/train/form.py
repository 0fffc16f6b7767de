"""The form of a new training: presets, options, what it will cost, the start, and its configuration as a file."""

from functools import partial

import streamlit as st

from core.errors import ConfigError
from core.runs import queue
from core.settings import Settings
from core.training.config import PRESETS, TrainConfig, from_json, to_json
from pages.components import action, widgets
from pages.components.text import escape
from pages.components.train import active_runs, cost, fields, form_state

PARTS = "train-part"
TITLE = "New training"
_LOAD = "train-load"
_LARGEST_FILE = 100_000  # bytes


def show(settings: Settings) -> None:
    if form_state.key("epochs") not in st.session_state:
        form_state.take(PRESETS["quick"], settings)
    form_state.choose_preset(settings)
    fields.first(settings)
    with st.expander("More", icon=":material/tune:", key="train-more"):
        fields.more(settings)
    config = form_state.read()
    if config and (problem := fields.start_problem(config, settings)):
        st.error(escape(problem), icon=":material/error:")
        config = None
    if config:
        cost.show(config, settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        _start(config, settings)
        if config:
            file, about = f"{config.name}.json", "A JSON file. `python -m core train --config` reads it, too."
            widgets.download("Save configuration", to_json(config), file, "application/json", "train-save", help=about)
    with st.expander("Load a configuration", icon=":material/upload_file:", key="train-load-part"):
        st.file_uploader("A JSON file that was saved here", "json", key=_LOAD, on_change=partial(_load, settings))


def _start(config: TrainConfig | None, settings: Settings) -> None:
    taken = config is not None and config.name in queue.taken_names(settings)
    blocked = "The form says what is missing." if config is None else "The name is taken." if taken else ""
    start = partial(_begin, config, settings)
    action.button("Start training", "train-start", "play_arrow", start, settings, blocked=blocked, primary=True)


def _begin(config: TrainConfig | None, settings: Settings) -> None:
    if config is None:
        raise ConfigError("The form holds no configuration that can be trained.")
    run = queue.create(config, settings)
    active_runs.show_on_top(run)
    form_state.put("name", queue.free_name(config.name, settings))
    queue.dispatch(settings)


def repeat(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a run's configuration and open it; for `on_click`."""
    done = "The form now holds the configuration of that run. Change what you like, and start."
    action.run("train-repeat", partial(form_state.take, config, settings), done)
    st.session_state[PARTS] = TITLE


def _load(settings: Settings) -> None:
    file = st.session_state[_LOAD]
    if file is None:
        return

    def fill() -> None:
        if file.size > _LARGEST_FILE:
            raise ConfigError(f"The file has {file.size:,} bytes; a configuration has at most {_LARGEST_FILE:,}.")
        try:
            text = file.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError("The file is not text in UTF-8.") from error
        form_state.take(from_json(text), settings)

    action.run(_LOAD, fill, f"The form now holds the configuration of “{escape(file.name)}”.")
