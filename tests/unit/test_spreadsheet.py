import csv
import io

import pytest

from core.spreadsheet import harmless, read_rows, to_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "\rx", "\nx"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_rows_come_back() -> None:
    data = to_csv(["name", "n"], [["a,b", -1], ['"q"\nline', None], ["=x", 0.5]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["name", "n"], ["a,b", "-1"], ['"q"\nline', ""], ["'=x", "0.5"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_is_read_as_spreadsheets_save_it(encoding: str, separator: str, end: str) -> None:
    lines = [["File", " Label "], ["é.png", "7"], ["b.png", " 8 "], ["", ""], ["c.png"]]
    data = end.join(map(separator.join, lines)).encode(encoding)
    rows = [{"file": "é.png", "label": "7"}, {"file": "b.png", "label": "8"}, {"file": "c.png", "label": ""}]
    assert read_rows(data, ("file", "label")) == rows
    assert read_rows(data, ("file",), most=1) == rows[:1]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"name,label\na,1\n", bytes(range(256)), b'file,label\n"a'])
def test_what_is_no_such_table_says_what_it_lacks(data: bytes) -> None:
    if data.startswith(b"file"):
        assert read_rows(data, ("file", "label")) == [{"file": "a", "label": ""}]
    else:
        with pytest.raises(ValueError, match=r"it must have the columns file and label, and lacks|no table"):
            read_rows(data, ("file", "label"))
