"""The images of a data set, page by page, and one of them large."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.data.datasets import Dataset
from core.explore.browse_order import browse_order
from core.model.library import Entry
from pages.components import gallery, page, widgets
from pages.components.explore import detail, image_picker
from pages.components.gallery import Tile

_ON_A_PAGE, _ON_A_PHONE = 60, 20
_TILE = 60  # pixels
_LARGEST_SEED = 9999
_IN_ORDER, _SHUFFLED = "In order", "Shuffled"
_CLASSES, _ORDER, _SEED, _GO_TO = "explore-classes", "explore-order", "explore-seed", "explore-go-to"
_TILES, _SEEN = "explore-tiles", "explore-seen"
_PAGE = gallery.page_key(_TILES)


@st.fragment
def show(data: Dataset, model: Entry | None) -> None:
    if model:
        cached.loading(model.name)
    chosen = image_picker.chosen(data)
    _controls(data)
    indices = _indices(data)
    matches = np.flatnonzero(indices == chosen)
    rank = int(matches[0]) if len(matches) else None  # how many images come before the chosen one
    per_page = _ON_A_PHONE if page.on_phone() else _ON_A_PAGE
    # An image that was chosen elsewhere, by its number, by a step or on the map, opens its page.
    if rank is not None and (_PAGE not in st.session_state or st.session_state.get(_SEEN) != chosen):
        st.session_state[_PAGE] = rank // per_page + 1
    st.session_state[_SEEN] = chosen
    left, right = st.columns([11, 9], gap="large")
    with left:
        _tiles(data, indices, chosen, per_page)
    with right:
        _steps(data, indices, chosen, rank)
        detail.show(data, chosen, model)


def _controls(data: Dataset) -> None:
    """Which images, in which order, and a way straight to one."""
    last, names = len(data.labels) - 1, data.charset.names
    st.pills(
        "Classes",
        range(len(names)),
        selection_mode="multi",
        format_func=names.__getitem__,
        key=_CLASSES,
        on_change=_to_first_page,
        persist_state="page",
        help="Choose one or several; without a choice all are shown.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="explore-controls"):
        orders = {_IN_ORDER: _IN_ORDER, _SHUFFLED: _SHUFFLED}
        order = widgets.segments("Order", orders, _ORDER, on_change=_to_first_page, persist_state="page")
        if order == _SHUFFLED:
            st.number_input(
                "Seed", 0, _LARGEST_SEED, 0, 1, key=_SEED, on_change=_to_first_page, persist_state="page", width=130
            )
            st.button("Shuffle again", key="explore-shuffle", icon=":material/shuffle:", on_click=_shuffle)
        field: dict[str, Any] = {"on_change": _go_to, "args": (last,), "placeholder": f"0 to {last:,}", "width": 170}
        st.number_input("Go to image", 0, last, None, 1, key=_GO_TO, **field)


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
        image_picker.choose(int(wanted))


def _indices(data: Dataset) -> NDArray[np.int64]:
    """The images to browse through (N,), in the order in which they are shown."""
    classes = [index for index in st.session_state.get(_CLASSES) or [] if index < len(data.charset.names)]
    seed = int(st.session_state.get(_SEED, 0)) if st.session_state.get(_ORDER) == _SHUFFLED else None
    return browse_order(data.labels, np.array(classes, np.int64) if classes else None, seed)


def _tiles(data: Dataset, indices: NDArray[np.int64], chosen: int, per_page: int) -> None:
    if not len(indices):
        st.info("There are no images of these classes in this part of the data set.")
        return

    def tile(index: int) -> Tile:
        label = data.charset.names[data.labels[index]]
        return Tile(data.images[index], label, f"Image {index}: {label}")

    gallery.paged(indices.tolist(), tile, _TILES, per_page, side=_TILE, picked=chosen, on_pick=_pick, counts=True)


def _pick(index: int) -> None:
    """Choose an image on the page that is open."""
    st.session_state[_SEEN] = index
    image_picker.choose(index)


def _steps(data: Dataset, indices: NDArray[np.int64], chosen: int, rank: int | None) -> None:
    """The heading of the chosen image, with the ways to the one before and the one after it."""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        label = data.charset.names[data.labels[chosen]]
        st.markdown(f"### Image {chosen:,}: {label}", anchors=False, width="stretch")
        for word, step in (("Previous", -1), ("Next", 1)):
            next_rank = 0 if rank is None else rank + step
            possible = 0 <= next_rank < len(indices)
            st.button(
                word,
                key=f"explore-{word.lower()}",
                disabled=not possible,
                on_click=image_picker.choose,
                args=(int(indices[next_rank]) if possible else chosen,),
            )
