"""The drawing canvas with its pen, undo and clear."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from pages.components import page, state

_LARGEST_SIDE = page.HALF_WIDTH
_SMALLEST_SIDE = 200
_PHONE_SIDE = 328  # fits the narrowest phones in use, until the browser has told its width

# The component hides a toolbar over its uppermost pixels, where it would catch the first touch. So the canvas is higher
# than its place by this many pixels, stands on the bottom of it, and what sticks out at the top is cut off.
_HIDDEN = 32

# Paper and ink of the light and of the dark page.
_COLOURS = {"light": ("#ffffff", "#141a2b"), "dark": ("#1c212d", "#f4f6fc")}

# Streamlit tells a page nothing of its width, and the canvas has a fixed size. This element, the thin upper edge of the
# paper, reports how wide the canvas may be.
_EDGE = st.components.v2.component(
    "digit_lab.edge",
    html='<div class="edge"></div>',
    css=".edge { height: 1px; background: var(--st-border-color) }",
    js="""
    export default function ({ parentElement, data, setStateValue }) {
      const host = parentElement.host ?? parentElement;
      const block = host.closest('[data-testid="stVerticalBlock"]') ?? host;
      let told = data.side;
      const watcher = new ResizeObserver(() => {
        const side = Math.max(data.smallest, Math.min(data.largest, Math.floor(block.clientWidth)));
        if (side !== told) setStateValue("side", (told = side));
      });
      watcher.observe(block);
      return () => watcher.disconnect();
    }
    """,
)


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas: a PNG file, and the colour of its paper, RGB."""

    png: bytes
    paper: tuple[int, int, int]


def show(key: str) -> Drawing | None:
    """Show the canvas and its tools; what is drawn, or None before the first stroke."""
    if key not in st.session_state:
        state.set_canvas_start(None)  # the person comes from another page: the canvas is a new one, and empty
    with st.container(gap=None):
        side = _side(f"{key}-edge")
        paper, ink = _COLOURS[st.context.theme.type or "light"]
        with st.container(height=side, border=False, vertical_alignment="bottom", key=f"{key}-paper"):
            drawing = st_canvas(
                key=key,
                width=side,
                height=side + _HIDDEN,
                background_color=paper,
                stroke_color=ink,
                stroke_width=st.session_state.get(state.PEN, state.PEN_START),
                initial_drawing=state.canvas_start(),
                return_image_data=True,
            )
    _tools(key, empty=not (drawing.json_data or {}).get("objects"))
    red, green, blue = bytes.fromhex(paper.removeprefix("#"))
    return Drawing(drawing.image_bytes, (red, green, blue)) if drawing.image_bytes else None


def _side(key: str) -> int:
    """Width and height of the canvas: all the room there is, up to the largest side."""
    on_phone = page.on_phone()
    guess = state.canvas_side() or (_PHONE_SIDE if on_phone else _LARGEST_SIDE)
    edge = _EDGE(
        key=key,
        data={"side": guess, "smallest": _SMALLEST_SIDE, "largest": _LARGEST_SIDE},
        default={"side": guess},
        on_side_change=lambda: None,
        height=1,
    )
    state.set_canvas_side(edge.side)
    return int(edge.side)


def _tools(key: str, empty: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}-tools"):
        st.slider("Pen width", *state.PEN_RANGE, state.PEN_START, key=state.PEN, persist_state="session")
        st.button("Undo", icon=":material/undo:", key=f"{key}-undo", disabled=empty, on_click=_keep, args=(key, -1))
        st.button("Clear", icon=":material/delete:", key=f"{key}-clear", disabled=empty, on_click=_keep, args=(key, 0))


def _keep(key: str, count: int) -> None:
    """Put the first `count` strokes back on the canvas, -1 for all but the last; the canvas then sends them itself."""
    strokes: list[Any] = st.session_state[key]["drawing"]["raw"]["objects"]
    before = state.canvas_start() or {"revision": 0}
    # The revision makes every start differ from the one before: the canvas takes up no start that it already has.
    state.set_canvas_start({"objects": strokes[:count], "revision": before["revision"] + 1})
