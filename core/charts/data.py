"""Charts of a data set: its classes, its pixels, the shapes of its characters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import styled
from core.charts.palette import BLUE, class_colour

if TYPE_CHECKING:
    from core.explore.statistics import Quantiles


def class_counts(characters: Sequence[str], counts: NDArray[np.int64], narrow: bool = False) -> go.Figure:
    """Images of every class, (C,); on a `narrow` screen not every one of many classes is named."""
    bars = _bars(list(characters), counts, "<b>%{x}</b><br>%{y:,} images<br>%{customdata:.2f} % of all")
    figure = styled(bars, x="Class", y="Images", height=300, bargap=0.2)
    return _classes_across(figure, narrow).update_yaxes(tickformat=",")


def _bars(x: "Sequence[str] | NDArray[np.int64]", counts: NDArray[np.int64], hover: str) -> go.Bar:
    """Counts as bars, with their shares in % as `customdata`."""
    shares = 100 * counts / max(int(counts.sum()), 1)
    return go.Bar(x=x, y=counts, customdata=shares, marker_color=BLUE, hovertemplate=f"{hover}<extra></extra>")


def _classes_across(figure: go.Figure, narrow: bool) -> go.Figure:
    """Let the classes stand along the x axis, each with its name where there is room."""
    return figure.update_xaxes(type="category", tickangle=0, dtick=None if narrow else 1)


def pixel_histogram(histogram: NDArray[np.int64]) -> go.Figure:
    """Pixels of every value, (256,), on a log scale: there is far more paper than ink."""
    hover = "<b>value %{x}</b><br>%{y:,} pixels<br>%{customdata:.3f} % of all"
    bars = _bars(np.arange(len(histogram)), histogram, hover).update(marker_line_width=0)
    title = "Pixel value (0 paper, 255 full ink)"
    figure = styled(bars, x=title, y="Pixels (log scale)", height=300, bargap=0)
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
    figure = styled(cells, x="Column (pixels)", y="Row (pixels)", height=380, hovermode="closest")
    common = {"showgrid": False, "zeroline": False, "fixedrange": True, "constrain": "domain", "dtick": 7}
    figure.update_xaxes(range=[-0.5, width - 0.5], **common)
    figure.update_layout(margin_t=36)
    return figure.update_yaxes(range=[height - 0.5, -0.5], scaleanchor="x", **common)


def class_boxes(
    quantiles: "Quantiles", characters: Sequence[str], counts: Sequence[int], measure: str, narrow: bool = False
) -> go.Figure:
    """A box for every class: the line is the median, the box the middle half, its arms reach from 5 to 95 %.

    The measure is the axis' title with its unit, the counts are of images. A `narrow` screen names not every class.
    """
    low, quarter, middle = quantiles.lowest, quantiles.quarter, quantiles.median
    upper, high = quantiles.three_quarters, quantiles.highest
    fences = {"lowerfence": low, "q1": quarter, "median": middle, "q3": upper, "upperfence": high}
    boxes = [
        go.Box(
            x=[character],
            **{name: values[index : index + 1] for name, values in fences.items()},
            name=character,
            marker={"color": class_colour(index)},
            line={"width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
        for index, character in enumerate(characters)
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
    figure = styled(*boxes, labels, x="Class", y=measure, height=300, hovermode="x")
    return _classes_across(figure, narrow).update_xaxes(showspikes=False).update_yaxes(rangemode="tozero")
