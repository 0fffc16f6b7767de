"""The form of a new training as session state: by option, from a configuration and to one, and by preset."""

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

import streamlit as st

from core.charsets import MANY, Charset
from core.data.datasets import charset_of
from core.data.register import ALWAYS_PRESENT, SOURCES
from core.errors import ConfigError
from core.runs import queue
from core.settings import Settings
from core.training.config import HANDS, LETTERS_PRESETS, PRESETS, TrainConfig, preset
from pages.components import augmentation, widgets
from pages.components.text import escape

ZERO = {"images": "all", "patience": "never"}  # what 0 means; the form then shows an empty field with this word
FIELDS = {field.name: field for field in fields(TrainConfig)}
_PRESET = "train-preset"
_LEFT_OUT = ("name", "datasets", "seed", "start")  # what a preset leaves to the person
# What a preset takes and gives, as it was measured; to be changed when it is measured anew.
_SAYS = {
    "quick": "Quick: over 99 % right on MNIST's test, in about a minute on two cores. For this machine, see below.",
    "good": "Good: some minutes.",
    "best": "Best: as the shipped model of digits was trained; takes more than an hour.",
}
_LETTERS_SAY = {
    "quick": "Quick: 88 % right on test images like EMNIST Balanced's, in one to three minutes on two cores. "
    "For this machine, see below.",
    "good": "Good: about five minutes for letters and digits. For this machine, see below.",
    "best": "Best: as the shipped model of letters and digits was trained; takes one to three hours on one core.",
}


def key(field: str) -> str:
    """The key of an option's widget."""
    return augmentation.key_of(field) if field in HANDS else widgets.current_key(_name_of(field))


def put(field: str, value: Any) -> None:
    """Set what an option's widget shows."""
    if field in HANDS:
        augmentation.put(field, value)
    else:
        widgets.put(_name_of(field), value)


def _name_of(field: str) -> str:
    return f"train-option-{field}"


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
        put(name, value)


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


def learnt_charset(datasets: Sequence[str]) -> Charset | None:
    """What a model of these data sets reads; None where none can learn from them together, as the form says."""
    try:
        return charset_of(datasets) if datasets else None
    except ConfigError:
        return None


def choose_preset(settings: Settings) -> None:
    """The presets; chosen is the one that the form stands on, none where something was changed."""
    now = values()
    on = next((name for name in PRESETS if _is(name, now)), None)
    says = _LETTERS_SAY if _classes(now) > MANY else _SAYS
    st.segmented_control(
        "Preset",
        list(PRESETS),
        default=on,
        format_func=str.capitalize,
        key=widgets.key_showing(_PRESET, on),
        on_change=partial(_take_preset, settings),
        help="  \n".join(says.values()),
    )
    st.caption(_promise(on, says[on], now) if on else "Changed from the presets.")


def _promise(name: str, measured: str, now: dict[str, Any]) -> str:
    """What a preset takes and gives, of data sets on which that was measured."""
    if not _classes(now):
        return f"{name.capitalize()}."
    if _classes(now) <= MANY and "mnist" not in now["datasets"]:
        return f"{name.capitalize()}. It was measured with MNIST; without it, the model may read less well."
    return measured


def follow_datasets(settings: Settings) -> None:
    """Take the same preset as it suits other data sets, which stay; for when these were changed."""
    now, on = values(), widgets.value_of(_PRESET)
    if on in PRESETS and _classes(now) and not _is(on, now):
        kept = {name: now[name] for name in _LEFT_OUT if name != "start"}
        take(replace(_suiting(on, now), **kept), settings)


def _classes(values: dict[str, Any]) -> int:
    """How many characters there are to tell apart; 0 where a model cannot learn from the data sets of the form."""
    charset = learnt_charset(values["datasets"])
    return len(charset.characters) if charset else 0


def _suiting(name: str, values: dict[str, Any]) -> TrainConfig:
    """A preset as it suits the data sets of the form; it keeps those of many characters."""
    return preset(name, values["datasets"] if _classes(values) > MANY else ())


def _is(name: str, values: dict[str, Any]) -> bool:
    """Whether the form holds a preset; while no data sets are chosen, that of any."""
    suiting = [_suiting(name, values)] if _classes(values) else [PRESETS[name], LETTERS_PRESETS[name]]
    fields = [field for field in FIELDS if field not in _LEFT_OUT]
    return any(all(values[field] == getattr(config, field) for field in fields) for config in suiting)


def _take_preset(settings: Settings) -> None:
    chosen, now = widgets.value_of(_PRESET), values()
    if chosen in PRESETS:
        take(replace(_suiting(chosen, now), seed=now["seed"]), settings)
