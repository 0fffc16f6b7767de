"""The frame of every page: its title, the navigation, and which model is active."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cached
from core.errors import DigitLabError, ModelError, ModelMissing
from core.model.library import Entry
from pages.components import address, state
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
_FOLDER = Path(__file__).parent


def begin(title: str, *, warns: bool = True, asks: bool = True, heading: bool = True) -> Entry | None:
    """Set up a page and draw its title and the sidebar.

    Args:
        title: of the page and the browser's tab.
        warns: whether to warn of models that cannot be used; without it the page lists them itself.
        asks: whether the sidebar asks which model to read with; without it the page asks itself, by `choose_model`.
        heading: whether the title stands on the page, too.

    Returns:
        The model to read with; None where there is none, after saying so and what to do.
    """
    st.set_page_config(
        page_title=title if title == _NAME else f"{title} · {_NAME}",
        page_icon=str(_FOLDER / "icon.svg"),  # a Material icon would be fetched from the internet
        layout="wide",
        initial_sidebar_state="collapsed" if on_phone() else "auto",
    )
    st.logo(str(_FOLDER / "logo.svg"), size="large")
    with st.sidebar:
        for path, label, picture in _LINKS:
            st.page_link(path, label=label, icon=f":material/{picture}:", width="stretch")
    if heading:
        st.title(title, anchor=False)
    with explained():
        return _active(cached.models(), warns, asks)
    return None


@contextmanager
def explained() -> Iterator[None]:
    """Show an error of this program as a message, in the place of what it has kept from being drawn."""
    try:
        yield
    except DigitLabError as error:
        explain(error)


def explain(error: DigitLabError) -> None:
    """Show an error as a message with the way out of it."""
    words = message(error)
    st.error(f"{words} {_RESCUE}" if isinstance(error, ModelError) else words, icon=":material/error:")


def try_again(key: str) -> None:
    """A button that runs the page again, after what was explained may have been mended."""
    st.button("Try again", key=key, icon=":material/refresh:")


def theme() -> Literal["light", "dark"]:
    """The theme that the person sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def on_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    return "Mobi" in st.context.headers.get("User-Agent", "")


def halves() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Two equal halves of a page: side by side where there is room for both, else one under the other."""
    row = st.container(horizontal=True, gap=_GAP)
    return row.container(width=HALF_WIDTH), row.container(width=HALF_WIDTH)


def model_titles() -> dict[str, str]:
    """The title of every model that can be used, by name; where two have the same one, with the name."""
    titles = {entry.name: entry.card.title for entry in cached.models() if entry.card}
    counts = Counter(titles.values())
    return {name: f"{title} ({name})" if counts[title] > 1 else title for name, title in titles.items()}


def choose_model(few: bool = False) -> None:
    """Ask which model to read with, where there are several; the answer is the model that `begin` gives.

    Args:
        few: whether all of them are to be seen at once, where they are few enough and there is room.
    """
    titles = model_titles()
    if few and len(titles) <= _FEW and not on_phone():
        st.segmented_control(
            "Model",
            list(titles),
            key=state.model_key(),
            format_func=lambda name: escape(titles[name]),
            required=True,
            persist_state="session",
        )
        return
    st.selectbox(
        "Model",
        list(titles),
        key=state.model_key(),
        format_func=titles.__getitem__,
        persist_state="session",
        filter_mode=None,
        label_visibility="collapsed" if few else "visible",
    )


def follow_model(name: str) -> None:
    """Run the whole page where another model than this one is to be used: a part that runs alone would go on with it.

    It may have been chosen here, or made active by somebody else.
    """
    if state.active_model() != cached.active_model() or st.session_state.get(state.model_key(), name) != name:
        st.rerun()


def _active(entries: list[Entry], warns: bool, asks: bool) -> Entry | None:
    usable = {entry.name: entry for entry in entries if entry.card}
    for entry in entries:
        if entry.problem and warns:
            problem = f"The model “{escape(entry.name)}” cannot be used. {message(entry.problem)}"
            st.warning(problem, icon=":material/warning:")
    if not usable:
        raise ModelMissing("There is no model to read with.")
    active = cached.active_model() or next(iter(usable))
    address.start(state.MODEL, "model", usable)
    key = state.follow(active)  # where another was made active, here or by somebody else, every session follows
    if len(usable) == 1:
        return usable[active]
    chosen = st.session_state.get(key)
    # Set in every run: a chooser that another page shows in another form would else begin without a choice.
    st.session_state[key] = chosen if chosen in usable else active
    address.show("model", st.session_state[key] if st.session_state[key] != active else "")
    if asks:
        with st.sidebar:
            choose_model()
    return usable[st.session_state[key]]
