"""Arrays and data frames -> Plotly figures, in one style and one palette (`core.palette`).

A function here takes data and gives a figure; it asks nobody and computes nothing but places and colours. Every figure
has titles with units on its axes. Fonts, grid and background come from the page's theme, light or dark.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.palette import AMBER, BLUE, BLUES, CLASSES, GREY, INKS, RED, TEXT, class_colour, readable_ink

if TYPE_CHECKING:
    from core.data.shapes import Quantiles
    from core.evaluation.rankings import Curve, Ranking
    from core.evaluation.reliability import Bins, Limit

HEIGHT = 340  # pixels


def to_html(figure: go.Figure, title: str) -> bytes:
    """A figure as a page of its own that needs no network: Plotly's script is inside it, some 5 MB."""
    page = go.Figure(figure).update_layout(title_text=title, template="plotly_white", margin_t=64)
    return page.to_html(include_plotlyjs=True, full_html=True, config={"displaylogo": False}).encode("utf-8")


def _figure(*traces: Any, x: str, y: str, height: int = HEIGHT, **layout: Any) -> go.Figure:
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


def reliability(after: "Bins", before: "Bins") -> go.Figure:
    """Confidence against the share of right answers, by bins; on the diagonal a model is as good as it thinks.

    A bin of many images has a larger mark.

    Args:
        after, before: the answers with and without the model's temperature.
    """
    diagonal = go.Scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": GREY, "dash": "dot"}, showlegend=False, hoverinfo="skip"
    )
    figure = _figure(
        diagonal,
        _reliability(before, "without temperature", AMBER, "diamond-open"),
        _reliability(after, "with temperature", BLUE, "circle"),
        x="Mean confidence (%)",
        y="Right answers (%)",
        **_BELOW,
    )
    figure.update_xaxes(range=[_first_used(after, before), 104])
    return figure.update_yaxes(range=[-4, 108])


def _reliability(bins: "Bins", name: str, colour: str, symbol: str) -> go.Scatter:
    used = np.flatnonzero(bins.images)
    edges = [f"{100 * bins.low[place]:.1f} to {100 * bins.high[place]:.1f}" for place in used]
    return go.Scatter(
        x=100 * bins.confidence[used],
        y=100 * bins.accuracy[used],
        customdata=list(zip(edges, bins.images[used].tolist(), strict=True)),
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 1.5},
        marker={"color": colour, "symbol": symbol, "opacity": 1, "size": 6 + 3 * np.log10(bins.images[used])},
        hovertemplate=(
            "<b>confidence %{customdata[0]} %</b><br>%{customdata[1]:,} images<br>"
            "mean confidence %{x:.2f} %<br>right %{y:.2f} %<extra></extra>"
        ),
    )


def _first_used(*many: "Bins") -> float:
    """A little left of the lowest bin that holds an answer, in %."""
    return max(-1.0, 100 * min(float(bins.low[bins.images > 0].min()) for bins in many) - 3)


def confidence_histogram(confidence: NDArray[np.float64], right: NDArray[np.bool_], limit: float) -> go.Figure:
    """How sure the right and the wrong answers are, in steps of 5 %, on a log scale; the model's limit as a line."""
    edges = np.linspace(0, 100, 21)
    first = int(np.searchsorted(edges, 100 * confidence.min(), "right")) - 1
    traces = []
    for name, chosen, colour in (("right", right, BLUE), ("wrong", ~right, RED)):
        counts = np.histogram(100 * confidence[chosen], edges)[0][first:]
        steps = [f"{low:.0f} to {low + 5:.0f}" for low in edges[first:-1]]
        hover = f"<b>confidence %{{customdata}} %</b><br>%{{y:,}} {name}<extra></extra>"
        bar = go.Bar(
            x=edges[first:-1] + 2.5, y=counts, customdata=steps, name=name, marker_color=colour, hovertemplate=hover
        )
        traces.append(bar)
    figure = _figure(*traces, x="Confidence (%)", y="Answers (log scale)", barmode="group", bargap=0.12, **_BELOW)
    # From a little below 1, so that a single answer has a bar.
    figure.update_yaxes(type="log", range=[np.log10(0.6), np.log10(2 * len(right))], dtick=1, tickformat=",")
    figure.update_xaxes(range=[edges[first], 100], dtick=10)
    return figure.add_vline(x=100 * limit, line={"color": GREY, "dash": "dash", "width": 1.5})


