"""Charts of a training, of one that goes on, and of several beside each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import AMBER, BLUE, GREY, class_colour

_MARKED = 60  # points of a line, beyond which markers hide it


def _line(
    x: NDArray[Any], y: NDArray[np.float64], colour: str, width: float, hover: str, mode: str = "lines", **more: Any
) -> go.Scatter:
    line = {"color": colour, "width": width, **more.pop("line", {})}
    return go.Scatter(x=x, y=y, mode=mode, line=line, hovertemplate=f"{hover}<extra></extra>", **more)


def learning_curve(
    epochs: NDArray[np.int64],
    lines: Mapping[str, NDArray[np.float64]],
    y: str,
    best: int | None,
    shares: bool = False,
    log: bool = False,
) -> go.Figure:
    """The course of one or two figures (E,), by name, over the epochs of a training; of `best` the weights were kept.

    Values that are `shares` are shown as percentages.
    """
    unit, factor = (" %", 100) if shares else ("", 1)
    colours = (GREY, BLUE) if len(lines) > 1 else (BLUE,)
    traces = [
        _line(
            epochs,
            factor * values,
            colour,
            2.5,
            f"{name}: %{{y:.4g}}{unit}",
            "lines" if len(epochs) > 1 else "markers",
            name=name,
        )
        for colour, (name, values) in zip(colours, lines.items(), strict=True)
    ]
    figure = styled(*traces, x="Epoch", y=y, height=280, hovermode="x unified", showlegend=len(lines) > 1)
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


def training_loss(
    done: NDArray[np.float64],
    loss: NDArray[np.float64],
    epochs: NDArray[np.int64],
    validation: NDArray[np.float64],
    end: int,
) -> go.Figure:
    """The loss of a training that may still go on, by steps (P,), and of the validation, by epochs (E,)."""
    by_step = _line(done, loss, GREY, 1.5, "training: %{y:.4g}", name="training, by step")
    by_epoch = _line(epochs, validation, BLUE, 2.5, "validation: %{y:.4g}", "lines+markers", name="validation")
    figure = styled(by_step, by_epoch, x="Epochs done", y="Loss (mean −ln p)", height=280, showlegend=True)
    values = np.concatenate([loss, validation])
    if len(values) and values.max() > 5 * values.min() > 0:  # closer ones would have no tick between them
        figure.update_yaxes(type="log", **_log_ticks(values))
    return figure.update_xaxes(range=[0, end])


def learning_rate(done: NDArray[np.float64], rate: NDArray[np.float64], end: int) -> go.Figure:
    """The mean learning rate (P,) at so many epochs done of a training that may still go on; the axis ends at `end`."""
    line = _line(done, rate, BLUE, 2, "learning rate: %{y:.3g}")
    figure = styled(line, x="Epochs done", y="Learning rate", height=200)
    figure.update_yaxes(rangemode="tozero", tickformat=".2~g", exponentformat="power")
    return figure.update_xaxes(range=[0, end])


def compare_runs(lines: Mapping[str, tuple[NDArray[Any], NDArray[np.float64]]], y: str, shares: bool) -> go.Figure:
    """The same figure of several trainings, by name: the epochs done (E,), and the values (E,) there.

    A single value is drawn as a level, to compare with. Values that are `shares` are shown as percentages.
    """
    unit, factor = (" %", 100) if shares else ("", 1)
    last = max((float(done[-1]) for done, _ in lines.values() if len(done)), default=1.0)
    traces = [
        _line(
            done if len(done) > 1 else np.array([0, last + 0.5]),
            factor * (values if len(done) > 1 else np.repeat(values, 2)),
            class_colour(index),
            2,
            f"{name}, epoch {'%{x:.3~g}' if len(done) > 1 else '1'}: %{{y:.4g}}{unit}",
            "lines+markers" if 1 < len(done) <= _MARKED else "lines",
            name=name,
            line={"dash": "solid" if len(done) > 1 else "dot"},
            marker={"size": 5},
        )
        for index, (name, (done, values)) in enumerate(lines.items())
    ]
    figure = styled(*traces, x="Epoch", y=y, **LEGEND_BELOW)
    return figure.update_xaxes(range=[0, last + 0.5], dtick=1 if last <= 10 else None)


def _log_ticks(values: NDArray[np.float64]) -> dict[str, Any]:
    """Ticks at 1, 2 and 5 times the powers of ten; Plotly's own leave the powers out of the texts."""
    powers = np.arange(np.floor(np.log10(values.min())) - 1, np.ceil(np.log10(values.max())) + 1)
    steps = np.array([[digit * 10.0**power for digit in (1, 2, 5)] for power in powers]).ravel()
    return {"tickvals": steps.tolist(), "ticktext": [f"{step:.4g}" for step in steps]}
