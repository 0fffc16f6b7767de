"""Uploaded files -> readings -> table and CSV. Nothing of it is written to disk."""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core import spreadsheet
from core.bars import percent
from core.charsets import Charset
from core.errors import PictureError
from core.model.prediction import Prediction, Verdict
from core.settings import Settings
from core.vision.grey import on_paper, shrink
from core.vision.ink import WORK_SIDE
from pages.components.pictures import data_url, on_square

if TYPE_CHECKING:
    import pandas as pd

    from core.model.inference import Recogniser

BATCH = 16
UNREADABLE = "could not be read"
_THUMBNAIL_SIDE = 64
# Two batches at a time, for all sessions together, bound the memory that opened pictures take.
_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="read-pictures")
_AHEAD = 2  # batches that are begun before they are asked for


class File(Protocol):
    """An uploaded file, as Streamlit gives it."""

    name: str
    file_id: str

    def getvalue(self) -> bytes:
        """All its bytes."""
        ...


@dataclass(frozen=True)
class Reading:
    """What became of one file: a prediction, or the reason why there is none.

    Attributes:
        thumbnail: a small picture of it as a data URL; empty when it could not be opened.
        note: what of the file was not read, as its further pages; empty where all was.
    """

    name: str
    prediction: Prediction | None = None
    problem: str | None = None
    thumbnail: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """The value of a `Verdict`, or "could not be read"."""
        return self.prediction.verdict.value if self.prediction else UNREADABLE


def read_files(files: Sequence[File], recogniser: "Recogniser", only: str, settings: Settings) -> Iterator[Reading]:
    """Readings in the order of the files. They are opened and read in small batches, two at a time; none is kept.

    Args:
        files: the pictures.
        recogniser: who reads them.
        only: the kind of characters that answers are restricted to; empty for all.
        settings: how large a picture may be.
    """
    charset = recogniser.charset.restricted(only)
    waiting = iter([files[start : start + BATCH] for start in range(0, len(files), BATCH)])
    read = partial(_read_batch, recogniser=recogniser, charset=charset, settings=settings)
    running = deque(_READERS.submit(read, batch) for batch in islice(waiting, _AHEAD))
    while running:
        readings = running.popleft().result()
        running += [_READERS.submit(read, batch) for batch in islice(waiting, 1)]
        yield from readings


def _read_batch(files: Sequence[File], recogniser: "Recogniser", charset: Charset, settings: Settings) -> list[Reading]:
    from core.reading import read_pictures  # imports torch

    opened = [_open(file, settings) for file in files]
    answers = iter(read_pictures(recogniser, [picture for _, picture in opened if picture is not None], charset))
    return [
        reading if picture is None else replace(reading, prediction=next(answers).prediction)
        for reading, picture in opened
    ]


def _open(file: File, settings: Settings) -> "tuple[Reading, NDArray[np.uint8] | None]":
    from core.vision.decode import decode_page

    try:
        page = decode_page(file.getvalue(), settings)
    except PictureError as error:
        return Reading(file.name, problem=str(error)), None
    picture = shrink(page.picture, WORK_SIDE)
    thumbnail = data_url(on_square(on_paper(picture), _THUMBNAIL_SIDE))
    return Reading(file.name, thumbnail=thumbnail, note=page.note), picture


def left_out(file: File, settings: Settings) -> str:
    """What of a file is not read, as its further pages; empty where all is, or nothing can be."""
    from core.vision.decode import count_pages, decode_page

    if count_pages(file.getvalue()) < 2:
        return ""
    try:
        return decode_page(file.getvalue(), settings).note
    except PictureError:
        return ""


def to_table(readings: Sequence[Reading]) -> "pd.DataFrame":
    """One row per reading: picture, answer, sure (0 to 100, never rounded up), candidates, file, verdict or reason."""
    import pandas as pd

    rows = []
    for reading in readings:
        prediction = reading.prediction
        read = prediction is not None and prediction.label is not None
        rows.append(
            {
                "picture": reading.thumbnail or None,
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
        verdict = f"one of {prediction.in_words}, {percent(together)} together"
    return f"{verdict} ({reading.note})" if reading.note else verdict


def _next_two(prediction: Prediction) -> str:
    show, one = prediction.charset.show, 1 - prediction.rejection
    return ", ".join(f"{show(character)} ({percent(share * one)})" for character, share in prediction.candidates(3)[1:])


def to_csv(readings: Sequence[Reading], characters: Sequence[str]) -> bytes:
    """The readings as UTF-8 text that spreadsheets open as it is: no cell of it is taken for a formula."""
    header = ["file", "label", "confidence", "verdict", "rejection", "error", *(f"p_{name}" for name in characters)]
    return spreadsheet.to_csv(header, ([reading.name, *_cells(reading, len(characters))] for reading in readings))


def _cells(reading: Reading, count: int) -> list[str]:
    prediction = reading.prediction
    if prediction is None:
        return ["", "", "", "", reading.problem or "", *[""] * count]
    numbers = (prediction.confidence, prediction.rejection, *prediction.probabilities)
    confidence, rejection, *shares = (f"{number:.6f}" for number in numbers)
    return [prediction.label or "", confidence, prediction.verdict.value, rejection, "", *shares]
