"""The images of a data set, page by page, and one of them large."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.data.datasets import Dataset
from core.explore.browse_order import browse_order
from core.model.library import Entry
from pages.components import gallery, page, state
from pages.components.explore import detail
from pages.components.gallery import Tile

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_TILE = 60  # pixels
_LARGEST_SEED = 9999
_IN_ORDER, _SHUFFLED = "In order", "Shuffled"
_CLASSES, _ORDER, _SEED, _GO_TO = "explore-classes", "explore-order", "explore-seed", "explore-go-to"
_PAGE, _SEEN = "explore-page", "explore-seen"


@dataclass(frozen=True)
class _View:
    """What is browsed through.

    Attributes:
        places: int64 (N,), places in the data set, in the order in which they are shown.
        on_page: images a page.
    """

    places: NDArray[np.int64]
    on_page: int

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.places) // self.on_page))

    def page(self, number: int) -> NDArray[np.int64]:
        """The places on a page, counted from 1."""
        return self.places[(number - 1) * self.on_page : number * self.on_page]

    def rank(self, index: int) -> int | None:
        """How many images come before this one; None where it is not among them."""
        found = np.flatnonzero(self.places == index)
        return int(found[0]) if len(found) else None


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    """Draw this part of the page."""
    if model:
        cached.warm(model.name)
    chosen = min(max(state.explore_image(), 0), len(data.labels) - 1)
    _controls(data)
    view = _view(data)
    _turn_to(view, chosen)
    left, right = st.columns([11, 9], gap="large")
    with left:
        _tiles(data, view, chosen)
    with right:
        _steps(data, view, chosen)
        detail.show(data, chosen, model)


def _controls(data: Dataset) -> None:
    """Which images, in which order, and a way straight to one."""
    last = len(data.labels) - 1
    characters = data.charset.names
    st.pills(
        "Classes",
        range(len(characters)),
        selection_mode="multi",
        format_func=lambda place: characters[place],
        key=_CLASSES,
        on_change=_to_first_page,
        persist_state="page",
        help="Choose one or several; without a choice all are shown.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="explore-controls"):
        order = st.segmented_control(
            "Order",
            [_IN_ORDER, _SHUFFLED],
            default=_IN_ORDER,
            required=True,
            key=_ORDER,
            on_change=_to_first_page,
            persist_state="page",
        )
        if order == _SHUFFLED:
            st.number_input(
                "Seed", 0, _LARGEST_SEED, 0, 1, key=_SEED, on_change=_to_first_page, persist_state="page", width=130
            )
            st.button("Shuffle again", key="explore-shuffle", icon=":material/shuffle:", on_click=_shuffle)
        st.number_input(
            "Go to image",
            0,
            last,
            None,
            1,
            key=_GO_TO,
            on_change=_go_to,
            args=(last,),
            placeholder=f"0 to {last:,}",
            width=170,
        )


def _to_first_page() -> None:
    st.session_state[_PAGE] = 1


def _shuffle() -> None:
    _to_first_page()
    st.session_state[_SEED] = (int(st.session_state.get(_SEED, 0)) + 1) % (_LARGEST_SEED + 1)


def _go_to(last: int) -> None:
    """Choose the image of that number; classes that would hide it are no longer left out."""
    wanted = st.session_state.get(_GO_TO)
    if wanted is not None and 0 <= wanted <= last:
        st.session_state[_CLASSES] = []
        st.session_state.pop(_SEEN, None)
        state.set_explore_image(int(wanted))


def _view(data: Dataset) -> _View:
    characters = len(data.charset.names)
    wanted = [place for place in st.session_state.get(_CLASSES) or [] if 0 <= place < characters]
    seed = int(st.session_state.get(_SEED, 0)) if st.session_state.get(_ORDER) == _SHUFFLED else None
    places = browse_order(data.labels, np.array(wanted, np.int64) if wanted else None, seed)
    return _View(places, _ON_A_PHONE if page.on_phone() else _ON_A_PAGE)


def _turn_to(view: _View, chosen: int) -> None:
    """Open the page of an image that was chosen elsewhere: by its number, by a step, on the map."""
    if st.session_state.get(_SEEN) != chosen:
        rank = view.rank(chosen)
        if rank is not None:
            st.session_state[_PAGE] = rank // view.on_page + 1
    st.session_state[_SEEN] = chosen
    if not 1 <= st.session_state.get(_PAGE, 1) <= view.pages:
        st.session_state[_PAGE] = 1


def _tiles(data: Dataset, view: _View, chosen: int) -> None:
    count = len(view.places)
    if not count:
        st.info("There are no images of these classes in this part of the data set.")
        return
    number = st.session_state.get(_PAGE, 1)
    shown = view.page(number)
    first = (number - 1) * view.on_page + 1
    st.caption(f"{first:,} to {first + len(shown) - 1:,} of {count:,} images")
    characters = data.charset.names
    tiles = [
        Tile(data.images[place], characters[data.labels[place]], f"Image {place}: {characters[data.labels[place]]}")
        for place in shown
    ]
    here = np.flatnonzero(shown == chosen)
    gallery.show(
        tiles,
        "explore-tiles",
        side=_TILE,
        picked=int(here[0]) if len(here) else None,
        on_pick=lambda tile: _pick(int(shown[tile])),
    )
    if view.pages > 1:
        st.pagination(view.pages, key=_PAGE)


def _pick(index: int) -> None:
    """Choose an image on the page that is open."""
    st.session_state[_SEEN] = index
    state.set_explore_image(index)


def _steps(data: Dataset, view: _View, chosen: int) -> None:
    """The heading of the chosen image, with the ways to the one before and the one after it."""
    rank = view.rank(chosen)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        label = data.charset.names[data.labels[chosen]]
        st.markdown(f"### Image {chosen:,}: {label}", anchors=False, width="stretch")
        for word, step in (("Previous", -1), ("Next", 1)):
            there = 0 if rank is None else rank + step
            possible = len(view.places) > 0 and 0 <= there < len(view.places)
            st.button(
                word,
                key=f"explore-{word.lower()}",
                disabled=not possible,
                on_click=state.set_explore_image,
                args=(int(view.places[there]) if possible else chosen,),
            )
