from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.charsets import BALANCED, DIGITS
from core.model.inference import Recogniser
from core.model.library import load
from core.model.prediction import Verdict
from core.reading import UNREADABLE, Reading, Source, csv_header, read, read_many, to_dict, to_row
from core.settings import Settings
from tests.support.forms import to_file
from tests.support.models import make_model
from tests.support.strokes import draw

PICTURE = to_file(draw("3"))


@pytest.fixture
def tiny(settings: Settings) -> Recogniser:
    """An untrained model that takes everything for a 3."""
    make_model(settings, says="38")
    return load("tiny", settings)


def source(data: bytes, name: str = "a.png", paper: tuple[int, int, int] | None = None) -> Source:
    return Source(name, lambda: data, paper)


def test_a_file_is_read(tiny: Recogniser, settings: Settings) -> None:
    reading = read(tiny, source(PICTURE), settings)
    assert reading.answer is not None
    assert reading.answer.normalised.steps[0].image.shape[:2] == draw("3").shape
    assert (reading.name, reading.verdict, reading.problem, reading.note) == ("a.png", Verdict.UNSURE, "", "")
    assert reading.prediction is reading.answer.prediction
    assert reading.prediction.label == "3"


def test_an_answer_that_is_kept_has_no_pictures(tiny: Recogniser, settings: Settings) -> None:
    answer = read(tiny, source(PICTURE), settings).answer
    assert answer is not None
    kept = answer.without_pictures()
    assert (kept.normalised.steps, kept.views) == ((), ())
    assert kept.prediction is answer.prediction


def test_of_a_drawing_the_paper_is_known(tiny: Recogniser, settings: Settings) -> None:
    drawn = np.full((60, 60, 4), (250, 240, 230, 255), np.uint8)
    drawn[10:50, 20:26, :3] = 0, 0, 90
    drawn[2, 2, :3] = 0, 0, 90
    reading = read(tiny, source(to_file(drawn), paper=(250, 240, 230)), settings)
    assert reading.answer is not None
    rows, columns = np.nonzero(reading.answer.normalised.ink)
    assert (rows.min(), columns.min(), rows.max(), columns.max()) == (2, 2, 49, 25), "nothing of a drawing is left out"


def test_what_cannot_be_read_has_a_reason(tiny: Recogniser, settings: Settings, tmp_path: Path) -> None:
    for load_it, words in (
        (lambda: b"hello", "not a picture"),
        ((tmp_path / "none.png").read_bytes, "cannot be opened"),
    ):
        reading = read(tiny, Source("x", load_it), settings)
        assert (reading.answer, reading.prediction, reading.verdict) == (None, None, UNREADABLE)
        assert words in reading.problem


def test_many_are_read_in_order_and_asked_for_as_they_are_needed(tiny: Recogniser, settings: Settings) -> None:
    asked: list[int] = []

    def sources() -> Iterator[Source]:
        for number in range(20):
            asked.append(number)
            yield source(PICTURE if number % 3 else b"no", str(number))

    with ThreadPoolExecutor(2) as pool:
        readings = read_many(tiny, sources(), settings, pool=pool, at_once=2, batch=4, finish=Reading.without_pictures)
        first = next(readings)
        assert len(asked) <= 12, "two batches, and the one begun since"
        every = [first, *readings]
    assert [reading.name for reading in every] == list(map(str, range(20)))
    assert [bool(reading.problem) for reading in every] == [number % 3 == 0 for number in range(20)]
    assert all(not reading.answer.normalised.steps for reading in every if reading.answer)


def test_an_answer_can_be_restricted(settings: Settings) -> None:
    make_model(settings, charset="balanced", says="A3")
    reading = read(load("tiny", settings), source(PICTURE), settings, DIGITS)
    assert reading.answer is not None
    assert (reading.answer.prediction.label, reading.answer.unrestricted.label) == ("3", "A")
    assert len(to_row(reading, DIGITS)) == len(csv_header(DIGITS)) == 16


def test_a_reading_as_json_and_as_cells(tiny: Recogniser, settings: Settings) -> None:
    reading = read(tiny, source(PICTURE), settings)
    assert reading.prediction is not None
    values = to_dict(reading)
    probabilities = dict(zip(DIGITS.characters, reading.prediction.probabilities.tolist(), strict=True))
    assert values == {
        "file": "a.png",
        "label": "3",
        "confidence": reading.prediction.confidence,
        "verdict": "unsure",
        "rejection": 0.0,
        "probabilities": probabilities,
    }
    cells = dict(zip(csv_header(DIGITS), to_row(reading, DIGITS), strict=True))
    assert (cells["file"], cells["label"], cells["verdict"], cells["error"]) == ("a.png", "3", "unsure", "")
    assert float(cells["p_3"]) == pytest.approx(probabilities["3"], abs=1e-6)


def test_what_could_not_be_read_as_json_and_as_cells() -> None:
    failed = Reading("bad", problem="Why, not?")
    assert to_dict(failed) == {"file": "bad", "error": "Why, not?"}
    assert to_row(failed, BALANCED) == ["bad", "", "", "", "", "Why, not?", *[""] * 47]
