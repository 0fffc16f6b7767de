"""The frame of every page: its title, the navigation, and which model is active."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cached
from core.errors import DigitLabError, ModelError, ModelMissing
from core.model.library import Entry
from pages.components import state
from pages.components.text import escape, message

_LINKS = (
    ("Home.py", "Home", "home"),
    ("pages/draw.py", "Draw", "draw"),
    ("pages/upload.py", "Upload", "upload"),
    ("pages/explore.py", "Explore", "grid_view"),
    ("pages/evaluate.py", "Evaluate", "monitoring"),
    ("pages/train.py", "Train", "model_training"),
    ("pages/samples.py", "My samples", "edit_note"),
)
_NAME = "Digit Lab"
HALF_WIDTH = 380  # in pixels; two fit beside the sidebar on a screen of 1280
_GAP = 32
_FEW = 4  # models
WIDTH = 2 * HALF_WIDTH + _GAP
_RESCUE = "Get the shipped one back with `git checkout models`, or train one: `python -m core train`."
_LOGO = Path(__file__).with_name("logo.svg")


def begin(title: str, icon: str, warns: bool = True, asks: bool = True) -> Entry | None:
    """Set up a page and draw its title and the sidebar.

    Args:
        title: of the page and the browser's tab.
        icon: name of a Material icon.
        warns: whether to warn of models that cannot be used; without it the page lists them itself.
        asks: whether the sidebar asks which model to read with; without it the page asks itself, by `choose_model`.

    Returns:
        The model to read with; None where there is none, after saying so and what to do.
    """
    tab = title if title == _NAME else f"{title} · {_NAME}"
    st.set_page_config(page_title=tab, page_icon=f":material/{icon}:", layout="wide")
    st.logo(str(_LOGO), size="large")
    with st.sidebar:
        for path, label, picture in _LINKS:
            st.page_link(path, label=label, icon=f":material/{picture}:", width="stretch")
    st.title(title, anchor=False)
    try:
        entries = cached.models()
    except DigitLabError as error:
        explain(error)
        return None
    return _active(entries, warns, asks)


def explain(error: DigitLabError) -> None:
    """Show an error as a message with the way out of it."""
    words = message(error)
    st.error(f"{words} {_RESCUE}" if isinstance(error, ModelError) else words, icon=":material/error:")


def try_again(key: str) -> None:
    """A button that runs the page again, after what was explained may have been mended."""
    st.button("Try again", key=key, icon=":material/refresh:")


def on_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def halves() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two equal halves of a page: side by side where there is room for both, else one under the other."""
    row = st.container(horizontal=True, gap=_GAP)
    return row.container(width=HALF_WIDTH), row.container(width=HALF_WIDTH)


def choose_model(models: Sequence[Entry], few: bool = False) -> None:
    """Ask which model to read with, where there are several; the answer is the model that `begin` gives.

    Args:
        models: those that can be used.
        few: whether all of them are to be seen at once, where they are few enough.
    """
    titles = {entry.name: entry.card.title for entry in models if entry.card}
    twice = {title for title, count in Counter(titles.values()).items() if count > 1}

    def label(name: str) -> str:
        return f"{titles[name]} ({name})" if titles[name] in twice else titles[name]

    if few and len(titles) <= _FEW:
        st.segmented_control(
            "Model",
            list(titles),
            key=state.model_key(),
            format_func=lambda name: escape(label(name)),
            required=True,
            persist_state="session",
        )
    else:
        st.selectbox("Model", list(titles), key=state.model_key(), format_func=label, persist_state="session")


def _active(entries: list[Entry], warns: bool, asks: bool) -> Entry | None:
    usable = {entry.name: entry for entry in entries if entry.card}
    for entry in entries:
        if entry.problem and warns:
            problem = f"The model “{escape(entry.name)}” cannot be used. {message(entry.problem)}"
            st.warning(problem, icon=":material/warning:")
    if not usable:
        explain(ModelMissing("There is no model to read with."))
        return None
    name = cached.active_model() or next(iter(usable))
    if len(usable) > 1:
        state.set_active_model(name)  # where another was made active, here or by somebody else, every session follows
        key = state.model_key()
        chosen = st.session_state.get(key)
        # Set in every run: a chooser that another page shows in another form would else begin without a choice.
        st.session_state[key] = chosen if chosen in usable else name
        if asks:
            with st.sidebar:
                choose_model(list(usable.values()))
        name = st.session_state[key]
    return usable[name]
