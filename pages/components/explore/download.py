"""What to do about a data set that is not on this machine."""

from functools import partial

import streamlit as st

from core import cached
from core.data import datasets
from core.data.source import Source
from core.settings import Settings
from core.text import megabytes
from pages.components import job
from pages.components.action import read_only_reason
from pages.components.text import escape


def key_of(source: Source) -> str:
    """The key of the job that downloads it, for all sessions."""
    return f"explore-download-{source.name}"


def show(source: Source, settings: Settings) -> None:
    """Say that a data set is absent, and offer to fetch it or say how to put it there."""
    folder = settings.data_dir / source.folder
    damage = source.damage(settings)
    if damage:
        st.warning(
            f"{source.title} in {escape(str(folder))} is not whole: {escape(damage)}.", icon=":material/warning:"
        )
    else:
        st.info(f"{source.title} is not on this machine. It was looked for in {escape(str(folder))}.")
    if source.downloadable:
        _offer(source, settings, again=damage is not None)
    else:
        st.markdown(f"It cannot be fetched by this program. {source.instructions}")


def _offer(source: Source, settings: Settings, again: bool) -> None:
    """The button, or the download that it has started."""
    key, jobs = key_of(source), cached.jobs()
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
    cached.jobs().start(key_of(source), partial(datasets.download, source.name, settings))


def _again(source: Source, settings: Settings) -> None:
    cached.jobs().forget(key_of(source))
    _start(source, settings)


def _megabytes(done: int, total: int) -> str:
    return f"{done / 1e6:.1f} of {megabytes(total, 1)}" if total else megabytes(done, 1)
