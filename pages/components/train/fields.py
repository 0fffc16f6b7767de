"""The fields of the form: a widget for every option of a training, made from its bounds."""

import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core import cached
from core.data.datasets import charset_of, listed
from core.data.register import SOURCES
from core.errors import ConfigError
from core.model.card import Card
from core.runs import queue
from core.settings import Settings
from core.training.config import DATASET_NAMES, HANDS, TrainConfig
from core.training.warm_start import HELD_OUT_OPTIONS, check_start, training_of
from pages.components import augmentation
from pages.components.text import escape
from pages.components.train import examples, form_state, presets

_FIRST = ("name", "datasets")
_HELD_OUT_BY = "its seed, its validation share and its balance"


def first(settings: Settings) -> None:
    """Name and data sets, side by side."""
    presence = listed(settings)
    present = [name for name in DATASET_NAMES if presence.get(name)]
    absent = [name for name in DATASET_NAMES if presence.get(name) is False]
    left, right = st.columns(2)
    with left:
        _name(settings)
    with right:
        _datasets(present, absent, settings)


def _name(settings: Settings) -> None:
    name = st.text_input(
        "Name",
        key=form_state.key("name"),
        max_chars=64,
        help="The name of the new model: lower-case letters, digits, hyphens and underscores.",
        persist_state="session",
    )
    if name in queue.taken_names(settings):
        free = queue.free_name(name, settings)
        st.warning(f"There is a model or a training “{escape(name)}” already. “{escape(free)}” is free.")


def _datasets(present: list[str], absent: list[str], settings: Settings) -> None:
    key = form_state.key("datasets")
    st.session_state[key] = [name for name in st.session_state[key] if name in present]
    st.multiselect(
        "Data sets",
        present,
        format_func=lambda name: SOURCES[name].title_of(settings),
        key=key,
        help="The training images of each are used; their test images are kept for the score at the end.",
        on_change=partial(presets.follow, settings),
        persist_state="session",
    )
    if not st.session_state[key]:
        st.error("Choose at least one data set.", icon=":material/error:")
    if absent:
        fetched = [SOURCES[name].title for name in absent if SOURCES[name].downloadable]
        others = [
            f"{SOURCES[name].title}: {SOURCES[name].instructions}" for name in absent if not SOURCES[name].downloadable
        ]
        can = [f"Not on this machine, but the Explore page downloads them: {', '.join(fetched)}."] if fetched else []
        st.caption("  \n".join([*can, *others]))


def more() -> None:
    """Every other option."""
    grid = st.grid(3, min_column_width=200, gap="medium")
    for name, field in form_state.FIELDS.items():
        if name not in _FIRST and name not in HANDS:
            with grid.cell():
                _field(name, field)
    st.subheader("Augmentation", anchor=False)
    st.caption("Every image is changed at random each time it is used, from not at all up to these strengths.")
    strengths = augmentation.sliders()
    examples.show(strengths)


def _field(name: str, field: "dataclasses.Field[Any]") -> None:
    """The widget of an option, made from its bounds."""
    bounds, title, key = field.metadata, form_state.title(name), form_state.key(name)
    meaning = bounds["help"][:1].upper() + bounds["help"][1:] + "."
    if isinstance(field.default, bool):
        st.toggle(title, key=key, help=meaning, persist_state="session")
    elif name == "start":
        _start_from(key, meaning)
    elif "choices" in bounds:
        st.selectbox(title, bounds["choices"], key=key, help=meaning, persist_state="session", filter_mode=None)
    elif word := form_state.ZERO.get(name):
        st.number_input(title, 1, None, None, 1, "%d", key, meaning, placeholder=word, persist_state="session")
    else:
        whole = isinstance(field.default, int)
        st.number_input(
            title,
            min_value=bounds["ge"],
            max_value=bounds.get("le"),
            step=1 if whole else 0.001 if bounds["le"] > 1 or name == "learning_rate" else 0.01,
            format="%d" if whole else "%g",
            key=key,
            help=f"{meaning} From {bounds['ge']:g}{_to(bounds)}.",
            persist_state="session",
        )


def _start_from(key: str, meaning: str) -> None:
    """From scratch, or one of the models that are of the chosen network and read the same characters."""
    network = st.session_state[form_state.key("architecture")]
    charset = _charset(st.session_state[form_state.key("datasets")])
    fitting = [
        entry.name
        for entry in cached.models()
        if entry.card and entry.card.architecture == network and entry.card.charset == charset
    ]
    if st.session_state.get(key) not in fitting:
        st.session_state[key] = ""
    st.selectbox(
        "Start from",
        ["", *fitting],
        format_func=lambda name: name or "scratch",
        key=key,
        help=f"{meaning} It brings {_HELD_OUT_BY} along, so that no image is chosen on that it has learnt from.",
        on_change=_take_held_out,
        persist_state="session",
        filter_mode=None,
    )


def _take_held_out() -> None:
    """Hold out the same images as the model to start from did: no others are new to it."""
    card = _card(st.session_state[form_state.key("start")])
    before = training_of(card) if card else None
    for option in HELD_OUT_OPTIONS if before else ():
        st.session_state[form_state.key(option)] = type(getattr(TrainConfig, option))(getattr(before, option))


def _card(model: str) -> Card | None:
    return next((entry.card for entry in cached.models() if entry.name == model), None)


def start_problem(config: TrainConfig, settings: Settings) -> str:
    """Why the training may not start from the model that was chosen; empty where it may, or starts from scratch."""
    try:
        if card := _card(config.start):
            check_start(config, card, settings)
    except ConfigError as error:
        return str(error)
    return ""


def _charset(datasets: Sequence[str]) -> str | None:
    """The name of the charset that a model of these data sets reads; None where none does."""
    try:
        return charset_of(datasets).name if datasets else None
    except ConfigError:
        return None


def _to(bounds: Any) -> str:
    return f" to {bounds['le']:g}" if "le" in bounds else ""
