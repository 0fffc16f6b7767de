"""What the pages share between sessions: models and data sets, loaded once, the latest answers, and long work.

The one file in core that imports streamlit.
"""

import gc
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, ParamSpec, TypeVar

import streamlit as st

from core.jobs import AT_ONCE, Cancelled, Job, Jobs
from core.model import library_admin
from core.model.library import Entry, list_models, load
from core.model.numbers_library import DEFAULT_NUMBERS, load_numbers, second_opinion_of
from core.settings import get_settings

if TYPE_CHECKING:
    import pandas as pd

    from core.data.datasets import Dataset
    from core.evaluation.predictions import Measurements, Predictions
    from core.model.inference import Recogniser
    from core.model.number_reader import NumberReader
    from core.model.numbers import NumberAnswer
    from core.reading import Reading
    from core.runs.tensorboard import TensorBoard


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Keyed(Generic[Arguments, Result]):
    """A function whose results all sessions share, and that works anew when the stamp of its arguments has changed."""

    def __init__(self, make: Callable[Arguments, Result], entries: int | None, stamp: Callable[..., str]) -> None:
        def keep(stamp: str, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:  # noqa: ARG001 - of the key
            return make(*args, **kwargs)

        keep.__qualname__ = make.__qualname__  # by which Streamlit tells the caches of nested functions apart
        self._stamp, self._kept = stamp, st.cache_resource(max_entries=entries, show_spinner=False)(keep)

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return self._kept(self._stamp(*args, **kwargs), *args, **kwargs)

    def forget(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        """Drop the result of these arguments."""
        self._kept.clear(self._stamp(*args, **kwargs), *args, **kwargs)


def keyed(
    entries: int | None, stamp: Callable[..., str]
) -> Callable[[Callable[Arguments, Result]], Keyed[Arguments, Result]]:
    """Keep so many results of a function, None for all; `stamp` of its arguments changes when a result is outdated."""
    return lambda make: Keyed(make, entries, stamp)


def models() -> list[Entry]:
    """Every model of the library, those shipped first; damaged ones come with their problem."""
    return list_models(get_settings())


def active_model() -> str | None:
    """The name of the model that everybody reads with; None when there is none that can be used."""
    return library_admin.active_model(get_settings())


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _model_stamp(name: str, record: str = "card.json") -> str:
    """Changes whenever the model's card or weights do, or the record that is named."""
    folder = get_settings().models_dir / name
    files = (folder, folder / "card.json", folder / "model.safetensors", folder / record)
    return ":".join(map(str, (folder, *map(_mtime, files))))


def numbers_stamp(name: str = DEFAULT_NUMBERS) -> str:
    """Changes whenever a reader of numbers does, or the model that gives its second opinion."""
    return f"{_model_stamp(name)}:{_model_stamp(second_opinion_of(name, get_settings()))}"


@keyed(4, _model_stamp)
def loading(name: str) -> "Future[Recogniser]":
    """A model that is being loaded: for a page that will need it, and for a job, which may not call this module."""
    return _loader().submit(_load, name)


@cache
def _loader() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="load-model")


def _load(name: str) -> "Recogniser":
    from core.model.inference import use_one_thread

    use_one_thread()
    model = load(name, get_settings())
    # Streamlit collects garbage after every run of a page; without this it would walk through all of torch each time.
    gc.collect()
    gc.freeze()
    return model


def recogniser(name: str) -> "Recogniser":
    """A model, loaded at its first use and again when its files have changed; a ModelError where it cannot be used."""
    return loading(name).result()


@keyed(2, numbers_stamp)
def loading_numbers(name: str = DEFAULT_NUMBERS) -> "Future[NumberReader]":
    """A reader of numbers that is being loaded, as by `loading`."""
    return _loader().submit(_load_numbers, name)


def _load_numbers(name: str) -> "NumberReader":
    from core.model.inference import use_one_thread

    use_one_thread()
    return load_numbers(get_settings(), name)


@keyed(16, lambda name, *_, **__: _model_stamp(name))
def read(name: str, data: bytes, only: str = "", paper: tuple[int, int, int] | None = None) -> "Reading":
    """Read one picture with the model `name`, from the bytes of its file; the reading has no name.

    Args:
        only: the kind of characters that the answer is restricted to, a key of `core.charsets.GROUPS`; empty for all.
        paper: of a drawing on a canvas, the colour of its paper, RGB; None for any other picture.

    Raises:
        ModelError: the model cannot be used.
    """
    from core import reading

    model = recogniser(name)
    source = reading.Source("", lambda: data, paper)
    return reading.read(model, source, get_settings(), model.charset.restricted(only))


@keyed(16, lambda _: numbers_stamp())
def read_number(data: bytes) -> "NumberAnswer":
    """Read a number that was drawn on a canvas, from the bytes of its PNG."""
    from core.sheets.reading import read_drawing

    return read_drawing(data, loading_numbers().result(), get_settings())


def samples_revision() -> str:
    """Changes whenever the user's samples do; a SampleError where their database cannot be read."""
    from core.samples import store

    settings = get_settings()
    return f"{settings.database_url}:{store.revision(settings)}"


def data_stamp(name: str) -> str:
    """Changes whenever a file of the data set does."""
    from core.data.register import get_source, is_mine

    subfolder = get_source(name).folder
    if is_mine(name):
        return samples_revision()
    if not subfolder:
        return name  # it comes with a library
    folder = get_settings().data_dir / subfolder
    try:
        files = [f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in sorted(folder.iterdir())]
    except OSError:
        files = []
    return f"{folder}:{zlib.crc32(repr(files).encode()):08x}"


@keyed(6, lambda name, _: data_stamp(name))
def reading(name: str, split: str) -> "Job[Dataset]":
    """The work of reading a split, begun by whoever asks first; its result is kept, or its failure until forgotten."""
    from core.data.datasets import load

    # They have turns of their own: a job that asks for a data set must not wait for itself.
    return Job(partial(load, name, split, get_settings()), _reading_turn())


@cache
def _reading_turn() -> threading.Semaphore:
    return threading.Semaphore(AT_ONCE)


def dataset(name: str, split: str) -> "Dataset":
    """A split of a data set, read at its first use and again when its files have changed; DataError without it."""
    while True:
        if reading(name, split).failed:
            reading.forget(name, split)
        try:
            return reading(name, split).result()
        except Cancelled:  # by another session: begin anew
            continue


@keyed(8, lambda name: _model_stamp(name, "evaluation.npz"))
def stored(name: str) -> "dict[str, Predictions]":
    """The answers to test sets in a model's folder, by data set; a ModelError where they are missing or damaged."""
    from core.evaluation.predictions import read_stored

    return read_stored(get_settings().models_dir / name)


@keyed(8, lambda name: _model_stamp(name, "history.csv"))
def history(name: str) -> "pd.DataFrame":
    """The history of a model's training, as `core.model.records.read_history` gives it; not to be changed."""
    from core.model.records import read_history

    return read_history(get_settings().models_dir / name)


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The long work of all sessions."""
    return Jobs()


@st.cache_resource(show_spinner=False)
def measurements() -> "Measurements":
    """The evaluations that were made, of all sessions."""
    from core.evaluation.predictions import Measurements

    return Measurements()


@keyed(None, lambda: str(get_settings().runs_dir.resolve()))
def tensorboard() -> "TensorBoard":
    """TensorBoard on the runs folder: one for all sessions, not started before it is asked for."""
    from core.runs.tensorboard import TensorBoard

    return TensorBoard(get_settings().runs_dir.resolve())
