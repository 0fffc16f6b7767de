"""The course of one run: its curves, what it reads wrong, and its log."""

import numpy as np
import streamlit as st

from core import charts
from core.charsets import DIGITS
from core.evaluation.metrics import confusion_matrix
from core.training import look, runs
from core.training.runs import Run
from pages.components import chart, gallery
from pages.components.gallery import Tile

_NONE_YET = "The first epoch has not ended yet."


def curves(run: Run) -> None:
    """Loss by step and epoch, accuracy and learning rate by epoch, as far as they have grown."""
    steps, epochs = runs.read_metrics(run.folder)
    if steps.empty:
        st.caption("Curves come with the first steps.")
        return
    done, loss = look.loss_by_step(steps)
    empty = np.zeros(0)
    column = {name: epochs[name].to_numpy() for name in epochs}
    number = column.get("epoch", empty.astype(int))
    left, right = st.columns(2)
    with left:
        figure = charts.training_loss(done, loss, number, column.get("validation_loss", empty), run.status.epochs)
        st.markdown("#### Loss", anchors=False)
        chart.show(figure, f"train-loss-{run.id}", f"Loss after {len(steps):,} steps, last {loss[-1]:.4f}")
    with right:
        st.markdown("#### Accuracy", anchors=False)
        if epochs.empty:
            st.caption(_NONE_YET)
        else:
            lines = {"training": column["train_accuracy"], "validation": column["validation_accuracy"]}
            figure = charts.learning_curve(number, lines, "Accuracy (%)", None, shares=True)
            last = 100 * lines["validation"][-1]
            chart.show(figure, f"train-accuracy-{run.id}", f"Accuracy over {len(epochs)} epochs, last {last:.2f} %")
            st.caption(f"Validation after epoch {number[-1]}: {last:.2f} % right.")
    st.caption(f"Learning rate of the last step: {steps['learning_rate'].iloc[-1]:.3g}.")


def validation(run: Run) -> None:
    """The confusion on the validation images after the last epoch, and some pictures that it still reads wrong."""
    found = look.read_validation(run.folder)
    if found is None:
        st.caption(_NONE_YET)
        return
    characters = DIGITS.characters
    counts = confusion_matrix(found.predicted, found.labels, len(characters))
    wrong = int(counts.sum() - counts.trace())
    left, right = st.columns([11, 9], gap="medium")
    with left:
        figure = charts.confusion(counts, characters, st.context.theme.type or "light")
        chart.show(figure, f"train-confusion-{run.id}", f"Confusion of {len(found.labels):,} images, {wrong:,} wrong")
        st.caption(f"{len(found.labels):,} validation images, {wrong:,} read wrong, after the epoch that ended last.")
    with right:
        st.markdown("**Still wrong**" if wrong else "**Nothing is read wrong**")
        tiles = []
        for place, picture in zip(found.wrong, found.images, strict=True):
            true, read = characters[int(found.labels[place])], characters[int(found.predicted[place])]
            tiles.append(Tile(picture, f"{true} → {read}", f"{true} read as {read}"))
        gallery.show(tiles, f"train-wrong-{run.id}", side=56)


def log(run: Run) -> None:
    """The last lines that the worker said."""
    st.code(look.log_tail(run.folder) or "Nothing was said yet.", language=None, height=280)


SAYS = {"Curves": curves, "Validation": validation, "Log": log}
