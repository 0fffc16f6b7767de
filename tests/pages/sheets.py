"""The Sheets page as its tests open it and work on it, by the fixture `reader` or with sheets read before."""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox, TextInput

from core.errors import SampleError
from core.settings import get_settings
from core.sheets import store
from core.sheets.checks.plan import Plan
from core.sheets.edits import in_force
from core.sheets.sheet import Place, Sheet
from core.sheets.store import KeptSheet
from tests.pages.conftest import Open, png, wait_for, words
from tests.support.read_sheets import read_table

PAGE = "pages/sheets.py"
DOUBTS = read_table([["12", "7"], ["340", "8"]], {(1, 0): {"340": 0.6, "540": 0.4}, (0, 1): {"7": 0.6, "1": 0.4}})


def table(rows: int = 4, columns: int = 3) -> NDArray[np.uint8]:
    """A ruled table with a thick stroke in each cell of its first column."""
    picture = np.full((60 + 80 * rows, 60 + 160 * columns, 3), 245, np.uint8)
    for row in range(rows + 1):
        cv2.line(picture, (30, 30 + 80 * row), (30 + 160 * columns, 30 + 80 * row), (40, 40, 40), 2)
    for column in range(columns + 1):
        cv2.line(picture, (30 + 160 * column, 30), (30 + 160 * column, 30 + 80 * rows), (40, 40, 40), 2)
    for row in range(rows):
        cv2.putText(picture, "7", (90, 90 + 80 * row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.6, (20, 30, 120), 4)
    return picture


def two_pages() -> bytes:
    """A TIFF of two such pages."""
    data = BytesIO()
    pages = [Image.fromarray(table()), Image.fromarray(table(3, 2))]
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:])
    return data.getvalue()


def lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database as it is while another program holds it: no sheet can be kept."""

    def refuse(*_: object) -> int:
        raise SampleError("The database of your samples cannot be used: database is locked.")

    monkeypatch.setattr(store, "begin_writing", refuse)


def bring(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Choose files, and wait until their first page is open, or it is said why none is."""
    page.file_uploader(key="sheets-files").set_value([(name, data, "image/png") for name, data in files]).run()
    return wait_for(page, lambda: bool(opened(page) or page.warning or page.error))


def begin_reading(page: AppTest) -> AppTest:
    """Choose a file, and do not wait until it is read."""
    files = [("marks.png", png(table()), "image/png")]
    return page.file_uploader(key="sheets-files").set_value(files).run()


def opened(page: AppTest) -> int | None:
    if "sheets-open" not in page.session_state:
        return None
    number: int | None = page.session_state["sheets-open"]
    return number


def keep(sheet: Sheet, plan: Plan | None = None, picture: bytes | None = None) -> int:
    """A sheet that was read before, with a picture of it."""
    return store.keep(sheet, plan or Plan(), get_settings(), png(table()) if picture is None else picture)


def load(number: int) -> KeptSheet:
    return store.load(number, get_settings())


def texts_of(number: int) -> list[str]:
    """What the fields of a sheet hold now."""
    return [field.text for field in load(number).now.fields]


def typed_into(number: int) -> dict[Place, str]:
    """What was typed into a sheet and is in force."""
    return {place: edit.text for place, edit in in_force(load(number).edits).items()}


def open_kept(open_page: Open, number: int, part: str = "values") -> AppTest:
    """The page with a sheet that is kept."""
    page = open_page(PAGE)
    page.session_state["sheets-open"], page.session_state["sheets-part"] = number, part
    page.run()
    assert not page.exception
    return page


def go_to(page: AppTest, part: str) -> AppTest:
    """Choose a part of the page."""
    page.session_state["sheets-part"] = part
    return page.run()


def pick(page: AppTest, row: int, column: int) -> AppTest:
    """Pick a field, as the picture does; rows and columns count from 0."""
    page.session_state["sheets-picked"] = (row, column)
    return page.run()


def asked(page: AppTest, label: str) -> TextInput:
    """The line with this label; there must be one."""
    (found,) = [each for each in page.text_input if each.label == label]
    return found


def line(page: AppTest) -> TextInput:
    """The line in which another value is typed."""
    return asked(page, "Another value")


def chosen(page: AppTest, label: str) -> Selectbox[Any]:
    """The chooser with this label; there must be one."""
    (found,) = [each for each in page.selectbox if each.label == label]
    return found


def type_into_table(page: AppTest, typed: Mapping[Place, str | None], editor: str = "") -> AppTest:
    """Type into the table of values, whose editor tells all that was typed into it since it was there.

    It is the one on the page, or one that a browser still shows, by its identifier.
    """
    (shown,) = page.dataframe
    rows: dict[str, dict[str, str | None]] = {}
    for (row, column), text in typed.items():
        rows.setdefault(str(row), {})[str(column)] = text
    states = page._tree.get_widget_states()
    states.widgets.add(
        id=editor or shown.proto.id,
        string_value=json.dumps({"edited_rows": rows, "added_rows": [], "deleted_rows": []}),
    )
    return page._run(states)


def press(page: AppTest, label: str) -> AppTest:
    """Press the button with these words; there must be one."""
    (button,) = [each for each in page.button if each.label.replace("\\", "") == label]
    assert not button.disabled, button.help
    return button.click().run()


def said(page: AppTest) -> str:
    """All that the page says, without the signs that keep texts from being Markdown."""
    return "\n".join([words(page), *(each.value for each in page.success)]).replace("\\", "")
