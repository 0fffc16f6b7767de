"""The drawing canvas with its pen, undo and clear."""

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit_drawable_canvas import st_canvas

from pages.components import page

_LARGEST_SIDE = page.HALF_WIDTH
_SMALLEST_SIDE = 200
_PHONE_SIDE = 328  # fits the narrowest phones in use, until the browser has reported its width
_WIDE = 0.3  # of its width: the height of a canvas for a whole number
_KEPT, _START, _SIDE = "kept", "start", "side"
PEN, _PEN_RANGE, _PEN_START = "pen-width", (6, 40), 18

# Paper and ink of the light and of the dark page.
_COLOURS = {"light": ("#ffffff", "#141a2b"), "dark": ("#1c212d", "#f4f6fc")}

# Streamlit tells a page nothing of its size, and the canvas has a fixed one. This element, the thin upper edge of the
# paper, reports how large the canvas may be: as wide as its block, and on a phone no higher than what is left of the
# screen below the answer.
#
# The component has a toolbar of its own, unseen over its upper edge, where it would catch the first touch and the Tab
# key. It is hidden here; the page has buttons for what is needed of it.
#
# The element also tells the pen from a hand that rests on the canvas, since the component takes the first touch for the
# pen, and as long as that stays no other draws. Of the touches on the canvas the first to move is the pen: it alone is
# passed on, as if it were the only one. A touch that ends soon without having moved is a dot. One that lies there
# longer, is as wide as a palm, or was there while another drew is a hand.
_EDGE = st.components.v2.component(
    "digit_lab.edge",
    html='<div class="edge"></div>',
    css=".edge { height: 1px; background: var(--st-border-color) }",
    js="""
    const MOVED = 4;  // pixels from which a touch has moved
    const SOON = 500;  // milliseconds within which a touch that ends has been a dot
    const MARGIN = 8;  // pixels, between the canvas and the lower edge of the screen
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
      let known = data.side;
      const main = block.closest('[data-testid="stMain"]') ?? document.documentElement;
      const watcher = new ResizeObserver(() => {
        const top = block.getBoundingClientRect().top + main.scrollTop;
        const height = data.fits ? document.documentElement.clientHeight - top - MARGIN : Infinity;
        const room = Math.floor(Math.min(data.largest, block.clientWidth, height));
        const side = Math.max(data.smallest, room);
        if (side !== known) setStateValue("side", (known = side));
      });
      for (const element of [block, main]) watcher.observe(element);
      let waiting = 0;
      const hide = () => {
        const roots = Array.from(block.querySelectorAll("*"), (element) => element.shadowRoot);
        const toolbar = roots.map((root) => root?.querySelector(".dc-toolbar")).find(Boolean);
        if (toolbar) toolbar.style.visibility = "hidden";
        else waiting = requestAnimationFrame(hide);  // the canvas may come later
      };
      hide();
      return () => {
        watcher.disconnect();
        cancelAnimationFrame(waiting);
      };
    }
    """,
)


@dataclass(frozen=True)
class Drawing:
    """What is on the canvas: a PNG file, and the colour of its paper, RGB."""

    png: bytes
    paper: tuple[int, int, int]


@dataclass(frozen=True)
class _Kept:
    """What is on the canvas, for when the person comes back: strokes as Fabric.js has them, and the canvas' side."""

    strokes: list[dict[str, Any]]
    side: int
    drawing: Drawing | None


def show(key: str, tools: DeltaGenerator | None = None, wide: bool = False) -> Drawing | None:
    """Show the canvas and its tools; what is drawn, or None before the first stroke.

    The buttons are under the canvas, or in `tools` on a phone. A `wide` canvas is for a whole number.
    """
    with st.container(gap=None):
        width = _fitting_side(key, wide)
        height = round(_WIDE * width) if wide else width
        paper, ink = _COLOURS[page.theme()]
        if key not in st.session_state:
            _put_back(key, width, ink)
        with st.container(height=height, width=width, border=False, key=f"{key}-paper"):
            drawing = st_canvas(
                key=key,
                width=width,
                height=height,
                background_color=paper,
                stroke_color=ink,
                stroke_width=st.session_state.get(PEN, _PEN_START) // (2 if wide else 1),
                initial_drawing=st.session_state.get(f"{key}-{_START}"),
                return_image_data=True,
            )
    strokes = (drawing.json_data or {}).get("objects") or []
    before: _Kept = st.session_state.get(f"{key}-{_KEPT}") or _Kept([], width, None)
    red, green, blue = bytes.fromhex(paper.removeprefix("#"))
    seen = Drawing(drawing.image_bytes, (red, green, blue)) if drawing.image_bytes else None
    # The canvas sends no picture of the strokes that it begins with.
    kept = _Kept(strokes, width, seen or (before.drawing if strokes else None))
    st.session_state[f"{key}-{_KEPT}"] = kept
    _tools(key, tools, empty=not strokes)
    return kept.drawing


def _put_back(key: str, side: int, ink: str) -> None:
    """Begin with what was drawn before the person went to another page, in the size and the colour of now."""
    kept: _Kept | None = st.session_state.get(f"{key}-{_KEPT}")
    if kept is None:
        return
    scale = side / kept.side
    scaled = [{name: stroke[name] * scale for name in ("left", "top", "scaleX", "scaleY")} for stroke in kept.strokes]
    _set_start(key, [stroke | sizes | {"stroke": ink} for stroke, sizes in zip(kept.strokes, scaled, strict=True)])


def _set_start(key: str, strokes: list[dict[str, Any]]) -> None:
    """Put strokes on the canvas, in the place of what is there."""
    before = st.session_state.get(f"{key}-{_START}") or {"revision": 0}
    # The revision makes every start differ from the one before: the canvas takes up no start that it already has.
    st.session_state[f"{key}-{_START}"] = {"objects": strokes, "revision": before["revision"] + 1}


def _fitting_side(key: str, wide: bool) -> int:
    on_phone = page.on_phone()
    largest = page.WIDTH if wide else _LARGEST_SIDE
    guess = st.session_state.get(f"{key}-{_SIDE}") or (_PHONE_SIDE if on_phone else largest)
    edge = _EDGE(
        key=f"{key}-edge",
        data={"side": guess, "smallest": _SMALLEST_SIDE, "largest": largest, "fits": on_phone and not wide},
        default={"side": guess},
        on_side_change=lambda: None,
        width=guess,
        height=1,
    )
    st.session_state[f"{key}-{_SIDE}"] = edge.side
    return int(edge.side)


def _tools(key: str, place: DeltaGenerator | None, empty: bool) -> None:
    row = st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}-tools")
    row.slider("Pen width", *_PEN_RANGE, _PEN_START, key=PEN, persist_state="session")
    for label, icon, count in (("Undo", "undo", -1), ("Clear", "delete", 0)):
        name, picture = f"{key}-{label.lower()}", f":material/{icon}:"
        (place or row).button(label, name, icon=picture, disabled=empty, on_click=_keep, args=(key, count))


def _keep(key: str, count: int) -> None:
    """Put the first `count` strokes back on the canvas, -1 for all but the last; the canvas then sends them itself."""
    _set_start(key, st.session_state[f"{key}-{_KEPT}"].strokes[:count])
