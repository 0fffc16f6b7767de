"""An answer on a page: the panel of Draw and Upload, and the bars and enlarged pictures that other pages share.

The panel's layout is the same in every state, so that nothing jumps when an answer comes.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from core.charsets import Charset, get_charset
from core.charts.palette import AMBER, BLUE, TEXT
from core.charts.probability_bars import probability_bars
from core.model.card import Card
from core.model.prediction import Prediction, Verdict, kind
from core.text import probability, probability_in_words, sentence
from pages.components import correction, page
from pages.components.pictures import Picture, data_url, on_square

if TYPE_CHECKING:
    from core.model.reader import Answer

_ASKS = (Verdict.UNSURE, Verdict.ALIKE, Verdict.OTHER, Verdict.SEVERAL)  # the person is asked which one it is
_CHARACTER_WIDTH = 88
_BARS_WIDTH = 380
_NEGLIGIBLE = 0.0005  # of a probability: it does not show in percent with one decimal
_SPOKEN = 10  # characters


def sure(share: float) -> str:
    """How sure an answer is: "over 99.9 % sure"."""
    return f"{probability_in_words(share)} sure"


def bars(
    charset: Charset,
    shares: NDArray[np.float64] | None,
    chosen: Collection[str],
    doubtful: bool = False,
    refusal: str = "",
) -> None:
    """Draw the probability of every class.

    Args:
        shares: float64 (C,), 0 to 1, in charset order; None where there are none.
        chosen: the classes whose bars are in colour, one that warns where the answer is doubtful.
        refusal: why there is no answer, for those who do not see it.
    """
    colour = AMBER if doubtful else BLUE
    picture = probability_bars(charset, shares, chosen, colour, TEXT[page.theme()])
    listed = "none yet"
    if shares is not None:
        best = np.argsort(-shares, kind="stable")[:_SPOKEN]
        listed = ", ".join(f"{charset.names[index]} {probability(shares[index])}" for index in best)
    spoken = f"{sentence(refusal)} " if refusal else ""
    st.image(picture, width=_BARS_WIDTH, alt=f"{spoken}Probabilities: {listed}")


@contextmanager
def enlarged(picture: Picture | None, alt: str, side: int, key: str, caption: str | None = None) -> Iterator[None]:
    """Show a picture, if there is one, `side` pixels large, and beside it what the `with` block draws."""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium", key=key):
        if picture is not None:
            st.image(data_url(on_square(picture, 8 * side // 5)), caption=caption, width=side, alt=alt)
        with st.container(gap="xsmall"):
            yield


@dataclass(frozen=True)
class Words:
    """What the panel says on a page: without an answer, and how to try again after one that is unsure, or refused."""

    title: str
    hint: str
    again: str
    another: str


def show(
    answer: "Answer | None",
    charset: Charset,
    words: Words,
    key: str,
    picture: bytes | None,
    model: Card,
    head: DeltaGenerator | None = None,
) -> None:
    """Show an answer, or with the same layout what to do for one.

    Args:
        charset: what the answer is told apart from.
        key: prefix of the widgets' keys, and where the picture comes from: "draw" or "upload".
        picture: the file that was read.
        head: where the character and its confidence are; the top of the panel where it is not given.
    """
    whole = get_charset(model.charset)
    prediction = answer.prediction if answer and answer.prediction.verdict is not Verdict.BLANK else None
    correctable = None
    if answer and prediction:
        correctable = correction.Correctable(answer, picture or b"", model.name, model.charset, key)
    with st.container(key=f"{key}-answer"):
        head, choices = head or st.container(), st.container(height=76, border=False)
        picked = _choices(choices, prediction, correctable) if prediction and correctable else None
        label = correction.show(correctable, whole, key)
        # As one of the characters told apart: of lower case only, a C is a c.
        label = next((character for character in charset.characters if whole.find(character) == label), label) or picked
        if prediction and label == prediction.label and prediction.verdict not in _ASKS:
            label = None
        with head:
            _head(prediction, label, words)
        _panel_bars(prediction, label, charset)
        if whole.look_alikes:
            _note(prediction, label, charset, charset != whole)
        correction.show_problem(correctable)


def _head(prediction: Prediction | None, picked: str | None, words: Words) -> None:
    """The character, large, and beside it two lines: how sure, and what to do."""
    if prediction is None:
        character, title, line = ":gray[:material/draw:]", words.title, words.hint
    elif prediction.refusal:
        character, title, line = _refused(prediction, picked, words)
    else:
        character, title, line = _read(prediction, picked, words)
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
        st.markdown(f"###### {character}", width=_CHARACTER_WIDTH, anchors=False)
        st.markdown(f"### {title}\n\n{line}", width="stretch", anchors=False)


def _read(prediction: Prediction, picked: str | None, words: Words) -> tuple[str, str, str]:
    confidence, label = sure(prediction.confidence), prediction.label or ""
    character = prediction.form(picked or label)
    if picked:
        return character, "Your choice", f"The model said {prediction.form(label)}, {confidence}."
    if prediction.verdict is Verdict.ALIKE:
        title = f":orange[{prediction.in_words}], {sure(_together(prediction))}"
        return character, title, "They look alike. Pick which one it is."
    if prediction.verdict is Verdict.UNSURE:
        doubt = f"It may not be a single {kind(prediction.charset)}. " if prediction.perhaps_refused else ""
        return character, f":orange[Unsure], {confidence}", f"{doubt}{words.again}, or pick what it is."
    return character, confidence.capitalize(), "Not what you wrote? Pick another."


def _refused(prediction: Prediction, picked: str | None, words: Words) -> tuple[str, str, str]:
    """What takes the place of a character, and the two lines, where the model gives no answer."""
    if picked:
        return picked, "Your choice", f"The model said: {prediction.refusal}."
    if prediction.verdict is Verdict.OTHER:
        sign, line = "question_mark", words.another
    else:
        sign, line = "filter_none", "One at a time, please"
    return f":gray[:material/{sign}:]", f":orange[{prediction.refusal.capitalize()}]", f"{line}, or pick what it is."


def _together(prediction: Prediction) -> float:
    """The joint probability of the look-alikes, that it is one character at all included."""
    return prediction.alike[1] * (1 - prediction.rejection)


def _choices(place: DeltaGenerator, prediction: Prediction, correctable: correction.Correctable) -> str | None:
    """The answer and the next two candidates, to be picked from; what was picked, if it is not the model's answer."""
    candidates = [character for character, _ in prediction.candidates(correction.CANDIDATES)]
    shares = dict(zip(prediction.characters, prediction.shares.tolist(), strict=True))
    asks = prediction.verdict in _ASKS
    label = "Which one is it?" if asks else "Candidates"
    if prediction.refusal:
        label = f"If it is one {kind(prediction.charset)}, which?"

    def option(character: str) -> str:
        # Of what was refused all are improbable: what counts is which of them comes first.
        share = "" if prediction.refusal else f"  {probability(shares[character])}"
        return f"**{prediction.form(character)}**{share}"

    picked = place.segmented_control(
        label,
        candidates,
        default=None if asks else prediction.label,
        format_func=option,
        key=correctable.pick,
        on_change=correction.picked,
        args=(correctable, correctable.pick),
    )
    return picked if asks or picked != prediction.label else None


