"""TensorBoard on the runs: one for everybody, on the machine that serves this page."""

from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from core import cached
from core.runs.tensorboard import Stage, TensorBoard, is_local
from core.settings import Settings
from pages.components import action
from pages.components.text import escape

_COMMAND = "make tensorboard"
_PORT = 6006
_ABOUT = (
    "All runs in TensorBoard: losses and accuracies, histograms of weights and gradients, the network's graph, images "
    "as it was given them, and the options with their scores."
)


def show(settings: Settings) -> None:
    """The button that opens it; once it answers, the link to it."""
    st.subheader("TensorBoard", anchor=False)
    if not settings.read_only and not is_local(st.context.url):
        _say_how(urlsplit(st.context.url or "").hostname or "HOST")
        return
    board = cached.tensorboard()
    if board.stage is Stage.STARTING:
        _wait(board)
    elif board.stage is Stage.READY:
        _link(board.address)
    else:
        _offer(board, settings)


def _say_how(host: str) -> None:
    """How to see it from another machine than the one that it runs on."""
    st.markdown(
        "TensorBoard answers only on the machine that Digit Lab runs on, and you came from another one (or by another "
        "name than localhost). On that machine, run"
    )
    st.code(_COMMAND, language="shell")
    st.markdown("and from yours, bring its port here, then open the address that it printed:")
    st.code(f"ssh -L {_PORT}:localhost:{_PORT} {host}", language="shell")


def _offer(board: TensorBoard, settings: Settings) -> None:
    if board.stage is Stage.ENDED:
        st.error(
            f"TensorBoard does not run any more, or could not start: {escape(board.problem)} Open it again, or run "
            f"`{_COMMAND}` in a terminal.",
            icon=":material/error:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        start = partial(board.start, settings)
        pressed = action.button("Open TensorBoard", "train-tensorboard", "area_chart", start, settings)
        st.caption(_ABOUT)
    if pressed:
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
        st.caption(
            f"It runs at {escape(address)} until Digit Lab ends. New runs appear there within seconds. If you came "
            f"through a tunnel or from outside a container, forward port {urlsplit(address).port} as well."
        )
