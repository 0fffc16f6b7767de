"""Which data set and which of its splits to look at."""

import streamlit as st

from core import cached
from core.data.datasets import Dataset, listed
from core.data.register import ALWAYS_PRESENT, SOURCES
from core.errors import SettingError
from core.settings import Settings, get_settings
from pages.components import address
from pages.components.explore import download, image_picker, loading

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
        splits = SOURCES[name].splits
        address.start(_SPLIT, "split", splits)
        first = "test" if "test" in splits else splits[0]
        split = st.segmented_control(
            "Split",
            splits,
            default=first,
            required=True,
            format_func=str.capitalize,
            key=_SPLIT,
            on_change=_start_anew,
            persist_state="session",
        )
    address.show("data", name)
    address.show("split", split)
    st.caption(f"{SOURCES[name].description} Licence: {SOURCES[name].licence}.")
    with st.container():  # one element in every state, so that what is below stays the same element
        if present[name]:
            return loading.show(name, split if split in splits else first)
        _absent(name, settings)
    return None


def _first(present: dict[str, bool]) -> str:
    """The data set to open with: one that is being downloaded, as the page may have been reloaded; else MNIST."""
    for name, is_present in present.items():
        download_job = cached.jobs().get(download.key_of(SOURCES[name]))
        if not is_present and download_job and not download_job.ended:
            return name
    return _FIRST if present[_FIRST] else ALWAYS_PRESENT


def _absent(name: str, settings: Settings) -> None:
    download.show(SOURCES[name], settings)
    title = SOURCES[ALWAYS_PRESENT].title
    st.button(
        f"Look at {title} instead",
        key="explore-instead",
        type="tertiary",
        icon=":material/arrow_forward:",
        on_click=_look_at_always_present,
    )


def _look_at_always_present() -> None:
    st.session_state[_SET] = ALWAYS_PRESENT
    _start_anew()


def _start_anew() -> None:
    image_picker.choose(0)
