"""The map of images is tested on its data, not on pixels."""

import numpy as np

from core.charts.image_map import MAP_HEIGHT, image_map
from core.charts.palette import class_colour

LABELS = np.array([0, 1, 0, 2, 1])
PLACES = np.arange(10, dtype=np.float32).reshape(5, 2)
NUMBERS = np.array([3, 14, 15, 92, 1065])
AXES = ("across", "up")


def test_map_has_every_image_once_in_the_colour_of_its_class() -> None:
    figure = image_map(PLACES, LABELS, None, NUMBERS, ("0", "1", "2"), AXES)
    assert [trace.name for trace in figure.data] == ["0", "1", "2"]
    for place, trace in enumerate(figure.data):
        rows = np.asarray(trace.customdata)
        assert rows.tolist() == np.flatnonzero(place == LABELS).tolist()
        assert np.array_equal(np.column_stack([trace.x, trace.y]), PLACES[rows])
        assert trace.marker.color == class_colour(place)
        assert set(trace.marker.symbol) == {"circle"}
        assert "<extra></extra>" in trace.hovertemplate
    assert "image 1,065" in figure.data[1].text[1]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == AXES


def test_map_marks_what_the_model_reads_wrongly() -> None:
    predicted = np.array([0, 2, -1, 2, 1])
    first, second, third = image_map(PLACES, LABELS, predicted, NUMBERS, ("0", "1", "2"), AXES).data
    assert (list(first.marker.symbol), list(second.marker.symbol)) == (["circle", "x"], ["x", "circle"])
    assert "found blank" in first.text[1]
    assert "read as <b>2</b>" in second.text[0]
    assert "read as" not in third.text[0]


def test_a_class_without_images_has_no_place_in_the_legend() -> None:
    figure = image_map(PLACES[:2], np.array([2, 2]), None, NUMBERS[:2], ("0", "1", "2"), AXES)
    assert [trace.name for trace in figure.data] == ["2"]


def test_a_legend_of_many_classes_stands_below_where_no_toolbar_is() -> None:
    labels = np.arange(47)
    figure = image_map(np.zeros((47, 2), np.float32), labels, None, labels, [str(label) for label in labels], AXES)
    assert (figure.layout.legend.yref, figure.layout.legend.yanchor) == ("container", "bottom")
    assert figure.layout.height > MAP_HEIGHT


def test_a_finger_scrolls_the_page_and_a_mouse_draws_a_lasso() -> None:
    drag = [image_map(PLACES, LABELS, None, NUMBERS, ("0", "1", "2"), AXES, touch) for touch in (True, False)]
    assert [figure.layout.dragmode for figure in drag] == [False, "lasso"]
    assert [figure.layout.xaxis.fixedrange for figure in drag] == [True, None]
    assert [figure.layout.yaxis.fixedrange for figure in drag] == [True, None]


def test_more_classes_than_hues_are_named_in_their_midst() -> None:
    labels = np.repeat(np.arange(11), 3)
    places = np.stack([labels, np.tile([0.0, 1.0, 8.0], 11)], axis=1)
    figure = image_map(places, labels, None, np.arange(33), list("abcdefghijk"), AXES)
    assert [(note.text, note.x, note.y) for note in figure.layout.annotations] == [
        (character, place, 1.0) for place, character in enumerate("abcdefghijk")
    ]
    few = image_map(places[:30], labels[:30], None, np.arange(30), list("abcdefghijk"), AXES)
    assert not few.layout.annotations


def test_names_that_would_lie_on_each_other_are_left_out() -> None:
    middles = np.array([*([place, 0.0] for place in range(11)), [10.1, 0.1], [10.1, 5.0]])
    labels = np.arange(13)
    drawn = [image_map(middles, labels, None, labels, list("abcdefghijklm"), AXES, touch) for touch in (False, True)]
    assert [note.text for note in drawn[0].layout.annotations] == list("abcdefghijkm")
    assert len(drawn[1].layout.annotations) < 12  # a phone has less room
