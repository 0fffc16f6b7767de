"""A grid of small pictures that are buttons: with mouse, finger or keyboard one of them is picked."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.pictures import Picture, data_url


@dataclass(frozen=True)
class Tile:
    """One picture of a gallery.

    Attributes:
        picture: uint8 (H, W), small; shown with hard pixels.
        caption: what stands under it, a few characters.
        note: a second line in grey; may be empty.
        spoken: what it is, for people who do not see it; also what a mouse that rests on it is told.
    """

    picture: Picture
    caption: str
    spoken: str
    note: str = ""


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
      const press = (picked) => [...tiles.children].forEach((button, place) =>
        button.setAttribute("aria-pressed", String(place === picked)));
      if (tiles.dataset.token === data.token) return;
      tiles.dataset.token = data.token;
      // Only another tile is picked: the buttons stay, and with them the keyboard's place.
      if (tiles.dataset.content === data.content) return press(data.picked);
      tiles.dataset.content = data.content;
      tiles.style.setProperty("--side", `${data.side}px`);
      tiles.replaceChildren(...data.tiles.map((tile, place) => {
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
          press(place);
          setStateValue("picked", { token: tiles.dataset.token, place, time: Date.now() });
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
    """Show tiles, as many in a row as there is room for.

    Args:
        key: of the element.
        side: the least width of a tile, in pixels.
        picked: the tile that is picked at first.
        on_pick: called with the place of a tile when the person picks it, before the page runs again.

    Returns:
        The place of the tile that the person picked, or `picked` before; other tiles under the same key start anew.
    """
    rows = [
        {"picture": data_url(tile.picture), "caption": tile.caption, "note": tile.note, "spoken": tile.spoken}
        for tile in tiles
    ]
    content = format(zlib.crc32(repr(rows).encode()), "08x")
    token = f"{content}-{picked}"

    def changed() -> None:
        found = st.session_state[key].picked
        # Of the same tiles; which one was picked before may have changed since the page was sent.
        if on_pick and found and found["token"].startswith(content):
            on_pick(int(found["place"]))

    result = _GALLERY(
        key=key,
        data={"tiles": rows, "side": side, "token": token, "content": content, "picked": picked},
        default={"picked": None},
        on_picked_change=changed,
    )
    found = result.picked
    return int(found["place"]) if found and found["token"] == token else picked