def coverage(curve: "Sequence[Limit]", own: "Limit", tried: "Limit | None" = None, start: float = 0.0) -> go.Figure:
    """What part of the answers is kept, against the share of wrong ones among them, with its 95 % interval.

    Args:
        curve: the limits in order of coverage.
        own: the model's limit; `tried`: another one, if one is tried.
        start: the least coverage that is shown at first, 0 to 1.
    """
    kept = [100 * point.coverage for point in curve]
    low, high = zip(*(point.interval for point in curve), strict=True)
    edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    line = go.Scatter(
        x=kept,
        y=[100 * point.error for point in curve],
        customdata=_limit_texts(curve),
        name="wrong among those kept, with 95 % interval",
        mode="lines",
        line={"color": BLUE, "width": 2},
        hovertemplate=_LIMIT_HOVER,
    )
    figure = _figure(
        go.Scatter(x=kept, y=[100 * value for value in high], **edge),
        go.Scatter(x=kept, y=[100 * value for value in low], fill="tonexty", fillcolor=_BAND, **edge),
        line,
        _limit_mark(own, "the model's limit", "diamond-open", GREY, 18),
        *([_limit_mark(tried, "the limit tried", "circle", AMBER, 11)] if tried else []),
        x="Answers kept (%)",
        y="Wrong among them (%)",
        **_BELOW,
    )
    # The interval of few answers reaches far up; the curve itself is what is looked at.
    shown = [point for point in (*curve, own, tried or own) if point.coverage >= start]
    top = max(100 * point.error for point in shown)
    figure.update_layout(legend_traceorder="normal")  # a filled area would turn it round
    figure.update_yaxes(range=[0, max(1.6 * top, 100 * curve[-1].interval[1], 0.05)])
    return figure.update_xaxes(range=[100 * start, 100 + 2 * (1 - start)])


_BAND = "rgba(86, 116, 232, 0.18)"
_LIMIT_HOVER = (
    "<b>limit %{customdata[0]}</b><br>kept %{x:.2f} % (%{customdata[1]} answers)<br>"
    "wrong %{y:.3f} % (%{customdata[2]})<extra></extra>"
)


def _limit_texts(points: "Iterable[Limit]") -> list[tuple[str, str, str]]:
    return [(f"{100 * point.limit:.2f} %", f"{point.confident:,}", f"{point.wrong:,}") for point in points]


def _limit_mark(point: "Limit", name: str, symbol: str, colour: str, size: int) -> go.Scatter:
    return go.Scatter(
        x=[100 * point.coverage],
        y=[100 * point.error],
        customdata=_limit_texts([point]),
        name=name,
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": size, "line": {"width": 2}},
        hovertemplate=_LIMIT_HOVER,
    )


