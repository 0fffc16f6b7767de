"""What the parts of the Evaluate page look at."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cached
from core.charsets import get_charset
from core.data.datasets import Dataset
from core.data.register import SOURCES
from core.errors import DataMissing, DigitLabError
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.model.library import Entry
from pages.components.text import escape


@dataclass(frozen=True)
class Subject:
    """A model that can be used, and its answers to a set of images."""

    entry: Entry
    predictions: Predictions

    @property
    def card(self) -> Card:
        assert self.entry.card is not None
        return self.entry.card

    @property
    def images(self) -> NDArray[np.uint8] | None:
        """uint8 (N, 28, 28) in the same order; None where this machine has not the same data set.

        They are read at the first use, which may take some seconds: only a part that shows images asks for them.
        """
        data = self._data_or_reason[0]
        return None if data is None else data.images

    def seen(self, index: int) -> NDArray[np.uint8] | None:
        """One of them as the network saw it, uint8 (28, 28): as large as the model's charset has its characters."""
        data = self._data_or_reason[0]
        if data is None:
            return None
        glyph: NDArray[np.uint8] = data.at(np.array([index])).framed(get_charset(self.card.charset)).images[0]
        return glyph

    @property
    def why_no_images(self) -> str:
        """Why there are none, and how to get them, as Markdown; empty when there are."""
        return self._data_or_reason[1]

    @cached_property
    def _data_or_reason(self) -> tuple[Dataset | None, str]:
        answers = self.predictions
        try:
            with st.spinner(f"Reading the images of {escape(answers.title)}"):
                data = cached.dataset(answers.dataset, answers.split)
        except DataMissing as error:
            fetched = " The Explore page can fetch it as well." if SOURCES[answers.dataset].downloadable else ""
            return None, f"The images cannot be shown. {escape(str(error))}{fetched}"
        except DigitLabError as error:
            return None, f"The images cannot be shown. {escape(str(error))}"
        if not answers.fits(data):
            way = "“Measure again”" if data.title == answers.title else f"“{escape(data.title)}” under “Measured on”"
            return None, (
                f"The images cannot be shown: {escape(data.title)} on this machine is another version than the one "
                f"that was measured. Choose {way}."
            )
        return data, ""
