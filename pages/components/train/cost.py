"""What a training will cost, before it starts."""

import hashlib

import streamlit as st

from core import cached
from core.data.datasets import count
from core.data.register import SOURCES
from core.runs.estimate import (
    Timing,
    count_images,
    is_stale,
    make_estimate,
    time_batches,
    timed_options,
    timing_of_last_run,
)
from core.settings import Settings
from core.text import duration
from core.training.config import TrainConfig
from pages.components import job, state
from pages.components.text import escape

_MANY = 50_000  # images; a minute draws no more


@st.fragment
def show(config: TrainConfig, settings: Settings) -> None:
    """Say parameters, images, steps and the time; while it is not known yet, how it is found out."""
    stamps = [cached.data_stamp(name) for name in config.datasets]
    counted = (config.datasets, config.images, config.validation_share, stamps)
    found = job.run(f"train-count-{_hash(counted)}", lambda _: _count(config, settings), "Counting the images")
    if found is None:
        return
    *counts, drawn = found
    timing = timing_of_last_run(config, settings) or _timing(config, settings)
    if timing is None:
        return
    estimate = make_estimate(config, timing, *counts)
    with st.container(key="train-cost"):
        st.markdown(
            f":material/schedule: **{estimate.parameters:,}** parameters, **{estimate.images:,}** images, "
            f"**{estimate.steps:,}** steps, about **{duration(estimate.seconds)}**"
        )
        slow = [SOURCES[name].title for name in config.datasets if SOURCES[name].slow]
        takes = "some minutes" if drawn > _MANY else "half a minute"
        more = f" {' and '.join(slow)} {'are' if slow[1:] else 'is'} drawn first, which takes {takes}." if slow else ""
        basis = f"As “{escape(timing.run)}” took" if timing.run else "From a few timed batches"
        st.caption(
            f"{estimate.validation_images:,} more images to choose on. {basis} on this machine; "
            f"reading the data and the measurement at the end come on top.{more}"
        )
        if timing.disturbed:
            st.caption("Another training runs now, so that this time reads too high.")


def _count(config: TrainConfig, settings: Settings) -> tuple[int, int, int]:
    """The images to train on, those to choose on, and the training images that have to be drawn first."""
    drawn = sum(count(name, "train", settings) for name in config.datasets if SOURCES[name].slow)
    return *count_images(config, settings), drawn


def _timing(config: TrainConfig, settings: Settings) -> Timing | None:
    """The timing of a few batches, made anew when it is old or was disturbed; None while there is none."""
    key = f"train-time-{_hash(sorted(timed_options(config).items()))}"
    _drop_stale(key)
    known = cached.jobs().get(key)
    if known and known.ended and not known.failed and is_stale(known.result(), settings):
        cached.jobs().forget(key)
    return job.run(key, lambda _: time_batches(config, settings), "Timing a few batches")


def _drop_stale(key: str) -> None:
    """Let go of the timing of options that the person has changed since: it would only be waited for."""
    before = state.train_timed()
    stale = cached.jobs().get(before) if before and before != key else None
    if before and stale and not stale.ended:
        cached.jobs().forget(before)
    state.set_train_timed(key)


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
