"""How far the model's confidence can be trusted, and what another threshold would do."""

import streamlit as st

from core.evaluation import calibration, metrics
from core.evaluation.calibration import Threshold
from core.evaluation.predictions import Predictions
from core.report import figures
from core.text import are, interval, percent
from pages.components import chart
from pages.components.evaluate.selection import Subject

_LOWEST = 50.0


@st.fragment
def show(subject: Subject) -> None:
    answers = subject.predictions
    left, right = st.columns(2, gap="medium")
    with left:
        _calibration(answers)
    with right:
        _confidence(answers)
    _threshold(answers)


def _calibration(answers: Predictions) -> None:
    st.subheader("Can its confidence be trusted?", anchor=False)
    chart.show(
        figures.calibration(answers),
        "evaluate-reliability",
        "Reliability diagram: confidence against the share of right answers",
    )
    with_it, without = (
        metrics.expected_calibration_error(shares, answers.labels)
        for shares in (answers.probabilities, answers.before_temperature)
    )
    st.markdown(
        "On the dotted line, 90\u00a0% of the answers with a confidence of 90\u00a0% are right. A vertical line is the "
        "95\u00a0% interval, long where there are few answers. The mean distance from the dotted line (ECE, "
        f"{calibration.BINS} bins, {len(answers):,} images) is **{with_it:.4f}**; without the model's temperature of "
        f"{answers.temperature:.2f} it would be **{without:.4f}**."
    )


def _confidence(answers: Predictions) -> None:
    st.subheader("Confidence of right and wrong answers", anchor=False)
    chart.show(
        figures.confidence(answers), "evaluate-confidence", "Histogram of the confidence of right and of wrong answers"
    )
    count = int((~answers.right).sum())
    sure = _at(answers, answers.threshold).wrong
    or_alike = ", or as one of several look-alikes" if answers.charset.look_alikes else ""
    mistakes = f"It was confident in {sure:,} of its {count:,} wrong answers." if count else "No answer is wrong."
    st.markdown(
        f"{mistakes} The dashed line is the model's threshold of {percent(answers.threshold, 1)}: below it, an answer "
        f"is shown as unsure{or_alike}. The scale is logarithmic, so that the few wrong ones can be seen."
    )


def _threshold(answers: Predictions) -> None:
    st.subheader("What another threshold would do", anchor=False)
    start = round(100 * answers.threshold, 1)
    key = f"evaluate-threshold-{start}"
    percentage = st.slider("Confidence threshold", min(_LOWEST, start), 100.0, start, 0.1, "%.1f %%", key)
    # As long as the slider is where it began, it is the model's own threshold, exactly.
    tried = _at(answers, answers.threshold if percentage == start else percentage / 100)
    st.markdown(threshold_in_words(tried, int((~answers.right).sum())))
    chart.show(
        figures.coverage(answers, tried),
        "evaluate-coverage",
        "Share of answers kept against the share of wrong ones among them",
        tools="zoom",
    )


def _at(answers: Predictions, threshold: float) -> Threshold:
    return calibration.at_threshold(answers.confidence, answers.right, threshold)


def threshold_in_words(tried: Threshold, wrong: int) -> str:
    """What a threshold does, in words, as Markdown; so many answers are wrong in all, below the threshold too."""
    if not tried.confident:
        return f"With this threshold none of the {tried.images:,} answers would be confident."
    among = f"**{tried.wrong:,}** of them {are(tried.wrong)} wrong"
    missed = wrong - tried.wrong
    rest = f"The other **{tried.below:,}** are below it; {missed:,} of those {are(missed)} wrong."
    return (
        f"With a threshold of {percent(tried.threshold, 1)}, **{tried.confident:,}** of {tried.images:,} answers "
        f"are confident ({percent(tried.coverage)}), and {among} ({percent(tried.error)}, 95 % "
        f"interval {interval(*tried.interval)}). {rest if tried.below else 'None is below it.'}"
    )
