"""The frame of every page: its title, the navigation, which model reads, and what its answers are restricted to."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cached
from core.charsets import GROUPS, Charset, get_charset
from core.errors import DigitLabError, ModelError, ModelMissing
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.model.library import Entry
from pages.components import address, widgets
from pages.components.text import escape, message

_LINKS = (
    ("Home.py", "Home", "home"),
    ("pages/draw.py", "Draw", "draw"),
    ("pages/upload.py", "Upload", "upload"),
    ("pages/sheets.py", "Sheets", "table_view"),
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
_ACTIVE, _MODEL = "active-model", "model"
_ONLY_HELP = (
    "If you know what kind of character it is, say so: the others are then left out, and the probabilities of those "
    "that remain add up to 100 %."
)


def begin(title: str, *, warns: bool = True, asks: bool = True, heading: bool = True) -> Entry | None:
    """Set up a page and draw its title and the sidebar.

    Args:
        warns: whether to warn of models that cannot be used; without it the page lists them itself.
        asks: whether the sidebar asks which model to read with; without it the page asks itself, by `choose_model`.

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
    words = message(error)
    st.error(f"{words} {_RESCUE}" if isinstance(error, ModelError) else words, icon=":material/error:")


def try_again(key: str) -> None:
    """A button that runs the page again, after what was explained may have been mended."""
    st.button("Try again", key=key, icon=":material/refresh:")


def theme() -> Literal["light", "dark"]:
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
    """Ask which model to read with; the answer is the model that `begin` gives.

    Args:
        few: whether all of them are to be seen at once, where they are few enough and there is room.
    """
    titles = model_titles()
    shared: dict[str, Any] = {"key": widgets.current_key(_MODEL), "persist_state": "session"}
    if few and len(titles) <= _FEW and not on_phone():
        st.segmented_control(
            "Model", list(titles), format_func=lambda name: escape(titles[name]), required=True, **shared
        )
        return
    shared |= {"filter_mode": None, "label_visibility": "collapsed" if few else "visible"}
    st.selectbox("Model", list(titles), format_func=titles.__getitem__, **shared)


def choose_reader(model: Card) -> tuple[str, Charset]:
    """Ask which model reads, and to what its answers are restricted, where there is a choice; both last across pages.

    Returns:
        The kind of characters to restrict answers to, a key of `core.charsets.GROUPS`, empty for none; and what is
        left to tell apart.
    """
    charset = get_charset(model.charset)
    with st.container(horizontal=True, wrap=not on_phone(), gap="small", key="reader"):
        if len(model_titles()) > 1:
            choose_model(few=True)
        kind = _restriction(charset) if charset.restrictions else ""
    return kind, charset.restricted(kind)


def _restriction(charset: Charset) -> str:
    kinds = ["", *charset.restrictions]
    shared: dict[str, Any] = {"key": "only", "persist_state": "session", "help": _ONLY_HELP}
    if on_phone():  # one row holds both choices
        shared |= {"label_visibility": "collapsed", "filter_mode": None}
        return st.selectbox("Read only", kinds, format_func=lambda kind: GROUPS.get(kind, "Read all"), **shared) or ""
    kind: str = st.segmented_control(
        "Read only", kinds, default="", format_func=lambda kind: GROUPS.get(kind, "All"), required=True, **shared
    )
    return kind


def stored_answers(name: str) -> dict[str, Predictions]:
    """The answers to test sets in a model's folder, by data set; none where they are damaged: Evaluate says why."""
    try:
        return cached.stored(name)
    except ModelError:
        return {}


def follow_model(name: str) -> None:
    """Run the whole page where another model than this one is to be used: a part that runs alone would go on with it.

    It may have been chosen here, or made active by somebody else.
    """
    chosen = st.session_state.get(widgets.current_key(_MODEL), name)
    if st.session_state.get(_ACTIVE) != cached.active_model() or chosen != name:
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
    address.start(_MODEL, "model", usable)
    if st.session_state.get(_ACTIVE, active) != active:
        widgets.renew(_MODEL)
    st.session_state[_ACTIVE], key = active, widgets.current_key(_MODEL)
    if len(usable) == 1:
        address.show("model", "")
        return usable[active]
    chosen = st.session_state.get(key)
    # Set in every run: a chooser that another page shows in another form would else begin without a choice.
    st.session_state[key] = chosen if chosen in usable else active
    address.show("model", st.session_state[key] if st.session_state[key] != active else "")
    if asks:
        with st.sidebar:
            choose_model()
    return usable[st.session_state[key]]
