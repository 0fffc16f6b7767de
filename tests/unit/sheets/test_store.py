import dataclasses
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import ReadOnly, SampleError, SheetError
from core.samples import edits as samples
from core.samples.store import Sample, read
from core.settings import Settings
from core.sheets import changes, store, template_store
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.database import LARGEST_PICTURE
from core.sheets.edits import Edit
from core.sheets.layout import Layout
from core.sheets.sheet import Sheet, to_json
from core.sheets.templates import Template
from tests.support.read_sheets import read_table

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PLAN = Plan(columns=("A", "B"), contents={0: Whole()}, totals=(Total("row", 1, (0,)),))


def a_sheet() -> Sheet:
    return read_table([["12", "47"], ["", "3½"]], {(0, 1): {"41": 0.3}})


def file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def texts(number: int, settings: Settings) -> list[str]:
    return [field.text for field in store.load(number, settings).now.fields]


def test_what_is_kept_is_read_again(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings, PNG)
    kept = store.load(number, settings)
    assert to_json(kept.read) == to_json(a_sheet())
    assert (kept.plan, kept.edits, kept.revision) == (PLAN, (), 1)
    assert np.array_equal(kept.read.fields[1].field.quad, a_sheet().fields[1].field.quad)
    assert store.picture(number, settings) == PNG
    (line,) = store.listed(settings)
    assert (line.id, line.path, line.page, line.fields) == (number, "page.png", 1, 4)


def test_looking_makes_no_database(settings: Settings) -> None:
    assert store.listed(settings) == []
    assert store.count(settings) == 0
    assert template_store.names(settings) == []
    assert template_store.load_all(settings) == []
    with pytest.raises(SheetError, match="no sheet 1"):
        store.load(1, settings)
    assert not file_of(settings).exists()


