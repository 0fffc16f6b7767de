"""Which data set and which of its splits to look at; one that is not on this machine is fetched."""

from functools import partial

import streamlit as st

from core import cached
from core.data import datasets
from core.data.datasets import Dataset, listed
from core.data.register import ALWAYS_PRESENT, SOURCES
from core.data.source import Source
from core.errors import SettingError
from core.settings import Settings, get_settings
from core.text import megabytes
from pages.components import address, job, widgets
from pages.components.action import read_only_reason
from pages.components.explore import image_picker, selection
from pages.components.text import escape

_SET, _SPLIT = "explore-dataset", "explore-split"
_FIRST = "mnist"
_ABSENT = " (not on this machine)"


def show() -> Dataset | None:
    """Let the person choose; the data set, or None where it is absent, or not yet read, which is shown."""
    try:
        settings = get_settings()
    except SettingError:  # the frame has explained it
        return None
    present = listed(settings)
    address.start(_SET, "data", present)
    with st.container(horizontal=True, gap="medium"):
        name = st.selectbox(
            "Data set",
            list(present),
            index=list(present).index(_first(present)),
            format_func=lambda name: SOURCES[name].title_of(settings) + ("" if present[name] else _ABSENT),
            key=_SET,
            on_change=_start_anew,
            persist_state="session",
            filter_mode=None,
            width=300,
        )
        source = SOURCES[name]
        address.start(_SPLIT, "split", source.splits)
        split = widgets.segments(
            "Split",
            {split: split.capitalize() for split in source.splits},
            _SPLIT,
            default="test" if "test" in source.splits else source.splits[0],
            on_change=_start_anew,
            persist_state="session",
        )
    address.show("data", name)
    address.show("split", split)
    st.caption(f"{source.description} Licence: {source.licence}.")
    with st.container():  # one element in every state, so that what is below stays the same element
        if present[name]:
            return selection.read(name, split)
        _absent(source, settings)
    return None


def _first(present: dict[str, bool]) -> str:
    """The data set to open with: one that is being downloaded, as the page may have been reloaded; else MNIST."""
    for name, is_present in present.items():
        download = cached.jobs().get(_key_of(SOURCES[name]))
        if not is_present and download and not download.ended:
            return name
    return _FIRST if present[_FIRST] else ALWAYS_PRESENT


def _start_anew(data: str = "") -> None:
    if data:
        st.session_state[_SET] = data
    image_picker.choose(0)


def _absent(source: Source, settings: Settings) -> None:
    """Say that a data set is absent, and offer to fetch it, or say how to put it there; and another one to look at."""
    folder, damage = escape(str(settings.data_dir / source.folder)), source.damage(settings)
    if damage:
        st.warning(f"{source.title} in {folder} is not whole: {escape(damage)}.", icon=":material/warning:")
    else:
        st.info(f"{source.title} is not on this machine. It was looked for in {folder}.")
    if source.downloadable:
        _offer(source, settings, again=damage is not None)
    else:
        st.markdown(f"Digit Lab cannot download it. {source.instructions}")
    title, icon = f"Look at {SOURCES[ALWAYS_PRESENT].title} instead", ":material/arrow_forward:"
    st.button(title, key="explore-instead", type="tertiary", icon=icon, on_click=_start_anew, args=(ALWAYS_PRESENT,))


def _key_of(source: Source) -> str:
    """The key of the job that downloads it, for all sessions."""
    return f"explore-download-{source.name}"


def _offer(source: Source, settings: Settings, again: bool) -> None:
    """The button, or the download that it has started."""
    key, jobs = _key_of(source), cached.jobs()
    running = jobs.get(key)
    if running and running.ended and not running.failed:
        jobs.forget(key)  # it went well, and its files were taken away since
        running = None
    if running:
        job.follow(key, running, f"Downloading {source.title}", _megabytes, partial(_again, source, settings))
        return
    size = f" ({megabytes(source.download_bytes, 1)})" if source.download_bytes else ""
    st.button(
        f"Download {source.title}{' again' if again else ''}{size}",
        key=f"{key}-start",
        icon=":material/download:",
        type="primary",
        disabled=settings.read_only,
        help=read_only_reason(settings),
        on_click=_start,
        args=(source, settings),
    )


def _start(source: Source, settings: Settings) -> None:
    cached.jobs().start(_key_of(source), partial(datasets.download, source.name, settings))


def _again(source: Source, settings: Settings) -> None:
    cached.jobs().forget(_key_of(source))
    _start(source, settings)


def _megabytes(done: int, total: int) -> str:
    return f"{done / 1e6:.1f} of {megabytes(total, 1)}" if total else megabytes(done, 1)
