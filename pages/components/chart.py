"""A Plotly figure on a page, with the same toolbar everywhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from pages.components import page

if TYPE_CHECKING:
    import plotly.graph_objects as go

# What a toolbar may do; Plotly's own has twenty buttons.
_BUTTONS = {
    "look": [["toImage"]],
    "zoom": [["zoom2d", "pan2d", "resetScale2d"], ["toImage"]],
    "lasso": [["lasso2d", "select2d", "zoom2d", "pan2d", "resetScale2d"], ["toImage"]],
}
# Streamlit makes "pan" of no drag where points can be selected, and Plotly then keeps every touch from the page, even
# where a chart cannot be moved. A touch that it does not hear of scrolls the page, and a tap comes as a mouse's click.
_SCROLLING = st.components.v2.component(
    "digit_lab.scrolling",
    html="<div></div>",
    js="""
    export default function () {
      const leave = (event) => {
        const inside = event.target.closest?.(".nsewdrag");
        const layout = inside?.closest(".js-plotly-plot")?._fullLayout;
        if (layout?.dragmode === "pan" && layout.xaxis.fixedrange) event.stopImmediatePropagation();
      };
      const early = { passive: true, capture: true };
      document.addEventListener("touchstart", leave, early);
      return () => document.removeEventListener("touchstart", leave, early);
    }
    """,
)
Tools = Literal["look", "zoom", "lasso"]
Select = Literal["points", "box", "lasso"]


def show(
    figure: "go.Figure",
    key: str,
    alt: str,
    tools: Tools = "look",
    selects: tuple[Select, ...] = (),
    on_select: Callable[[], None] | None = None,
) -> list[dict[str, Any]]:
    """Show a figure; its toolbar saves it as a PNG that is named after the key.

    Args:
        alt: what the figure shows, for people who do not see it.
        selects: ways to select points; each runs the page, or fragment, again.
        on_select: called before that run, for a page that draws another figure after a selection (`selected` tells it
            what was selected; the figure that takes the place of this one has no selection of its own).

    Returns:
        The selected points, as Plotly describes them (`point_index`, `customdata`, …); empty without a selection.
    """
    config: dict[str, Any] = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": _BUTTONS[tools],
        "scrollZoom": False,
        "toImageButtonOptions": {"format": "png", "filename": f"digit-lab-{key}", "scale": 2},
    }
    if not selects:
        st.plotly_chart(figure, key=key, config=config, alt=alt)
        return []
    with st.container(gap=None):
        event = st.plotly_chart(
            figure, key=key, config=config, alt=alt, on_select=on_select or "rerun", selection_mode=selects
        )
        if page.on_phone():
            _SCROLLING(key=f"{key}-scrolling", height=1)
    return list(event["selection"]["points"])


def selected(key: str) -> list[dict[str, Any]]:
    """The points that were selected in the figure of this key when the page was drawn last; for `on_select`."""
    state: Any = st.session_state.get(key) or {}
    return list(state.get("selection", {}).get("points", []))
