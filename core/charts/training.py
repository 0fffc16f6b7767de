"""Charts of a training, of one that goes on, and of several beside each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import AMBER, BLUE, GREY, class_colour

_MARKED = 60  # points of a line, beyond which markers hide it


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
    figure = styled(*traces, x="Epochs done", y="Loss (mean −ln p)", height=280, showlegend=True)
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
    figure = styled(line, x="Epochs done", y="Learning rate", height=200)
    figure.update_yaxes(rangemode="tozero", tickformat=".2~g", exponentformat="power")
    return figure.update_xaxes(range=[0, end])


def compare_runs(lines: Mapping[str, tuple[NDArray[Any], NDArray[np.float64]]], y: str, shares: bool) -> go.Figure:
    """The same figure of several trainings over their epochs. A single value is drawn as a level, to compare with.

    Args:
        lines: by the training's name, the epochs done (E,) and the values (E,).
        y: title of the axis, with the unit.
        shares: the values are shares of 0 to 1, shown as percentages.
    """
    unit, factor = (" %", 100) if shares else ("", 1)
    last = max((float(done[-1]) for done, _ in lines.values() if len(done)), default=1.0)
    traces = [
        go.Scatter(
            x=done if len(done) > 1 else [0, last + 0.5],
            y=factor * (values if len(done) > 1 else np.repeat(values, 2)),
            name=name,
            mode="lines+markers" if 1 < len(done) <= _MARKED else "lines",
            line={"color": class_colour(index), "width": 2, "dash": "solid" if len(done) > 1 else "dot"},
            marker={"size": 5},
            hovertemplate=f"{name}, epoch {'%{x:.3~g}' if len(done) > 1 else '1'}: %{{y:.4g}}{unit}<extra></extra>",
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
