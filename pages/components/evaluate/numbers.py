"""How well the reader of numbers does: its scores, and a set measured anew with the lines that it got wrong."""

from collections.abc import Sequence

import streamlit as st

from core import cached
from core.errors import ModelError
from core.evaluation.metrics import wilson_interval
from core.evaluation.number_sets import SETS, LineAnswers, measure_numbers
from core.jobs import Progress
from core.model.numbers import NumberAnswer
from core.model.numbers_card import NumbersCard, NumbersScore, read_numbers_card
from core.model.numbers_library import list_numbers
from core.settings import get_settings
from core.text import counted, estimate, percent
from pages.components import job
from pages.components.evaluate.selection import Subject
from pages.components.pictures import data_url
from pages.components.text import escape, message

_ASKED = "evaluate-numbers-asked"
_REMEDY = "Restore it from a copy, or train it again; the shipped one comes back with `git checkout models`."
_SHOWN = 40  # wrong lines


def show(_: Subject) -> None:
    settings = get_settings()
    names = list_numbers(settings)
    if not names:
        st.info("There is no reader of numbers in the library.")
        return
    name = names[0] if len(names) == 1 else st.selectbox("Reader of numbers", names, key="evaluate-numbers-model")
    try:
        card = read_numbers_card(settings.models_dir / name)
    except ModelError as error:
        said = f"The reader of numbers “{escape(name)}” is damaged. {message(error)} {_REMEDY}"
        st.error(said, icon=":material/error:")
        return
    _show_scores(card)
    chosen = st.selectbox(
        "Measure it on", list(SETS), format_func=lambda key: SETS[key].title, key="evaluate-numbers-set"
    )
    asked = st.session_state.setdefault(_ASKED, set())
    key = job.key_of("evaluate-numbers", name, chosen, cached.numbers_stamp(name))
    if st.button("Measure", key="evaluate-numbers-measure", icon=":material/straighten:"):
        asked.add(key)
    if key in asked:
        _measure(name, chosen, key)


def _show_scores(card: NumbersCard) -> None:
    st.markdown(
        f"How well the reader of numbers **{escape(card.title)}** ({escape(card.name)}) reads lines that it has not "
        "learnt from, whichever model is chosen above."
    )
    if card.scores:
        _show_table(card.scores)
    else:
        st.info("Its card has no scores: it was not measured after its training.")


def _show_table(scores: Sequence[NumbersScore]) -> None:
    """A row for each set; on a phone its words are broken, so that all of it is seen."""
    st.table([_row(score) for score in scores], border="horizontal", hide_index=True)


def _row(score: NumbersScore) -> dict[str, str]:
    confident = round(score.confident * score.lines)
    wrong = round(score.confident_error * confident)
    return {
        "Set": escape(score.title),
        "Whole lines right": estimate(score.accuracy, score.low, score.high, score.lines),
        "Confident": _share(confident, score.lines),
        "Of these wrong": _share(wrong, confident) if confident else "none is confident",
    }


def _share(part: int, whole: int) -> str:
    return estimate(part / whole, *wilson_interval(part, whole), whole)


def _measure(name: str, chosen: str, key: str) -> None:
    reader, settings = cached.loading_numbers(name), get_settings()

    def work(progress: Progress) -> LineAnswers:
        return measure_numbers(reader.result(), chosen, "test", settings, progress)

    if answers := job.run(key, work, f"Measuring on {SETS[chosen].title}"):
        _show_table([answers.score()])
        _show_wrong(answers)


def _show_wrong(measured: LineAnswers) -> None:
    wrong = [index for index, right in enumerate(measured.right) if not right]
    more = f"; the first {_SHOWN}" if len(wrong) > _SHOWN else ""
    st.caption(f"{counted(len(wrong), 'line')} read wrong{more}.")
    grid = st.grid(4, min_column_width=180, gap="small")
    for index in wrong[:_SHOWN]:
        example, answer = measured.examples[index], measured.answers[index]
        with grid.container():
            st.image(data_url(example.picture), width="stretch", alt=f"A line that says {example.text}")
            st.caption(f"{escape(example.text) or 'nothing'} read as {_said(answer)}")


def _said(answer: NumberAnswer) -> str:
    return f"{escape(answer.text) or answer.verdict.value}, {percent(answer.confidence, 0)}"
