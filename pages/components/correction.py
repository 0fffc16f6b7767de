"""The row under an answer: whether it is right, or what it should be. What is said there is stored as a sample.

The row keeps its height before an answer, with one, and after a correction, so that nothing below it moves.
"""

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.charsets import MANY, Charset, get_charset
from core.errors import DigitLabError
from core.settings import get_settings
from pages.components.action import read_only_reason
from pages.components.sample_edits import can_undo, remember, undo
from pages.components.text import escape, message

if TYPE_CHECKING:
    from core.model.prediction import Prediction
    from core.model.reader import Answer
    from core.samples.edits import Correction

_HEIGHT, _HEIGHT_OF_TWO_LINES = 86, 106  # pixels: the buttons and the note under them
CANDIDATES = 3  # of an answer, to pick from
_LONGEST = 8  # characters that can be typed; more than one is refused in words
_NO_INK = "No ink was found in this picture, so there is nothing to store. Take a better picture, or draw it."
_STORED = "the 28 × 28 picture and both answers in My samples."
_FEEDBACK = "samples-feedback"


@dataclass(frozen=True)
class Correctable:
    """An answer that can be corrected."""

    answer: "Answer"
    picture: bytes  # the file that was read, as it was given
    model: str
    charset: str  # the name of what the model reads
    origin: str  # "draw" or "upload"

    @property
    def token(self) -> str:
        """The same for the same glyph on the same page, read as the same characters; without ink, the same picture."""
        glyph = self.answer.normalised.glyph
        seen = glyph.tobytes() if glyph.any() else self.picture
        return f"{self.origin}-{self.charset}-{zlib.crc32(seen):08x}"

    @property
    def pick(self) -> str:
        """Key of the widget that the answer is picked in from its first candidates."""
        return f"{self.origin}-pick-{self.token}-{self.answer.prediction.charset.name}"


@dataclass(frozen=True)
class Feedback:
    """What a person said of the answer of this token; what was stored, or why nothing was, or could not be undone."""

    token: str
    label: str
    correction: "Correction | None" = None
    problem: str = ""


def show(correctable: Correctable | None, charset: Charset, key: str) -> str | None:
    """Draw the row; the label that the person gave and that was stored, or None.

    Args:
        correctable: None while there is no answer: the row is then disabled.
        charset: the characters to choose from: all that the model reads, whatever the answer was restricted to.
    """
    settings = get_settings()
    feedback = _feedback(correctable)
    height = _HEIGHT_OF_TWO_LINES if settings.read_only or settings.keep_pictures else _HEIGHT
    with st.container(height=height, border=False, gap="xsmall", key=f"{key}-correct"):
        if correctable and feedback and feedback.correction:
            _confirm(correctable, feedback, key)
            return feedback.label
        _ask(correctable, charset, key, disabled=correctable is None or settings.read_only)
        what = "the picture as given, " if settings.keep_pictures else ""
        st.caption(read_only_reason(settings) or f"Stores {what}{_STORED}")
    return None


def show_problem(correctable: Correctable | None) -> None:
    """Say why the last label was not stored, under everything else."""
    feedback = _feedback(correctable)
    if feedback and feedback.problem:
        st.error(message(feedback.problem), icon=":material/error:")


def _feedback(correctable: Correctable | None) -> Feedback | None:
    feedback: Feedback | None = st.session_state.get(_FEEDBACK)
    if not feedback or not correctable or feedback.token != correctable.token:
        return None
    edit = feedback.correction.edit if feedback.correction else None
    return None if edit and not can_undo(edit) else feedback  # it was undone on My samples


def _keep(correctable: Correctable, label: str, correction: "Correction | None" = None, problem: str = "") -> None:
    st.session_state[_FEEDBACK] = Feedback(correctable.token, label, correction, problem)


