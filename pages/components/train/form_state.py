"""The form of a new training as session state: by option, from a configuration and to one."""

from dataclasses import fields, replace
from typing import Any

import streamlit as st

from core.data.register import ALWAYS_PRESENT, SOURCES
from core.errors import ConfigError
from core.runs import queue
from core.settings import Settings
from core.training.config import HANDS, TrainConfig
from pages.components import state
from pages.components.text import escape

ZERO = {"images": "all", "patience": "never"}  # what 0 means; the form then shows an empty field with this word
FIELDS = {field.name: field for field in fields(TrainConfig)}


def key(field: str) -> str:
    """The key of an option's widget."""
    return state.augmentation(field) if field in HANDS else f"train-option-{field}"


def is_filled() -> bool:
    """Whether the form holds something already."""
    return key("epochs") in st.session_state


def title(field: str) -> str:
    """How an option is called: "Learning rate"."""
    return field.replace("_", " ").capitalize()


def in_words(field: str, value: Any) -> Any:
    """The value of an option as a table shows it."""
    if field in ZERO and not value:
        return ZERO[field]
    return ", ".join(value) if isinstance(value, tuple) else value


def take(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a configuration, under a free name and with those of its data sets that are present."""
    present = [name for name in config.datasets if SOURCES[name].present(settings)]
    config = replace(
        config, name=queue.free_name(config.name, settings), datasets=tuple(dict.fromkeys(present)) or (ALWAYS_PRESENT,)
    )
    for name, field in FIELDS.items():
        value = getattr(config, name)
        if isinstance(field.default, tuple):
            value = list(value)
        elif isinstance(field.default, float):
            value = float(value)
        elif name in ZERO:
            value = value or None
        st.session_state[key(name)] = value


def values() -> dict[str, Any]:
    """What the form holds, by option."""
    options = {name: st.session_state.get(key(name), field.default) for name, field in FIELDS.items()}
    return options | {"datasets": tuple(options["datasets"] or ())} | {name: options[name] or 0 for name in ZERO}


def read() -> TrainConfig | None:
    """The form as a configuration; None where it is none, after saying why."""
    options = values()
    try:
        return TrainConfig(**options)
    except ConfigError as error:
        if options["datasets"]:  # else the field says so itself
            st.error(escape(str(error)), icon=":material/error:")
        return None
