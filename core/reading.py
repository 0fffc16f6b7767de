"""Files and drawings -> readings: the use case behind Draw, Upload and the command line.

Pictures that are arrays already, as on Explore, are read by `core.model.reader`. torch is imported with the first one.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from core.charsets import Charset
from core.errors import PictureError
from core.model.prediction import Prediction, Verdict
from core.settings import Settings
from core.text import writable

if TYPE_CHECKING:
    from core.model.inference import Recogniser
    from core.model.reader import Answer
    from core.vision.grey import Pixels

Made = TypeVar("Made")
UNREADABLE = "could not be read"
"""Stands in for a verdict."""


@dataclass(frozen=True)
class Source:
    """The file of a picture or of a drawing; `load` returns its bytes, and may raise PictureError or OSError."""

    name: str
    load: Callable[[], bytes]
    paper: tuple[int, int, int] | None = None  # the colour, RGB, of a canvas that was drawn on


@dataclass(frozen=True)
class Reading:
    """The model's answer to a source, or in a sentence why there is none; a note says what was not read of it."""

    name: str
    answer: "Answer | None" = None
    problem: str = ""
    note: str = ""

    def without_pictures(self) -> "Reading":
        """A small copy to keep: its answer without the steps and the views."""
        return replace(self, answer=self.answer.without_pictures() if self.answer else None)

    @property
    def prediction(self) -> Prediction | None:
        return self.answer.prediction if self.answer else None

    @property
    def verdict(self) -> str:
        """The value of a `Verdict`, or UNREADABLE."""
        return self.prediction.verdict.value if self.prediction else UNREADABLE


def read(recogniser: "Recogniser", source: Source, settings: Settings, only: Charset | None = None) -> Reading:
    """Read one source, its answer restricted to some characters; a ConfigError where the model does not read them."""
    return _read_batch([source], recogniser, settings, only)[0]


def read_many(
    recogniser: "Recogniser",
    sources: Iterable[Source],
    settings: Settings,
    only: Charset | None = None,
    *,
    pool: Executor,
    at_once: int,
    batch: int,
    finish: Callable[[Reading], Made],
) -> Iterator[Made]:
    """Read sources in their order, in batches, with the arguments of `read`.

    Args:
        sources: consumed as needed: at most `at_once` + 1 batches are in memory.
        at_once: number of batches that are read at the same time.
        batch: number of sources in a batch.
        finish: reduces each reading, in the pool, to what is kept: it holds the pictures of all its steps.
    """
    remaining = iter(sources)
    batches = iter(lambda: list(islice(remaining, batch)), [])

    def work(part: Sequence[Source]) -> list[Made]:
        return [finish(reading) for reading in _read_batch(part, recogniser, settings, only)]

    running = deque(pool.submit(work, part) for part in islice(batches, at_once))
    while running:
        finished = running.popleft().result()
        running += [pool.submit(work, part) for part in islice(batches, 1)]
        yield from finished


def _read_batch(
    sources: Sequence[Source], recogniser: "Recogniser", settings: Settings, only: Charset | None
) -> list[Reading]:
    from core.model.reader import read_drawing, read_pictures  # imports torch
    from core.vision.ink import drawn_ink

    opened = [_open(source, settings) for source in sources]
    pictures = [picture for source, (_, picture) in zip(sources, opened, strict=True) if not source.paper]
    answers = iter(read_pictures(recogniser, [picture for picture in pictures if picture is not None], only))

    def answer(source: Source, picture: "Pixels | None") -> "Answer | None":
        if picture is None:
            return None
        return read_drawing(recogniser, drawn_ink(picture, source.paper), only) if source.paper else next(answers)

    return [
        replace(reading, answer=answer(source, picture))
        for source, (reading, picture) in zip(sources, opened, strict=True)
    ]


def _open(source: Source, settings: Settings) -> "tuple[Reading, Pixels | None]":
    """The picture of a source, shrunk to the size at which it is read; None where it cannot be opened."""
    from core.vision.decode import decode_page
    from core.vision.grey import shrink
    from core.vision.ink import WORK_SIDE

    try:
        page = decode_page(source.load(), settings)
    except PictureError as error:
        return Reading(source.name, problem=str(error)), None
    except OSError as error:
        return Reading(source.name, problem=f"This file cannot be opened: {error.strerror}."), None
    picture = page.picture if source.paper else shrink(page.picture, WORK_SIDE)
    return Reading(source.name, note=page.note), picture


def to_dict(reading: Reading) -> dict[str, object]:
    """The reading as JSON values: file, and error or label, confidence, verdict, rejection and probabilities."""
    prediction = reading.prediction
    if prediction is None:
        return {"file": writable(reading.name), "error": reading.problem}
    values: dict[str, object] = {
        "file": writable(reading.name),
        "label": prediction.label,
        "confidence": prediction.confidence,
        "verdict": prediction.verdict.value,
        "rejection": prediction.rejection,
    }
    if prediction.verdict is Verdict.ALIKE:
        values["alike"], values["together"] = prediction.alike
    if reading.note:
        values["note"] = reading.note
    values["probabilities"] = dict(zip(prediction.characters, prediction.probabilities.tolist(), strict=True))
    return values


def csv_header(charset: Charset) -> list[str]:
    """The columns of `to_row` for answers of this charset."""
    columns = ("file", "label", "confidence", "verdict", "rejection", "error")
    return [*columns, *(f"p_{name}" for name in charset.characters)]


def to_row(reading: Reading, charset: Charset) -> list[str]:
    """The reading as cells of a CSV file, to be written by `core.spreadsheet`, which makes them harmless."""
    prediction = reading.prediction
    if prediction is None:
        return [writable(reading.name), "", "", "", "", reading.problem, *("" for _ in charset.characters)]
    numbers = (prediction.confidence, prediction.rejection, *prediction.probabilities)
    confidence, rejection, *shares = (f"{number:.6f}" for number in numbers)
    return [
        writable(reading.name),
        prediction.label or "",
        confidence,
        prediction.verdict.value,
        rejection,
        "",
        *shares,
    ]
