"""TensorBoard on the runs: one for everybody, on the machine that serves this page."""

from functools import partial

import streamlit as st

from core import cached
from core.runs.tensorboard import Stage, TensorBoard, is_local
from core.settings import Settings
from pages.components.text import escape
from pages.components.train.act import act, why_not

_COMMAND = "make tensorboard"
_ABOUT = (
    "All runs in TensorBoard: losses and accuracies, histograms of weights and gradients, the network's graph, the "
    "images it was given, and the options with their scores."
)


def show(settings: Settings) -> None:
    """The button that opens it; once it answers, the link to it."""
    st.subheader("TensorBoard", anchor=False)
    no = why_not(settings)
    if no is None and not is_local(st.context.url):
        st.markdown(
            "TensorBoard answers only on the machine that Digit Lab runs on, and this page was opened from another "
            "one, or by another name than localhost. On that machine, run this, and open the address that it prints:"
        )
        st.code(_COMMAND, language="shell")
        return
    board = cached.tensorboard()
    if board.stage is Stage.STARTING:
        _wait(board)
    elif board.stage is Stage.READY:
        _link(board.address)
    else:
        _offer(board, settings, no)


def _offer(board: TensorBoard, settings: Settings, no: str | None) -> None:
    if board.stage is Stage.ENDED:
        st.error(
            f"TensorBoard does not run any more, or could not start: {escape(board.problem)} Open it again, or run "
            f"`{_COMMAND}` in a terminal.",
            icon=":material/error:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Open TensorBoard",
            key="train-tensorboard",
            icon=":material/area_chart:",
            disabled=no is not None,
            help=no,
            wrap=False,
        )
        st.caption(_ABOUT)
    if pressed:
        act(partial(board.start, settings))
        st.rerun()


@st.fragment(run_every="0.5s")
def _wait(board: TensorBoard) -> None:
    """Looks twice a second whether it answers; then the whole page runs again."""
    if board.stage is not Stage.STARTING:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Open TensorBoard", key="train-tensorboard-waits", icon="spinner", disabled=True, wrap=False)
        st.caption("It is starting, which takes some seconds.")


def _link(address: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            "Go to TensorBoard", address, key="train-tensorboard-link", icon=":material/open_in_new:", wrap=False
        )
        st.caption(f"It runs at {escape(address)} until Digit Lab ends. New runs appear there within seconds.")
