"""The fields of the form: a widget for every option of a training, made from its bounds."""

import dataclasses
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core import cached
from core.data.datasets import listed
from core.data.register import ALWAYS_PRESENT, SOURCES
from core.errors import ConfigError
from core.model.card import Card
from core.runs import queue
from core.settings import Settings
from core.training.config import DATASET_NAMES, HANDS, TrainConfig
from core.training.warm_start import HELD_OUT_OPTIONS, check_start, training_of
from pages.components import augmentation, page, widgets
from pages.components.text import escape
from pages.components.train import form_state

_FIRST = ("name", "datasets")
_SEED = "train-examples-seed"


def first(settings: Settings) -> None:
    """Name and data sets, side by side."""
    left, right = st.columns(2)
    with left:
        _name(settings)
    with right:
        _datasets(settings)


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


def _datasets(settings: Settings) -> None:
    presence = listed(settings)
    present = [name for name in DATASET_NAMES if presence.get(name)]
    absent = [SOURCES[name] for name in DATASET_NAMES if presence.get(name) is False]
    form_state.put("datasets", [name for name in form_state.values()["datasets"] if name in present])
    key = form_state.key("datasets")
    st.multiselect(
        "Data sets",
        present,
        format_func=lambda name: SOURCES[name].title_of(settings),
        key=key,
        help="The training images of each are used; their test images are kept for the score at the end.",
        on_change=partial(form_state.follow_datasets, settings),
        persist_state="session",
    )
    if not st.session_state[key]:
        st.error("Choose at least one data set.", icon=":material/error:")
    notes = [f"{source.title}: {source.instructions}" for source in absent if not source.downloadable]
    if fetched := [source.title for source in absent if source.downloadable]:
        notes.insert(0, f"Not on this machine, but the Explore page downloads them: {', '.join(fetched)}.")
    if notes:
        st.caption("  \n".join(notes))


def more(settings: Settings) -> None:
    """Every other option."""
    grid = st.grid(3, min_column_width=200, gap="medium")
    for name, field in form_state.FIELDS.items():
        if name not in _FIRST and name not in HANDS:
            with grid.cell():
                _field(name, field)
    st.subheader("Augmentation", anchor=False)
    st.caption("Every image is changed at random each time it is used, from not at all up to these strengths.")
    strengths = augmentation.show()
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.toggle("Show examples", key="train-examples", persist_state="session")
        if wanted:
            widgets.count_up("Other examples", _SEED, "train-examples-again")
    if wanted:
        with page.explained():
            _examples(strengths, settings)


def _examples(strengths: dict[str, float], settings: Settings) -> None:
    """One image of the chosen data sets as a network meets it."""
    datasets, seed = form_state.values()["datasets"], st.session_state.get(_SEED, 0)
    quick = [name for name in datasets if SOURCES[name].present(settings) and not SOURCES[name].slow]
    source = quick[0] if quick else ALWAYS_PRESENT
    with st.spinner(f"Reading {SOURCES[source].title_of(settings)}"):
        data = cached.dataset(source, "test")
    # What the network is to read decides how large its characters are.
    charset = form_state.learnt_charset(datasets) or data.charset
    image = data.at(np.array([seed % len(data.images)])).framed(charset).images[0]
    augmentation.examples(image, strengths, seed, "train-examples-grid")


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
        whole, most = isinstance(field.default, int), bounds.get("le")
        st.number_input(
            title,
            min_value=bounds["ge"],
            max_value=most,
            step=1 if whole else 0.001 if bounds["le"] > 1 or name == "learning_rate" else 0.01,
            format="%d" if whole else "%g",
            key=key,
            help=f"{meaning} From {bounds['ge']:g}{'' if most is None else f' to {most:g}'}.",
            persist_state="session",
        )


def _start_from(key: str, meaning: str) -> None:
    """From scratch, or one of the models that are of the chosen network and read the same characters."""
    network = st.session_state[form_state.key("architecture")]
    charset = form_state.learnt_charset(st.session_state[form_state.key("datasets")])
    wanted = (network, charset.name if charset else None)
    cards = {entry.name: entry.card for entry in cached.models() if entry.card}
    fitting = [name for name, card in cards.items() if (card.architecture, card.charset) == wanted]
    if st.session_state.get(key) not in fitting:
        st.session_state[key] = ""
    st.selectbox(
        "Start from",
        ["", *fitting],
        format_func=lambda name: name or "scratch",
        key=key,
        help=f"{meaning} Its seed, its validation share and its balance come with it, so that the validation images "
        "are new to it as well.",
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
