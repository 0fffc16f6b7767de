"""Charts of how far the answers can be trusted: reliability, confidence, and what a threshold keeps."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import AMBER, BLUE, GREY, RED

if TYPE_CHECKING:
    from core.evaluation.calibration import Bins, Threshold

_BAND, _FAINT = "rgba(86, 116, 232, 0.18)", "rgba(86, 116, 232, 0.4)"
_THRESHOLD_HOVER = (
    "<b>threshold %{customdata[0]}</b><br>kept %{x:.2f} % (%{customdata[1]} answers)<br>"
    "wrong %{y:.3f} % (%{customdata[2]})<extra></extra>"
)


def reliability(after: "Bins", before: "Bins") -> go.Figure:
    """A reliability diagram with the model's temperature and without it: confidence against accuracy, by bins.

    A calibrated model lies on the diagonal. Marks grow with the images of a bin, lines are 95 % intervals.
    """
    used = np.flatnonzero(after.images)
    low, high = 100 * after.intervals[used].T
    middle = 100 * after.accuracy[used]
    intervals = {"array": high - middle, "arrayminus": middle - low, "color": _FAINT, "thickness": 2, "width": 0}
    diagonal = go.Scatter(
        x=[0, 100], y=[0, 100], mode="lines", line={"color": GREY, "dash": "dot"}, showlegend=False, hoverinfo="skip"
    )
    figure = styled(
        diagonal,
        _reliability(before, "without temperature", AMBER, "diamond-open"),
        _reliability(after, "with temperature", BLUE, "circle").update(error_y=intervals),
        x="Mean confidence (%)",
        y="Right answers (%)",
        **LEGEND_BELOW,
    )
    lowest = min(float(bins.low[bins.images > 0].min()) for bins in (after, before))
    figure.update_xaxes(range=[max(-1.0, 100 * lowest - 3), 104], dtick=20)
    return figure.update_yaxes(range=[-4, 108])


def _reliability(bins: "Bins", name: str, colour: str, symbol: str) -> go.Scatter:
    used = np.flatnonzero(bins.images)
    edges = [f"{100 * bins.low[index]:.1f} to {100 * bins.high[index]:.1f}" for index in used]
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


def confidence_histogram(confidence: NDArray[np.float64], right: NDArray[np.bool_], threshold: float) -> go.Figure:
    """Histogram of the confidence of right and wrong answers, in steps of 5 %; the threshold as a line."""
    groups = (("right", confidence[right], BLUE), ("wrong", confidence[~right], RED))
    return _histogram(groups, "confidence", threshold, x="Confidence (%)", y="Answers (log scale)")


def refusal_histogram(
    characters: NDArray[np.float64], outliers: NDArray[np.float64], threshold: float, noun: str
) -> go.Figure:
    """Histogram of the refusal scores of characters, which are called by the noun, and of outliers."""
    groups = ((f"{noun}s", characters, BLUE), (f"not one {noun}", outliers, RED))
    title = f"Probability of not being one {noun} (%)"
    return _histogram(groups, "probability", threshold, x=title, y="Drawings (log scale)")


def _histogram(
    groups: Sequence[tuple[str, NDArray[np.float64], str]], what: str, threshold: float, x: str, y: str
) -> go.Figure:
    """Histograms of `groups` (name, shares (N,), colour) in steps of 5 % on a log scale, with a line at a threshold."""
    edges = np.linspace(0, 100, 21)
    first = int(np.searchsorted(edges, min(100 * shares.min() for _, shares, _ in groups if len(shares)), "right")) - 1
    traces = []
    for name, shares, colour in groups:
        counts = np.histogram(100 * shares, edges)[0][first:]
        steps = [f"{low:.0f} to {low + 5:.0f}" for low in edges[first:-1]]
        hover = f"<b>{what} %{{customdata}} %</b><br>%{{y:,}} {name}<extra></extra>"
        bar = go.Bar(
            x=edges[first:-1] + 2.5, y=counts, customdata=steps, name=name, marker_color=colour, hovertemplate=hover
        )
        traces.append(bar)
    figure = styled(*traces, x=x, y=y, barmode="group", bargap=0.12, **LEGEND_BELOW)
    # From a little below 1, so that a single one has a bar.
    top = 2 * sum(len(shares) for _, shares, _ in groups)
    figure.update_yaxes(type="log", range=[np.log10(0.6), np.log10(top)], dtick=1, tickformat=",")
    figure.update_xaxes(range=[edges[first], 100], dtick=10)
    return figure.add_vline(x=100 * threshold, line={"color": GREY, "dash": "dash", "width": 1.5})


def coverage(
    curve: "Sequence[Threshold]", current: "Threshold", tried: "Threshold | None" = None, start: float = 0.0
) -> go.Figure:
    """Coverage against the share of wrong answers, with its 95 % interval, by thresholds in order of coverage.

    The model's threshold is marked, and another one if it is tried; `start` is the least coverage shown at first.
    """
    kept = [100 * point.coverage for point in curve]
    low, high = zip(*(point.interval for point in curve), strict=True)
    edge = {"mode": "lines", "line": {"width": 0}, "showlegend": False, "hoverinfo": "skip"}
    line = go.Scatter(
        x=kept,
        y=[100 * point.error for point in curve],
        customdata=_threshold_texts(curve),
        name="wrong among those kept, with 95 % interval",
        mode="lines",
        line={"color": BLUE, "width": 2},
        hovertemplate=_THRESHOLD_HOVER,
    )
    figure = styled(
        go.Scatter(x=kept, y=[100 * value for value in high], **edge),
        go.Scatter(x=kept, y=[100 * value for value in low], fill="tonexty", fillcolor=_BAND, **edge),
        line,
        _threshold_mark(current, "the model's threshold", "diamond-open", GREY, 18),
        *([_threshold_mark(tried, "the threshold tried", "circle", AMBER, 11)] if tried else []),
        x="Answers kept (%)",
        y="Wrong among them (%)",
        **LEGEND_BELOW,
    )
    # The interval of few answers reaches far up; the curve itself is what is looked at.
    shown = [point for point in (*curve, current, tried or current) if point.coverage >= start]
    top = max(100 * point.error for point in shown)
    figure.update_layout(legend_traceorder="normal")  # a filled area would turn it round
    figure.update_yaxes(range=[0, max(1.6 * top, 100 * curve[-1].interval[1], 0.05)])
    return figure.update_xaxes(range=[100 * start, 100 + 2 * (1 - start)])


def _threshold_texts(points: "Iterable[Threshold]") -> list[tuple[str, str, str]]:
    return [(f"{100 * point.threshold:.2f} %", f"{point.confident:,}", f"{point.wrong:,}") for point in points]


def _threshold_mark(point: "Threshold", name: str, symbol: str, colour: str, size: int) -> go.Scatter:
    return go.Scatter(
        x=[100 * point.coverage],
        y=[100 * point.error],
        customdata=_threshold_texts([point]),
        name=name,
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": size, "line": {"width": 2}},
        hovertemplate=_THRESHOLD_HOVER,
    )
