"""Uploaded files -> readings -> table and CSV. Nothing of it is written to disk."""

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core import spreadsheet
from core.charsets import Charset
from core.model.prediction import Prediction, Verdict
from core.reading import Reading, Source, csv_header, read_many, to_row
from core.settings import Settings
from core.text import probability
from core.vision.grey import on_paper
from pages.components.pictures import data_url, on_square

if TYPE_CHECKING:
    import pandas as pd

    from core.model.inference import Recogniser

BATCH = 16
MOST_KEPT_MB = 100  # of the files of one session, while it is on another page
_THUMBNAIL_SIDE = 64
# Two batches at a time, for all sessions together, bound the memory that opened pictures take.
_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="read-pictures")
_AT_ONCE = 2


class File(Protocol):
    """An uploaded file, as Streamlit gives it."""

    name: str
    file_id: str

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True)
class Row:
    """A reading without the pictures of its steps, as it is kept, and a small picture of its file as a data URL."""

    reading: Reading
    thumbnail: str = ""


def read_files(files: Sequence[File], recogniser: "Recogniser", only: str, settings: Settings) -> Iterator[Row]:
    """Rows in the order of the files. They are opened and read in small batches, two at a time; no picture is kept."""
    charset = recogniser.charset.restricted(only)
    sources = (Source(file.name, file.getvalue) for file in files)
    return read_many(
        recogniser, sources, settings, charset, pool=_READERS, at_once=_AT_ONCE, batch=BATCH, finish=_shown
    )


def _shown(reading: Reading) -> Row:
    answer = reading.answer
    if answer is None:
        return Row(reading)
    picture = on_square(on_paper(answer.normalised.steps[0].image), _THUMBNAIL_SIDE)
    return Row(reading.without_pictures(), data_url(picture))


def to_table(shown: Sequence[Row]) -> "pd.DataFrame":
    """One row per file: picture, answer, sure (0 to 100, never rounded up), candidates, file, verdict or reason."""
    import pandas as pd

    rows = []
    for row in shown:
        reading, prediction = row.reading, row.reading.prediction
        read = prediction is not None and prediction.label is not None
        rows.append(
            {
                "picture": row.thumbnail or None,
                "answer": prediction.name if prediction else None,
                "sure": math.floor(1000 * prediction.confidence) / 10 if prediction and read else np.nan,
                "candidates": _next_two(prediction) if prediction and read else None,
                "file": reading.name,
                "verdict": reading.problem or _in_words(reading),
            }
        )
    return pd.DataFrame(rows, columns=["picture", "answer", "sure", "candidates", "file", "verdict"])


def _in_words(reading: Reading) -> str:
    """The verdict; of characters that look alike, which they are and their joint probability; what was not read."""
    prediction = reading.prediction
    verdict = (prediction.refusal if prediction else "") or reading.verdict
    if prediction and prediction.verdict is Verdict.ALIKE:
        together = prediction.alike[1] * (1 - prediction.rejection)
        verdict = f"one of {prediction.in_words}, {probability(together)} together"
    return f"{verdict} ({reading.note})" if reading.note else verdict


def _next_two(prediction: Prediction) -> str:
    show, one = prediction.charset.show, 1 - prediction.rejection
    candidates = prediction.candidates(3)[1:]
    return ", ".join(f"{show(character)} ({probability(share * one)})" for character, share in candidates)


def to_csv(rows: Sequence[Row], charset: Charset) -> bytes:
    """The readings as UTF-8 text that spreadsheets open as it is: no cell of it is taken for a formula."""
    return spreadsheet.to_csv(csv_header(charset), (to_row(row.reading, charset) for row in rows))
