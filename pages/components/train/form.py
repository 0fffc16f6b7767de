"""The form of a new training: presets, every option with its bounds, and the configuration as a file."""

import dataclasses
import re
from dataclasses import fields, replace
from functools import partial
from typing import Any

import streamlit as st

from core import cached
from core.data.datasets import SOURCES
from core.errors import ConfigError
from core.settings import Settings
from core.training import runs
from core.training.config import DATASET_NAMES, HANDS, PRESETS, TrainConfig, from_json, to_json
from pages.components import augmentation, state
from pages.components.text import plain
from pages.components.train import cost, examples
from pages.components.train.act import act, why_not

PARTS = "train-part"
TITLE = "New training"
_PRESET, _LOAD = "train-preset", "train-load"
_LARGEST_FILE = 100_000  # bytes
_FIELDS = {field.name: field for field in fields(TrainConfig)}
_FIRST = ("name", "datasets")
_PRESET_HELP = "Quick: a minute on two cores. Good: some minutes. Best: the shipped model's, an hour and more."
_ALWAYS_THERE = "uci-digits"


def show(settings: Settings) -> None:
    """Draw this part of the page."""
    if _key("epochs") not in st.session_state:
        take(PRESETS["quick"], settings)
    present = [name for name in DATASET_NAMES if SOURCES[name].present(settings)]
    _presets(settings)
    left, right = st.columns(2)
    with left:
        _name(settings)
    with right:
        _datasets(present)
    with st.expander("More", icon=":material/tune:", key="train-more"):
        _more()
    config = _read()
    if config:
        cost.show(config, settings)
    with st.container(horizontal=True, vertical_alignment="center"):
        _start(config, settings)
        if config:
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
    _load(settings)


def _key(field: str) -> str:
    return state.augmentation(field) if field in HANDS else f"train-option-{field}"


