"""What the parts of Explore look at: a split of a data set, and a sample of it with the active model's answers."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charsets import get_charset
from core.data.datasets import Dataset
from core.data.register import get_source
from core.errors import DigitLabError
from core.explore.embedding import Features, draw_sample, read_features
from core.model.library import Entry
from pages.components import job, page

_PATIENCE = 1.0  # seconds under a spinner, before a bar with a way to cancel


def read(name: str, split: str) -> Dataset | None:
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


@dataclass(frozen=True)
class Sample:
    """Images drawn from a data set."""

    indices: NDArray[np.int64]  # (N,), in the data set, rising
    images: NDArray[np.uint8]  # (N, 28, 28)
    labels: NDArray[np.int64]  # (N,)
    answers: Features | None  # None without a model that reads these characters
    key: str  # differs where any of it does

    @cached_property
    def predicted(self) -> NDArray[np.int64] | None:
        """The class that the model reads (N,), -1 for an image without ink; None without a model."""
        return self.answers.predicted if self.answers else None

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Which images the model reads otherwise than their label says (N,); none without a model."""
        return np.zeros(len(self.labels), bool) if self.predicted is None else self.predicted != self.labels


def fingerprint(data: Dataset) -> str:
    """Differs for another data set, another split and other labels; a hash of all images would take a while."""
    sums = zlib.crc32(data.labels.tobytes()), int(data.images[:: max(1, len(data.images) // 500)].sum(dtype=np.int64))
    return f"{data.name}-{data.split}-{len(data.labels)}-{sums[0]:08x}-{sums[1]}"


BY_FINGERPRINT: dict[str | type[Any], Callable[[Any], Any]] = {Dataset: fingerprint}
"""How Streamlit's caches tell data sets apart; for `hash_funcs`."""


def fits(data: Dataset, model: Entry | None) -> bool:
    """Whether the model reads the characters of the data set."""
    return model is not None and model.card is not None and get_charset(model.card.charset).covers(data.charset)


def draw(data: Dataset, model: Entry | None, count: int, seed: int) -> Sample:
    """Draw a sample, or find it where it was drawn before.

    Raises:
        ModelError: the model cannot be used.
    """
    reads = model.name if model and fits(data, model) else None
    weights = model.card.weights_sha256[:12] if model and model.card and reads else "none"
    return _draw(data, reads, weights, count, seed)


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def _draw(data: Dataset, model: str | None, weights: str, count: int, seed: int) -> Sample:
    indices = draw_sample(data.labels, count, seed)
    chosen = data.at(indices)
    answers = read_features(cached.recogniser(model), chosen) if model else None
    key = f"{fingerprint(data)}-{weights}-{len(indices)}-{seed}"
    return Sample(indices, chosen.images, data.labels[indices], answers, key)
