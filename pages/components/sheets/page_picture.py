"""The picture of a page with its fields drawn on it: they are picked with mouse, finger or keyboard, or drawn anew."""

import zlib
from collections.abc import Mapping, Sequence

import streamlit as st

from core.sheets.review import look_of
from core.sheets.sheet import Place, ReadField
from pages.components.sheets.field import verdict

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels of the page."""

_COMPONENT = st.components.v2.component(
    "digit_lab.page_picture",
    html='<div class="page"><img alt=""><svg preserveAspectRatio="none"></svg></div>',
    css="""
    .page { position: relative; touch-action: pan-y pinch-zoom; }
    .page.drawing { touch-action: none; cursor: crosshair; }
    img { display: block; width: 100%; border-radius: 8px; }
    svg { position: absolute; inset: 0; width: 100%; height: 100%; }
    polygon { fill: var(--tone); fill-opacity: 0.14; stroke: var(--tone); stroke-width: 1.5; cursor: pointer;
      vector-effect: non-scaling-stroke; outline: none; }
    polygon:hover { fill-opacity: 0.3; }
    polygon:focus-visible { stroke-width: 4; }
    polygon[aria-pressed="true"] { stroke-width: 4; stroke: var(--st-primary-color); fill-opacity: 0.05; }
    .drawing polygon { pointer-events: none; }
    rect { fill: none; stroke: var(--st-primary-color); stroke-width: 3; vector-effect: non-scaling-stroke; }
    .confident { --tone: #2e9e5b; } .typed { --tone: #2f80ed; } .unsure { --tone: #e08a00; }
    .illegible { --tone: #d64545; } .blank { --tone: #8a93a6; } .filled, .struck { --tone: #7a6ad8; }
    .blank { fill-opacity: 0.02; stroke-dasharray: 3 3; }
    """,
    js="""
    const NS = "http://www.w3.org/2000/svg";
    export default function ({ parentElement, data, setTriggerValue }) {
      const page = parentElement.querySelector(".page");
      const [image, svg] = [page.querySelector("img"), page.querySelector("svg")];
      page.classList.toggle("drawing", data.draws);
      if (image.dataset.token !== data.token) { image.src = data.picture; image.dataset.token = data.token; }
      image.alt = data.alt;
      svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
      const shapes = data.fields.map((field, index) => {
        const shape = document.createElementNS(NS, "polygon");
        shape.setAttribute("points", field.corners.map((corner) => corner.join(",")).join(" "));
        shape.setAttribute("class", field.tone);
        shape.setAttribute("role", "button");
        shape.setAttribute("aria-label", field.spoken);
        shape.setAttribute("aria-pressed", String(index === data.picked));
        shape.setAttribute("tabindex", index === Math.max(data.picked ?? 0, 0) ? "0" : "-1");
        const title = document.createElementNS(NS, "title");
        title.textContent = field.spoken;
        shape.append(title);
        shape.onclick = () => setTriggerValue("picked", { index, time: Date.now() });
        shape.onkeydown = (event) => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); shape.onclick(); return; }
          const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
          if (!step) return;
          event.preventDefault();
          const ahead = data.fields.map((other, i) => [other, i]).filter(([other]) =>
            step[0] ? other.column === field.column && (other.row - field.row) * step[0] > 0
                    : other.row === field.row && (other.column - field.column) * step[1] > 0);
          const far = ([other]) => Math.abs(other.row - field.row) + Math.abs(other.column - field.column);
          const next = ahead.sort((a, b) => far(a) - far(b))[0];
          if (!next) return;
          shape.setAttribute("tabindex", "-1");
          shapes[next[1]].setAttribute("tabindex", "0");
          shapes[next[1]].focus();
        };
        return shape;
      });
      const focused = parentElement.getRootNode().activeElement ?? document.activeElement;
      const had = [...svg.querySelectorAll("polygon")].indexOf(focused);
      svg.replaceChildren(...shapes);
      if (had >= 0 && shapes[had]) shapes[had].focus({ preventScroll: true });
      page.onpointerdown = page.onpointermove = page.onpointerup = null;
      if (!data.draws) return;
      const at = (event) => {
        const around = page.getBoundingClientRect();
        const inside = (value) => Math.min(Math.max(value, 0), 1);
        return [inside((event.clientX - around.left) / around.width) * data.width,
                inside((event.clientY - around.top) / around.height) * data.height];
      };
      const box = document.createElementNS(NS, "rect");
      let start = null;
      const sides = (end) => [Math.min(start[0], end[0]), Math.min(start[1], end[1]),
                              Math.max(start[0], end[0]), Math.max(start[1], end[1])];
      page.onpointerdown = (event) => {
        event.preventDefault();
        start = at(event);
        page.setPointerCapture(event.pointerId);
        svg.append(box);
      };
      page.onpointermove = (event) => {
        if (!start) return;
        const [left, top, right, bottom] = sides(at(event));
        Object.entries({ x: left, y: top, width: right - left, height: bottom - top })
          .forEach(([name, value]) => box.setAttribute(name, value));
      };
      page.onpointerup = (event) => {
        if (!start) return;
        const drawn = sides(at(event));
        start = null;
        box.remove();
        const [left, top, right, bottom] = drawn;
        if (right - left > 4 && bottom - top > 4) setTriggerValue("drawn", { box: drawn, time: Date.now() });
      };
    }
    """,
)


def show(
    picture: str,
    size: tuple[int, int],
    fields: Sequence[ReadField],
    typed: Mapping[Place, object],
    picked: Place | None,
    key: str,
    draws: bool = False,
) -> tuple[Place | None, Box | None]:
    """Show a page with its fields.

    Args:
        picture: the page as a URL.
        size: its width and height in the pixels that the fields' corners are measured in.
        typed: places of the fields that somebody has typed or chosen.
        picked: the field that is marked.
        draws: whether a box is drawn with the pointer, instead of picking a field.

    Returns:
        The field that the person has just picked, and the box just drawn; None where there is none.
    """
    shapes = [
        {
            "corners": field.field.quad.round(1).tolist(),
            "row": field.field.row,
            "column": field.field.column,
            "tone": "typed" if field.place in typed else look_of(field),
            "spoken": spoken(field),
        }
        for field in fields
    ]
    index = next((i for i, field in enumerate(fields) if field.place == picked), None)
    result = _COMPONENT(
        key=key,
        data={
            "picture": picture,
            "token": f"{len(picture)}-{zlib.crc32(picture.encode()):x}",
            "alt": f"The page, with {len(fields)} fields",
            "width": size[0],
            "height": size[1],
            "fields": shapes,
            "picked": index,
            "draws": draws,
        },
        on_picked_change=lambda: None,
        on_drawn_change=lambda: None,
    )
    chosen = result.picked
    place = fields[chosen["index"]].place if chosen and chosen["index"] < len(fields) else None
    return place, tuple(result.drawn["box"]) if result.drawn else None


def spoken(field: ReadField) -> str:
    """A field for people who do not see it, and for a mouse that rests on it: "Row 2, column 3: 47, unsure"."""
    what = f"{field.text}, {verdict(field)}" if field.text else verdict(field)
    return f"Row {field.field.row + 1}, column {field.field.column + 1}: {what}"
