"""The curves of classes are tested on their data, not on pixels."""

import numpy as np

from core.charts.one_vs_rest import precision_recall, roc
from core.charts.palette import class_colour
from core.evaluation.one_vs_rest import Curve, Ranking


def ranking(place: int, x: list[float], y: list[float]) -> Ranking:
    curve = Curve(np.array(x), np.array(y), np.array([np.inf, *np.linspace(0.9, 0, len(x) - 1)]), 0.9)
    return Ranking(place, 7, curve, curve)


def test_ranking_curves_have_the_colours_of_their_classes() -> None:
    found = [ranking(1, [0, 0.99, 1], [1, 0.99, 0.1]), ranking(3, [0, 0.98, 1], [1, 0.98, 0.1])]
    figure = precision_recall(found, "abcd")
    assert [trace.name for trace in figure.data] == ["b", "d"]
    assert [trace.line.color for trace in figure.data] == [class_colour(1), class_colour(3)]
    assert list(figure.data[0].x) == [0, 99, 100]
    assert list(figure.data[0].customdata) == ["none", "90.00 %", "0.00 %"]


def test_classes_of_the_same_colour_have_others_beside_each_other() -> None:
    found = [ranking(place, [0, 0.99, 1], [1, 0.99, 0.1]) for place in (1, 11, 12)]
    figure = roc(found, "abcdefghijklmn")
    assert [trace.line.color for trace in figure.data] == [class_colour(0), class_colour(1), class_colour(2)]


def test_axes_begin_where_the_curves_bend() -> None:
    found = [ranking(0, [0, 0.99, 1], [1, 0.99, 0.1])]
    near, whole = precision_recall(found, "a"), precision_recall(found, "a", whole=True)
    assert 85 < near.layout.xaxis.range[0] < 97
    assert whole.layout.xaxis.range[0] == whole.layout.yaxis.range[0] == 0
    perfect = roc([ranking(0, [0, 0, 1], [0, 1, 1])], "a")
    assert perfect.layout.xaxis.range[1] == 0.5
    bad = roc([ranking(0, [0, 0.5, 1], [0, 0.5, 1])], "a")
    assert bad.layout.xaxis.range[1] == 100
