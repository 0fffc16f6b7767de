"""The scores of a model on a set of images."""

import math
from collections.abc import Sequence

import streamlit as st

from core.charsets import GROUPS, get_charset
from core.data.datasets import restriction
from core.evaluation import error_analysis
from core.evaluation.metrics import class_scores, negative_log_likelihood
from core.evaluation.predictions import Predictions
from core.text import are, counted, interval, percent
from pages.components.evaluate.selection import Subject

_Cell = tuple[str, str, str]  # label, value, note

_HELP = {
    "Accuracy": "The share of images that were read right. In small print the 95 % interval (Wilson): on other images "
    "of the same kind the share lies in it, 19 times of 20.",
    "Confident": "The share of answers that are at least as sure as the threshold in the model's card. The others are "
    "called unsure, or one of some that look alike, and are worth a look.",
    "Confidently wrong": "The share of confident answers that are wrong: for these there is no warning.",
    "Macro precision": "Of the images read as a character, the share that are that character; the mean over all "
    "characters.",
    "Macro recall": "Of the images of a character, the share that were read as it; the mean over all characters.",
    "Macro F1": "The harmonic mean of precision and recall of a character; the mean over all characters.",
    "Loss": "Minus the natural logarithm of the probability that the model gave to the right character, on average. "
    "0 is perfect; a model that guesses among {classes} has {guessing:.1f}.",
    "ECE": "Expected calibration error (15 bins): how far the model's confidence is from its share of right answers. "
    "At 0.01 it is one percentage point overconfident, or underconfident, on average.",
    error_analysis.LOOK_ALIKES: "An answer that looks like the true character counts as right, too: O for 0.",
    error_analysis.FIRST_TWO: "An answer counts as right if the true character is one of the two most probable.",
}
_OF_A_KIND = "The share of the images of this kind that were read right."
_BOTH_CASES = " A capital that stands for both cases counts here."


def show(subject: Subject) -> None:
    answers = subject.predictions
    st.subheader(error_analysis.in_a_sentence(answers), anchor=False)
    _grid(_main_scores(answers), answers, width=150, border=True)
    if restricted := restriction(answers.dataset, get_charset(subject.card.charset)):
        st.caption(f"The images are {restricted}: what else the model knows is left out.")
    if blank := int(answers.blank.sum()):
        st.caption(
            f"{counted(blank, 'image')} of {len(answers):,} {are(blank)} blank: without an answer, which counts as "
            f"wrong. In the confusion matrix they stand under {answers.character(0)}."
        )
    with st.expander("More scores", icon=":material/functions:"):
        # How well each kind of character is read, where there are several, and what look-alikes cost.
        kinds = [
            (share.title, percent(share.accuracy), _interval(*share.interval, share.images))
            for share in error_analysis.shares(answers)
        ]
        _grid(kinds, answers, width=130)  # five fit beside the sidebar at 1280 pixels
        _grid(_more_scores(answers), answers, width=130)


def _grid(cells: Sequence[_Cell], answers: Predictions, width: int, border: bool = False) -> None:
    if not cells:
        return
    classes = len(answers.charset.characters)
    grid = st.grid(len(cells), min_column_width=width, border=border)
    for label, value, note in cells:
        meaning = _HELP.get(label, _OF_A_KIND).format(classes=classes, guessing=math.log(classes))
        both = _BOTH_CASES if label == GROUPS["capitals"] and answers.charset.merged else ""
        with grid.cell(), st.container(gap=None):
            st.metric(label, value, help=meaning + both)
            st.caption(note)


def _main_scores(answers: Predictions) -> list[_Cell]:
    score = answers.score()
    confident = round(score.confident * score.images)
    wrong = round(score.confident_error * score.confident * score.images)
    return [
        ("Accuracy", percent(score.accuracy), _interval(score.low, score.high, score.images)),
        ("Confident", percent(score.confident), f"of {score.images:,}, from {percent(answers.threshold, 1)} sure"),
        ("Confidently wrong", percent(score.confident_error), f"{wrong:,} of {confident:,}"),
    ]


def _more_scores(answers: Predictions) -> list[_Cell]:
    by_class, mean = class_scores(answers.confusion), "mean over the classes"
    return [
        ("Macro precision", percent(by_class.macro(by_class.precision)), mean),
        ("Macro recall", percent(by_class.macro(by_class.recall)), mean),
        ("Macro F1", percent(by_class.macro(by_class.f1)), mean),
        ("Loss", f"{negative_log_likelihood(answers.probabilities, answers.labels):.4f}", "mean −ln p"),
        ("ECE", f"{answers.score().ece:.4f}", "0 is perfect"),
    ]


def _interval(low: float, high: float, images: int) -> str:
    return f"{interval(low, high)}, n\u00a0=\u00a0{images:,}"
