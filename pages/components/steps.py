"""The way from a picture to the network's input: its steps, and the views of it that were read."""

from typing import TYPE_CHECKING

import streamlit as st

from core.charsets import Charset
from core.model.prediction import kind
from core.text import percent
from core.vision.grey import on_paper
from pages.components.pictures import EMPTY, data_url, framed, on_square
from pages.components.text import escape

if TYPE_CHECKING:
    from core.model.reader import Answer, View
    from core.vision.normalise import Normalised

_STEPS = {"ink": "Ink", "crop": "Cut out", "scaled": "Scaled", "centred": "Centred"}
_STEPS_HELP = (
    "The ink is found, cut out and scaled until its longer side has 20 pixels, or 24 where letters are read. Its "
    "centre of mass is then put into the middle of 28 × 28 pixels, as in the training images."
)
_VIEWS_HELP = "The picture is read in several ways, and the answers are weighted and added up."
_STEP_SIDE = 168
_STEP_WIDTH, _VIEW_WIDTH = 64, 120  # pixels, at least; a view has more to say below it
_WIDTH = 560
_VIEW_SIDE = 336  # pixels; a whole multiple of both sides that views have, so that all pixels stay of one size


def show_picture(normalised: "Normalised", caption: str) -> None:
    with st.container(border=True):
        picture = on_paper(normalised.steps[0].image)
        st.image(picture, caption=escape(caption), width="stretch", alt=f"The picture {caption}")


def show(normalised: "Normalised | None") -> None:
    """The pictures on the way to the network's input, with empty tiles for steps that were not reached."""
    pictures = {step.name: step.image for step in normalised.steps} if normalised else {}
    st.markdown("### What the network sees", help=_STEPS_HELP, anchors=False)
    grid = st.grid(len(_STEPS), min_column_width=_STEP_WIDTH, width=_WIDTH)
    for name, caption in _STEPS.items():
        picture = on_square(pictures.get(name, EMPTY), _STEP_SIDE)
        grid.image(data_url(picture), caption=caption, width="stretch", alt=caption)


def show_views(answer: "Answer") -> None:
    """The views of a picture: what each was taken for, and how much it counted; nothing where there is only one."""
    if not answer.views:
        return
    st.caption(_VIEWS_HELP)
    grid = st.grid(len(answer.views), min_column_width=_VIEW_WIDTH, width=_WIDTH)
    for view in answer.views:
        words = _in_words(view, answer.unrestricted.charset)
        picture = data_url(framed(on_square(view.image, _VIEW_SIDE)))
        caption = f"**{view.title}**  \n{escape(words)}"
        grid.image(picture, caption=caption, width="stretch", alt=f"{view.title}: {words}")


def _in_words(view: "View", charset: Charset) -> str:
    """What a view was taken for, and its part in the answer: "4, counts 31 %"."""
    if not view.image.any():
        return "nothing found"
    label = charset.show(view.label) if view.label else f"no {kind(charset)}"
    share = percent(view.share, 0).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{label}, counts {share}" if view.share else f"{label}, does not count"