def take(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a configuration; of its data sets those that are here, under a name that is free."""
    present = [name for name in config.datasets if SOURCES[name].present(settings)]
    config = replace(
        config, name=free_name(config.name, settings), datasets=tuple(dict.fromkeys(present)) or (_ALWAYS_THERE,)
    )
    for name, field in _FIELDS.items():
        value = getattr(config, name)
        if isinstance(field.default, tuple):
            value = list(value)
        elif isinstance(field.default, float):
            value = float(value)
        st.session_state[_key(name)] = value


def free_name(wanted: str, settings: Settings) -> str:
    """A name like this one that no model and no training has."""
    taken = runs.taken_names(settings)
    if wanted not in taken:
        return wanted
    stem = re.sub(r"-\d+$", "", wanted)[:58]
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)


def _presets(settings: Settings) -> None:
    """The presets; shown is the one that the form stands on, none where something was changed."""
    now = _values()
    st.session_state[_PRESET] = next((name for name in PRESETS if _is(name, now)), None)
    st.segmented_control(
        "Preset",
        list(PRESETS),
        format_func=str.capitalize,
        key=_PRESET,
        on_change=partial(_take_preset, settings),
        help=_PRESET_HELP,
    )


def _is(preset: str, values: dict[str, Any]) -> bool:
    own = ("name", "datasets", "seed", "start")
    return all(values[name] == getattr(PRESETS[preset], name) for name in _FIELDS if name not in own)


def _take_preset(settings: Settings) -> None:
    chosen = st.session_state[_PRESET]
    if chosen in PRESETS:
        take(replace(PRESETS[chosen], seed=_values()["seed"]), settings)


def _values() -> dict[str, Any]:
    """What the form holds, by field."""
    found = {name: st.session_state.get(_key(name), field.default) for name, field in _FIELDS.items()}
    return found | {"datasets": tuple(found["datasets"] or ())}


def _read() -> TrainConfig | None:
    """The form as a configuration; None where it is none, after saying why."""
    try:
        return TrainConfig(**_values())
    except ConfigError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


def _name(settings: Settings) -> None:
    name = st.text_input(
        "Name",
        key=_key("name"),
        max_chars=64,
        help="Of the model that comes of it: small letters, digits, hyphens and underscores.",
        persist_state="session",
    )
    if name in runs.taken_names(settings):
        free = free_name(name, settings)
        st.warning(f"There is a model or a training “{plain(name)}” already. Free is “{plain(free)}”.")


def _datasets(present: list[str]) -> None:
    key = _key("datasets")
    st.session_state[key] = [name for name in st.session_state[key] if name in present]
    st.multiselect(
        "Data sets",
        present,
        format_func=lambda name: SOURCES[name].title,
        key=key,
        help="Of each, the training images; its test images are kept for the score at the end.",
        persist_state="session",
    )
    absent = [name for name in DATASET_NAMES if name not in present]
    if absent:
        ways = [SOURCES[name].how or "the Explore page can fetch it" for name in absent]
        st.caption(
            "Not on this machine: "
            + "; ".join(f"{SOURCES[name].title} ({way})" for name, way in zip(absent, ways, strict=True))
        )


def _more() -> None:
    grid = st.grid(3, min_column_width=200, gap="medium")
    for name, field in _FIELDS.items():
        if name not in _FIRST and name not in HANDS:
            with grid.cell():
                _field(name, field)
    st.subheader("Augmentation", anchor=False)
    st.caption("Every image is changed at random each time, between not at all and the strength that is set.")
    strengths = augmentation.sliders()
    examples.show(strengths)


def _field(name: str, field: "dataclasses.Field[Any]") -> None:
    """The widget of an option, made from its bounds."""
    bounds, title, key = field.metadata, name.replace("_", " ").capitalize(), _key(name)
    meaning = bounds["help"][:1].upper() + bounds["help"][1:] + "."
    if isinstance(field.default, bool):
        st.toggle(title, key=key, help=meaning, persist_state="session")
    elif name == "start":
        _start_from(key, meaning)
    elif "choices" in bounds:
        st.selectbox(title, bounds["choices"], key=key, help=meaning, persist_state="session", filter_mode=None)
    else:
        whole = isinstance(field.default, int)
        st.number_input(
            title,
            min_value=bounds["low"],
            max_value=bounds.get("high"),
            step=1 if whole else 0.001 if bounds["high"] > 1 or name == "learning_rate" else 0.01,
            format="%d" if whole else "%g",
            key=key,
            help=f"{meaning} From {bounds['low']:g}{_to(bounds)}.",
            persist_state="session",
        )


def _start_from(key: str, meaning: str) -> None:
    """From scratch, or one of the models that are of the chosen network."""
    network = st.session_state[_key("architecture")]
    fitting = [entry.name for entry in cached.models() if entry.card and entry.card.architecture == network]
    if st.session_state.get(key) not in fitting:
        st.session_state[key] = ""
    st.selectbox(
        "Start from",
        ["", *fitting],
        format_func=lambda name: plain(name) or "scratch",
        key=key,
        help=meaning,
        persist_state="session",
        filter_mode=None,
    )


def _to(bounds: Any) -> str:
    return f" to {bounds['high']:g}" if "high" in bounds else ""


def _start(config: TrainConfig | None, settings: Settings) -> None:
    free = config is not None and config.name not in runs.taken_names(settings)
    st.button(
        "Start training",
        key="train-start",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not free or settings.read_only,
        help=why_not(settings),
        on_click=partial(_begin, config, settings),
    )


def _begin(config: TrainConfig | None, settings: Settings) -> None:
    def start() -> None:
        if config is None:
            raise ConfigError("This is no configuration that can be trained.")
        run = runs.create(config, settings)
        state.set_train_shown(run.id)
        st.session_state[_key("name")] = free_name(config.name, settings)
        runs.dispatch(settings)

    act(start)


def _load(settings: Settings) -> None:
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

    def load() -> None:
        if file.size > _LARGEST_FILE:
            raise ConfigError(f"The file has {file.size:,} bytes; a configuration has at most {_LARGEST_FILE:,}.")
        try:
            text = file.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError("The file is not text in UTF-8.") from error
        take(from_json(text), settings)

    act(load, f"The form holds the configuration of “{plain(file.name)}” now.")


def repeat(config: TrainConfig, settings: Settings) -> None:
    """Fill the form with a run's configuration and open it; for `on_click`."""
    act(partial(take, config, settings), "The form holds the configuration of that run. Change it, and start.")
    st.session_state[PARTS] = TITLE
