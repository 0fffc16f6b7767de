"""What the form of a new training holds, by option, and how a configuration gets into it and out of it."""

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

FIELDS = {field.name: field for field in fields(TrainConfig)}


def key(field: str) -> str:
    """The key of an option's widget."""
    return state.augmentation(field) if field in HANDS else f"train-option-{field}"


def is_filled() -> bool:
    """Whether the form holds something already."""
    return key("epochs") in st.session_state


def take(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a configuration; of its data sets those that are here, under a name that is free."""
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
        st.session_state[key(name)] = value


def values() -> dict[str, Any]:
    """What the form holds, by option."""
    found = {name: st.session_state.get(key(name), field.default) for name, field in FIELDS.items()}
    return found | {"datasets": tuple(found["datasets"] or ())}


def read() -> TrainConfig | None:
    """The form as a configuration; None where it is none, after saying why."""
    try:
        return TrainConfig(**values())
    except ConfigError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None