def _ask(correctable: Correctable | None, charset: Charset, key: str, disabled: bool) -> None:
    name = f"{key}-is-{correctable.token if correctable else 'nothing'}"
    label = correctable.answer.prediction.label if correctable else None
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        st.button(
            "Right",
            icon=":material/check:",
            key=f"{key}-right",
            disabled=disabled or label is None,
            on_click=_store,
            args=(correctable, label),
        )
        field: dict[str, Any] = {"key": name, "disabled": disabled, "label_visibility": "collapsed", "width": 140}
        field |= {"on_change": picked, "args": (correctable, name)}
        if len(charset.characters) > MANY:  # of many a key is found sooner than a line of a list
            names = " ".join(charset.names)
            st.text_input("It is a", None, _LONGEST, placeholder="Type what it is", help=f"One of {names}", **field)
        else:
            st.selectbox("It is a", charset.characters, index=None, placeholder="It is a …", **field)


def _confirm(correctable: Correctable, feedback: Feedback, key: str) -> None:
    assert feedback.correction
    before = feedback.correction.before
    word = "Stored as" if not before else "Was already stored as" if before == feedback.label else "Changed to"
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        st.markdown(
            f":green[:material/check:] {word} **{escape(get_charset(correctable.charset).show(feedback.label))}**",
            width="content",
        )
        if feedback.correction.edit:
            undo_it = partial(_take_back, correctable, feedback)
            st.button("Undo", icon=":material/undo:", key=f"{key}-unsay", on_click=undo_it)
    st.page_link("pages/samples.py", label="See it in My samples", icon=":material/edit_note:")


# What follows runs when something is pressed or picked, before the page runs again.


def picked(correctable: Correctable | None, key: str) -> None:
    """Store what was picked or typed in the widget of this key, if anything, where something may be stored."""
    label = st.session_state.get(key)
    if not correctable or not label or get_settings().read_only:
        return
    _store(correctable, str(label))
    feedback = _feedback(correctable)
    if feedback and not feedback.correction:
        st.session_state[key] = None  # so that another one can be typed at once


def _store(correctable: Correctable | None, label: str | None) -> None:
    from core.samples import edits
    from core.samples.store import Sample, hash_drawing
    from core.vision.normalise import from_ink

    if correctable is None or label is None:
        return
    settings, charset = get_settings(), get_charset(correctable.charset)
    character = charset.find(label.strip())
    if character is None:
        many = len(label.strip()) > 1
        what = "is more than one character" if many else "is none of the characters that the model reads"
        problem = f"“{label}” {what}. Type one of these: {' '.join(charset.names)}."
        _keep(correctable, label, problem=problem)
        return
    if not correctable.answer.normalised.glyph.any():
        _keep(correctable, character, problem=_NO_INK)
        return
    answer, confidence = _answer(correctable.answer.unrestricted)
    sample = Sample(
        correctable.answer.normalised.glyph,
        character,
        charset=correctable.charset,
        origin=correctable.origin,
        model=correctable.model,
        answer=answer,
        confidence=confidence,
        picture=correctable.picture if settings.keep_pictures else None,
        drawing=hash_drawing(from_ink(correctable.answer.normalised.ink).glyph),
    )
    try:
        correction = edits.correct(sample, settings)
    except DigitLabError as error:
        _keep(correctable, character, problem=str(error))
        return
    if correction.edit:
        remember(correction.edit, correctable.charset)
    _keep(correctable, character, correction)
    if correctable.pick in st.session_state:  # the candidates show the same, or none
        shown = [candidate for candidate, _ in correctable.answer.prediction.candidates(CANDIDATES)]
        same = (candidate for candidate in shown if charset.find(candidate) == character)
        st.session_state[correctable.pick] = next(same, None)


def _answer(prediction: "Prediction") -> tuple[str, float]:
    """The model's answer as it is stored: its most probable character, and how probable it was.

    Also of what it refused, with the small probability that it gave: a sample without an answer would count as one that
    no model has read.
    """
    index = int(prediction.probabilities.argmax())
    return prediction.characters[index], float(prediction.shares[index])


def _take_back(correctable: Correctable, feedback: Feedback) -> None:
    assert feedback.correction
    assert feedback.correction.edit
    try:
        undo(feedback.correction.edit, get_settings())
    except DigitLabError as error:
        _keep(correctable, feedback.label, problem=str(error))
        return
    st.session_state[_FEEDBACK] = None
    picks = tuple(f"{correctable.origin}-{kind}-{correctable.token}" for kind in ("pick", "is"))
    for name in st.session_state:  # what was picked no longer counts
        if str(name).startswith(picks):
            del st.session_state[name]
