"""How strongly training images are changed: a slider for each kind, the same wherever they are set, and examples."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.training.config import HANDS, LETTERS_PRESETS, PRESETS, TrainConfig
from pages.components import widgets
from pages.components.pictures import Picture, data_url

_FIELDS = {field.name: field for field in dataclasses.fields(TrainConfig) if field.name in HANDS}
# The values of every preset; what a training preset does not name is zero.
_PRESETS: dict[str, Mapping[str, float]] = {
    "None": dict.fromkeys(_FIELDS, 0.0),
    "Quick": {name: getattr(PRESETS["quick"], name) for name in _FIELDS},
    "Good and best": {name: getattr(PRESETS["good"], name) for name in _FIELDS},
    "Letters": {name: getattr(LETTERS_PRESETS["best"], name) for name in _FIELDS},
}
_START = _PRESETS["Good and best"]
_PRESET = "augmentation-preset"
# Steps of a slider and how its value is written; the first with which it has few enough places for a finger.
_STEPS = ((0.01, "%.2f"), (0.05, "%.2f"), (0.1, "%.1f"), (0.5, "%.1f"), (1.0, "%.0f"))
_PLACES = 50
_COUNT = 24  # examples: whole rows of 8, 6 or 4


def key_of(field: str) -> str:
    """The key of the slider of a field of `core.data.augment.Augmentation`; Explore and training share them."""
    return widgets.current_key(_name_of(field))


def put(field: str, value: float) -> None:
    """Set the strength of a field."""
    widgets.put(_name_of(field), value)


def show() -> dict[str, float]:
    """Show the sliders and their presets; the strengths by field, kept for the whole session."""
    values = {name: float(st.session_state.setdefault(key_of(name), start)) for name, start in _START.items()}
    # Shown is the preset that the sliders stand on; none where the person has moved one away.
    on = next((name for name in _PRESETS if _is(name, values)), None)
    st.segmented_control(
        "Strengths of the training preset",
        list(_PRESETS),
        default=on,
        key=widgets.key_showing(_PRESET, on),
        on_change=_take_preset,
        help="What trainings with these presets use. Move a slider for strengths of your own.",
    )
    grid = st.grid(min_column_width=150, gap="medium")
    for name, field in _FIELDS.items():
        with grid.container():
            values[name] = _slider(name, field)
    return values


def examples(image: Picture, strengths: Mapping[str, float], seed: int, key: str) -> None:
    """Show an image, uint8 (28, 28), as a network meets it with these strengths; `key` is that of the grid."""
    from core.data.augment import Augmentation, preview  # imports torch

    # A width in pixels, so that on a phone the grid comes under what stands beside it.
    with st.container(width=620, key=key):
        grid = st.grid(8, min_column_width=64, gap="xsmall")
        for number, picture in enumerate(preview(image, Augmentation(**strengths), _COUNT, seed), start=1):
            grid.image(data_url(picture), width="stretch", alt=f"Changed version {number}")


def _name_of(field: str) -> str:
    return f"augmentation-{field}"


def _slider(name: str, field: "dataclasses.Field[Any]") -> float:
    low, high, meaning = field.metadata["ge"], field.metadata["le"], field.metadata["help"]
    title, unit = name.replace("_", " ").capitalize(), meaning.rsplit(", ", 1)[-1]
    step, written = next(pair for pair in _STEPS if pair[0] * _PLACES >= high - low)
    more: dict[str, Any] = {"help": f"{meaning.capitalize()}.", "persist_state": "session"}
    return float(st.slider(f"{title} ({unit})", low, high, None, step, written, key_of(name), **more))


def _is(preset: str, values: Mapping[str, float]) -> bool:
    return all(math.isclose(value, values[name], abs_tol=1e-6) for name, value in _PRESETS[preset].items())


def _take_preset() -> None:
    for name, value in _PRESETS.get(widgets.value_of(_PRESET), {}).items():
        put(name, value)
