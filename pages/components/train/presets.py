"""The presets of a training."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from core.charsets import MANY
from core.data.datasets import charset_of
from core.errors import ConfigError
from core.settings import Settings
from core.training.config import LETTERS_PRESETS, PRESETS, TrainConfig, preset
from pages.components.train import form_state

_PRESET = "train-preset"
# What a preset takes and gives, as it was measured; to be changed when it is measured anew.
SAYS = {
    "quick": "Quick: over 99 % right on MNIST's test, in about a minute on two cores. For this machine, see below.",
    "good": "Good: some minutes.",
    "best": "Best: as the shipped model of digits was trained; takes more than an hour.",
}
LETTERS_SAY = {
    "quick": "Quick: 88 % right on test images like EMNIST Balanced's, in one to three minutes on two cores. "
    "For this machine, see below.",
    "good": "Good: about five minutes for letters and digits. For this machine, see below.",
    "best": "Best: as the shipped model of letters and digits was trained; takes one to three hours on one core.",
}
_LEFT_OUT = ("name", "datasets", "seed", "start")  # what a preset leaves to the person


def show(settings: Settings) -> None:
    """The presets; chosen is the one that the form stands on, none where something was changed."""
    now = form_state.values()
    on = next((name for name in PRESETS if _is(name, now)), None)
    st.session_state[_PRESET] = on
    says = LETTERS_SAY if _classes(now) > MANY else SAYS
    st.segmented_control(
        "Preset",
        list(PRESETS),
        format_func=str.capitalize,
        key=_PRESET,
        on_change=partial(_take, settings),
        help="  \n".join(says.values()),
    )
    st.caption(_promise(on, says[on], now) if on else "Changed from the presets.")


def _promise(name: str, measured: str, now: dict[str, Any]) -> str:
    """What a preset takes and gives, of data sets on which that was measured; the form says where none go together."""
    if not _classes(now):
        return f"{name.capitalize()}."
    if _classes(now) <= MANY and "mnist" not in now["datasets"]:
        return f"{name.capitalize()}. It was measured with MNIST; without it, the model may read less well."
    return measured


def follow(settings: Settings) -> None:
    """Take the same preset as it suits other data sets, which stay; for when these were changed."""
    now, on = form_state.values(), st.session_state.get(_PRESET)
    if on in PRESETS and _classes(now) and not _is(on, now):
        kept = {name: now[name] for name in _LEFT_OUT if name != "start"}
        form_state.take(replace(_suiting(on, now), **kept), settings)


def _classes(values: dict[str, Any]) -> int:
    """How many characters there are to tell apart; 0 where a model cannot learn from the data sets of the form."""
    try:
        return len(charset_of(values["datasets"]).characters) if values["datasets"] else 0
    except ConfigError:
        return 0


def _suiting(name: str, values: dict[str, Any]) -> TrainConfig:
    """A preset as it suits the data sets of the form; it keeps those of many characters."""
    return preset(name, values["datasets"] if _classes(values) > MANY else ())


def _is(name: str, values: dict[str, Any]) -> bool:
    """Whether the form holds a preset; while no data sets are chosen, that of any."""
    suiting = [_suiting(name, values)] if _classes(values) else [PRESETS[name], LETTERS_PRESETS[name]]
    fields = [field for field in form_state.FIELDS if field not in _LEFT_OUT]
    return any(all(values[field] == getattr(config, field) for field in fields) for config in suiting)


def _take(settings: Settings) -> None:
    chosen, now = st.session_state[_PRESET], form_state.values()
    if chosen in PRESETS:
        form_state.take(replace(_suiting(chosen, now), seed=now["seed"]), settings)
