"""Pages as one HTML file to be printed: it opens in any browser, without a network."""

import base64
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.sheets.checks.sheet_checks import check_fields
from core.sheets.export.pages import Cell, Page, grid
from core.sheets.review import is_doubtful
from core.sheets.worksheets.marking import Marked
from core.text import counted

_VERDICTS = {"blank": "", "filled": "filled in", "struck": "struck out", "illegible": "illegible"}
_SIGNATURES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def to_html(pages: Sequence[Page], title: str = "Sheets") -> bytes:
    """The file: each page's table coloured by verdict, what the checks found, marks of sums, and what was typed.

    Everything that comes from outside is escaped. Pictures of fields are inside, where pages have them.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("print_view.html.j2")
    return template.render(title=title, pages=[_page(page) for page in pages]).encode()


def _page(page: Page) -> dict[str, object]:
    findings = [each for each in check_fields(page.now.fields, page.plan) if each.outcome != "support"]
    rows = grid(page)
    return {
        "path": page.read.name,
        "number": page.read.page,
        "problem": page.read.problem,
        "summary": _summary(page),
        "titles": page.titles if page.has_titles else [],
        "rows": [[None if cell is None else _shown(cell, page) for cell in row] for row in rows],
        "findings": [(_where(each.place), each.sentence) for each in findings],
        "marks": [(_where(each.places[-1]), each.mark, each.sentence) for each in _marks(page)],
        "typed": [_typed(cell) for row in rows for cell in row if cell is not None and cell.edit],
    }


def _summary(page: Page) -> str:
    unsure = sum(map(is_doubtful, page.now.fields))
    return f"{counted(len(page.now.fields), 'field')}, {unsure:,} not certain."


def _marks(page: Page) -> list[Marked]:
    """The marks of a worksheet; those that hang on the reading are among the findings."""
    return [each for each in page.marks if each.mark != "look"]


def _where(place: tuple[int, int]) -> str:
    return f"Row {place[0] + 1}, column {place[1] + 1}"


def _shown(cell: Cell, page: Page) -> dict[str, str]:
    picture = page.pictures.get(cell.read.place)
    return {
        "text": cell.now.text or _VERDICTS.get(cell.now.verdict, ""),
        "state": cell.look,
        "picture": _data_url(picture) if picture else "",
    }


def _data_url(picture: bytes) -> str:
    kind = next((kind for start, kind in _SIGNATURES.items() if picture.startswith(start)), "image/png")
    return f"data:{kind};base64,{base64.b64encode(picture).decode('ascii')}"


def _typed(cell: Cell) -> tuple[str, str, str, str]:
    edit = cell.edit
    assert edit is not None
    return _where(cell.read.place), cell.read.text or cell.read.verdict, edit.text or "nothing", edit.when
