"""The answer panel: character, sureness, probabilities, and what the network sees. Its layout is the same in every state."""

import zlib
from typing import TYPE_CHECKING

import streamlit as st

from core.charts import AMBER, BLUE, STATIC, percent, probability_bars
from core.model.prediction import Prediction, Verdict
from pages.components.pictures import data_url, on_square

if TYPE_CHECKING:
    from core.cached import Answer
    from core.vision.normalise import Normalised

_STEPS = {
    "picture": "Your picture",
    "ink": "Only the ink",
    "crop": "Cut out",
    "scaled": "Scaled to 20 pixels",
    "centred": "Centred in 28 × 28",
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
        colour = AMBER if prediction and prediction.verdict is Verdict.UNSURE and not picked else BLUE
        label = picked or (prediction.label if prediction else None)
        figure = probability_bars(characters, prediction.probabilities if prediction else None, label, colour)
        st.plotly_chart(figure, config=STATIC, key=f"{key}-bars", alt="A bar for the probability of every character")
    return picked


def _head(prediction: Prediction | None, picked: str | None, hint: str) -> None:
    """The character, large, and beside it two lines: how sure, and what to do."""
    left, right = st.columns([1, 3], wrap=False, vertical_alignment="center")
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


def show_steps(normalised: "Normalised | None") -> None:
    """The pictures on the way to the network's input, with empty places for steps that were not reached."""
    pictures = {step.name: step.image for step in normalised.steps} if normalised else {}
    st.markdown("### What the network sees", anchors=False)
    grid = st.grid(len(_STEPS), min_column_width=96)
    for name, caption in _STEPS.items():
        picture = on_square(pictures.get(name), _STEP_SIDE)
        grid.image(data_url(picture), caption=caption, width="stretch", alt=caption)
