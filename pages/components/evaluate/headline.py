"""The scores of a model on a set of images."""

import math

import streamlit as st

from core.charsets import GROUPS, get_charset
from core.data.datasets import restriction
from core.evaluation import error_analysis
from core.evaluation.metrics import class_scores, negative_log_likelihood
from core.evaluation.predictions import Predictions
from pages.components.evaluate.selection import Subject

_KIND = "The share of the images of this kind that were read right."
_BOTH_CASES = " A capital that stands for both cases counts here."
_KINDS = {
    error_analysis.LOOK_ALIKES: "An answer that looks like the true character counts as right, too: O for 0.",
    error_analysis.FIRST_TWO: "An answer counts as right if the true character is one of the two most probable.",
}


def show(subject: Subject) -> None:
    """Show the scores, each with what it means in plain words."""
    answers = subject.predictions
    score, by_class = answers.score(), class_scores(answers.confusion)
    loss = negative_log_likelihood(answers.probabilities, answers.labels)
    classes = len(answers.charset.characters)
    wrong = round(score.confident_error * score.confident * score.images)
    cells = (
        (
            "Accuracy",
            _percent(score.accuracy),
            f"{100 * score.low:.2f} to {100 * score.high:.2f} %, n\u00a0=\u00a0{score.images:,}",
            (
                "The share of images that were read right. In small print the 95 % interval (Wilson): on other images "
                "of the same kind the share lies in it, 19 times of 20."
            ),
        ),
        (
            "Macro precision",
            _percent(by_class.macro(by_class.precision)),
            "mean over the classes",
            "Of the images read as a character, the share that are that character; the mean over all characters.",
        ),
        (
            "Macro recall",
            _percent(by_class.macro(by_class.recall)),
            "mean over the classes",
            "Of the images of a character, the share that were read as it; the mean over all characters.",
        ),
        (
            "Macro F1",
            _percent(by_class.macro(by_class.f1)),
            "mean over the classes",
            "The harmonic mean of precision and recall of a character; the mean over all characters.",
        ),
        (
            "Loss",
            f"{loss:.4f}",
            "mean −ln p",
            (
                "Minus the natural logarithm of the probability that the model gave to the right character, on "
                f"average. 0 is perfect; a model that guesses among {classes} has {math.log(classes):.1f}."
            ),
        ),
        (
            "ECE",
            f"{score.ece:.4f}",
            "0 is perfect",
            (
                "Expected calibration error (15 bins): how far the model's sureness is from its share of right "
                "answers. At 0.01 it is one percentage point too sure, or not sure enough, on average."
            ),
        ),
        (
            "Confident",
            _percent(score.confident),
            f"of {score.images:,}, from {100 * answers.threshold:.1f} % sure",
            (
                "The share of answers that are at least as sure as the threshold in the model's card. "
                "The others are called unsure, or one of some that look alike, and are worth a look."
            ),
        ),
        (
            "Confidently wrong",
            _percent(score.confident_error),
            f"{wrong:,} of {round(score.confident * score.images):,}",
            "The share of confident answers that are wrong: nobody is warned of these.",
        ),
    )
    grid = st.grid(4, min_column_width=150, border=True)
    for label, value, note, meaning in cells:
        with grid.cell(), st.container(gap=None):
            st.metric(label, value, help=meaning)
            st.caption(note)
    _kinds(answers)
    if restricted := restriction(answers.dataset, get_charset(subject.card.charset)):
        st.caption(f"The images are {restricted}: what else the model knows is left out.")
    blank = int(answers.blank.sum())
    if blank:
        st.caption(
            f"{blank:,} of the {len(answers):,} images were found blank. They have no answer and count as wrong; "
            f"in the confusion matrix they stand under {answers.character(0)}."
        )


def _kinds(answers: Predictions) -> None:
    """How well each kind of character is read, where there are several, and what look-alikes cost."""
    found = error_analysis.shares(answers)
    if not found:
        return
    both = {GROUPS["capitals"]: _BOTH_CASES} if answers.charset.merged else {}
    grid = st.grid(len(found), min_column_width=144, border=True)  # five fit beside the sidebar at 1280 pixels
    for one in found:
        low, high = one.interval
        with grid.cell(), st.container(gap=None):
            st.metric(one.title, _percent(one.accuracy), help=_KINDS.get(one.title, _KIND + both.get(one.title, "")))
            st.caption(f"{100 * low:.2f} to {100 * high:.2f} %, n\u00a0=\u00a0{one.images:,}")


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
