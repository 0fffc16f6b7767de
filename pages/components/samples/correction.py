"""Right, or what it is: a person's word on an answer, stored as a sample when a button is pressed and not before.

The row is as high before an answer, with one, and after it was corrected, so that nothing jumps.
"""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.charsets import MANY, Charset, get_charset
from core.errors import DigitLabError
from core.settings import Settings, check_writable, get_settings
from pages.components import state
from pages.components.text import escape, message

if TYPE_CHECKING:
    from core.model.prediction import Prediction
    from core.model.reader import Answer
    from core.samples.edits import Correction

_HEIGHT, _HEIGHT_OF_TWO_LINES = 86, 106  # pixels: the buttons, and what stands under them
CANDIDATES = 3  # that an answer can be picked from
_LONGEST = 8  # what is typed; more than one character is refused in words
_NO_INK = (
    "No ink was found on this picture, so there is none to store. Take a better picture, or draw it on the page Draw."
)
_STORED = "the 28 × 28 picture and both answers, in My samples."


@dataclass(frozen=True)
class Correctable:
    """An answer that can be corrected.

    Attributes:
        picture: the file that was read, as it was given.
        model, charset: names of who read it, and of what it reads.
        origin: "draw" or "upload".
    """

    answer: "Answer"
    picture: bytes
    model: str
    charset: str
    origin: str

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
class Said:
    """What a person said of an answer.

    Attributes:
        token: of the correctable.
        label: what it is.
        correction: what was stored; None where nothing was.
        problem: why nothing was stored, or could not be taken back; empty where it was.
    """

    token: str
    label: str
    correction: "Correction | None" = None
    problem: str = ""


def show(correctable: Correctable | None, charset: Charset, key: str) -> str | None:
    """Draw the row; what the person said that it is and was stored, or None.

    Args:
        correctable: None while there is none: the row is then there, and disabled.
        charset: what can be said: all that the model reads, whatever the answer was restricted to.
        key: prefix of the widgets' keys.
    """
    settings = get_settings()
    said = _said(correctable)
    height = _HEIGHT_OF_TWO_LINES if settings.read_only or settings.keep_pictures else _HEIGHT
    with st.container(height=height, border=False, gap="xsmall", key=f"{key}-correct"):
        if correctable and said and said.correction:
            _confirm(correctable, said, key)
            return said.label
        _ask(correctable, charset, key, disabled=correctable is None or settings.read_only)
        st.caption(_note(settings))
    return None


def show_problem(correctable: Correctable | None) -> None:
    """Say why the last word was not stored, under everything else."""
    said = _said(correctable)
    if said and said.problem:
        st.error(message(said.problem), icon=":material/error:")


def _said(correctable: Correctable | None) -> Said | None:
    said = state.said()
    return said if said and correctable and said.token == correctable.token else None


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


def _note(settings: Settings) -> str:
    """One line: what is stored, or why nothing is."""
    try:
        check_writable(settings, "stored")
    except DigitLabError as error:
        return str(error)
    return f"Stores {'the picture as given, ' if settings.keep_pictures else ''}{_STORED}"


def _confirm(correctable: Correctable, said: Said, key: str) -> None:
    assert said.correction
    before = said.correction.before
    word = "Stored as" if not before else "Was stored before as" if before == said.label else "Changed to"
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        st.markdown(
            f":green[:material/check:] {word} **{escape(get_charset(correctable.charset).show(said.label))}**",
            width="content",
        )
        if said.correction.batch:
            st.button("Undo", icon=":material/undo:", key=f"{key}-unsay", on_click=_take_back, args=(correctable, said))
    st.page_link("pages/samples.py", label="See it in My samples", icon=":material/edit_note:")


# What follows runs when something is pressed or picked, before the page runs again.


def picked(correctable: Correctable | None, key: str) -> None:
    """Store what was picked or typed in the widget of this key; nothing where it was taken back or nothing may be."""
    label = st.session_state.get(key)
    if not correctable or not label or get_settings().read_only:
        return
    _store(correctable, str(label))
    said = _said(correctable)
    if said and not said.correction:
        st.session_state[key] = None  # so that another one can be typed at once


def _store(correctable: Correctable | None, label: str | None) -> None:
    from core.samples import edits
    from core.samples.store import Sample, hash_drawing
    from core.vision.normalise import from_ink

    if correctable is None or label is None:
        return
    settings, charset = get_settings(), get_charset(correctable.charset)
    own, found = correctable.answer.unrestricted, charset.find(label.strip())
    if found is None:
        many = len(label.strip()) > 1
        what = "is more than one character" if many else "is none of the characters that the model reads"
        problem = f"“{escape(label)}” {what}. Type one of these: {escape(' '.join(charset.names))}."
        state.set_said(Said(correctable.token, label, problem=problem))
        return
    if not correctable.answer.normalised.glyph.any():
        state.set_said(Said(correctable.token, found, problem=_NO_INK))
        return
    answer, confidence = _answer(own)
    sample = Sample(
        correctable.answer.normalised.glyph,
        found,
        charset=correctable.charset,
        origin=correctable.origin,
        model=correctable.model,
        answer=answer,
        confidence=confidence,
        picture=correctable.picture if settings.keep_pictures else None,
        drawing=hash_drawing(from_ink(correctable.answer.normalised.ink).glyph),
    )
    try:
        state.set_said(Said(correctable.token, found, edits.correct(sample, settings)))
    except DigitLabError as error:
        state.set_said(Said(correctable.token, found, problem=str(error)))
        return
    pick = correctable.pick
    if pick in st.session_state:  # the candidates say the same, or nothing
        shown = [one for one, _ in correctable.answer.prediction.candidates(CANDIDATES)]
        st.session_state[pick] = next((one for one in shown if charset.find(one) == found), None)


def _answer(own: "Prediction") -> tuple[str, float]:
    """What is stored of the model's answer: its most probable character, and how probable it was.

    Of what it refused it is the same, with the small probability that it gave: without an answer the sample would be
    one that no model had read.
    """
    place = int(own.probabilities.argmax())
    return own.characters[place], float(own.shares[place])


def _take_back(correctable: Correctable, said: Said) -> None:
    from core.samples import edits

    try:
        edits.undo(get_settings(), only=said.correction)
    except DigitLabError as error:
        state.set_said(Said(said.token, said.label, said.correction, str(error)))
        return
    state.set_said(None)
    for name in st.session_state:  # what was picked is no longer said
        if str(name).startswith(
            (f"{correctable.origin}-pick-{correctable.token}", f"{correctable.origin}-is-{correctable.token}")
        ):
            del st.session_state[name]
