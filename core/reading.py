"""From files and drawings to readings: the one way, behind Draw, Upload, the command line and whatever else reads.

What is an array already, as on Explore, is read by `core.model.reader`. Needs no torch before something is read.
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

if TYPE_CHECKING:
    from core.model.inference import Recogniser
    from core.model.reader import Answer
    from core.vision.grey import Pixels

Made = TypeVar("Made")
UNREADABLE = "could not be read"
"""In the place of a verdict."""


@dataclass(frozen=True)
class Source:
    """Something to read: the file of a picture, or of a drawing.

    Attributes:
        name: by which it is known to whoever gave it.
        load: the bytes of its file; may raise PictureError or OSError.
        paper: of a drawing on a canvas, the colour of its paper, RGB; None for any other picture.
    """

    name: str
    load: Callable[[], bytes]
    paper: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Reading:
    """What became of a source: an answer, or the reason why there is none.

    Attributes:
        name: of the source.
        answer: what the model makes of it; None where it could not be read.
        problem: why it could not, in a sentence; empty where it could.
        note: what of the file was not read, as its further pages; empty where all was.
    """

    name: str
    answer: "Answer | None" = None
    problem: str = ""
    note: str = ""

    def without_pictures(self) -> "Reading":
        """The same to be kept for long: its answer without the steps and the views."""
        return replace(self, answer=self.answer.without_pictures() if self.answer else None)

    @property
    def prediction(self) -> Prediction | None:
        """The answer's, restricted to what was asked for."""
        return self.answer.prediction if self.answer else None

    @property
    def verdict(self) -> str:
        """The value of a `Verdict`, or UNREADABLE."""
        return self.prediction.verdict.value if self.prediction else UNREADABLE


def read(recogniser: "Recogniser", source: Source, settings: Settings, only: Charset | None = None) -> Reading:
    """Read one source.

    Args:
        recogniser: the model.
        source: what to read.
        settings: how large a picture may be.
        only: the characters that the answer is restricted to; None for all that the model reads.

    Raises:
        ConfigError: a character to restrict to is not read.
    """
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
    """Read sources in their order, in batches.

    As many as `at_once` are read at a time, and one more may lie in memory: what is kept of a reading is in your hands.

    Args:
        recogniser, settings, only: as for `read`.
        sources: what to read; asked for as it is needed.
        pool: what reads the batches.
        at_once: batches.
        batch: sources in each.
        finish: what to make of each reading, as soon as it is there: it holds the pictures of all its steps.

    Raises:
        ConfigError: a character to restrict to is not read.
    """
    remaining = iter(sources)
    batches = iter(lambda: list(islice(remaining, batch)), [])

    def work(some: Sequence[Source]) -> list[Made]:
        return [finish(reading) for reading in _read_batch(some, recogniser, settings, only)]

    running = deque(pool.submit(work, some) for some in islice(batches, at_once))
    while running:
        finished = running.popleft().result()
        running += [pool.submit(work, some) for some in islice(batches, 1)]
        yield from finished


def _read_batch(
    sources: Sequence[Source], recogniser: "Recogniser", settings: Settings, only: Charset | None
) -> list[Reading]:
    from core.model.reader import read_drawing, read_pictures  # imports torch
    from core.vision.ink import drawn_ink

    opened = [_open(source, settings) for source in sources]
    pictures = [picture for source, (_, picture) in zip(sources, opened, strict=True) if not source.paper]
    answers = iter(read_pictures(recogniser, [picture for picture in pictures if picture is not None], only))
    readings = []
    for source, (reading, picture) in zip(sources, opened, strict=True):
        if picture is None:
            readings.append(reading)
        elif source.paper:
            drawn = read_drawing(recogniser, drawn_ink(picture, source.paper), only)
            readings.append(replace(reading, answer=drawn))
        else:
            readings.append(replace(reading, answer=next(answers)))
    return readings


def _open(source: Source, settings: Settings) -> "tuple[Reading, Pixels | None]":
    """The picture of a source, as large as it is read; None where it cannot be opened."""
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
    """The reading as JSON values: the file, and the error, or label, confidence, verdict and probabilities."""
    prediction = reading.prediction
    if prediction is None:
        return {"file": reading.name, "error": reading.problem}
    values: dict[str, object] = {
        "file": reading.name,
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
    """The columns of `to_row`, for answers that are told apart as this charset."""
    return [
        "file",
        "label",
        "confidence",
        "verdict",
        "rejection",
        "error",
        *(f"p_{name}" for name in charset.characters),
    ]


def to_row(reading: Reading, charset: Charset) -> list[str]:
    """The reading as cells of a CSV file; `core.spreadsheet` makes them harmless where they are written."""
    prediction = reading.prediction
    if prediction is None:
        return [reading.name, "", "", "", "", reading.problem, *("" for _ in charset.characters)]
    numbers = (prediction.confidence, prediction.rejection, *prediction.probabilities)
    confidence, rejection, *shares = (f"{number:.6f}" for number in numbers)
    return [reading.name, prediction.label or "", confidence, prediction.verdict.value, rejection, "", *shares]
