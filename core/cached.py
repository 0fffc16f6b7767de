"""What the pages share between sessions: the models, loaded once, and the answers to the latest pictures.

The one file in core that imports streamlit.
"""

import gc
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.model.library import Entry, list_models, load
from core.settings import get_settings

if TYPE_CHECKING:
    from core.model.inference import Recogniser
    from core.model.prediction import Prediction
    from core.vision.normalise import Normalised


@dataclass(frozen=True)
class Answer:
    """A picture's way to the glyph, and what the model makes of it."""

    normalised: "Normalised"
    prediction: "Prediction"


def models() -> list[Entry]:
    """Every model of the library, the shipped one first; damaged ones come with their problem.

    Raises:
        SettingError: an environment variable holds something unusable.
    """
    return list_models(get_settings())


def warm(name: str) -> None:
    """Start to load a model in the background, torch and the picture library with it, and return at once."""
    _loading(name, _stamp(name))


def recogniser(name: str) -> "Recogniser":
    """A model, loaded at its first use and again when its files have changed.

    Raises:
        ModelMissing: there is none of that name.
        ModelError: its folder is damaged.
    """
    return _loading(name, _stamp(name)).result()


def read(name: str, data: bytes) -> Answer:
    """Read one picture with a model, from the bytes of its file.

    Raises:
        PictureError: the bytes are not a picture that can be read.
        ModelError: the model cannot be used.
    """
    return _read(name, _stamp(name), data)


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(name: str, stamp: str, data: bytes) -> Answer:
    from core.vision.decode import decode
    from core.vision.normalise import normalise

    normalised = normalise(decode(data, get_settings()))
    return Answer(normalised, _loading(name, stamp).result().predict([normalised])[0])


@st.cache_resource(max_entries=4, show_spinner=False)
def _loading(name: str, stamp: str) -> "Future[Recogniser]":  # noqa: ARG001 - the stamp is part of the cache's key
    return _loader().submit(_load, name)


def _load(name: str) -> "Recogniser":
    import torch

    # The work on one small picture is too short to be shared: threads would only wait for each other.
    torch.set_num_threads(1)
    loaded = load(name, get_settings())
    # Streamlit collects garbage after every run of a page; without this it would walk through all of torch each time.
    gc.collect()
    gc.freeze()
    return loaded


@cache
def _loader() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="load-model")


def _stamp(name: str) -> str:
    """Changes whenever a file of the model's folder does."""
    folder = get_settings().models_dir / name
    return f"{folder}:{_mtime(folder)}:{_mtime(folder / 'card.json')}:{_mtime(folder / 'model.safetensors')}"


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
