"""Other models on the same images: scores side by side, whether they differ by more than chance, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from core import cached
from core.charsets import get_charset
from core.evaluation.available import WARNINGS, available
from core.evaluation.comparison import Compared, McNemar, comparable, mcnemar
from core.evaluation.predictions import Predictions
from core.model.library import Entry
from core.report import tables
from core.settings import get_settings
from core.text import interval, percent
from core.training.config import DATASET_NAMES
from pages.components import latency, page
from pages.components.evaluate import choose, disagreements
from pages.components.evaluate.selection import Subject
from pages.components.text import escape

_AT_FIRST = 3
_ANOTHER = "python -m core train --preset quick --name mine"


@st.fragment
def show(subject: Subject) -> None:
    others = _others(subject)
    if not others:
        name, what = subject.predictions.dataset, subject.predictions.charset.title.lower()
        words = f"There is no other model that reads {what}. Train one on the Train page, or with this command:"
        st.info(words, icon=":material/compare:")
        st.code(f"{_ANOTHER} --datasets {name}" if name in DATASET_NAMES else _ANOTHER, language="shell")
        return
    chosen = [others[name] for name in _choose(subject, others)]
    models = [_compared(subject.entry, subject.predictions)]
    models += [_compared(entry, answers) for entry in chosen if (answers := _answers(entry, subject.predictions))]
    if len(models) == 1:
        st.caption("Choose a model to compare with.")
        return
    _side_by_side(models)
    _chance(models)
    disagreements.show(subject, [model.answers for model in models[1:]])


def stored_models(subject: Subject) -> list[Compared]:
    """The subject, and every other model whose folder keeps its answers to the same images."""
    like, others = subject.predictions, _others(subject).values()
    stored = [_compared(entry, answers) for entry in others if (answers := _kept(entry, like))]
    return [_compared(subject.entry, like), *stored]


def _others(subject: Subject) -> dict[str, Entry]:
    """The other models that read the characters of the images; of more, their answers are restricted to these."""
    charset = subject.predictions.charset
    readers = [entry for entry in cached.models() if entry.card and get_charset(entry.card.charset).covers(charset)]
    return {entry.name: entry for entry in readers if entry.name != subject.entry.name}


def _choose(subject: Subject, others: Mapping[str, Entry]) -> list[str]:
    """The names of the models to compare with; at first those with stored answers."""
    key = f"evaluate-compare-{subject.entry.name}"
    at_once = [name for name, entry in others.items() if _kept(entry, subject.predictions)][:_AT_FIRST]
    before = st.session_state.get(key, at_once)
    st.session_state[key] = [name for name in before if name in others]  # one of them may have been deleted
    titles = page.model_titles()
    label = f"Compare {escape(titles[subject.entry.name])} with"
    return st.multiselect(label, list(others), format_func=titles.__getitem__, key=key, persist_state="session")


def _kept(entry: Entry, like: Predictions) -> Predictions | None:
    """A model's stored answers to the same images."""
    answers = page.stored_answers(entry.name).get(like.dataset)
    return answers if answers and comparable(answers, like) else None


def _answers(entry: Entry, like: Predictions) -> Predictions | None:
    """A model's answers to the same images, stored or measured here; None while there are none, which is said."""
    assert entry.card
    if kept := _kept(entry, like):
        return kept
    options = available(entry.card, {}, get_settings())
    wanted = (like.dataset, like.split, like.title)
    choice = next((choice for choice in options if (choice.dataset, choice.split, choice.title) == wanted), None)
    title = page.model_titles()[entry.name]
    if choice is None:
        st.info(
            f"“{escape(title)}” has no stored answers to these images of {escape(like.title)}, and the images are not "
            "on this machine to measure it on."
        )
        return None
    if choice.use in WARNINGS:
        st.warning(f"“{escape(title)}”: {WARNINGS[choice.use]}", icon=":material/school:")
    answers = choose.measure(entry, choice)
    if answers and not comparable(answers, like):
        st.info(f"{escape(like.title)} on this machine is another version than the one that was measured before.")
        return None
    return answers


def _compared(entry: Entry, answers: Predictions) -> Compared:
    assert entry.card
    return Compared(entry.card, entry.weights_bytes, answers, latency.seconds(entry.card))


def _side_by_side(models: Sequence[Compared]) -> None:
    st.subheader("Side by side", anchor=False)
    above = st.container()
    latency.offer([model.card for model in models], "evaluate-time")
    table = tables.comparison([replace(model, seconds=latency.seconds(model.card)) for model in models])
    rows = {title: [say(row) for _, row in table.iterrows()] for title, say in _ROWS.items()}
    titles = page.model_titles()
    names = [f"**{escape(titles[model.card.name])}**" for model in models]
    above.table([{"": title, **dict(zip(names, cells, strict=True))} for title, cells in rows.items()], hide_index=True)


_ROWS = {
    "Right": lambda row: percent(row.accuracy),
    "95 % interval": lambda row: interval(row.low, row.high),
    "Images": lambda row: f"{row.images:,}",
    "Macro F1": lambda row: f"{row.macro_f1:.4f}",
    "ECE": lambda row: f"{row.ece:.4f}",
    "Confident": lambda row: percent(row.confident, 1),
    "Wrong among those": lambda row: percent(row.confident_error),
    "Parameters": lambda row: f"{row.parameters:,}",
    "Size": lambda row: f"{row.size_mb:.2f} MB",
    latency.TITLE: lambda row: latency.say(row.seconds_an_image if row.seconds_an_image > 0 else None),
    "Trained on": lambda row: escape(row.trained_on) or "not said",
}


def _chance(models: Sequence[Compared]) -> None:
    st.subheader("More than chance?", anchor=False)
    first, titles = models[0], page.model_titles()
    lines = []
    for other in models[1:]:
        test = mcnemar(first.answers.right, other.answers.right)
        lines.append(f"- {difference_in_words(titles[first.card.name], titles[other.card.name], test)}")
    st.markdown("\n".join(lines))
    st.caption("McNemar's exact test, on the images that exactly one of the two reads correctly.")


def difference_in_words(first: str, second: str, test: McNemar) -> str:
    """The result of a test of two models, in words, as Markdown."""
    a, b = f"“{escape(first)}”", f"“{escape(second)}”"
    if not test.first and not test.second:
        return f"{a} and {b} are right on the same images."
    counts = f"Only {a} is right on **{test.first:,}** images, only {b} on **{test.second:,}**."
    p = "p < 0.001" if test.p < 0.001 else f"p = {test.p:.2f}" if test.p >= 0.1 else f"p = {test.p:.3f}"
    if test.by_chance:
        return f"{counts} The difference is no more than chance ({p})."
    return f"{counts} {a if test.first > test.second else b} is better, by more than chance ({p})."
