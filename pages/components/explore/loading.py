"""A split of a data set, shown while it is read."""

from functools import partial

import streamlit as st

from core import cached
from core.data.datasets import Dataset
from core.data.register import get_source
from core.errors import DigitLabError
from pages.components import job, page

_PATIENCE = 1.0  # seconds under a spinner, before a bar with a way to cancel


def show(name: str, split: str) -> Dataset | None:
    """Read a split in the background; None while it is read, or after that failed or was cancelled, which is shown."""
    title, forget = f"{get_source(name).title} ({split})", partial(cached.reading.forget, name, split)
    try:
        work = cached.reading(name, split)
        if not work.ended:
            with st.spinner(f"Reading {title}"):
                return work.result(_PATIENCE)
        if not work.cancelled:
            return work.result()
    except TimeoutError:
        pass
    except DigitLabError as error:
        forget()  # the next run of the page looks again
        page.explain(error)
        return None
    return job.follow(f"explore-reading-{name}-{split}", work, f"Drawing the images of {title}", forget=forget)
