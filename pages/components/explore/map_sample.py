"""A part of a data set with the active model's answers: what the map shows."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charsets import get_charset
from core.data.datasets import Dataset
from core.explore.embedding import draw_sample
from core.explore.features import Features, read_features
from core.model.library import Entry


@dataclass(frozen=True)
class Sample:
    """Images drawn from a data set.

    Attributes:
        indices: int64 (N,), in the data set, rising.
        images: uint8 (N, 28, 28).
        labels: int64 (N,).
        answers: None without a model that reads these characters.
        key: differs where any of it does.
    """

    indices: NDArray[np.int64]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    answers: Features | None
    key: str

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
