"""Images as points on a map."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.charts.figure import LEGEND_BELOW, styled
from core.charts.palette import CLASSES, INKS, class_colour

MAP_HEIGHT = 560
_ROOM, _ROOM_ON_A_PHONE = (0.04, 0.045), (0.1, 0.08)  # that the name of a class takes, shares of the map
_LEGEND_ABOVE = 12  # classes
_LEGEND_BELOW_HEIGHT = 100  # pixels


def image_map(
    positions: NDArray[Any],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    numbers: NDArray[np.int64],
    characters: Sequence[str],
    axes: tuple[str, str],
    touch: bool = False,
) -> go.Figure:
    """Images as points (N, 2) in the colours of their classes; those that the model reads otherwise are crosses.

    There is a trace for each class that occurs. A point's `customdata` is its row in the arrays, as an int. Where there
    are more classes than hues, those are named where they lie, too, for whose names there is room.

    Args:
        predicted: (N,), the class that the model reads, -1 for none; None without a model.
        numbers: (N,), the number of each image in its data set.
        touch: a finger on the map scrolls the page, until a tool is chosen; else a drag draws a lasso.
    """
    classes = np.unique(labels).tolist()
    traces = [_map_points(index, positions, labels, predicted, numbers, characters) for index in classes]
    figure = styled(*traces, x=axes[0], y=axes[1], height=MAP_HEIGHT, dragmode=False if touch else "lasso")
    figure.update_layout(legend={"itemsizing": "constant"}, hovermode="closest")
    if len(traces) > _LEGEND_ABOVE:
        figure.update_layout(legend=LEGEND_BELOW["legend"], height=MAP_HEIGHT + _LEGEND_BELOW_HEIGHT)
    if touch:
        figure.update_layout(margin_t=80)  # on a narrow screen the legend has two lines, and the toolbar one above them
        # Streamlit makes "pan" of no drag where points can be selected; a map that cannot move leaves it to the page.
        figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    if len(traces) > len(CLASSES):  # too many for a hue each
        middles = {index: np.median(positions[labels == index], axis=0) for index in classes}
        room = np.ptp(positions, axis=0) * (_ROOM_ON_A_PHONE if touch else _ROOM)
        names = [_map_name(middles[index], characters[index]) for index in _apart(middles, room)]
        figure.update_layout(annotations=names)
    # No numbers: where a point lies says something only beside the others.
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    return figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False)


def _map_points(
    index: int,
    positions: NDArray[Any],
    labels: NDArray[np.int64],
    predicted: NDArray[np.int64] | None,
    numbers: NDArray[np.int64],
    characters: Sequence[str],
) -> go.Scatter:
    rows = np.flatnonzero(labels == index)
    read = np.full(len(rows), index) if predicted is None else predicted[rows]
    wrong = read != index
    answers = {answer: f", read as <b>{characters[answer]}</b>" for answer in set(read.tolist())}
    answers |= {index: "", -1: ", found blank"}
    texts = [
        f"<b>{characters[index]}</b>{answers[answer]}<br>image {number:,}"
        for answer, number in zip(read.tolist(), numbers[rows], strict=True)
    ]
    # Drawn as SVG: for some thousands of points it is quicker than WebGL where there is no graphics card.
    return go.Scatter(
        x=positions[rows, 0],
        y=positions[rows, 1],
        customdata=rows,
        text=texts,
        name=characters[index],
        mode="markers",
        marker={
            "color": class_colour(index),
            "symbol": np.where(wrong, "x", "circle").tolist(),
            "size": np.where(wrong, 10, 6).tolist(),
            "opacity": np.where(wrong, 1.0, 0.65).tolist(),
            "line": {"width": 0},
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0.15}},
        hovertemplate="%{text}<extra></extra>",
    )


def _apart(middles: Mapping[int, NDArray[Any]], room: NDArray[Any]) -> list[int]:
    """The classes whose names, in the middle of their points (2,), leave so much room (2,) to those of earlier ones."""
    named: list[int] = []
    for index, middle in middles.items():
        if all((np.abs(middle - middles[other]) >= room).any() for other in named):
            named.append(index)
    return named


def _map_name(middle: NDArray[Any], character: str) -> dict[str, Any]:
    """A class's character in the midst of its points; as an annotation, which no lasso catches."""
    x, y = middle
    font = {"size": 17, "weight": 700, "color": INKS[1], "shadow": f"0 0 3px {INKS[0]}, 0 0 3px {INKS[0]}"}
    return {"x": float(x), "y": float(y), "text": character, "font": font, "showarrow": False}
