"""How strongly training images are changed: a slider for each kind, the same ones wherever they are set."""

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.training.config import HANDS, LETTERS_PRESETS, PRESETS, TrainConfig
from pages.components import state

if TYPE_CHECKING:
    from core.data.augment import Augmentation

_FIELDS = {field.name: field for field in dataclasses.fields(TrainConfig) if field.name in HANDS}
# The values of every preset; what a training preset does not name is zero.
_PRESETS: dict[str, Mapping[str, float]] = {
    "None": dict.fromkeys(_FIELDS, 0.0),
    "Quick": {name: getattr(PRESETS["quick"], name) for name in _FIELDS},
    "Good and best": {name: getattr(PRESETS["good"], name) for name in _FIELDS},
    "Letters": {name: getattr(LETTERS_PRESETS["best"], name) for name in _FIELDS},
}
_START = _PRESETS["Good and best"]
# Steps of a slider and how its value is written; the first with which it has few enough places for a finger.
_STEPS = ((0.01, "%.2f"), (0.05, "%.2f"), (0.1, "%.1f"), (0.5, "%.1f"), (1.0, "%.0f"))
_PLACES = 50


def show() -> "Augmentation":
    """Show the sliders and their presets; the strengths that are set, kept for the whole session."""
    values = sliders()
    from core.data.augment import Augmentation  # imports torch

    return Augmentation(**values)


def sliders() -> dict[str, float]:
    """The same, but the strengths by field; loads no torch."""
    values = {
        name: float(st.session_state.setdefault(state.augmentation(name), start)) for name, start in _START.items()
    }
    # Shown is the preset that the sliders stand on; none where the person has moved one away.
    st.session_state[state.AUGMENTATION_PRESET] = next((name for name in _PRESETS if _is(name, values)), None)
    st.segmented_control(
        "Strengths of the training preset",
        list(_PRESETS),
        key=state.AUGMENTATION_PRESET,
        on_change=_take_preset,
        help="What trainings with these presets use. Move a slider for strengths of your own.",
    )
    grid = st.grid(min_column_width=150, gap="medium")
    for name, field in _FIELDS.items():
        with grid.container():
            values[name] = _slider(name, field)
    return values


def _slider(name: str, field: "dataclasses.Field[Any]") -> float:
    low, high, meaning = field.metadata["ge"], field.metadata["le"], field.metadata["help"]
    title, unit = name.replace("_", " ").capitalize(), meaning.rsplit(", ", 1)[-1]
    step, shown = next(one for one in _STEPS if one[0] * _PLACES >= high - low)
    key = state.augmentation(name)
    return float(
        st.slider(
            f"{title} ({unit})", low, high, None, step, shown, key, f"{meaning.capitalize()}.", persist_state="session"
        )
    )


def _is(preset: str, values: Mapping[str, float]) -> bool:
    return all(math.isclose(value, values[name], abs_tol=1e-6) for name, value in _PRESETS[preset].items())


def _take_preset() -> None:
    chosen = st.session_state[state.AUGMENTATION_PRESET]
    for name, value in _PRESETS.get(chosen, {}).items():
        st.session_state[state.augmentation(name)] = value