def test_edits_are_kept_with_what_was_read_and_when(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    changes.write(number, [Edit(0, 1, "41", "chosen"), Edit(1, 0, "5")], settings)
    changes.write(number, [Edit(0, 1, "44")], settings)
    kept = store.load(number, settings)
    assert texts(number, settings) == ["12", "44", "5", "3½"]
    assert [field.text for field in kept.read.fields] == ["12", "47", "", "3½"]
    assert [(edit.place, edit.text, edit.source, edit.batch) for edit in kept.edits] == [
        ((0, 1), "41", "chosen", 1),
        ((1, 0), "5", "typed", 1),
        ((0, 1), "44", "typed", 2),
    ]
    assert all(edit.when.endswith("+00:00") and not edit.undone for edit in kept.edits)


def test_the_last_change_is_undone_and_still_told(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    changes.write(number, [Edit(0, 0, "1"), Edit(0, 1, "2")], settings)
    changes.write(number, [Edit(0, 0, "3")], settings)
    assert changes.undo(number, settings) == [(0, 0)]
    assert texts(number, settings)[:2] == ["1", "2"]
    assert changes.undo(number, settings) == [(0, 0), (0, 1)]
    assert texts(number, settings)[:2] == ["12", "47"]
    assert changes.undo(number, settings) == []
    assert [bool(edit.undone) for edit in store.load(number, settings).edits] == [True] * 3


def test_an_undo_of_one_window_leaves_what_another_has_typed(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    mine = changes.write(number, [Edit(0, 0, "1"), Edit(0, 1, "2")], settings)
    changes.write(number, [Edit(0, 0, "3")], settings)
    changes.undo(number, settings, mine)
    assert texts(number, settings)[:2] == ["3", "47"]


def test_many_windows_write_at_once(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda text: changes.write(number, [Edit(0, 0, str(text))], settings), range(16)))
    assert sorted(batches) == list(range(1, 17))
    assert len(store.load(number, settings).edits) == 16


def test_a_corrected_grid_is_stored_once(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    mine, yours = store.load(number, settings), store.load(number, settings)
    smaller = read_table([["12", "47"]])
    assert changes.revise(mine, smaller, Plan(), settings) == 2
    assert [field.text for field in store.load(number, settings).read.fields] == ["12", "47"]
    assert store.listed(settings)[0].fields == 2
    with pytest.raises(SheetError, match="changed in another window"):
        changes.revise(yours, a_sheet(), PLAN, settings)


def test_what_was_deleted_comes_back_until_it_is_purged(settings: Settings) -> None:
    first, second = (store.keep(a_sheet(), PLAN, settings) for _ in range(2))
    changes.write(first, [Edit(0, 0, "1")], settings)
    changes.delete(first, settings)
    assert [line.id for line in store.listed(settings)] == [second]
    with pytest.raises(SheetError, match="deleted in another window"):
        changes.write(first, [Edit(0, 0, "2")], settings)
    changes.restore(first, settings)
    assert texts(first, settings)[0] == "1"
    changes.delete(first, settings)
    changes.purge(settings)
    with pytest.raises(SheetError, match=f"no sheet {first}"):
        changes.restore(first, settings)
    assert store.count(settings) == 1
    with sqlite3.connect(file_of(settings)) as database:
        assert database.execute("select count(*) from sheet_edits").fetchone() == (0,)
    assert store.keep(a_sheet(), PLAN, settings) > second


def test_what_is_not_sound_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SheetError, match="PNG or JPEG"):
        store.keep(a_sheet(), PLAN, settings, b"GIF89a")
    with pytest.raises(SheetError, match="at most 20,000,000 are stored"):
        store.keep(a_sheet(), PLAN, settings, PNG + bytes(LARGEST_PICTURE))
    sheet = a_sheet()
    with pytest.raises(SheetError, match="a reading for each field"):
        store.keep(dataclasses.replace(sheet, fields=sheet.fields[1:]), PLAN, settings)
    with pytest.raises(SheetError, match="outside the grid of 1 by 1"):
        store.keep(dataclasses.replace(sheet, layout=Layout("table", 1, 1, sheet.layout.fields)), PLAN, settings)
    number = store.keep(sheet, PLAN, settings)
    with pytest.raises(SheetError, match="no field in row 6, column 1"):
        changes.write(number, [Edit(5, 0, "1")], settings)
    with pytest.raises(SheetError, match="1 to 10,000 edits"):
        changes.write(number, [], settings)
    monkeypatch.setattr(changes, "MOST_EDITS", 1)
    changes.write(number, [Edit(0, 0, "1")], settings)
    with pytest.raises(SheetError, match="takes no more"):
        changes.write(number, [Edit(0, 0, "2")], settings)


def test_nothing_is_kept_in_read_only_mode_and_all_is_read(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    template = Template("form", a_sheet().layout, PLAN)
    template_store.save(template, settings)
    closed = dataclasses.replace(settings, read_only=True)
    kept = store.load(number, closed)
    for change in (
        lambda: store.keep(a_sheet(), PLAN, closed),
        lambda: changes.write(number, [Edit(0, 0, "1")], closed),
        lambda: changes.undo(number, closed),
        lambda: changes.revise(kept, a_sheet(), PLAN, closed),
        lambda: changes.delete(number, closed),
        lambda: changes.restore(number, closed),
        lambda: changes.purge(closed),
        lambda: template_store.save(template, closed),
        lambda: template_store.delete("form", closed),
    ):
        with pytest.raises(ReadOnly, match="DIGITS_READ_ONLY"):
            change()
    assert texts(number, closed) == ["12", "47", "", "3½"]
    assert template_store.names(closed) == ["form"]


def test_a_database_of_a_version_without_sheets_is_used_as_it_is(settings: Settings) -> None:
    samples.add([Sample(np.ones((28, 28), np.uint8), "3")], settings)
    assert store.listed(settings) == []
    assert template_store.names(settings) == []
    with sqlite3.connect(file_of(settings)) as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
    assert "sheets" not in tables
    number = store.keep(a_sheet(), PLAN, settings)
    assert store.load(number, settings).plan == PLAN
    assert [sample.label for sample in read(settings, "digits")] == ["3"]


def test_a_file_that_is_no_database_is_said(settings: Settings) -> None:
    file_of(settings).write_bytes(b"not a database, but a text " * 100)
    with pytest.raises(SampleError, match="not a database"):
        store.keep(a_sheet(), PLAN, settings)
    with pytest.raises(SampleError, match="not a database"):
        store.listed(settings)


def test_a_damaged_row_is_said(settings: Settings) -> None:
    number = store.keep(a_sheet(), PLAN, settings)
    with sqlite3.connect(file_of(settings)) as database:
        database.execute("update sheets set content = '{}'")
    with pytest.raises(SheetError, match="no sheet as Digit Lab writes it"):
        store.load(number, settings)


def test_templates_are_kept_by_name(settings: Settings) -> None:
    layout = a_sheet().layout
    template_store.save(Template("form", layout, PLAN), settings)
    template_store.save(Template(" Another ", layout, Plan()), settings)
    assert template_store.names(settings) == ["Another", "form"]
    loaded = template_store.load("form", settings)
    assert loaded.plan == PLAN
    assert np.array_equal(loaded.layout.fields[3].quad, layout.fields[3].quad)
    assert [template.name for template in template_store.load_all(settings)] == ["Another", "form"]
    with pytest.raises(SheetError, match="There is a template form already"):
        template_store.save(Template("form", layout, Plan()), settings)
    template_store.save(Template("form", layout, Plan()), settings, replace=True)
    assert template_store.load("form", settings).plan == Plan()
    template_store.delete("form", settings)
    with pytest.raises(SheetError, match="no template form; there are: Another"):
        template_store.load("form", settings)
    with pytest.raises(SheetError, match="no template form"):
        template_store.delete("form", settings)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\nb"])
def test_names_of_templates_are_bounded(name: str, settings: Settings) -> None:
    with pytest.raises(SheetError, match="1 to 80 characters"):
        template_store.save(Template(name, a_sheet().layout, PLAN), settings)


def test_the_number_of_templates_is_bounded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_store, "MOST_TEMPLATES", 1)
    template_store.save(Template("a", a_sheet().layout, PLAN), settings)
    template_store.save(Template("a", a_sheet().layout, PLAN), settings, replace=True)
    with pytest.raises(SheetError, match="Delete some first"):
        template_store.save(Template("b", a_sheet().layout, PLAN), settings)


def test_sheets_are_kept_together_with_what_was_typed_or_not_at_all(settings: Settings) -> None:
    typed = (Edit(0, 0, "1", batch=1, when="then"), Edit(5, 5, "2", batch=2, undone="later"))
    first, second = (store.NewSheet(a_sheet(), PLAN, PNG, 3, edits) for edits in (typed, ()))
    numbers = store.keep_together([first, second], settings)
    assert [line.id for line in store.listed(settings)] == numbers[::-1]
    kept = store.load(numbers[0], settings)
    assert (kept.revision, kept.edits) == (3, typed)
    unknown = dataclasses.replace(typed[0], source="guessed")  # type: ignore[arg-type]
    with pytest.raises(SheetError, match="guessed"):
        store.keep_together([first, dataclasses.replace(second, edits=(unknown,))], settings)
    assert store.count(settings) == 2
