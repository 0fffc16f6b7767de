"""The configuration of a training as a file: to save it, and to fill the form from one."""

from functools import partial

import streamlit as st

from core.errors import ConfigError
from core.settings import Settings
from core.training.config import TrainConfig, from_json, to_json
from pages.components.text import escape
from pages.components.train import form_state
from pages.components.train.act import act

_LOAD = "train-load"
_LARGEST_FILE = 100_000  # bytes


def save(config: TrainConfig) -> None:
    """The button that gives the file."""
    st.download_button(
        "Save configuration",
        to_json(config),
        f"{config.name}.json",
        "application/json",
        key="train-save",
        icon=":material/download:",
        on_click="ignore",
        help="A JSON file, which `python -m core train --config` reads as well.",
    )


def load(settings: Settings) -> None:
    """Where a file is taken."""
    with st.expander("Load a configuration", icon=":material/upload_file:", key="train-load-part"):
        st.file_uploader(
            "A JSON file that was saved here",
            type="json",
            key=_LOAD,
            on_change=partial(_take_file, settings),
        )


def _take_file(settings: Settings) -> None:
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

    act(fill, f"The form holds the configuration of “{escape(file.name)}” now.")