def precision_recall(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """Precision against recall, a curve for each class; `whole` shows the axes from 0, else where the curves bend."""
    lines = [
        _ranking(characters[one.place], one.place, one.precision_recall, "recall", "precision") for one in rankings
    ]
    figure = _figure(*lines, x="Recall (% of the class found)", y="Precision (% of those found)", **_BELOW)
    span = 100.0 if whole else _bend([one.precision_recall for one in rankings], corner=1.0)
    figure.update_xaxes(range=[100 - span, 100 + span / 30])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


def roc(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """True against false positive rate, a curve for each class; see `precision_recall`."""
    lines = [
        _ranking(characters[one.place], one.place, one.roc, "others taken for it", "of the class found")
        for one in rankings
    ]
    figure = _figure(*lines, x="False positives (% of the others)", y="True positives (% of the class)", **_BELOW)
    span = 100.0 if whole else _bend([one.roc for one in rankings], corner=0.0)
    figure.update_xaxes(range=[-span / 30, span])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


# On a phone, or with many classes, a legend above would run into the toolbar.
_BELOW: dict[str, Any] = {
    "height": 380,
    "legend": {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "title": {"text": ""}},
    "showlegend": True,
}


_LEGEND_ABOVE = 12  # classes
_LEGEND_BELOW_HEIGHT = 100  # pixels


def _ranking(character: str, place: int, curve: "Curve", across: str, up: str) -> go.Scatter:
    limits = ["none" if np.isinf(limit) else f"{100 * limit:.2f} %" for limit in curve.threshold]
    return go.Scatter(
        x=100 * curve.x,
        y=100 * curve.y,
        customdata=limits,
        name=character,
        mode="lines",
        line={"color": class_colour(place), "width": 2},
        hovertemplate=(
            f"<b>{character}</b>, from a probability of %{{customdata}}<br>{across} %{{x:.2f}} %<br>"
            f"{up} %{{y:.2f}} %<extra></extra>"
        ),
    )


def _bend(curves: "Sequence[Curve]", corner: float) -> float:
    """How far from their corner, (`corner`, 1), curves must be shown to see all of them bend; in %, 0.5 to 100."""
    nearest = [float(np.hypot(curve.x - corner, curve.y - 1).min()) for curve in curves]
    return float(np.clip(600 * max(nearest, default=0.0), 0.5, 100))


def class_boxes(quantiles: "Quantiles", characters: Sequence[str], counts: Sequence[int], measure: str) -> go.Figure:
    """A box for every class: the line is the median, the box the middle half, its arms reach from 5 to 95 %.

    Args:
        quantiles: of each class, in the unit of the axis.
        counts: images of each class.
        measure: title of the axis, with its unit.
    """
    low, quarter, middle, upper, high = (
        quantiles.lowest,
        quantiles.quarter,
        quantiles.median,
        quantiles.three_quarters,
        quantiles.highest,
    )
    boxes = [
        go.Box(
            x=[character],
            lowerfence=low[place : place + 1],
            q1=quarter[place : place + 1],
            median=middle[place : place + 1],
            q3=upper[place : place + 1],
            upperfence=high[place : place + 1],
            name=character,
            marker={"color": class_colour(place)},
            line={"width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        for place, character in enumerate(characters)
    ]
    # A box has five hover labels of its own, named after fences; these invisible markers have one, in words.
    labels = go.Scatter(
        x=list(characters),
        y=middle,
        mode="markers",
        marker={"opacity": 0, "size": 1},
        customdata=np.column_stack([low, quarter, upper, high, np.asarray(counts)]),
        hovertemplate=(
            "<b>%{x}</b>: median %{y:.3~g}<br>middle half %{customdata[1]:.3~g} to %{customdata[2]:.3~g}<br>"
            "nine of ten %{customdata[0]:.3~g} to %{customdata[3]:.3~g}<br>%{customdata[4]:,} images<extra></extra>"
        ),
        showlegend=False,
    )
    figure = _figure(*boxes, labels, x="Class", y=measure, height=300, hovermode="x")
    return figure.update_xaxes(type="category", showspikes=False).update_yaxes(rangemode="tozero")


MAP_HEIGHT = 560


def image_map(
    places: NDArray[Any],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    numbers: NDArray[np.int64],
    characters: Sequence[str],
    axes: tuple[str, str],
    touch: bool = False,
) -> go.Figure:
    """Images as points in the colours of their classes; those that the model reads otherwise are crosses.

    A point's `customdata` is its row in the arrays, as an int.

    Args:
        places: (N, 2), where each image lies.
        labels: (N,), the class of each.
        predicted: (N,), the class that the model reads, -1 for none; None without a model.
        numbers: (N,), the number of each image in its data set.
        characters: the classes; one trace for each that occurs. More than there are hues are named where they lie, too.
        axes: titles of the axes.
        touch: a finger on the map scrolls the page, until a tool is chosen; else a drag draws a lasso.
    """
    traces = [_map_points(place, places, labels, predicted, numbers, characters) for place in np.unique(labels)]
    figure = _figure(*traces, x=axes[0], y=axes[1], height=MAP_HEIGHT, dragmode=False if touch else "lasso")
    figure.update_layout(legend={"itemsizing": "constant"}, hovermode="closest")
    if len(traces) > _LEGEND_ABOVE:
        figure.update_layout(legend=_BELOW["legend"], height=MAP_HEIGHT + _LEGEND_BELOW_HEIGHT)
    if touch:
        figure.update_layout(margin_t=80)  # on a narrow screen the legend has two lines, and the toolbar one above them
        # Streamlit makes "pan" of no drag where points can be selected; a map that cannot move lets the page scroll.
        figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    if len(traces) > len(CLASSES):  # too many for a hue each
        figure.update_layout(
            annotations=[_map_name(places[labels == one], characters[one]) for one in np.unique(labels)]
        )
    # No numbers: where a point lies says something only beside the others.
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    return figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)


def _map_points(
    place: int,
    places: NDArray[Any],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    numbers: NDArray[np.int64],
    characters: Sequence[str],
) -> go.Scatter:
    rows = np.flatnonzero(labels == place)
    read = np.full(len(rows), place) if predicted is None else predicted[rows]
    wrong = read != place
    texts = [
        f"<b>{characters[place]}</b>{_read_as(characters, int(answer)) if answer != place else ''}<br>image {number:,}"
        for answer, number in zip(read, numbers[rows], strict=True)
    ]
    # Drawn as SVG: for some thousands of points it is quicker than WebGL where there is no graphics card.
    return go.Scatter(
        x=places[rows, 0],
        y=places[rows, 1],
        customdata=rows,
        text=texts,
        name=characters[place],
        mode="markers",
        marker={
            "color": class_colour(int(place)),
            "symbol": np.where(wrong, "x", "circle").tolist(),
            "size": np.where(wrong, 10, 6).tolist(),
            "opacity": np.where(wrong, 1.0, 0.65).tolist(),
            "line": {"width": 0},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.15}},
        hovertemplate="%{text}<extra></extra>",
    )


def _map_name(places: NDArray[Any], character: str) -> dict[str, Any]:
    """A class's character in the midst of its points; as an annotation, which no lasso catches."""
    x, y = np.median(places, axis=0)
    font = {"size": 17, "weight": 700, "color": INKS[1], "shadow": f"0 0 3px {INKS[0]}, 0 0 3px {INKS[0]}"}
    return {"x": float(x), "y": float(y), "text": character, "font": font, "showarrow": False}


def _read_as(characters: Sequence[str], answer: int) -> str:
    return f", read as <b>{characters[answer]}</b>" if answer >= 0 else ", found blank"


def confusion(
    counts: NDArray[np.int64],
    characters: Sequence[str],
    theme: str = "light",
    shares: bool = False,
    errors_only: bool = False,
    log: bool = True,
    chosen: tuple[int, int] | None = None,
    beside: Sequence[NDArray[np.int64]] = (),
    order: Sequence[int] | None = None,
    groups: Sequence[Sequence[int]] = (),
) -> go.Figure:
    """The confusion matrix as a heatmap. A heatmap gives no click to Streamlit; the invisible points on its cells do.

    Args:
        counts: (C, C): row the true class, column the one it was read as.
        characters: of the classes.
        theme: "light" or "dark", of the page; it decides which ink is readable.
        shares: colours and numbers are percentages of the true class instead of counts.
        errors_only: without the diagonal.
        log: colours on a logarithmic scale, so that a single error is seen beside a thousand right answers.
        chosen: a cell to mark, (true, read).
        beside: the matrices of other figures, (C, C), with which this one shares its scale of colours.
        order: the classes that are shown, from the first row and column on; None for all in their own order.
        groups: classes that look alike; a group whose members stand beside each other has a frame.

    The points' `customdata` are (true, read, count).
    """
    order = range(len(characters)) if order is None else order
    classes = len(order)
    values, shown = _cell_values(counts, shares, errors_only)
    values, shown = values[np.ix_(order, order)], shown[np.ix_(order, order)]
    others = [_cell_values(other, shares, errors_only) for other in beside]
    span = np.concatenate([values[shown], *(theirs[seen] for theirs, seen in others)])
    places, ticks = _scale(np.where(shown, values, 0), span, log)
    title = "% of the<br>true class" if shares else "images"
    heat = go.Heatmap(
        z=np.where(shown, places, np.nan),
        zmin=0,
        zmax=1,
        colorscale=BLUES,
        xgap=1,
        ygap=1,
        hoverinfo="skip",
        showscale=classes > NUMBERED_CLASSES,  # numbers in the cells say more, and leave the room to them
        colorbar={"title": {"text": title}, "thickness": 10, "outlinewidth": 0, "x": 1.01, **ticks},
    )
    traces = [heat, _cells(counts, characters, errors_only, order)]
    if classes <= NUMBERED_CLASSES:
        traces += [*_cell_numbers(values, places, shown, shares, theme), _totals(counts, order, theme)]
    figure = _figure(*traces, x="Read as", y="True class", height=_confusion_height(classes), showlegend=False)
    _confusion_axes(figure, [characters[place] for place in order])
    rows = {place: row for row, place in enumerate(order)}
    for group in groups:
        inside = sorted(rows[place] for place in group if place in rows)
        if len(inside) > 1 and inside[-1] - inside[0] == len(inside) - 1:
            figure.add_shape(**_around(inside[0], inside[0], inside[-1]), line={"color": GREY, "width": 1})
    if chosen and set(chosen) <= set(rows):
        figure.add_shape(**_around(rows[chosen[0]], rows[chosen[1]]), line={"color": AMBER, "width": 3})
    return figure


NUMBERED_CLASSES = 20  # with more of them a cell has no room for its number


def _cell_values(
    counts: NDArray[np.int64], shares: bool, errors_only: bool
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The number of every cell, and whether it is shown."""
    values = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) if shares else counts.astype(float)
    return values, (counts > 0) & ~(errors_only & np.eye(len(counts), dtype=bool))


def _scale(
    values: NDArray[np.float64], above: NDArray[np.float64], log: bool
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Places of values on the colour scale, 0 to 1, and the ticks of its bar; the least is well above nothing.

    The scale reaches over the values `above` nothing.
    """
    if not len(above):
        return np.zeros_like(values), {"tickvals": [], "ticktext": []}
    highest = float(above.max())
    lowest = min(float(above.min()), highest / 1.001)

    def place(value: NDArray[np.float64]) -> NDArray[np.float64]:
        if not log:
            return value / highest
        return 0.12 + 0.88 * np.log(np.maximum(value, lowest) / lowest) / np.log(highest / lowest)

    powers = 10.0 ** np.arange(np.floor(np.log10(lowest)), np.ceil(np.log10(highest)) + 1)
    steps = powers if log else np.linspace(0, highest, 5).round(-1 if highest > 40 else 2)
    steps = np.unique(np.append(steps[(steps >= lowest * (1 if log else 0)) & (steps < 0.8 * highest)], highest))
    return place(values), {"tickvals": place(steps).tolist(), "ticktext": [f"{step:,.4g}" for step in steps]}


def _cells(counts: NDArray[np.int64], characters: Sequence[str], errors_only: bool, order: Sequence[int]) -> go.Scatter:
    """The points on the cells that are hovered and clicked; the nearest one is that of the cell."""
    rows = counts.sum(axis=1)
    places = {place: row for row, place in enumerate(order)}
    cells = [(true, read) for true in order for read in order if not (errors_only and true == read)]
    texts = [
        f"<b>{characters[true]}</b> read as <b>{characters[read]}</b>: {counts[true, read]:,}<br>"
        f"{100 * counts[true, read] / max(rows[true], 1):.2f} % of {rows[true]:,}"
        for true, read in cells
    ]
    return go.Scatter(
        x=[places[read] for _, read in cells],
        y=[places[true] for true, _ in cells],
        customdata=[[true, read, int(counts[true, read])] for true, read in cells],
        text=texts,
        mode="markers",
        marker={"symbol": "square", "size": 8, "opacity": 0, "color": AMBER},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        hovertemplate="%{text}<extra></extra>",
    )


def _cell_numbers(
    values: NDArray[np.float64], places: NDArray[np.float64], shown: NDArray[np.bool_], shares: bool, theme: str
) -> list[go.Scatter]:
    """The numbers in the cells: a trace for each ink, as a selection elsewhere would fade colours of single points."""
    items: dict[str, list[tuple[int, int, str]]] = {ink: [] for ink in INKS}
    for true, read in np.argwhere(shown):
        value = values[true, read]
        text = _short_share(value) if shares else f"{int(value)}"
        items[readable_ink(float(places[true, read]), theme)].append((int(read), int(true), text))
    return [_texts(own, ink) for ink, own in items.items() if own]


def _short_share(percentage: float) -> str:
    """A percentage that fits a small cell; only a whole class is 100, and nothing that happened is 0."""
    if percentage >= 100:
        return "100"
    return "<0.1" if percentage < 0.1 else f"{min(percentage, 99.9):.1f}"


def _totals(counts: NDArray[np.int64], order: Sequence[int], theme: str) -> go.Scatter:
    """How many images every shown row and column has, those in cells that are not shown too, beside and under it."""
    end, shown = len(order), list(order)
    rows = [(end, row, f"{count:d}") for row, count in enumerate(counts.sum(axis=1)[shown])]
    columns = [(column, end, f"{count:d}") for column, count in enumerate(counts.sum(axis=0)[shown])]
    return _texts([*rows, *columns], TEXT[theme])


def _texts(items: Sequence[tuple[int, int, str]], colour: str) -> go.Scatter:
    return go.Scatter(
        x=[x for x, _, _ in items],
        y=[y for _, y, _ in items],
        text=[text for _, _, text in items],
        mode="text",
        textfont={"color": colour, "size": 11},
        unselected={"textfont": {"color": colour}},
        hoverinfo="skip",
    )


def _confusion_height(classes: int) -> int:
    return max(360, 40 * (classes + 1) + 90) if classes <= NUMBERED_CLASSES else 16 * classes + 90


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
    height = width = 0 if last is None else last - row
    return {
        "type": "rect",
        "x0": column - 0.5,
        "x1": column + width + 0.5,
        "y0": row - 0.5,
        "y1": row + height + 0.5,
    }


def learning_curve(
    epochs: NDArray[np.int64],
    lines: Mapping[str, NDArray[np.float64]],
    y: str,
    best: int | None,
    shares: bool = False,
    log: bool = False,
) -> go.Figure:
    """The course of one or two figures over a training.

    Args:
        epochs: (E,), from 1.
        lines: (E,) values by name.
        y: title of the axis, with the unit.
        best: the epoch whose weights were kept; marked when it is one of them.
        shares: the values are shares of 0 to 1, shown as percentages.
        log: a logarithmic axis.
    """
    unit, factor = (" %", 100) if shares else ("", 1)
    colours = (GREY, BLUE) if len(lines) > 1 else (BLUE,)
    traces = [
        go.Scatter(
            x=epochs,
            y=factor * values,
            name=name,
            mode="lines" if len(epochs) > 1 else "markers",
            line={"color": colour, "width": 2.5},
            hovertemplate=f"{name}: %{{y:.4g}}{unit}<extra></extra>",
        )
        for colour, (name, values) in zip(colours, lines.items(), strict=True)
    ]
    figure = _figure(*traces, x="Epoch", y=y, height=280, hovermode="x unified", showlegend=len(lines) > 1)
    if log:
        figure.update_yaxes(type="log", **_log_ticks(np.concatenate(list(lines.values()))))
    ticks = 1 if len(epochs) <= 10 else None  # there is no half an epoch
    figure.update_xaxes(hoverformat="d", unifiedhovertitle={"text": "epoch %{x}"}, dtick=ticks)
    if best is not None and best in epochs:
        chosen = {"text": f"chosen: {best}", "showarrow": False, "font": {"color": AMBER, "size": 12}, "yshift": 14}
        right = best > np.median(epochs)
        figure.add_vline(x=best, line={"color": AMBER, "width": 1.5, "dash": "dot"})
        figure.add_annotation(x=best, y=1, yref="paper", xanchor="right" if right else "left", **chosen)
    return figure


def class_counts(characters: Sequence[str], counts: NDArray[np.int64]) -> go.Figure:
    """Images of every class, (C,)."""
    shares = 100 * counts / max(int(counts.sum()), 1)
    bars = go.Bar(
        x=list(characters),
        y=counts,
        customdata=shares,
        marker_color=BLUE,
        hovertemplate="<b>%{x}</b><br>%{y:,} images<br>%{customdata:.2f} % of all<extra></extra>",
    )
    figure = _figure(bars, x="Class", y="Images", height=300, bargap=0.2)
    return figure.update_xaxes(type="category").update_yaxes(tickformat=",")


def pixel_histogram(histogram: NDArray[np.int64]) -> go.Figure:
    """Pixels of every value, (256,), on a log scale: there is far more paper than ink."""
    shares = 100 * histogram / max(int(histogram.sum()), 1)
    bars = go.Bar(
        x=np.arange(len(histogram)),
        y=histogram,
        customdata=shares,
        marker={"color": BLUE, "line": {"width": 0}},
        hovertemplate="<b>value %{x}</b><br>%{y:,} pixels<br>%{customdata:.3f} % of all<extra></extra>",
    )
    title = "Pixel value (0 paper, 255 full ink)"
    figure = _figure(bars, x=title, y="Pixels (log scale)", height=300, bargap=0)
    figure.update_xaxes(range=[-2, 257], tickvals=[0, 64, 128, 192, 255])
    # From a little below 1, so that a single pixel has a bar.
    return figure.update_yaxes(
        type="log", range=[np.log10(0.6), np.log10(3 * max(int(histogram.max()), 1))], dtick=1, tickformat="~s"
    )


def pixels(image: NDArray[np.uint8]) -> go.Figure:
    """An image, uint8 (H, W), so large that each of its numbers can be read by pointing at it."""
    cells = go.Heatmap(
        z=image,
        zmin=0,
        zmax=255,
        colorscale=[(0, "#000000"), (1, "#ffffff")],
        showscale=False,
        hovertemplate="row %{y}, column %{x}<br><b>value %{z}</b><extra></extra>",
    )
    height, width = image.shape
    figure = _figure(cells, x="Column (pixels)", y="Row (pixels)", height=380, hovermode="closest")
    common: dict[str, Any] = {
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "constrain": "domain",
        "dtick": 7,
    }
    figure.update_xaxes(range=[-0.5, width - 0.5], **common)
    figure.update_layout(margin_t=36)
    return figure.update_yaxes(range=[height - 0.5, -0.5], scaleanchor="x", **common)


def _log_ticks(values: NDArray[np.float64]) -> dict[str, Any]:
    """Ticks at 1, 2 and 5 times the powers of ten; Plotly's own leave the powers out of the texts."""
    powers = np.arange(np.floor(np.log10(values.min())) - 1, np.ceil(np.log10(values.max())) + 1)
    steps = np.array([[digit * 10.0**power for digit in (1, 2, 5)] for power in powers]).ravel()
    return {"tickvals": steps.tolist(), "ticktext": [f"{step:.4g}" for step in steps]}


def training_loss(
    done: NDArray[np.float64],
    loss: NDArray[np.float64],
    epochs: NDArray[np.int64],
    validation: NDArray[np.float64],
    end: int,
) -> go.Figure:
    """The loss of a training that may still go on: of the training by steps, of the validation by epochs.

    Args:
        done, loss: (P,), epochs done and the mean loss of the steps there.
        epochs, validation: (E,), from 1, and the validation loss of each.
        end: where the axis ends, in epochs.
    """
    traces = [
        go.Scatter(
            x=done,
            y=loss,
            name="training, by step",
            mode="lines",
            line={"color": GREY, "width": 1.5},
            hovertemplate="training: %{y:.4g}<extra></extra>",
        ),
        go.Scatter(
            x=epochs,
            y=validation,
            name="validation",
            mode="lines+markers",
            line={"color": BLUE, "width": 2.5},
            hovertemplate="validation: %{y:.4g}<extra></extra>",
        ),
    ]
    figure = _figure(*traces, x="Epochs done", y="Loss (mean −ln p)", height=280, showlegend=True)
    values = np.concatenate([loss, validation])
    if len(values) and values.max() > 5 * values.min() > 0:  # closer ones would have no tick between them
        figure.update_yaxes(type="log", **_log_ticks(values))
    return figure.update_xaxes(range=[0, end])


def learning_rate(done: NDArray[np.float64], rate: NDArray[np.float64], end: int) -> go.Figure:
    """The learning rate of a training that may still go on.

    Args:
        done, rate: (P,), epochs done and the mean learning rate of the steps there.
        end: where the axis ends, in epochs.
    """
    line = go.Scatter(
        x=done,
        y=rate,
        mode="lines",
        line={"color": BLUE, "width": 2},
        hovertemplate="learning rate: %{y:.3g}<extra></extra>",
    )
    figure = _figure(line, x="Epochs done", y="Learning rate", height=200)
    figure.update_yaxes(rangemode="tozero", tickformat=".2~g", exponentformat="power")
    return figure.update_xaxes(range=[0, end])


def laid_over(lines: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64]]], y: str, shares: bool) -> go.Figure:
    """The same figure of several trainings over their epochs.

    Args:
        lines: by the training's name, its epochs (E,) from 1 and the values (E,).
        y: title of the axis, with the unit.
        shares: the values are shares of 0 to 1, shown as percentages.
    """
    unit, factor = (" %", 100) if shares else ("", 1)
    traces = [
        go.Scatter(
            x=epochs,
            y=factor * values,
            name=name,
            mode="lines+markers",
            line={"color": class_colour(place), "width": 2},
            marker={"size": 5},
            hovertemplate=f"{name}, epoch %{{x}}: %{{y:.4g}}{unit}<extra></extra>",
        )
        for place, (name, (epochs, values)) in enumerate(lines.items())
    ]
    figure = _figure(*traces, x="Epoch", y=y, **_BELOW)
    last = max((int(epochs[-1]) for epochs, _ in lines.values() if len(epochs)), default=1)
    return figure.update_xaxes(range=[0, last + 0.5], dtick=1 if last <= 10 else None)
