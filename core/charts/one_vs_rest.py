"""Charts of every class against all others: precision against recall, and ROC."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import class_colour

if TYPE_CHECKING:
    from core.evaluation.one_vs_rest import Curve, Ranking


def precision_recall(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """Precision against recall, a curve for each class; `whole` shows the axes from 0, else where the curves bend."""
    colours = _colours(rankings)
    lines = [
        _ranking(characters[ranking.index], colours[ranking.index], ranking.precision_recall, "recall", "precision")
        for ranking in rankings
    ]
    figure = styled(*lines, x="Recall (% of the class found)", y="Precision (% of those found)", **LEGEND_BELOW)
    span = 100.0 if whole else _bend([ranking.precision_recall for ranking in rankings], corner=1.0)
    figure.update_xaxes(range=[100 - span, 100 + span / 30])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


def roc(rankings: "Sequence[Ranking]", characters: Sequence[str], whole: bool = False) -> go.Figure:
    """True against false positive rate, a curve for each class; see `precision_recall`."""
    colours = _colours(rankings)
    lines = [
        _ranking(
            characters[ranking.index], colours[ranking.index], ranking.roc, "others taken for it", "of the class found"
        )
        for ranking in rankings
    ]
    figure = styled(*lines, x="False positives (% of the others)", y="True positives (% of the class)", **LEGEND_BELOW)
    span = 100.0 if whole else _bend([ranking.roc for ranking in rankings], corner=0.0)
    figure.update_xaxes(range=[-span / 30, span])
    return figure.update_yaxes(range=[100 - span, 100 + span / 30])


def _colours(rankings: "Sequence[Ranking]") -> dict[int, str]:
    """The colours of the classes; if two would share one, the colours in order."""
    colours = {ranking.index: class_colour(ranking.index) for ranking in rankings}
    if len(set(colours.values())) == len(colours):
        return colours
    return {index: class_colour(number) for number, index in enumerate(colours)}


def _ranking(character: str, colour: str, curve: "Curve", across: str, up: str) -> go.Scatter:
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


def _bend(curves: "Sequence[Curve]", corner: float) -> float:
    """How far from their corner, (`corner`, 1), curves must be shown to see all of them bend; in %, 0.5 to 100."""
    nearest = [float(np.hypot(curve.x - corner, curve.y - 1).min()) for curve in curves]
    return float(np.clip(600 * max(nearest, default=0.0), 0.5, 100))
