"""What a training will cost, before it starts."""

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
from core.text import are, counted, duration
from core.training.config import TrainConfig
from pages.components import job
from pages.components.text import escape

_TIMED = "train-timed"  # the key of the job that times what the form holds


@st.fragment
def show(config: TrainConfig, settings: Settings) -> None:
    """Say parameters, images, steps and the time, once it is known."""
    stamps = [cached.data_stamp(name) for name in config.datasets]
    key = job.key_of("train-count", config.datasets, config.images, config.validation_share, stamps)
    counts = job.run(key, lambda _: _count(config, settings), "Counting the images")
    if counts is None:
        return
    images, validation_images, drawn = counts
    timing = timing_of_last_run(config, settings) or _timing(config, settings)
    if timing is None:
        return
    steps, seconds = make_estimate(config, timing, images, validation_images)
    with st.container(key="train-cost"):
        st.markdown(
            f":material/schedule: **{timing.parameters:,}** parameters, **{images:,}** images, "
            f"**{steps:,}** steps, about **{duration(seconds)}**"
        )
        slow = [SOURCES[name].title for name in config.datasets if SOURCES[name].slow]
        takes = job.drawing_time(drawn)
        more = f" {' and '.join(slow)} {are(len(slow))} drawn first, which takes {takes}." if slow else ""
        basis = f"the training “{escape(timing.run)}”" if timing.run else "a few batches"
        st.caption(
            f"{counted(validation_images, 'more image')} {are(validation_images)} held out for validation. The time is "
            f"that of {basis} on this machine, without reading the data and the final measurement.{more}"
        )
        if timing.disturbed:
            st.caption("Another training is running, so this time is too high.")


def _count(config: TrainConfig, settings: Settings) -> tuple[int, int, int]:
    """The number of training images, of validation images, and of training images that have to be drawn first."""
    drawn = sum(count(name, "train", settings) for name in config.datasets if SOURCES[name].slow)
    return *count_images(config, settings), drawn


def _timing(config: TrainConfig, settings: Settings) -> Timing | None:
    """The timing of a few batches, made anew when it is old or was disturbed; None while there is none."""
    key = job.key_of("train-time", sorted(timed_options(config).items()))
    jobs, before = cached.jobs(), st.session_state.get(_TIMED)
    if before and before != key and (other := jobs.get(before)) and not other.ended:
        jobs.forget(before)  # the options have changed since
    st.session_state[_TIMED] = key
    known = jobs.get(key)
    if known and known.ended and not known.failed and is_stale(known.result(), settings):
        jobs.forget(key)
    return job.run(key, lambda _: time_batches(config, settings), "Timing a few batches")
