"""The user's samples as data sets, one for each charset."""

import numpy as np

from core.charsets import DIGITS, Charset
from core.data.source import Pairs, Source
from core.errors import SampleError
from core.jobs import Progress
from core.settings import Settings


class MySamples(Source):
    """The samples of one charset. A quarter of them is the test split, chosen by the hash of the drawing.

    So no sample changes sides, whatever else is stored, and a drawing that is stored in several charsets is on the same
    side in each.
    """

    description = "What you drew or uploaded, and said what it is. A quarter of it is for testing."
    licence = "your own"
    instructions = "Say what it is under an answer on the pages Draw and Upload, or import a file on My samples."

    def __init__(self, charset: Charset) -> None:
        of_digits = charset == DIGITS
        self.charset = charset
        self.name = "my-samples" if of_digits else f"my-samples-{charset.name}"
        self.title = "My samples" if of_digits else f"My samples of {charset.title[0].lower()}{charset.title[1:]}"

    def present(self, settings: Settings) -> bool:
        """Whether there are any. What only lists the data sets does not wait for a locked database."""
        from core.samples import store

        try:
            return store.exist(settings) and bool(store.count(settings, self.charset.name, patience=0.2))
        except SampleError:
            return False

    def read(self, split: str, settings: Settings, _: Progress) -> Pairs:
        from core.samples import store

        stored = store.read(settings, self.charset.name)
        samples = [sample for sample in stored if store.is_test(sample) == (split == "test")]
        glyphs = np.stack([sample.glyph for sample in samples]) if samples else np.zeros((0, 28, 28), np.uint8)
        return glyphs, np.array([self.charset.characters.index(sample.label) for sample in samples], np.int64)
