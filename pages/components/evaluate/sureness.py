"""How far the model's confidence can be trusted, and what another limit would do."""

import streamlit as st

from core.evaluation import figures, metrics, reliability
from core.evaluation.predictions import Predictions
from core.evaluation.reliability import Limit
from pages.components import chart
from pages.components.evaluate.subject import Subject

_LOWEST = 50.0


@st.fragment
def show(subject: Subject) -> None:
    """Show calibration, confidence, and coverage against error."""
    answers = subject.predictions
    left, right = st.columns(2, gap="medium")
    with left:
        _calibration(answers)
    with right:
        _confidence(answers)
    _limit(answers)


def _calibration(answers: Predictions) -> None:
    before, labels = answers.before_temperature, answers.labels
    st.subheader("As good as it thinks?", anchor=False)
    chart.show(
        figures.calibration(answers),
        "evaluate-reliability",
        "Reliability diagram: confidence against the share of right answers",
    )
    with_it, without = (
        metrics.expected_calibration_error(shares, labels) for shares in (answers.probabilities, before)
    )
    st.markdown(
        "On the dotted line, of the answers with 90\u00a0% confidence 90\u00a0% are right. An upright line is the "
        "95\u00a0% interval, long where there are few answers. The mean distance from the dotted line (ECE, "
        f"{reliability.BINS} bins, {len(answers):,} images) is **{with_it:.4f}**; without the model's temperature of "
        f"{answers.temperature:.2f} it would be **{without:.4f}**."
    )


def _confidence(answers: Predictions) -> None:
    st.subheader("How sure of right and wrong", anchor=False)
    chart.show(
        figures.confidence(answers),
        "evaluate-confidence",
        "Histogram of the confidence of right and of wrong answers",
    )
    count = int((~answers.right).sum())
    sure = _at(answers, answers.limit).wrong
    or_alike = ", or as one of those that look alike" if answers.charset.look_alikes else ""
    said = f"It was confident of {sure:,} of its {count:,} wrong answers." if count else "No answer is wrong."
    st.markdown(
        f"{said} The dashed line is the model's limit of {100 * answers.limit:.1f} %: below it, an answer is shown as "
        f"unsure{or_alike}. The scale is logarithmic, or the few wrong ones would not be seen."
    )


def _limit(answers: Predictions) -> None:
    st.subheader("What another limit would do", anchor=False)
    tried = _at(answers, _slider(answers.limit))
    st.markdown(describe(tried, int((~answers.right).sum())))
    chart.show(
        figures.coverage(answers, tried),
        "evaluate-coverage",
        "Share of answers kept against the share of wrong ones among them",
        tools="zoom",
    )


def _at(answers: Predictions, limit: float) -> Limit:
    return reliability.at_limit(answers.confidence, answers.right, limit)


def _slider(own: float) -> float:
    """The limit that the person tries, 0 to 1; the model's own as long as the slider stands where it began."""
    start = round(100 * own, 1)
    tried = st.slider(
        "Limit of confidence", min(_LOWEST, start), 100.0, start, 0.1, format="%.1f %%", key=f"evaluate-limit-{start}"
    )
    return own if tried == start else tried / 100


def describe(limit: Limit, wrong: int) -> str:
    """What a limit does, in words, as Markdown.

    Args:
        wrong: answers that are wrong in all, below the limit too.
    """
    if not limit.confident:
        return f"With this limit none of the {limit.images:,} answers would be confident."
    low, high = limit.interval
    among = f"**{limit.wrong:,}** of them {'is' if limit.wrong == 1 else 'are'} wrong"
    missed = wrong - limit.wrong
    rest = f"The other **{limit.below:,}** are below it; {missed:,} of those {'is' if missed == 1 else 'are'} wrong."
    return (
        f"With a limit of {100 * limit.limit:.1f} %, **{limit.confident:,}** of {limit.images:,} answers are confident "
        f"({100 * limit.coverage:.2f} %), and {among} ({100 * limit.error:.2f} %, 95 % interval {100 * low:.2f} to "
        f"{100 * high:.2f} %). {rest if limit.below else 'None is below it.'}"
    )
