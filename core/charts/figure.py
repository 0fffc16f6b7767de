"""What all charts share: one style, and the way into a file."""

from typing import Any

import plotly.graph_objects as go

HEIGHT = 340  # pixels
# On a phone, or with many classes, a legend above would run into the toolbar.
LEGEND_BELOW: dict[str, Any] = {
    "height": 380,
    "legend": {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "title": {"text": ""}},
    "showlegend": True,
}


def styled(*traces: Any, x: str, y: str, height: int = HEIGHT, **layout: Any) -> go.Figure:
    """A figure in the common style; `x` and `y` are the titles of its axes, with units."""
    figure = go.Figure(list(traces))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        xaxis={"title": {"text": x}, "automargin": True},
        yaxis={"title": {"text": y}, "automargin": True},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": {"text": ""}},
        hoverlabel={"align": "left"},
        dragmode=False,  # a finger that scrolls the page must not zoom
    )
    return figure.update_layout(**layout)


def to_html(figure: go.Figure, title: str) -> bytes:
    """A figure as a page of its own that needs no network: Plotly's script is inside it, some 5 MB."""
    page = go.Figure(figure).update_layout(title_text=title, template="plotly_white", margin_t=64)
    return page.to_html(include_plotlyjs=True, full_html=True, config={"displaylogo": False}).encode("utf-8")
