"""What becomes of uploaded files, without a page."""

import csv
import io
from dataclasses import dataclass

import numpy as np
import pytest

from core.charsets import Charset
from core.model.inference import Recogniser
from core.model.library import load
from core.model.prediction import Prediction, Verdict
from core.model.reader import Answer
from core.reading import Reading
from core.settings import PROJECT_ROOT, Settings
from core.vision.normalise import Normalised
from pages.components.uploads import BATCH, Row, read_files, to_csv, to_table
from tests.pages.conftest import png
from tests.support.strokes import CHARACTERS, draw

TWO = Charset("two", "Two digits", ("0", "1"))


@dataclass
class Upload:
    """A file as Streamlit gives it."""

    name: str
    data: bytes
    file_id: str = ""

    def getvalue(self) -> bytes:
        """All its bytes."""
        return self.data


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    """The shipped model."""
    return load("digits", Settings(PROJECT_ROOT / "data", PROJECT_ROOT / "models"))


def reading(name: str, probabilities: list[float], verdict: Verdict = Verdict.CONFIDENT, rejection: float = 0.0) -> Row:
    """What was read from a file, of as many classes as there are probabilities."""
    charset = Charset("some", "Some digits", tuple("0123456789"[: len(probabilities)]))
    prediction = Prediction(charset, np.array(probabilities), verdict, rejection)
    glyph = Normalised(np.zeros((28, 28), np.uint8), (), blank=False)
    return Row(Reading(name, Answer(glyph, prediction, prediction)))


def parse(data: bytes) -> list[list[str]]:
    """The rows of a CSV."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_order_is_kept_across_batches_with_bad_files_between(recogniser: Recogniser, settings: Settings) -> None:
    digits = [CHARACTERS[place % 10] for place in range(2 * BATCH + 3)]
    files = [Upload(digit, png(draw(digit)) if place % 7 else b"no") for place, digit in enumerate(digits)]
    found = [row.reading for row in read_files(files, recogniser, "", settings)]
    assert [one.name for one in found] == digits
    for place, one in enumerate(found):
        assert (one.prediction.label if one.prediction else None) == (digits[place] if place % 7 else None)
        assert bool(one.problem) == (place % 7 == 0)


def test_thumbnail_is_a_picture_in_the_page(recogniser: Recogniser, settings: Settings) -> None:
    (one,) = read_files([Upload("3", png(draw("3")))], recogniser, "", settings)
    assert one.thumbnail.startswith("data:image/png;base64,")
    assert len(one.thumbnail) < 20_000


@pytest.mark.parametrize("name", ["=1+1.png", "+1.png", "-1.png", "@a.png", "\t=1.png", "\r=1.png", "\n=1.png"])
def test_no_name_is_taken_for_a_formula(name: str) -> None:
    assert parse(to_csv([reading(name, [0.9, 0.1])], TWO))[1][0] == "'" + name


def test_csv_has_all_numbers_and_survives_odd_names() -> None:
    odd = 'a,"b"\n;é.png'
    table = parse(to_csv([reading(odd, [0.25, 0.75]), Row(Reading("bad", problem="Why, not?"))], TWO))
    assert table[0] == ["file", "label", "confidence", "verdict", "rejection", "error", "p_0", "p_1"]
    assert table[1] == [odd, "1", "0.750000", "confident", "0.000000", "", "0.250000", "0.750000"]
    assert table[2] == ["bad", "", "", "", "", "Why, not?", "", ""]


@pytest.mark.parametrize(
    ("verdict", "words"), [(Verdict.OTHER, "not a digit"), (Verdict.SEVERAL, "more than one digit")]
)
def test_what_is_not_one_character_has_no_answer(verdict: Verdict, words: str) -> None:
    found = reading("a", [0.25, 0.75], verdict, rejection=0.9)
    row = to_table([found, reading("b", [0.5, 0.5])]).iloc[0]
    assert row[["answer", "sure", "candidates"]].isna().all()
    assert row["verdict"] == words
    assert parse(to_csv([found], TWO))[1] == ["a", "", "0.000000", verdict, "0.900000", "", "0.250000", "0.750000"]


def test_sureness_and_candidates_allow_for_its_being_no_character() -> None:
    (row,) = to_table([reading("a", [0.25, 0.75], Verdict.UNSURE, rejection=0.2)]).to_dict("records")
    assert (row["sure"], row["candidates"]) == (60.0, "0 (20.0 %)")


def test_blank_has_no_answer() -> None:
    (row,) = to_table([reading("a", [0.5, 0.5], Verdict.BLANK)]).to_dict("records")
    assert row["answer"] is None or np.isnan(row["answer"])
    assert np.isnan(row["sure"])
    assert row["verdict"] == "blank"


def test_sureness_is_never_rounded_up_to_certain() -> None:
    (row,) = to_table([reading("a", [0.00001, 0.99999])]).to_dict("records")
    assert row["sure"] == 99.9
