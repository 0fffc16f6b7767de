"""The confusion matrix is tested on its data, not on pixels."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from core.charts.confusion_matrix import View, confusion

COUNTS = np.array([[979, 1, 0], [0, 1133, 2], [6, 0, 1000]])
NAMES = "abc"


def traces(figure: go.Figure, kind: str, mode: str = "") -> list[Any]:
    return [trace for trace in figure.data if trace.type == kind and mode in (getattr(trace, "mode", None) or "")]


def numbers(figure: go.Figure) -> dict[tuple[int, int], str]:
    """The text at every place of the figure, by (row, column)."""
    return {
        (int(y), int(x)): text
        for trace in traces(figure, "scatter", "text")
        for x, y, text in zip(trace.x, trace.y, trace.text, strict=True)
    }


def test_every_count_stands_in_its_cell_and_the_totals_beside() -> None:
    found = numbers(confusion(COUNTS, NAMES))
    assert {place: text for place, text in found.items() if max(place) < 3} == {
        (0, 0): "979",
        (0, 1): "1",
        (1, 1): "1133",
        (1, 2): "2",
        (2, 0): "6",
        (2, 2): "1000",
    }
    assert [found[row, 3] for row in range(3)] == ["980", "1135", "1006"]
    assert [found[3, column] for column in range(3)] == ["985", "1134", "1002"]


def test_shares_are_of_the_true_class() -> None:
    found = numbers(confusion(COUNTS, NAMES, View(shares=True)))
    assert (found[0, 0], found[0, 1], found[2, 0]) == ("99.9", "0.1", "0.6")
    sure = numbers(confusion(np.array([[5, 0], [1, 9999]]), "ab", View(shares=True)))
    assert (sure[0, 0], sure[1, 0], sure[1, 1]) == ("100", "<0.1", "99.9")


def test_errors_only_leaves_the_diagonal_out() -> None:
    figure = confusion(COUNTS, NAMES, View(errors_only=True))
    assert sorted(place for place in numbers(figure) if max(place) < 3) == [(0, 1), (1, 2), (2, 0)]
    heat = np.array(traces(figure, "heatmap")[0].z, float)
    assert np.isnan(heat.diagonal()).all()
    assert heat[2, 0] == pytest.approx(1)
    [cells] = traces(figure, "scatter", "markers")
    assert all(true != read for true, read, _ in cells.customdata)


def test_a_log_scale_shows_single_errors() -> None:
    [log] = traces(confusion(COUNTS, NAMES), "heatmap")
    [linear] = traces(confusion(COUNTS, NAMES, View(log=False)), "heatmap")
    assert np.array(log.z, float)[0, 1] > 0.1
    assert np.array(linear.z, float)[0, 1] < 0.001
    for heat in (log, linear):
        values = np.array(heat.z, float)
        assert values[1, 1] == np.nanmax(values) == pytest.approx(1)
        assert np.isnan(values[0, 2])


def test_every_cell_can_be_clicked() -> None:
    [cells] = traces(confusion(COUNTS, NAMES), "scatter", "markers")
    assert [tuple(item) for item in cells.customdata] == [(t, r, COUNTS[t, r]) for t in range(3) for r in range(3)]
    assert [(y, x) for x, y in zip(cells.x, cells.y, strict=True)] == [(t, r) for t in range(3) for r in range(3)]
    assert cells.marker.opacity == 0
    assert "<b>c</b> read as <b>a</b>: 6<br>0.60 % of 1,006" in cells.text


def test_the_chosen_cell_is_marked() -> None:
    assert len(confusion(COUNTS, NAMES).layout.shapes) == 0
    [mark] = confusion(COUNTS, NAMES, View(chosen=(2, 0))).layout.shapes
    assert (mark.y0, mark.y1, mark.x0, mark.x1) == (1.5, 2.5, -0.5, 0.5)


@pytest.mark.parametrize("counts", [np.zeros((3, 3), int), np.diag([5, 5, 5]), np.eye(3, dtype=int)])
@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("log", [False, True])
def test_matrices_with_little_in_them(counts: np.ndarray, shares: bool, log: bool) -> None:
    for errors_only in (False, True):
        figure = confusion(counts, NAMES, View(shares=shares, errors_only=errors_only, log=log))
        values = np.array(traces(figure, "heatmap")[0].z, float)
        assert not np.isinf(values).any()
        assert ((values >= 0) & (values <= 1) | np.isnan(values)).all()


def test_many_classes_have_no_numbers_but_a_scale() -> None:
    classes = 62
    figure = confusion(np.eye(classes, dtype=int) * 7, [chr(65 + place) for place in range(classes)])
    assert numbers(figure) == {}
    [heat] = traces(figure, "heatmap")
    assert heat.showscale
    assert len(traces(figure, "scatter", "markers")[0].x) == classes**2
    assert figure.layout.height / classes >= 16  # pixels for a row and its label
    assert not figure.layout.xaxis.fixedrange


def test_classes_can_be_shown_in_another_order_or_some_of_them_only() -> None:
    figure = confusion(COUNTS, NAMES, View(order=[2, 0], chosen=(0, 2), groups=[(0, 2)]))
    assert numbers(figure) == {(0, 0): "1000", (0, 1): "6", (1, 1): "979", **_totals_of(COUNTS, [2, 0])}
    assert figure.layout.xaxis.ticktext == ("c", "a", "all")
    [cells] = traces(figure, "scatter", "markers")
    assert [tuple(item) for item in cells.customdata] == [(2, 2, 1000), (2, 0, 6), (0, 2, 0), (0, 0, 979)]
    assert list(zip(cells.y, cells.x, strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    group, mark = figure.layout.shapes
    assert (group.y0, group.y1, group.x0, group.x1) == (-0.5, 1.5, -0.5, 1.5)
    assert (mark.y0, mark.y1, mark.x0, mark.x1) == (0.5, 1.5, -0.5, 0.5)


def _totals_of(counts: np.ndarray, order: list[int]) -> dict[tuple[int, int], str]:
    """Of the shown classes, over all cells: a class does not get fewer images when others are not looked at."""
    rows = {(row, len(order)): str(counts[true].sum()) for row, true in enumerate(order)}
    return rows | {(len(order), column): str(counts[:, read].sum()) for column, read in enumerate(order)}


def test_nothing_is_framed_where_the_group_does_not_stand_together_or_the_cell_is_not_shown() -> None:
    figure = confusion(COUNTS, NAMES, View(order=[0, 1, 2], groups=[(0, 2)]))
    assert len(figure.layout.shapes) == 0
    assert len(confusion(COUNTS, NAMES, View(order=[0, 1], chosen=(2, 0))).layout.shapes) == 0


def places(figure: go.Figure) -> np.ndarray:
    [heat] = [trace for trace in figure.data if trace.type == "heatmap"]
    return np.array(heat.z, float)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("shares", [False, True])
def test_confusions_beside_each_other_share_their_colours(log: bool, shares: bool) -> None:
    few, many = np.array([[90, 5, 5], [1, 99, 0], [2, 0, 98]]), np.array([[40, 20, 40], [5, 95, 0], [1, 0, 99]])
    left, right = (
        places(confusion(own, "abc", View(shares=shares, errors_only=True, log=log, beside=[other])))
        for own, other in ((few, many), (many, few))
    )
    assert left[0, 1] == pytest.approx(right[1, 0])  # five images, of a hundred, in both
    assert left[1, 0] == pytest.approx(right[2, 0])
    assert right[0, 2] == pytest.approx(1)
    assert np.nanmax(left) < 1
    alone = places(confusion(few, "abc", View(shares=shares, errors_only=True, log=log)))
    assert np.nanmax(alone) == pytest.approx(1)


def test_the_diagonal_of_another_counts_only_where_it_is_shown() -> None:
    own, other = np.array([[9, 4], [1, 9]]), np.array([[99, 2], [1, 99]])
    assert np.nanmax(places(confusion(own, "ab", View(errors_only=True, beside=[other])))) == pytest.approx(1)
    assert np.nanmax(places(confusion(own, "ab", View(beside=[other])))) < 1


def test_a_faultless_model_beside_another_is_an_empty_figure() -> None:
    own, other = np.diag([5, 5]), np.array([[4, 1], [0, 5]])
    assert np.isnan(places(confusion(own, "ab", View(errors_only=True, beside=[other])))).all()


def test_a_narrow_matrix_of_many_classes_names_its_rows_and_leaves_drags_to_the_page() -> None:
    many = confusion(np.eye(30, dtype=np.int64), [f"class {place}" for place in range(30)], View(narrow=True))
    assert many.layout.xaxis.showticklabels is False
    assert many.layout.yaxis.showticklabels is None
    assert many.layout.xaxis.fixedrange is many.layout.yaxis.fixedrange is True
    assert traces(many, "heatmap")[0].colorbar.orientation == "h"
    few = confusion(COUNTS, NAMES, View(narrow=True))
    assert few.layout == confusion(COUNTS, NAMES).layout