def _panel_bars(prediction: Prediction | None, picked: str | None, charset: Charset) -> None:
    if prediction is None:
        bars(charset, None, ())
        return
    asks = prediction.verdict in _ASKS and not picked
    group = prediction.alike[0] if asks and prediction.verdict is Verdict.ALIKE else ()
    bars(charset, prediction.shares, group or (picked or prediction.label or "",), asks, prediction.refusal)


def _note(prediction: Prediction | None, picked: str | None, charset: Charset, restricted: bool) -> None:
    """A line that is there for every answer: what was left out; look-alikes together; both cases in one class."""
    notes = []
    if restricted:
        rest = prediction.rejection if prediction else 0.0
        none = f"the rest is for what is not one {kind(charset)}"
        whole = "100 %" if rest < _NEGLIGIBLE else f"{probability(1 - rest)}; {none}"
        notes.append(f"Restricted to {charset.title.lower()}: their probabilities add up to {whole}.")
    if prediction and " or " in prediction.in_words:
        notes.append(f"{prediction.in_words} look alike: together {probability(_together(prediction))}.")
    label = picked or (prediction.label if prediction else None)
    if prediction and label in prediction.charset.merged:
        notes.append(f"{label} also stands for {label.lower()}.")
    st.caption(" ".join(notes) or "&nbsp;")
