"""A confusion matrix as a heatmap whose cells can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import styled
from core.charts.palette import AMBER, BLUES, GREY, INKS, TEXT, readable_ink

NUMBERED_CLASSES = 20  # with more of them a cell has no room for its number
_BELOW = {"orientation": "h", "x": 0.5, "y": 0, "yref": "container", "yanchor": "bottom"}  # of a colour bar


@dataclass(frozen=True)
class View:
    """How a confusion matrix is shown."""

    theme: str = "light"  # of the page, or "dark"; it decides which ink is readable
    shares: bool = False  # colours and numbers are percentages of the true class instead of counts
    errors_only: bool = False  # without the diagonal
    log: bool = True  # colours on a logarithmic scale: a single error is seen beside a thousand right answers
    chosen: tuple[int, int] | None = None  # a cell to mark, (true, read)
    beside: Sequence[NDArray[np.int64]] = ()  # of other figures, with which this one shares its scale of colours
    order: Sequence[int] | None = None  # the classes shown, from the first row and column on; None for all
    groups: Sequence[Sequence[int]] = ()  # look-alikes: where they stand beside each other they have a frame
    narrow: bool = False  # without room for the names of many classes side by side: they stand at the rows only


_DEFAULT = View()


def confusion(counts: NDArray[np.int64], characters: Sequence[str], view: View = _DEFAULT) -> go.Figure:
    """Counts (C, C), row the true class, column the one it was read as, as a heatmap.

    A heatmap gives no click to Streamlit; the invisible points on its cells do. Their `customdata` are
    (true, read, count).
    """
    order = range(len(characters)) if view.order is None else view.order
    numbered = len(order) <= NUMBERED_CLASSES
    values, shown = _cell_values(counts, view)
    values, shown = values[np.ix_(order, order)], shown[np.ix_(order, order)]
    # The scale of colours reaches over the values shown here, and those in the figures beside it.
    others = (_cell_values(beside, view) for beside in view.beside)
    above = np.concatenate([values[shown], *(theirs[seen] for theirs, seen in others)])
    positions, ticks = _scale(np.where(shown, values, 0), above, view.log)
    traces = [
        _heatmap(np.where(shown, positions, np.nan), ticks, view, numbered),
        _cells(counts, characters, view.errors_only, order),
    ]
    if numbered:
        traces += _cell_numbers(values, positions, shown, view)
        traces.append(_totals(counts, order, view))
    height = max(360, 40 * len(order) + 130) if numbered else 16 * len(order) + 90
    figure = styled(*traces, x="Read as", y="True class", height=height, showlegend=False)
    _confusion_axes(figure, [characters[index] for index in order])
    if view.narrow and not numbered:
        figure.update_xaxes(showticklabels=False)
        figure.update_layout(xaxis_fixedrange=True, yaxis_fixedrange=True)  # a finger's drag is for the page
        figure.update_traces(colorbar=_BELOW, selector={"type": "heatmap"})
    _frames(figure, {index: row for row, index in enumerate(order)}, view)
    return figure


def _heatmap(positions: NDArray[np.float64], ticks: dict[str, Any], view: View, numbered: bool) -> go.Heatmap:
    title = "% of the<br>true class" if view.shares else "images"
    return go.Heatmap(
        z=positions,
        zmin=0,
        zmax=1,
        colorscale=BLUES,
        xgap=1,
        ygap=1,
        hoverinfo="skip",
        showscale=not numbered,  # numbers in the cells say more, and leave the room to them
        colorbar={"title": {"text": title}, "thickness": 10, "outlinewidth": 0, "x": 1.01, **ticks},
    )


def _frames(figure: go.Figure, rows: dict[int, int], view: View) -> None:
    """Frame the look-alikes that stand side by side, and the chosen cell; `rows` has the row of each class."""
    for group in view.groups:
        inside = sorted(rows[index] for index in group if index in rows)
        if len(inside) > 1 and inside[-1] - inside[0] == len(inside) - 1:
            figure.add_shape(**_around(inside[0], inside[0], inside[-1]), line={"color": GREY, "width": 1})
    if view.chosen and set(view.chosen) <= set(rows):
        true, read = view.chosen
        figure.add_shape(**_around(rows[true], rows[read]), line={"color": AMBER, "width": 3})


def _cell_values(counts: NDArray[np.int64], view: View) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The number of every cell, and whether it is shown."""
    values = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) if view.shares else counts.astype(float)
    return values, (counts > 0) & ~(view.errors_only & np.eye(len(counts), dtype=bool))


