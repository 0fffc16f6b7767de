"""What the pages share between sessions: models and data sets, loaded once, the latest answers, and long work.

The one file in core that imports streamlit.
"""

import gc
import threading
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.jobs import AT_ONCE, Cancelled, Job, Jobs
from core.model import library_admin
from core.model.library import Entry, list_models, load
from core.settings import get_settings

if TYPE_CHECKING:
    import pandas as pd

    from core.data.datasets import Dataset
    from core.evaluation.evaluate import Measurements
    from core.evaluation.predictions import Predictions
    from core.model.inference import Recogniser
    from core.reading import Reading
    from core.runs.tensorboard import TensorBoard


def models() -> list[Entry]:
    """Every model of the library, those shipped first; damaged ones come with their problem.

    Raises:
        SettingError: an environment variable holds something unusable.
    """
    return list_models(get_settings())


def active_model() -> str | None:
    """The name of the model that everybody reads with; None when there is none that can be used."""
    return library_admin.active_model(get_settings())


def warm(name: str) -> None:
    """Start to load a model in the background, torch and the picture library with it, and return at once."""
    loading(name)


def loading(name: str) -> "Future[Recogniser]":
    """A model that is being loaded: for a job, which may wait for it but may not call this module."""
    return _loading(name, _stamp(name))


def recogniser(name: str) -> "Recogniser":
    """A model, loaded at its first use and again when its files have changed.

    Raises:
        ModelMissing: there is none of that name.
        ModelError: its folder is damaged.
    """
    return loading(name).result()


def read(name: str, data: bytes, only: str = "", paper: tuple[int, int, int] | None = None) -> "Reading":
    """Read one picture with a model, from the bytes of its file; the reading has no name, as the page knows it.

    Args:
        name: of the model.
        data: the file.
        only: the kind of characters that the answer is restricted to, a key of `core.charsets.GROUPS`; empty for all.
        paper: of a drawing on a canvas, the colour of its paper, RGB; None for any other picture.

    Raises:
        ModelMissing, ModelError: the model cannot be used.
    """
    return _read(name, _stamp(name), data, only, paper)


def dataset(name: str, split: str) -> "Dataset":
    """A split of a data set, read at its first use and again when its files have changed.

    Raises:
        ConfigError: there is no such data set or split.
        DataMissing: it is not on this machine.
        DataError: its files are damaged.
    """
    while True:
        if reading(name, split).failed:
            forget_reading(name, split)
        try:
            return reading(name, split).result()
        except Cancelled:  # by another session: begin anew
            continue


def reading(name: str, split: str) -> "Job[Dataset]":
    """The work of reading a split, begun by whoever asks first; its result is kept, or its failure until forgotten.

    Raises:
        ConfigError: there is no such data set.
    """
    return _dataset(name, split, data_stamp(name))


def forget_reading(name: str, split: str) -> None:
    """Let go of a reading that came to nothing, so that the next one begins anew."""
    _dataset.clear(name, split, data_stamp(name))


def data_stamp(name: str) -> str:
    """Changes whenever a file of the data set does.

    Raises:
        ConfigError: there is no such data set.
    """
    from core.data.register import get_source, is_mine

    where = get_source(name).folder
    if is_mine(name):
        return samples_revision()
    if not where:
        return name  # it comes with a library
    folder = get_settings().data_dir / where
    try:
        files = [f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in sorted(folder.iterdir())]
    except OSError:
        files = []
    return f"{folder}:{zlib.crc32(repr(files).encode()):08x}"


def samples_revision() -> str:
    """Changes whenever the user's samples do.

    Raises:
        SampleError: their database cannot be read.
    """
    from core.samples import store

    settings = get_settings()
    return f"{settings.database_url}:{store.revision(settings)}"


@st.cache_resource(max_entries=6, show_spinner=False)
def _dataset(name: str, split: str, stamp: str) -> "Job[Dataset]":  # noqa: ARG001 - the stamp is part of the cache's key
    from core.data.datasets import load

    # They have turns of their own: a job that asks for a data set must not wait for itself.
    return Job(partial(load, name, split, get_settings()), _reading_turn())


@cache
def _reading_turn() -> threading.Semaphore:
    return threading.Semaphore(AT_ONCE)


def stored(name: str) -> "dict[str, Predictions]":
    """The answers to test sets that a model's folder keeps, by data set.

    Raises:
        ModelError: they are missing or damaged.
    """
    return _stored(name, _record_stamp(name, "evaluation.npz"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _stored(name: str, stamp: str) -> "dict[str, Predictions]":  # noqa: ARG001 - the stamp is part of the cache's key
    from core.evaluation.predictions import read_stored

    return read_stored(get_settings().models_dir / name)


def history(name: str) -> "pd.DataFrame":
    """The course of a model's training, one row an epoch; see `core.model.records.read_history`. Not to be changed.

    Raises:
        ModelError: it is missing or damaged.
    """
    return _history(name, _record_stamp(name, "history.csv"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _history(name: str, stamp: str) -> "pd.DataFrame":  # noqa: ARG001 - the stamp is part of the cache's key
    from core.model.records import read_history

    return read_history(get_settings().models_dir / name)


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The long work of all sessions."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def measurements() -> "Measurements":
    """The evaluations that were made, of all sessions."""
    from core.evaluation.evaluate import Measurements

    return Measurements()


def tensorboard() -> "TensorBoard":
    """TensorBoard on the runs folder: one for all sessions, not started before it is asked for."""
    return _tensorboard(str(get_settings().runs_dir.resolve()))


@st.cache_resource(show_spinner=False)
def _tensorboard(folder: str) -> "TensorBoard":
    from core.runs.tensorboard import TensorBoard

    return TensorBoard(Path(folder))


@st.cache_resource(max_entries=16, show_spinner=False)
def _read(name: str, stamp: str, data: bytes, only: str, paper: tuple[int, int, int] | None) -> "Reading":
    from core.reading import Source, read

    recogniser = _loading(name, stamp).result()
    source = Source("", lambda: data, paper)
    return read(recogniser, source, get_settings(), recogniser.charset.restricted(only))


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


def _record_stamp(name: str, file: str) -> str:
    return f"{_stamp(name)}:{_mtime(get_settings().models_dir / name / file)}"


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
