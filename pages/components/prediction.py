"""The answer panel: character, sureness, probabilities, and what the network sees.

Its layout is the same in every state, so that nothing jumps when an answer comes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.charsets import Charset, get_charset
from core.charts.palette import AMBER, BLUE, TEXT
from core.charts.probability_bars import probability_bars
from core.model.card import Card
from core.model.prediction import Prediction, Verdict, kind
from core.text import probability, probability_in_words
from core.vision.grey import on_paper
from pages.components.pictures import EMPTY, data_url, framed, on_square
from pages.components.samples import correction
from pages.components.text import escape

if TYPE_CHECKING:
    from core.model.evidence import View
    from core.model.reader import Answer
    from core.vision.normalise import Normalised

_STEPS = {
    "ink": "Ink",
    "crop": "Cut out",
    "scaled": "Scaled",
    "centred": "Centred",
}
_STEPS_HELP = (
    "The ink is found and cut out, scaled so that its longer side has 20 pixels, or 24 where letters are read, and put "
    "with its centre of mass into the middle of 28 × 28 pixels, as the training images are."
)
_ASKS = (Verdict.UNSURE, Verdict.ALIKE, Verdict.OTHER, Verdict.SEVERAL)  # the person is asked which one it is
_STEP_SIDE = 168
_STEP_WIDTH, _VIEW_WIDTH = 64, 120  # pixels, at least; a view has more to say below it
_STEPS_WIDTH = 560
_VIEW_SIDE = 336  # pixels; a whole multiple of both sides that views have, so that all pixels stay of one size
_VIEWS_SAID = "The picture is looked at in several ways, and what the networks say of each is weighed and added up."
_CHARACTER_WIDTH = 88
_LITTLE = 0.0005  # of a probability: it is not seen in percents with one place
_SPOKEN = 10  # characters


@dataclass(frozen=True)
class Words:
    """What the panel says on a page: without an answer, and how to try again after one that is unsure, or refused."""

    title: str
    hint: str
    again: str
    another: str


def show(
    answer: "Answer | None", charset: Charset, words: Words, key: str, picture: bytes | None, model: Card
) -> str | None:
    """Show an answer, or with the same layout what to do for one.

    Args:
        answer: None while there is nothing to read.
        charset: what the answer is told apart from.
        words: what the panel says on this page.
        key: prefix of the widgets' keys, and where the picture comes from: "draw" or "upload".
        picture: the file that was read; None while there is none.
        model: who read it.

    Returns:
        What the person said that it is; None where nothing but the model did.
    """
    whole = get_charset(model.charset)
    prediction = answer.prediction if answer and answer.prediction.verdict is not Verdict.BLANK else None
    correctable = (
        correction.Correctable(answer, picture or b"", model.name, model.charset, key)
        if answer and prediction
        else None
    )
    with st.container(key=f"{key}-answer"):
        head, choices = st.container(), st.container(height=76, border=False)
        picked = _choices(choices, answer, correctable) if answer and correctable else None
        said = _said(correctable, charset, whole, key) or picked
        if prediction and said == prediction.label and prediction.verdict not in _ASKS:
            said = None
        with head:
            _head(prediction, said, words)
        _bars(prediction, said, charset)
        if whole.look_alikes:
            _note(prediction, said, charset, charset != whole)
        correction.show_problem(correctable)
    return said


def _said(correctable: correction.Correctable | None, charset: Charset, whole: Charset, key: str) -> str | None:
    """What the person said that it is, as one of the characters told apart: of lower case only, a C is a c."""
    said = correction.show(correctable, whole, key)
    return next((character for character in charset.characters if whole.find(character) == said), said)


def _head(prediction: Prediction | None, picked: str | None, words: Words) -> None:
    """The character, large, and beside it two lines: how sure, and what to do."""
    if prediction is None:
        character, title, line = ":gray[:material/draw:]", words.title, words.hint
    elif prediction.refusal:
        character, title, line = _refused(prediction, picked, words)
    else:
        sure = f"{probability_in_words(prediction.confidence)} sure"
        character = prediction.form(picked or prediction.label or "")
        if picked:
            title, line = "Your choice", f"The model said {prediction.form(prediction.label or '')}, {sure}."
        elif prediction.verdict is Verdict.ALIKE:
            both = f"{probability_in_words(_together(prediction))} sure"
            title, line = f":orange[{prediction.in_words}], {both}", "They look alike. Pick which one it is."
        elif prediction.verdict is Verdict.UNSURE:
            doubt = f"It may not be a single {kind(prediction.charset)}. " if prediction.perhaps_refused else ""
            title, line = f":orange[Unsure], {sure}", f"{doubt}{words.again}, or pick what it is."
        else:
            title, line = sure.capitalize(), "Not what you wrote? Pick another."
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium"):
        st.markdown(f"###### {character}", width=_CHARACTER_WIDTH, anchors=False)
        st.markdown(f"### {title}\n\n{line}", width="stretch", anchors=False)


def _refused(prediction: Prediction, picked: str | None, words: Words) -> tuple[str, str, str]:
    """What stands in the place of a character, and the two lines, where the model gives no answer."""
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


def _choices(place: DeltaGenerator, answer: "Answer", correctable: correction.Correctable) -> str | None:
    """The answer and the next two candidates, to be picked from; what was picked, if it is not the model's answer."""
    prediction = answer.prediction
    candidates = [character for character, _ in prediction.candidates(correction.CANDIDATES)]
    shares = dict(zip(prediction.characters, prediction.shares.tolist(), strict=True))
    asks = prediction.verdict in _ASKS
    label = "Which one is it?" if asks else "Candidates"

    def option(character: str) -> str:
        # Of what was refused all are improbable: what counts is which of them comes first.
        share = "" if prediction.refusal else f"  {probability(shares[character])}"
        return f"**{prediction.form(character)}**{share}"

    picked = place.segmented_control(
        f"If it is one {kind(prediction.charset)}, which?" if prediction.refusal else label,
        candidates,
        default=None if asks else prediction.label,
        format_func=option,
        key=correctable.pick,
        on_change=correction.picked,
        args=(correctable, correctable.pick),
    )
    return picked if asks or picked != prediction.label else None