def _scale(
    values: NDArray[np.float64], above: NDArray[np.float64], log: bool
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """The positions of values on the colour scale, 0 to 1, and the ticks of its bar.

    The scale reaches over the values `above` 0; the least of them is well above nothing.
    """
    if not len(above):
        return np.zeros_like(values), {"tickvals": [], "ticktext": []}
    highest = float(above.max())
    lowest = min(float(above.min()), highest / 1.001)

    def position(value: NDArray[np.float64]) -> NDArray[np.float64]:
        if not log:
            return value / highest
        return 0.12 + 0.88 * np.log(np.maximum(value, lowest) / lowest) / np.log(highest / lowest)

    powers = 10.0 ** np.arange(np.floor(np.log10(lowest)), np.ceil(np.log10(highest)) + 1)
    steps = powers if log else np.linspace(0, highest, 5).round(-1 if highest > 40 else 2)
    steps = np.unique(np.append(steps[(steps >= lowest * (1 if log else 0)) & (steps < 0.8 * highest)], highest))
    return position(values), {"tickvals": position(steps).tolist(), "ticktext": [f"{step:,.4g}" for step in steps]}


def _cells(counts: NDArray[np.int64], characters: Sequence[str], errors_only: bool, order: Sequence[int]) -> go.Scatter:
    """The points on the cells that are hovered and clicked; the nearest one is that of the cell."""
    rows = counts.sum(axis=1)
    positions = {index: row for row, index in enumerate(order)}
    cells = [(true, read) for true in order for read in order if not (errors_only and true == read)]
    texts = [
        f"<b>{characters[true]}</b> read as <b>{characters[read]}</b>: {counts[true, read]:,}<br>"
        f"{100 * counts[true, read] / max(rows[true], 1):.2f} % of {rows[true]:,}"
        for true, read in cells
    ]
    return go.Scatter(
        x=[positions[read] for _, read in cells],
        y=[positions[true] for true, _ in cells],
        customdata=[[true, read, int(counts[true, read])] for true, read in cells],
        text=texts,
        mode="markers",
        marker={"symbol": "square", "size": 8, "opacity": 0, "color": AMBER},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertemplate="%{text}<extra></extra>",
    )


def _cell_numbers(
    values: NDArray[np.float64], positions: NDArray[np.float64], shown: NDArray[np.bool_], view: View
) -> list[go.Scatter]:
    """The numbers in the cells: a trace for each ink, as a selection elsewhere would fade colours of single points."""
    items: dict[str, list[tuple[int, int, str]]] = {ink: [] for ink in INKS}
    for true, read in np.argwhere(shown):
        value = values[true, read]
        text = _short_share(value) if view.shares else f"{int(value)}"
        items[readable_ink(float(positions[true, read]), view.theme)].append((int(read), int(true), text))
    return [_texts(numbers, ink) for ink, numbers in items.items() if numbers]


def _short_share(percentage: float) -> str:
    """A percentage that fits a small cell; only a whole class is 100, and nothing that happened is 0."""
    if percentage >= 100:
        return "100"
    return "<0.1" if percentage < 0.1 else f"{min(percentage, 99.9):.1f}"


def _totals(counts: NDArray[np.int64], order: Sequence[int], view: View) -> go.Scatter:
    """How many images every shown row and column has, those in cells that are not shown too, beside and under it."""
    end, shown = len(order), list(order)
    rows = [(end, row, f"{count:d}") for row, count in enumerate(counts.sum(axis=1)[shown])]
    columns = [(column, end, f"{count:d}") for column, count in enumerate(counts.sum(axis=0)[shown])]
    return _texts([*rows, *columns], TEXT[view.theme], size=9 if view.narrow else 11)


def _texts(items: Sequence[tuple[int, int, str]], colour: str, size: int = 11) -> go.Scatter:
    return go.Scatter(
        x=[x for x, _, _ in items],
        y=[y for _, y, _ in items],
        text=[text for _, _, text in items],
        mode="text",
        textfont={"color": colour, "size": size},
        unselected={"textfont": {"color": colour}},
        hoverinfo="skip",
    )


def _confusion_axes(figure: go.Figure, characters: Sequence[str]) -> None:
    classes = len(characters)
    totals = classes <= NUMBERED_CLASSES
    end = classes + 0.6 if totals else classes - 0.5
    common: dict[str, Any] = {
        "tickvals": list(range(classes + totals)),
        "ticktext": [*characters, *["all"] * totals],
        "showgrid": False,
        "zeroline": False,
        "fixedrange": totals,  # a drag is for the page; of many classes a part can be enlarged with the toolbar
        "ticks": "",
        "tickangle": 0,
        "tickfont": {"size": 12 if totals else 11},
    }
    figure.update_xaxes(range=[-0.5, end], **common)
    figure.update_yaxes(range=[end, -0.5], **common)
    figure.update_layout(hovermode="closest", hoverdistance=60)


def _around(row: int, column: int, last: int | None = None) -> dict[str, Any]:
    """A rectangle around a cell, or around all cells from it to the same row and column at the other end."""
    size = 0.5 if last is None else last - row + 0.5
    return {"type": "rect", "x0": column - 0.5, "x1": column + size, "y0": row - 0.5, "y1": row + size}
