"""Arrays -> Plotly figures, in one palette and one style. The fonts and the background are the page's own."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

# Readable on the light and on the dark page. Blue and amber differ for colour-blind people as well.
BLUE = "#5674e8"
AMBER = "#d9902f"
GREY = "#a3acc2"

# A figure that is looked at, not explored: no zoom, so that a finger on it scrolls the page.
STATIC = {"staticPlot": True, "displayModeBar": False, "responsive": True}

_BAR_HEIGHT = 22


def probability_bars(
    characters: Sequence[str], probabilities: NDArray[np.float64] | None, chosen: str | None, colour: str = BLUE
) -> go.Figure:
    """A horizontal bar for every class, the first at the top.

    Args:
        characters: the classes.
        probabilities: (C,), 0 to 1, in their order; None for bars of length nothing, in a figure of the same size.
        chosen: the class whose bar is in `colour`; the others are grey.
    """
    shares = np.zeros(len(characters)) if probabilities is None else 100 * probabilities
    figure = go.Figure(
        go.Bar(
            x=shares,
            y=list(characters),
            orientation="h",
            marker={"color": [colour if character == chosen else GREY for character in characters]},
            text=["" if probabilities is None else percent(share / 100) for share in shares],
            textposition="outside",
            cliponaxis=False,
        )
    )
    figure.update_layout(height=_BAR_HEIGHT * len(characters) + 50, margin={"l": 24, "r": 8, "t": 4, "b": 40}, bargap=0.3)
    figure.update_xaxes(range=[0, 118], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %", title_text="probability")
    figure.update_yaxes(type="category", autorange="reversed", ticks="", showgrid=False)
    return figure


def percent(share: float) -> str:
    """A share of 0 to 1 in words that never claim more than is known: 0.99996 is "over 99.9 %", not "100.0 %"."""
    if share > 0.999:
        return "over 99.9 %"
    return "under 0.1 %" if share < 0.001 else f"{100 * share:.1f} %"
