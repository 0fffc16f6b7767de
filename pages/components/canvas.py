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
#
# It also tells the pen from a hand that rests on the canvas, since the component takes the first touch for the pen,
# and as long as that stays no other draws. Of the touches on the canvas the first to move is the pen: it alone is
# passed on, as if it were the only one. A touch that ends soon without having moved is a dot. One that lies there
# longer, is as wide as a palm, or was there while another drew is a hand.
_EDGE = st.components.v2.component(
    "digit_lab.edge",
    html='<div class="edge"></div>',
    css=".edge { height: 1px; background: var(--st-border-color) }",
    js="""
    const MOVED = 4;  // pixels from which a touch has moved
    const SOON = 500;  // milliseconds within which a touch that ends has been a dot
    const PALM = 30;  // pixels, half the width of a touch from which it is no finger and no pen
    const guarded = new WeakSet();  // blocks whose touches are looked at; this function runs again with every answer

    function guard(block) {
      const resting = new Map();  // touches that may yet be the pen, by identifier
      let pen = null;

      function pass(kind, touch, canvas) {
        const touches = kind === "touchend" ? [] : [touch];
        const all = { touches, targetTouches: touches, changedTouches: [touch] };
        const event = new TouchEvent(kind, { bubbles: true, cancelable: true, composed: true, ...all });
        canvas.dispatchEvent(event);
      }

      function start(touch) {
        if (!pen && Math.max(touch.radiusX, touch.radiusY) < PALM) {
          resting.set(touch.identifier, { first: touch, time: performance.now() });
        }
      }

      function move(touch, canvas) {
        const first = resting.get(touch.identifier)?.first;
        if (!pen && first && Math.hypot(touch.clientX - first.clientX, touch.clientY - first.clientY) >= MOVED) {
          pen = touch.identifier;
          resting.clear();
          pass("touchstart", first, canvas);
        }
        if (touch.identifier === pen) pass("touchmove", touch, canvas);
      }

      function end(touch, canvas, cancelled) {
        const rested = resting.get(touch.identifier);
        resting.delete(touch.identifier);
        if (touch.identifier === pen) {
          pen = null;
          pass("touchend", touch, canvas);
        } else if (rested && !pen && !cancelled && performance.now() - rested.time <= SOON) {
          pass("touchstart", rested.first, canvas);
          pass("touchend", touch, canvas);
        }
      }

      function look(event) {
        const canvas = event.composedPath()[0];
        if (!event.isTrusted || !(canvas instanceof HTMLCanvasElement)) return;
        event.stopImmediatePropagation();
        if (event.cancelable) event.preventDefault();
        for (const touch of event.changedTouches) {
          if (event.type === "touchstart") start(touch);
          else if (event.type === "touchmove") move(touch, canvas);
          else end(touch, canvas, event.type === "touchcancel");
        }
      }

      for (const kind of ["touchstart", "touchmove", "touchend", "touchcancel"]) {
        block.addEventListener(kind, look, { capture: true, passive: false });
      }
    }

    export default function ({ parentElement, data, setStateValue }) {
      const host = parentElement.host ?? parentElement;
      const block = host.closest('[data-testid="stVerticalBlock"]') ?? host;
      if (!guarded.has(block)) {
        guarded.add(block);
        guard(block);
      }
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
