"""The presets of a training."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from core.settings import Settings
from core.training.config import PRESETS
from pages.components.train import options

_PRESET = "train-preset"
# What a preset takes and gives, as it was measured; the place to change when it is measured anew.
SAYS = {
    "quick": "Quick: over 99 % right on the test images of MNIST, in about a minute on two cores; here as said below.",
    "good": "Good: some minutes.",
    "best": "Best: that of the shipped model of digits, an hour and more.",
    "letters": "Letters: that of the shipped model of letters and digits, an hour; it needs EMNIST.",
}
_OWN = ("name", "datasets", "seed", "start")  # what a preset leaves to the person


def show(settings: Settings) -> None:
    """The presets; chosen is the one that the form stands on, none where something was changed."""
    now = options.values()
    on = next((name for name in PRESETS if _is(name, now)), None)
    st.session_state[_PRESET] = on
    st.segmented_control(
        "Preset",
        list(PRESETS),
        format_func=str.capitalize,
        key=_PRESET,
        on_change=partial(_take, settings),
        help="  \n".join(SAYS.values()),
    )
    st.caption(SAYS[on] if on else "Changed from the presets.")


def _is(preset: str, values: dict[str, Any]) -> bool:
    return all(values[name] == getattr(PRESETS[preset], name) for name in options.FIELDS if name not in _OWN)


def _take(settings: Settings) -> None:
    chosen = st.session_state[_PRESET]
    if chosen in PRESETS:
        options.take(replace(PRESETS[chosen], seed=options.values()["seed"]), settings)
