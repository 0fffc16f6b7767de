"""A grid of small pictures that are buttons: with mouse, finger or keyboard one of them is picked."""

import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from core.text import counted
from pages.components.pictures import Picture, data_url

Item = TypeVar("Item")


@dataclass(frozen=True)
class Tile:
    """One picture of a gallery."""

    picture: Picture  # uint8 (H, W), small; shown with hard pixels
    caption: str  # a few characters under it
    spoken: str  # what it is, for people who do not see it, and for a mouse that rests on it
    note: str = ""  # a second line, in grey


_GALLERY = st.components.v2.component(
    "digit_lab.gallery",
    html='<div class="tiles"></div>',
    css="""
    .tiles { display: grid; gap: 8px; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr)); }
    button {
      font: inherit; color: inherit; background: var(--st-secondary-background-color); cursor: pointer; padding: 4px;
      border: 2px solid transparent; border-radius: 8px; display: flex; flex-direction: column; align-items: center;
      min-width: 0;
    }
    button:hover { border-color: var(--st-border-color); }
    button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
    button[aria-pressed="true"] { border-color: var(--st-primary-color); }
    img { width: 100%; aspect-ratio: 1; image-rendering: pixelated; border-radius: 5px; display: block; }
    span { font-size: 14px; line-height: 20px; margin-top: 3px; white-space: nowrap; }
    small { font-size: 12px; line-height: 16px; opacity: 0.7; white-space: nowrap; }
    """,
    js="""
    export default function ({ parentElement, data, setStateValue }) {
      const tiles = parentElement.querySelector(".tiles");
      const press = (picked) => [...tiles.children].forEach((button, index) =>
        button.setAttribute("aria-pressed", String(index === picked)));
      if (tiles.dataset.token === data.token) return;
      tiles.dataset.token = data.token;
      // Only another tile is picked: the buttons stay, and with them the keyboard's focus.
      if (tiles.dataset.content === data.content) return press(data.picked);
      tiles.dataset.content = data.content;
      tiles.style.setProperty("--side", `${data.side}px`);
      tiles.replaceChildren(...data.tiles.map((tile, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.title = tile.spoken;
        button.setAttribute("aria-label", tile.spoken);
        const picture = document.createElement("img");
        picture.src = tile.picture;
        picture.alt = "";
        button.append(picture);
        for (const [kind, text] of [["span", tile.caption], ["small", tile.note]]) {
          if (!text) continue;
          const line = document.createElement(kind);
          line.textContent = text;
          button.append(line);
        }
        button.onclick = () => {
          press(index);
          setStateValue("picked", { token: tiles.dataset.token, index, time: Date.now() });
        };
        return button;
      }));
      press(data.picked);
    }
    """,
)


def show(
    tiles: Sequence[Tile],
    key: str,
    side: int = 64,
    picked: int | None = None,
    on_pick: Callable[[int], None] | None = None,
) -> int | None:
    """Show tiles of at least `side` pixels, as many in a row as there is room for.

    `on_pick` is called with the index of a tile when the person picks it, before the page runs again.

    Returns:
        The index of the tile that the person picked, or `picked` before; other tiles under the same key start anew.
    """
    rows = [
        {"picture": data_url(tile.picture), "caption": tile.caption, "note": tile.note, "spoken": tile.spoken}
        for tile in tiles
    ]
    content = format(zlib.crc32(repr(rows).encode()), "08x")
    token = f"{content}-{picked}"

    def changed() -> None:
        choice = st.session_state[key].picked
        # Of the same tiles; which one was picked before may have changed since the page was sent.
        if on_pick and choice and choice["token"].startswith(content):
            on_pick(int(choice["index"]))

    result = _GALLERY(
        key=key,
        data={"tiles": rows, "side": side, "token": token, "content": content, "picked": picked},
        default={"picked": None},
        on_picked_change=changed,
    )
    choice = result.picked
    return int(choice["index"]) if choice and choice["token"] == token else picked


def page_key(key: str) -> str:
    """The key of the pagination of `paged`, to turn the page from elsewhere."""
    return f"{key}-page"


def paged(
    items: Sequence[Item],
    tile: Callable[[Item], Tile],
    key: str,
    per_page: int,
    *,
    side: int = 64,
    picked: Item | None = None,
    first: bool = False,
    on_pick: Callable[[Item], None] | None = None,
    counts: bool = False,
    of: Hashable = None,
) -> Item | None:
    """Show items as tiles, a page at a time; the item that is picked, or None.

    Args:
        picked: the item that is picked at first, if it is on the open page.
        first: whether that is the first one of the page, instead.
        on_pick: called with an item when the person picks it, before the page runs again.
        counts, of: as for `open_page`.
    """
    start = open_page(len(items), key, per_page, counts=counts, of=of)
    shown = list(items[start : start + per_page])
    index = 0 if first else shown.index(picked) if picked in shown else None
    choice = show(
        [tile(item) for item in shown], key, side, index, (lambda chosen: on_pick(shown[chosen])) if on_pick else None
    )
    return shown[choice] if choice is not None and choice < len(shown) else None


def open_page(
    count: int, key: str, per_page: int, *, counts: bool = False, of: Hashable = None, noun: str = "image"
) -> int:
    """Let the person turn the pages of a list; how many items come before the open one.

    Args:
        counts: whether to say how many they are even where one page holds all.
        of: what the items are those of: where it has changed, the list begins again at its first page.
    """
    pages, number = -(-count // per_page), page_key(key)
    changed = st.session_state.setdefault(f"{key}-of", of) != of
    if changed or not 1 <= st.session_state.get(number, 1) <= pages:
        st.session_state[f"{key}-of"], st.session_state[number] = of, 1
    if pages > 1:
        st.pagination(pages, key=number, max_visible_pages=5)
    start: int = (st.session_state.get(number, 1) - 1) * per_page
    if counts or pages > 1:
        st.caption(f"{start + 1:,} to {min(start + per_page, count):,} of {counted(count, noun)}")
    return start
