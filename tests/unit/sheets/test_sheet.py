import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from core.errors import SheetError
from core.sheets.layout import Field, Layout
from core.sheets.sheet import LONGEST_LINE, ReadField, Sheet, from_json, to_json
from tests.support.read_sheets import read_table


def a_sheet() -> Sheet:
    return read_table([["12", "47"], ["", "3½"]], {(0, 1): {"41": 0.3}})


def test_a_page_is_one_line_in_the_form_of_the_command() -> None:
    line = to_json(a_sheet())
    assert "\n" not in line
    values = json.loads(line)
    assert list(values) == ["path", "page", "layout", "rows", "columns", "fields"]
    assert values["fields"][1] == {
        "row": 0,
        "column": 1,
        "box": [100, 0, 200, 40],
        "text": "47",
        "verdict": "unsure",
        "confidence": 0.6,
        "candidates": [["47", 0.6], ["41", 0.3]],
        "note": "",
    }


def test_a_page_comes_back() -> None:
    assert to_json(from_json(to_json(a_sheet()))) == to_json(a_sheet())
    assert [field.text for field in from_json(to_json(a_sheet())).fields] == ["12", "47", "", "3½"]


def test_a_page_with_a_problem_says_so() -> None:
    sheet = Sheet("a.pdf", 3, Layout("table", 0, 0, ()), (), "The page is damaged.")
    assert json.loads(to_json(sheet))["error"] == "The page is damaged."
    assert from_json(to_json(sheet)).problem == "The page is damaged."


def test_numbers_of_numpy_are_written_as_others() -> None:
    row: Any = np.int64(0)
    share: Any = np.float32(0.5)
    field = Field(row, 0, np.zeros((4, 2), np.float32))
    sheet = Sheet("a", 1, Layout("number", 1, 1, (field,)), (ReadField(field, "1", "unsure", share, (("1", share),)),))
    assert json.loads(to_json(sheet))["fields"][0]["confidence"] == 0.5


def test_a_path_of_any_bytes_can_be_written() -> None:
    sheet = dataclasses.replace(a_sheet(), path="scan\udcff.png")
    assert json.loads(to_json(sheet).encode())["path"] == r"scan\udcff.png"


def changed(**values: object) -> str:
    return json.dumps(json.loads(to_json(a_sheet())) | values)


def with_field(**values: object) -> str:
    fields = json.loads(to_json(a_sheet()))["fields"]
    return changed(fields=[fields[0] | values, *fields[1:]])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "no sheet as Digit Lab writes it"),
        ("{", "no sheet as Digit Lab writes it"),
        ("[]", "no sheet as Digit Lab writes it"),
        (changed(colour="red"), "colour: .*'red'"),
        (changed(layout="poem"), "layout: .*'poem'"),
        (changed(page=0), "page: .*0"),
        (changed(rows=-1), "rows: .*-1"),
        (changed(rows=1.5), r"rows: .*1\.5"),
        (changed(rows=1), r"row 1, column 0 lies outside the grid of 1 by 2"),
        (with_field(row=1), "Two fields lie at row 1, column 0"),
        (with_field(verdict="sure"), "fields, 0, verdict: .*'sure'"),
        (with_field(confidence=1.5), r"fields, 0, confidence: .*1\.5"),
        (with_field(confidence="high"), "fields, 0, confidence: .*'high'"),
        (with_field(box=[1, 2, 3]), "fields, 0, box"),
        (with_field(box=[1, 2, 3, 10**400]), "fields, 0, box"),
        (with_field(candidates=[["1", 2]]), "fields, 0, candidates"),
        (with_field(text="1" * 201), "fields, 0, text"),
        (with_field(text=7), "fields, 0, text: .*7"),
        (with_field(extra=1), "fields, 0, extra"),
        (" " * (LONGEST_LINE + 1), "at most 20,000,000 characters"),
    ],
)
def test_what_is_no_page_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(SheetError, match=said):
        from_json(line)
