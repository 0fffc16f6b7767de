"""The charts of a training are tested on their data, not on pixels."""

from typing import Any

import numpy as np
import pytest

from core.charts.palette import class_colour
from core.charts.training import compare_runs, learning_curve, learning_rate, training_loss

DONE, LOSS = np.array([0.25, 0.5, 0.75, 1.0]), np.array([2.0, 1.0, 0.5, 0.25])
EPOCHS, VALIDATION = np.array([1]), np.array([0.2])


def test_loss_is_by_step_and_validation_by_epoch() -> None:
    training, validation = training_loss(DONE, LOSS, EPOCHS, VALIDATION, end=3).data
    assert training.x.tolist() == DONE.tolist()
    assert training.y.tolist() == LOSS.tolist()
    assert (validation.x.tolist(), validation.y.tolist()) == ([1], [0.2])
    assert "markers" in validation.mode  # a single epoch is seen


def test_the_axis_of_a_training_reaches_to_its_end() -> None:
    loss = training_loss(DONE, LOSS, EPOCHS, VALIDATION, end=3)
    rate = learning_rate(DONE, LOSS, end=3)
    assert [tuple(figure.layout.xaxis.range) for figure in (loss, rate)] == [(0, 3), (0, 3)]
    assert [figure.layout.xaxis.title.text for figure in (loss, rate)] == ["Epochs done"] * 2
    assert [figure.layout.yaxis.title.text for figure in (loss, rate)] == ["Loss (mean −ln p)", "Learning rate"]


@pytest.mark.parametrize(
    ("loss", "validation", "kind"),
    [([2.0, 0.1], [0.2], "log"), ([2.0, 1.9], [1.8], None), ([2.0, 0.0], [0.2], None), ([], [], None)],
)
def test_losses_that_lie_far_apart_have_a_log_axis(
    loss: list[float], validation: list[float], kind: str | None
) -> None:
    done = np.linspace(0, 1, len(loss))
    figure = training_loss(done, np.array(loss), EPOCHS[: len(validation)], np.array(validation), end=1)
    assert figure.layout.yaxis.type == kind
    if kind:
        assert {"0.1", "0.2", "0.5", "1", "2"} <= set(figure.layout.yaxis.ticktext)


def test_before_the_first_epoch_there_is_no_validation_yet() -> None:
    training, validation = training_loss(DONE, LOSS, np.zeros(0, int), np.zeros(0), end=3).data
    assert (len(training.x), len(validation.x)) == (4, 0)


def test_the_learning_rate_is_drawn_from_nothing() -> None:
    rates = np.array([1e-6, 0.003, 0.006, 2e-6])
    figure = learning_rate(DONE, rates, end=1)
    [line] = figure.data
    assert line.x.tolist() == DONE.tolist()
    assert line.y.tolist() == rates.tolist()
    assert figure.layout.yaxis.rangemode == "tozero"


def test_runs_are_laid_over_each_other_in_colours_of_their_own() -> None:
    lines = {"one": (np.array([1, 2]), np.array([0.5, 0.75])), "two": (np.array([1, 2, 3]), np.array([0.4, 0.5, 0.6]))}
    figure = compare_runs(lines, "Validation accuracy (%)", shares=True)
    assert [trace.name for trace in figure.data] == ["one", "two"]
    assert figure.data[0].y.tolist() == [50, 75]
    assert figure.data[1].x.tolist() == [1, 2, 3]
    assert [trace.line.color for trace in figure.data] == [class_colour(0), class_colour(1)]
    assert tuple(figure.layout.xaxis.range) == (0, 3.5)
    assert figure.layout.xaxis.dtick == 1
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Epoch", "Validation accuracy (%)")


def test_laid_over_losses_keep_their_unit_and_long_runs_choose_their_ticks() -> None:
    figure = compare_runs({"long": (np.arange(1, 41), np.linspace(2, 1, 40))}, "Validation loss", shares=False)
    assert figure.data[0].y[0] == 2
    assert figure.layout.xaxis.dtick is None


@pytest.mark.parametrize("lines", [{}, {"none": (np.zeros(0, int), np.zeros(0))}])
def test_nothing_to_lay_over_is_an_empty_figure(lines: dict[str, Any]) -> None:
    figure = compare_runs(lines, "Validation loss", shares=False)
    assert tuple(figure.layout.xaxis.range) == (0, 1.5)


def test_a_learning_curve_marks_the_chosen_epoch() -> None:
    epochs, lines = np.arange(1, 5), {"training": np.array([0.5, 0.6, 0.7, 0.8]), "validation": np.array([0.4] * 4)}
    figure = learning_curve(epochs, lines, "Accuracy (%)", 3, shares=True)
    assert [trace.name for trace in figure.data] == ["training", "validation"]
    assert figure.data[0].x.tolist() == [1, 2, 3, 4]
    assert figure.data[0].y.tolist() == pytest.approx([50, 60, 70, 80])
    assert figure.layout.shapes[0].x0 == 3
    assert figure.layout.annotations[0].text == "chosen: 3"
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Epoch", "Accuracy (%)")


@pytest.mark.parametrize("best", [None, 9])
def test_a_learning_curve_marks_no_epoch_that_is_not_there(best: int | None) -> None:
    figure = learning_curve(np.array([1]), {"time": np.array([3.0])}, "Time an epoch (s)", best, log=True)
    assert len(figure.layout.shapes) == 0
    assert figure.data[0].mode == "markers"
    assert figure.layout.yaxis.type == "log"
    assert {"1", "2", "5"} <= set(figure.layout.yaxis.ticktext)
