"""Charts of every class against all others: precision against recall, and ROC."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import class_colour

if TYPE_CHECKING:
    from core.evaluation.one_vs_rest import Curve, Ranking


def precision_recall(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """Precision against recall, a curve for each class; `whole` shows the axes from 0, else where the curves bend."""
    curves = {ranking.index: ranking.precision_recall for ranking in rankings}
    lines = _lines(curves, characters, "recall", "precision")
    figure = styled(*lines, x="Recall (% of the class found)", y="Precision (% of those found)", **LEGEND_BELOW)
    span = 100.0 if whole else _bend(curves.values(), corner=1.0)
    figure.update_xaxes(range=[100 - span, 100 + span / 30])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


def roc(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """True against false positive rate, a curve for each class; see `precision_recall`."""
    curves = {ranking.index: ranking.roc for ranking in rankings}
    lines = _lines(curves, characters, "others taken for it", "of the class found")
    figure = styled(*lines, x="False positives (% of the others)", y="True positives (% of the class)", **LEGEND_BELOW)
    span = 100.0 if whole else _bend(curves.values(), corner=0.0)
    figure.update_xaxes(range=[-span / 30, span])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


def _lines(curves: "Mapping[int, Curve]", characters: Sequence[str], across: str, up: str) -> list[go.Scatter]:
    """The curves in the colours of their classes; if two would share one, in the colours in order."""
    shared = len(set(map(class_colour, curves))) < len(curves)
    return [
        _line(characters[index], class_colour(number if shared else index), curve, across, up)
        for number, (index, curve) in enumerate(curves.items())
    ]


def _line(character: str, colour: str, curve: "Curve", across: str, up: str) -> go.Scatter:
    thresholds = ["none" if np.isinf(threshold) else f"{100 * threshold:.2f} %" for threshold in curve.threshold]
    return go.Scatter(
        x=100 * curve.x,
        y=100 * curve.y,
        customdata=thresholds,
        name=character,
        mode="lines",
        line={"color": colour, "width": 2},
        hovertemplate=(
            f"<b>{character}</b>, from a probability of %{{customdata}}<br>{across} %{{x:.2f}} %<br>"
            f"{up} %{{y:.2f}} %<extra></extra>"
        ),
    )


def _bend(curves: "Iterable[Curve]", corner: float) -> float:
    """How far from their corner, (`corner`, 1), curves must be shown to see all of them bend; in %, 0.5 to 100."""
    nearest = [float(np.hypot(curve.x - corner, curve.y - 1).min()) for curve in curves]
    return float(np.clip(600 * max(nearest, default=0.0), 0.5, 100))
