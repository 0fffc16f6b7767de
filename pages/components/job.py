"""A job on a page: how far it is, a way to stop it, and what to do when it failed."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import streamlit as st

from core import cached
from core.errors import DigitLabError
from core.jobs import Job, Progress
from pages.components.text import message

Result = TypeVar("Result")
Describe = Callable[[int, int], str]


_MANY = 50_000  # images; a minute draws no more


def drawing_time(images: int) -> str:
    """How long it takes, in words, to draw the images of a data set that is made of strokes."""
    return "several minutes" if images > _MANY else "half a minute or more"


def key_of(prefix: str, *decides: object) -> str:
    """The key of a job whose result these decide, by what `repr` says of them."""
    return f"{prefix}-{hashlib.sha256(repr(decides).encode()).hexdigest()[:20]}"


def run(key: str, work: Callable[[Progress], Result], doing: str, describe: Describe | None = None) -> Result | None:
    """Start a job, or find it, and show it until it ends; the page then runs again by itself.

    Args:
        key: of the job, for all sessions; the prefix of its widgets' keys.
        work: what to do; it must not call Streamlit.
        doing: what is being done: "Comparing 3,000 images".
        describe: how to say (done, total); "12 of 300" where it is not given.

    Returns:
        The result once there is one; None while it works, or after it was cancelled or failed, which is shown.
    """
    return follow(key, cached.jobs().start(key, work), doing, describe)


def follow(
    key: str, job: Job[Result], doing: str, describe: Describe | None = None, forget: Callable[[], None] | None = None
) -> Result | None:
    """Show a job that was started before; see `run`.

    `forget` lets go of the job, so that it begins anew; where it is not given, the job is `key` of `cached.jobs()`.
    """
    forget = forget or partial(cached.jobs().forget, key)
    if not job.ended:
        _watch(key, job, doing, describe or (lambda done, total: f"{done:,}{f' of {total:,}' if total else ''}"))
        return None
    if job.cancelled:
        _ended(key, "Cancelled.", st.info, forget)
        return None
    try:
        return job.result()
    except DigitLabError as error:
        _ended(key, message(error), st.error, forget)
        return None


@st.fragment(run_every="0.5s")
def _watch(key: str, job: Job[Result], doing: str, describe: Describe) -> None:
    if job.ended:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-job"):
        words = f"{doing}: {describe(job.done, job.total)}" if job.done else f"{doing} …"
        st.progress(min(job.done / job.total, 1.0) if job.total else 0.0, words, width="stretch")
        word = "Stopping …" if job.stopping else "Cancel"
        st.button(
            word, key=f"{key}-cancel", icon=":material/close:", disabled=job.stopping, on_click=job.cancel, wrap=False
        )


def _ended(key: str, message: str, say: Callable[..., object], forget: Callable[[], None]) -> None:
    with st.container(key=f"{key}-ended"):
        say(message)
        st.button("Try again", key=f"{key}-again", icon=":material/refresh:", on_click=forget)
