import csv
import io

import pytest

from core.spreadsheet import harmless, to_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\nx"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_rows_come_back() -> None:
    data = to_csv(["name", "n"], [["a,b", -1], ['"q"\nline', None], ["=x", 0.5]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["name", "n"], ["a,b", "-1"], ['"q"\nline', ""], ["'=x", "0.5"]]
