import pytest

from core.errors import SheetError
from core.sheets.checks.finding import Finding
from core.sheets.edits import Edit, accept, apply, in_force
from tests.support.read_sheets import read_table


def test_what_was_typed_stands_beside_what_was_read() -> None:
    sheet = read_table([["47", "5"]])
    now = apply(sheet, [Edit(0, 0, "41"), Edit(0, 1, "")])
    assert [(field.text, field.verdict) for field in now.fields] == [("41", "confident"), ("", "blank")]
    assert now.fields[0].note == "typed; read as 47"
    assert [field.text for field in sheet.fields] == ["47", "5"]


def test_the_last_edit_that_was_not_undone_is_in_force() -> None:
    edits = [Edit(0, 0, "1"), Edit(0, 0, "2"), Edit(0, 0, "3", undone="2026-11-28T10:00:00+00:00")]
    assert in_force(edits) == {(0, 0): edits[1]}


def test_edits_of_fields_that_are_gone_are_left_out() -> None:
    sheet = read_table([["47"]])
    assert [field.text for field in apply(sheet, [Edit(3, 3, "1")]).fields] == ["47"]


def test_a_finding_becomes_an_edit_only_when_it_is_accepted() -> None:
    suggestion = Finding(0, 0, "suggestion", "41", "Read 47; only 41 makes column 1 add up to 512.", 0.9)
    objection = Finding(0, 1, "mismatch", None, "Read 5, which is no date.")
    (edit,) = accept([suggestion, objection])
    assert (edit.text, edit.source, edit.reason) == ("41", "rule", suggestion.sentence)
    now = apply(read_table([["47", "5"]]), [edit])
    assert now.fields[0].note == f"taken over from a check; read as 47; {suggestion.sentence}"


@pytest.mark.parametrize("text", ["1" * 201, "1\n2", "\x00"])
def test_a_text_that_no_field_holds_is_refused(text: str) -> None:
    with pytest.raises(SheetError, match="at most 200 characters in one line"):
        Edit(0, 0, text)