def _bars(prediction: Prediction | None, picked: str | None, charset: Charset) -> None:
    asks = prediction is not None and prediction.verdict in _ASKS and not picked
    alike = prediction.alike[0] if prediction and asks and prediction.verdict is Verdict.ALIKE else ()
    label = prediction.label if prediction else None
    bars = probability_bars(
        charset,
        prediction.shares if prediction else None,
        alike or (picked or label or "",),
        AMBER if asks else BLUE,
        TEXT[st.context.theme.type or "light"],
    )
    st.image(bars, width="stretch", alt=spoken(prediction))


def spoken(prediction: Prediction | None) -> str:
    """The most probable characters in words, for those who do not see the bars; first, why there is no answer."""
    if prediction is None or not (ranking := prediction.candidates(_SPOKEN)):
        return "Probabilities: none yet"
    one = 1 - prediction.rejection
    names = [f"{prediction.charset.show(character)} {probability(share * one)}" for character, share in ranking]
    refusal = f"{prediction.refusal.capitalize()}. " if prediction.refusal else ""
    return f"{refusal}Probabilities: {', '.join(names)}"


def _note(prediction: Prediction | None, picked: str | None, charset: Charset, restricted: bool) -> None:
    """A line that is there for every answer: what was left out; look-alikes together; both cases in one class."""
    said = []
    if restricted:
        rest = prediction.rejection if prediction else 0.0
        whole = "100 %" if rest < _LITTLE else f"{probability(1 - rest)}; the rest: it is not one {kind(charset)}"
        said.append(f"Restricted to {charset.title.lower()}: their probabilities are made to add up to {whole}.")
    if prediction and " or " in prediction.in_words:
        said.append(f"{prediction.in_words} look alike: together {probability(_together(prediction))}.")
    label = picked or (prediction.label if prediction else None)
    if prediction and label in prediction.charset.merged:
        said.append(f"{label} stands for {label.lower()}, too.")
    st.caption(" ".join(said) or "&nbsp;")


def show_picture(normalised: "Normalised", caption: str) -> None:
    """The picture that was read."""
    with st.container(border=True):
        picture = on_paper(normalised.steps[0].image)
        st.image(picture, caption=escape(caption), width="stretch", alt=f"The picture {caption}")


def show_steps(normalised: "Normalised | None") -> None:
    """The pictures on the way to the network's input, with empty places for steps that were not reached."""
    pictures = {step.name: step.image for step in normalised.steps} if normalised else {}
    st.markdown("### What the network sees", help=_STEPS_HELP, anchors=False)
    grid = st.grid(len(_STEPS), min_column_width=_STEP_WIDTH, width=_STEPS_WIDTH)
    for name, caption in _STEPS.items():
        picture = on_square(pictures.get(name, EMPTY), _STEP_SIDE)
        grid.image(data_url(picture), caption=caption, width="stretch", alt=caption)


def show_views(answer: "Answer") -> None:
    """The ways in which a picture was looked at: what each was taken for, and how much it counted; nothing of one."""
    if not answer.views:
        return
    st.caption(_VIEWS_SAID)
    grid = st.grid(len(answer.views), min_column_width=_VIEW_WIDTH, width=_STEPS_WIDTH)
    for view in answer.views:
        said = _view_said(view, answer.unrestricted.charset)
        picture = data_url(framed(on_square(view.image, _VIEW_SIDE)))
        grid.image(
            picture,
            caption=f"**{view.title}**  \n{escape(said)}",
            width="stretch",
            alt=f"{view.title}: {said}",
        )


def _view_said(view: "View", charset: Charset) -> str:
    """What a view was taken for, and its part in the answer: "4, counts 31 %"."""
    if not view.image.any():
        return "nothing found"
    taken = charset.show(view.label) if view.label else f"no {kind(charset)}"
    return f"{taken}, counts {100 * view.share:.0f}\N{NO-BREAK SPACE}%" if view.share else f"{taken}, does not count"
