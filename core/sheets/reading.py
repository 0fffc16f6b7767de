"""From a file to sheets: its pages, their fields, and what is written in them. Sheets and `read` come here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import cv2
import numpy as np

from core.errors import PictureError
from core.model.numbers import NumberAnswer, NumberVerdict
from core.settings import Settings
from core.sheets.checks.plan import Plan
from core.sheets.layout import Field, Layout
from core.sheets.orientation import quarter_turns
from core.sheets.page import Wanted, cut_fields, find_layout
from core.sheets.pages import LARGEST_SIDE, PagePicture, read_pages
from core.sheets.sheet import ReadField, Sheet
from core.sheets.templates import Template, find_template, lay_over
from core.vision.decode import decode
from core.vision.grey import Pixels, shrink, to_grey

if TYPE_CHECKING:
    from core.model.number_reader import NumberReader

LAYOUTS: tuple[Wanted, ...] = get_args(Wanted)
_DRAWN = 40  # levels that ink on a canvas differs from its paper
_MARGIN = 0.3  # of the height of what is drawn
_NARROWEST, _WIDEST = 0.8, 20.0  # width over height of the picture of a line
_BELIEVED = 0.5
_FIGURES = 2  # from which what is set as print may be a number: letters are read as single figures
_FEW, _LEAST_BELIEVED = 8, 0.25  # fields; share of the written ones
_BLANK = 0.99  # the confidence that nothing is written where no ink was found
_NO_NUMBERS = "Nothing on this page could be read as numbers."
_TURNED = {
    1: "The page lay on its right side, and was turned.",
    2: "The page lay on its head, and was turned.",
    3: "The page lay on its left side, and was turned.",
}
NOTHING = Layout("form", 0, 0, ())


@dataclass(frozen=True, eq=False)
class PageRead:
    """A page that was read: its sheet, what a template says of it, its picture, and what there is to say about it.

    `picture` is uint8 RGB (H, W, 3), in whose pixels the fields lie, None of a page that could not be opened; `scale`
    is how many times larger the page itself is; `pages` is how many the file has.
    """

    sheet: Sheet
    plan: Plan
    picture: Pixels | None
    note: str = ""
    scale: float = 1.0
    pages: int = 1

    @property
    def full_size(self) -> Sheet:
        """The sheet with its fields in pixels of the page itself."""
        if self.scale == 1.0:
            return self.sheet
        fields = tuple(
            replace(each, field=replace(each.field, quad=each.field.quad * np.float32(self.scale)))
            for each in self.sheet.fields
        )
        layout = replace(self.sheet.layout, fields=tuple(each.field for each in fields))
        return replace(self.sheet, layout=layout, fields=fields)


def read_file(
    path: str,
    data: bytes,
    reader: "NumberReader",
    settings: Settings,
    wanted: Wanted = "auto",
    templates: Sequence[Template] = (),
) -> Iterator[PageRead]:
    """Read the pages of a file one after the other.

    Args:
        path: what the file is called.
        data: its bytes: a picture of any format that is read, a TIFF of several pages, or a PDF.
        wanted: one of LAYOUTS.
        templates: one that fits a page is laid over it.
    """
    try:
        for page in read_pages(data, settings):
            yield replace(_read_picture(path, page, reader, wanted, templates), pages=page.count)
    except PictureError as error:
        yield unreadable(path, str(error))


def _read_picture(
    path: str, page: PagePicture, reader: "NumberReader", wanted: Wanted, templates: Sequence[Template]
) -> PageRead:
    if page.picture is None:
        return unreadable(path, page.problem, page.number)
    read = read_page(path, page.number, page.picture, reader, wanted, templates)
    return replace(read, scale=read.scale * page.scale)


def unreadable(path: str, problem: str, page: int = 1) -> PageRead:
    """What there is of a file, or of a page of it, that cannot be read, and why."""
    return PageRead(Sheet(path, page, NOTHING, (), problem), Plan(), None)


def read_page(
    path: str,
    page: int,
    picture: Pixels,
    reader: "NumberReader",
    wanted: Wanted = "auto",
    templates: Sequence[Template] = (),
) -> PageRead:
    """Read one page, counted from 1: uint8 RGB (H, W, 3). One that lies on its side or its head is turned."""
    scale = max(1.0, max(picture.shape[:2]) / LARGEST_SIDE)
    picture = shrink(picture, LARGEST_SIDE)
    found = _look_at(picture, reader, wanted, templates)
    written = [crop for crop in found.crops if crop is not None]
    if found.layout.kind != "number" and (turns := quarter_turns(written, found.answers, reader)):
        turned = np.ascontiguousarray(np.rot90(picture, turns))
        again = _look_at(turned, reader, wanted, templates)
        if again.layout.fields:
            picture, found = turned, replace(again, notes=[_TURNED[turns], *again.notes])
    layout, plan, notes = found.layout, found.plan, found.notes
    fields = _fill(layout, found.crops, found.answers)
    if layout.kind == "number" and (wanted == "number" or fields):
        fields = [_read_alone(picture, fields[0] if fields else None, reader)]
        layout = Layout("number", 1, 1, (fields[0].field,))
    if not _is_sheet(fields):
        layout, fields, notes = replace(NOTHING, kind=layout.kind), [], [_NO_NUMBERS]
    return PageRead(Sheet(path, page, layout, tuple(fields)), plan, picture, " ".join(notes), scale)


@dataclass(frozen=True, eq=False)
class _Look:
    """What was found on a page, seen one way up; of fields in which something is written the crops and answers."""

    layout: Layout
    plan: Plan
    notes: list[str]
    crops: list[Pixels | None]
    answers: list[NumberAnswer]


def _look_at(picture: Pixels, reader: "NumberReader", wanted: Wanted, templates: Sequence[Template]) -> _Look:
    layout, plan, notes = _lay_out(picture, wanted, templates)
    crops = _cut_writing(picture, layout)
    return _Look(layout, plan, notes, crops, reader.read([crop for crop in crops if crop is not None]))


def _lay_out(picture: Pixels, wanted: Wanted, templates: Sequence[Template]) -> tuple[Layout, Plan, list[str]]:
    """The layout of a page, with the plan of a template that fits, and what there is to say about that."""
    layout = find_layout(picture, wanted)
    match = find_template(layout, templates)
    if match is None:
        return layout, Plan(), []
    if match.problem:
        return layout, Plan(), [match.problem]
    said = f"The template {match.template.name!r} fits, and was laid over it."
    return lay_over(layout, match), match.plan, [said]


def _is_sheet(fields: Sequence[ReadField]) -> bool:
    """Whether what was read is likely to be numbers: on a texture or in print hardly anything is believed."""
    written = [field for field in fields if field.verdict != "blank"]
    believed = [field for field in written if field.verdict == "confident" or field.confidence >= _BELIEVED]
    return len(written) < _FEW or len(believed) >= _LEAST_BELIEVED * len(written)


def _read_alone(picture: Pixels, found: ReadField | None, reader: "NumberReader") -> ReadField:
    """One number alone, by the picture as a whole where it is the picture of a line, else by what was cut out of it.

    On patterned paper a cut may lose digits, and in a large picture the whole shows none: the cut is believed where the
    whole is blank, or not believed itself.
    """
    grey = to_grey(picture)
    height, width = grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    everything = Field(0, 0, corners)
    if found and not _NARROWEST <= width / height <= _WIDEST:
        return found
    whole = _read(everything, reader.read([grey])[0])
    if found is None or not found.text:
        return whole if whole.text or found is None else found
    return whole if whole.text and whole.confidence >= min(_BELIEVED, found.confidence) else found


def read_fields(picture: Pixels, layout: Layout, reader: "NumberReader") -> list[ReadField]:
    """What is written in the fields of a page; only those with ink in them are given to the networks."""
    crops = _cut_writing(picture, layout)
    return _fill(layout, crops, reader.read([crop for crop in crops if crop is not None]))


def _cut_writing(picture: Pixels, layout: Layout) -> list[Pixels | None]:
    """What is written in each field; None where nothing is."""
    return [crop.writing for crop in cut_fields(picture, layout)]


def _fill(layout: Layout, crops: Sequence[Pixels | None], answers: Sequence[NumberAnswer]) -> list[ReadField]:
    """The fields with the answers to those that have a crop."""
    remaining = iter(answers)
    return [
        _blank(field) if crop is None else _read(field, next(remaining))
        for field, crop in zip(layout.fields, crops, strict=True)
    ]


def _read(field: Field, answer: NumberAnswer) -> ReadField:
    """The field with its answer; what is set as print is, where it is no word, is left to a person to decide."""
    if not field.printed:
        return ReadField(field, answer.text, answer.verdict.value, answer.confidence, answer.candidates)
    if len(re.findall("[0-9]", answer.text)) < _FIGURES or answer.confidence < _BELIEVED:
        return _blank(field)
    return ReadField(field, answer.text, "unsure", answer.confidence, answer.candidates, "this may be print")


def _blank(field: Field) -> ReadField:
    note = "a printed word, which is no data" if field.printed else ""
    return ReadField(field, "", "blank", _BLANK, (("", _BLANK),), note)


def read_drawing(data: bytes, reader: "NumberReader", settings: Settings) -> NumberAnswer:
    """Read a number that was drawn on a canvas; PictureError where its file cannot be read."""
    grey = to_grey(decode(data, settings))
    paper = int(np.median(grey))
    rows, columns = (np.flatnonzero((np.abs(grey.astype(int) - paper) > _DRAWN).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return NumberAnswer("", NumberVerdict.BLANK, _BLANK, (("", _BLANK),))
    margin = max(4, round(_MARGIN * (rows[-1] - rows[0] + 1)))
    drawn = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    sides = (margin, margin, margin, margin)
    framed = cv2.copyMakeBorder(drawn, *sides, cv2.BORDER_CONSTANT, value=float(paper))
    (answer,) = reader.read([np.asarray(framed, np.uint8)])
    return answer
