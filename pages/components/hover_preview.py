"""The picture of the point of a chart that a mouse rests on, or a finger has touched, beside that point.

Plotly's own labels hold text only. This element draws nothing where it stands: it listens to the chart of a given key.
"""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.components.pictures import Picture

_ROW = 50  # pictures a row of the sheet
_SIDE = 112  # in pixels, on the screen

_LENS = st.components.v2.component(
    "digit_lab.lens",
    html='<div class="lens" aria-hidden="true"></div>',
    css="""
    .lens {
      position: fixed; z-index: 1000; pointer-events: none; display: none; image-rendering: pixelated;
      border: 3px solid var(--st-primary-color); border-radius: 8px; background-color: #000;
      box-shadow: 0 4px 14px rgba(0, 0, 0, 0.35);
    }
    """,
    js="""
    export default function ({ parentElement, data }) {
      const lens = parentElement.querySelector(".lens");
      lens.style.width = lens.style.height = `${data.side}px`;
      lens.style.backgroundImage = `url(${data.sheet})`;
      lens.style.backgroundSize = `${data.row * data.side}px auto`;
      const hide = () => { lens.style.display = "none"; };
      const show = ({ points }) => {
        const point = points?.[0];
        const place = Number(point?.customdata);
        if (!Number.isInteger(place) || place < 0 || place >= data.count) return hide();
        const box = chart.getBoundingClientRect();
        const x = box.left + point.xaxis._offset + point.xaxis.d2p(point.x);
        const y = box.top + point.yaxis._offset + point.yaxis.d2p(point.y);
        const away = data.side + 40;
        lens.style.left = `${Math.max(4, Math.min(x - data.side / 2, innerWidth - data.side - 10))}px`;
        lens.style.top = `${y > away + 4 ? y - away : y + 40}px`;
        const [left, top] = [place % data.row, Math.floor(place / data.row)];
        lens.style.backgroundPosition = `${-left * data.side}px ${-top * data.side}px`;
        lens.dataset.place = place;
        lens.style.display = "block";
      };
      let chart = null;
      const leave = () => {
        if (chart?.removeListener) {
          for (const kind of ["plotly_hover", "plotly_click"]) chart.removeListener(kind, show);
          chart.removeListener("plotly_unhover", hide);
        }
        chart = null;
      };
      // The chart may come later than this element, and be another one after a change: each movement looks for it.
      const look = (event) => {
        const found = event.target.closest?.(`.st-key-${data.chart} .js-plotly-plot`);
        if (!found) return hide();
        if (found === chart || !found.on) return;
        leave();
        chart = found;
        // A finger does not hover: it clicks.
        for (const kind of ["plotly_hover", "plotly_click"]) chart.on(kind, show);
        chart.on("plotly_unhover", hide);
      };
      const early = { passive: true, capture: true };
      for (const kind of ["pointermove", "pointerdown"]) document.addEventListener(kind, look, early);
      document.addEventListener("scroll", hide, early);
      return () => {
        leave();
        hide();
        for (const kind of ["pointermove", "pointerdown"]) document.removeEventListener(kind, look, early);
        document.removeEventListener("scroll", hide, early);
      };
    }
    """,
)


def show(chart: str, sheet: str, count: int, key: str) -> None:
    """Let the points of the chart of this key show their pictures.

    Args:
        sheet: so many pictures, from `to_sheet`, as a URL; the `customdata` of the points are indices among them.
    """
    _LENS(key=key, data={"chart": chart, "sheet": sheet, "count": count, "row": _ROW, "side": _SIDE}, height=1)


def to_sheet(pictures: NDArray[np.uint8]) -> Picture:
    """Pictures (N, H, W) in rows of 50 on one picture, the last row filled up with black."""
    count, height, width = pictures.shape
    rows = -(-count // _ROW)
    padded = np.zeros((rows * _ROW, height, width), np.uint8)
    padded[:count] = pictures
    return np.ascontiguousarray(
        padded.reshape(rows, _ROW, height, width).swapaxes(1, 2).reshape(rows * height, _ROW * width)
    )
