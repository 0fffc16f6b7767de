"""The user's photographs of single digits, labelled in a table."""

from pathlib import Path

import numpy as np

from core.charsets import DIGITS
from core.data.source import Pairs, Source, to_glyphs
from core.jobs import Progress
from core.settings import Settings
from core.spreadsheet import read_rows
from core.vision.decode import decode


class Photos(Source):
    """Pictures beside a labels.csv; those of a number of several digits are left out."""

    name = folder = "photos"
    title = "Photographs"
    description = "Your own pictures of single digits, with a labels.csv of the columns file and label."
    licence = "your own"
    splits = ("test",)
    instructions = (
        "Put your pictures there, and a labels.csv with a line for each: the file's name and its "
        "digit, under the heading file,label."
    )

    def present(self, settings: Settings) -> bool:
        return self._table(settings).is_file()

    def read(self, _: str, settings: Settings, progress: Progress) -> Pairs:
        table = self._table(settings)
        rows = read_rows(table.read_bytes(), ("file", "label"))
        labels = [row["label"].removesuffix(".0") for row in rows]  # as a spreadsheet may write a whole number
        if unknown := [label for label in labels if not label.isdecimal()]:
            raise ValueError(f"labels.csv: the label of a picture is its digit, or its digits, got {unknown[0][:20]!r}")
        single = [(row["file"], label) for row, label in zip(rows, labels, strict=True) if label in DIGITS.characters]
        files = (table.parent / file.replace("\\", "/") for file, _ in single)
        glyphs = to_glyphs((decode(file.read_bytes(), settings) for file in files), progress, len(single))
        return glyphs, np.array([DIGITS.characters.index(label) for _, label in single], np.int64)

    def _table(self, settings: Settings) -> Path:
        return settings.data_dir / self.folder / "labels.csv"
