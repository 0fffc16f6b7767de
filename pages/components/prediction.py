"""The answer panel: character, sureness, probabilities, and what the network sees. Its layout is the same in every state."""

import zlib
from typing import TYPE_CHECKING

import streamlit as st

from core.charts import AMBER, BLUE, TEXT, percent, probability_bars
from core.model.prediction import Prediction, Verdict
from pages.components.pictures import EMPTY, data_url, on_paper, on_square

if TYPE_CHECKING:
    from core.cached import Answer
    from core.vision.normalise import Normalised

_STEPS = {
    "ink": "Ink",
    "crop": "Cut out",
    "scaled": "20 pixels high",
    "centred": "Centred",
}
_STEP_SIDE = 168


def show(answer: "Answer | None", characters: tuple[str, ...], hint: str, key: str) -> str | None:
    """Show an answer, or with the same layout what to do for one.

    Args:
        answer: None while there is nothing to read.
        characters: the model's classes, for the empty bars.
        hint: what to do when there is nothing to read.
        key: prefix of the widgets' keys.

    Returns:
        The candidate that the person picked; None without a pick.
    """
    prediction = answer.prediction if answer and answer.prediction.label else None
    with st.container(key=f"{key}-answer"):
        head, choices = st.container(), st.container(height=76, border=False)
        picked = _choices(choices, answer, key) if answer and prediction else None
        with head:
            _head(prediction, picked, hint)
        _bars(prediction, picked, characters)
    return picked


def _head(prediction: Prediction | None, picked: str | None, hint: str) -> None:
    """The character, large, and beside it two lines: how sure, and what to do."""
    left, right = st.columns([1, 4], wrap=False, vertical_alignment="center")
    if prediction is None:
        left.markdown("###### :gray[:material/draw:]", anchors=False)
        right.markdown(f"### Nothing to read yet\n\n{hint}", anchors=False)
        return
    left.markdown(f"###### {picked or prediction.label}", anchors=False)
    sure = f"{percent(prediction.confidence)} sure"
    if picked:
        right.markdown(f"### Your choice\n\nThe model said {prediction.label}, {sure}.", anchors=False)
    elif prediction.verdict is Verdict.UNSURE:
        right.markdown(f"### :orange[Unsure], {sure}\n\nDraw it again, or pick what it is.", anchors=False)
    else:
        right.markdown(f"### {sure}\n\nNot what you wrote? Pick another.", anchors=False)


def _choices(place: "st.delta_generator.DeltaGenerator", answer: "Answer", key: str) -> str | None:
    """The answer and the next two candidates, to be picked from; what was picked, if it is not the model's answer."""
    prediction = answer.prediction
    shares = dict(prediction.candidates(3))
    unsure = prediction.verdict is Verdict.UNSURE
    picked = place.segmented_control(
        "Candidates",
        list(shares),
        default=None if unsure else prediction.label,
        format_func=lambda character: f"**{character}**  {percent(shares[character])}",
        key=f"{key}-pick-{zlib.crc32(answer.normalised.glyph.tobytes())}",
    )
    return picked if unsure or picked != prediction.label else None


def _bars(prediction: Prediction | None, picked: str | None, characters: tuple[str, ...]) -> None:
    label = prediction.label if prediction else None
    unsure = prediction is not None and prediction.verdict is Verdict.UNSURE and not picked
    shares = prediction.probabilities if prediction else None
    text = TEXT[st.context.theme.type or "light"]
    bars = probability_bars(characters, shares, picked or label, AMBER if unsure else BLUE, text)
    spoken = ", ".join(f"{character} {percent(share)}" for character, share in prediction.candidates(10)) if prediction else "none"
    st.image(bars, width="stretch", alt=f"Probabilities: {spoken}")


def show_picture(normalised: "Normalised", caption: str) -> None:
    """The picture that was read."""
    st.image(on_paper(normalised.steps[0].image), caption=caption, width="stretch", alt=f"The picture {caption}")


def show_steps(normalised: "Normalised | None") -> None:
    """The pictures on the way to the network's input, with empty places for steps that were not reached."""
    pictures = {step.name: step.image for step in normalised.steps} if normalised else {}
    st.markdown("### What the network sees", anchors=False)
    grid = st.grid(len(_STEPS), min_column_width=80, width=560)
    for name, caption in _STEPS.items():
        picture = on_square(pictures.get(name, EMPTY), _STEP_SIDE)
        grid.image(data_url(picture), caption=caption, width="stretch", alt=caption)
