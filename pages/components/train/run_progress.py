"""The progress of one run: its curves, what it reads wrong, and its log."""

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.charsets import MANY
from core.charts.confusion_matrix import View, confusion
from core.charts.training import learning_curve, learning_rate, training_loss
from core.evaluation.metrics import confusion_matrix
from core.runs import reader
from core.runs.folder import Run, State
from core.text import counted
from core.training.config import TrainConfig
from pages.components import chart, gallery, page, parts
from pages.components.gallery import Tile

if TYPE_CHECKING:
    import pandas as pd

_CURVES_STAY = 8.0  # seconds
_NO_STEPS = "Curves appear with the first steps."
_NONE_YET = "The first epoch has not ended yet."
_FEW_EPOCHS = 10
_REJECTIONS = ("no character", "several")  # the classes after the characters, in the order of their labels
_ACCURACIES = {"training": "train", "validation": "validation"}


def _stamp(run: Run) -> tuple[str, int, State]:
    return str(run.folder), run.status.epoch, run.state


@st.cache_data(ttl=_CURVES_STAY, max_entries=32, show_spinner=False, hash_funcs={Run: _stamp})
def _metrics(run: Run) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """The steps and epochs of a run, as of some seconds ago unless an epoch or the run has ended since.

    The browser makes a chart with new points anew, at the expense of a training on the same small machine: drawn every
    second, charts took half of it. With the same points it stays as it is.
    """
    return reader.read_metrics(run.folder)


def _curves(run: Run) -> None:
    """Loss by step and epoch and accuracy by epoch, as far as they have grown."""
    steps, epochs = _metrics(run)
    if steps.empty:
        st.caption(_NO_STEPS)
        return
    left, right = st.columns(2)
    with left:
        _loss(run, steps, epochs)
    with right:
        _accuracy(run, epochs)


def _loss(run: Run, steps: "pd.DataFrame", epochs: "pd.DataFrame") -> None:
    st.markdown("#### Loss", anchors=False)
    done, loss = reader.by_step(steps, "loss")
    number, validation = (_column(epochs, name) for name in ("epoch", "validation_loss"))
    figure = training_loss(done, loss, number, validation, _axis_end(run, done))
    chart.show(figure, f"train-loss-{run.id}", f"Loss after {len(steps):,} steps, last {loss[-1]:.4f}")
    st.caption(f"Training after {len(steps):,} steps: {loss[-1]:.3g}.")


def _accuracy(run: Run, epochs: "pd.DataFrame") -> None:
    st.markdown("#### Accuracy", anchors=False)
    if epochs.empty:
        st.caption(_NONE_YET)
        return
    number = _column(epochs, "epoch")
    lines = {name: _column(epochs, f"{short}_accuracy") for name, short in _ACCURACIES.items()}
    figure = learning_curve(number, lines, "Accuracy (%)", None, shares=True)
    last = 100 * lines["validation"][-1]
    chart.show(figure, f"train-accuracy-{run.id}", f"Accuracy over {len(epochs)} epochs, last {last:.2f} %")
    st.caption(f"Validation after epoch {number[-1]}: {last:.2f} % right.")


def _rate(run: Run) -> None:
    steps, _ = _metrics(run)
    if steps.empty:
        st.caption(_NO_STEPS)
        return
    done, rate = reader.by_step(steps, "learning_rate")
    last = float(steps["learning_rate"].iloc[-1])
    figure = learning_rate(done, rate, _axis_end(run, done))
    chart.show(figure, f"train-rate-{run.id}", f"Learning rate over {len(steps):,} steps, last {last:.3g}")
    st.caption(f"In the last step: {last:.3g}.")


def _axis_end(run: Run, done: NDArray[np.float64]) -> int:
    """The last epoch of the training; of a long one that has just begun an earlier one, or nothing would be seen."""
    return min(run.status.epochs, max(_FEW_EPOCHS, math.ceil(4 * done[-1])))


def _column(table: "pd.DataFrame", name: str) -> NDArray[Any]:
    """A column as an array; an empty one where the table has no rows, and so no columns, yet."""
    return table[name].to_numpy() if name in table else np.zeros(0)


def _validation(run: Run) -> None:
    """The confusion on the validation images after the last epoch, and some pictures that it still reads wrong."""
    validation = reader.read_validation(run.folder)
    if validation is None:
        st.caption(_NONE_YET)
        return
    assert isinstance(run.config, TrainConfig)
    charset = run.config.charset
    names, many = charset.names, len(charset.characters) > MANY
    labels, predicted = validation.labels, validation.predicted
    read = (labels < len(names)) & (predicted < len(names))  # the others are no character, or were taken for none
    counts = confusion_matrix(predicted[read], labels[read], len(names))
    wrong = int((predicted != labels).sum())
    left, right = st.columns([11, 9], gap="medium")
    with left:
        order = charset.similarity_indices if many else None
        view = View(page.theme(), errors_only=many, order=order, groups=charset.look_alike_indices)
        figure = confusion(counts, names, view)
        chart.show(figure, f"train-confusion-{run.id}", f"Confusion of {len(labels):,} images, {wrong:,} wrong")
        st.caption(f"{counted(len(labels), 'validation image')}, {wrong:,} read wrong, after the last finished epoch.")
        if note := _of_outliers(validation, len(names)):
            st.caption(note)
    with right:
        st.markdown("**Still wrong**" if wrong else "**Nothing is read wrong**")
        tiles = []
        for index, picture in zip(validation.wrong, validation.images, strict=True):
            true, answer = ((*names, *_REJECTIONS)[classes[index]] for classes in (labels, predicted))
            tiles.append(Tile(picture, f"{true} → {answer}", f"{true} read as {answer}"))
        gallery.show(tiles, f"train-wrong-{run.id}", side=56)


def _of_outliers(validation: reader.Validation, characters: int) -> str:
    """How the drawings that are no character were read; empty where there are none."""
    outliers = validation.labels >= characters
    if not outliers.any():
        return ""
    taken = int((outliers & (validation.predicted < characters)).sum())
    lost = int((~outliers & (validation.predicted >= characters)).sum())
    return (
        f"No character, or several: {int(outliers.sum()):,} of them, of which {taken:,} read as one. "
        f"Characters taken for none: {lost:,}. The matrix leaves both out."
    )


def _log(run: Run) -> None:
    st.code(reader.log_tail(run.folder) or "The log is empty so far.", language=None, height=280)


def show(run: Run, key: str) -> None:
    """Draw the progress of a run in parts; nothing for a teaching, which has no curves."""
    if isinstance(run.config, TrainConfig):
        drawings = {"Curves": _curves, "Learning rate": _rate, "Validation": _validation, "Log": _log}
        parts.show({title: partial(part, run) for title, part in drawings.items()}, key)
