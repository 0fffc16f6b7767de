"""Sheets as people fill them in: tables and forms with what stands in their fields, drawn flat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]
Write = Callable[[str, float, bool], Pixels]
"""Ink, uint8 (H, W), of a text whose digits are so many pixels high, written, or printed where the last one is True."""
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class TrueField:
    """A field of a sheet: its place, what it holds ("" for nothing), whether that is printed, and corners (4, 2)."""

    row: int
    column: int
    text: str
    printed: bool
    quad: Points
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class TrueSheet:
    """A picture, uint8 (H, W, 3) RGB, of a sheet, and its fields; `kind` says how they are set apart."""

    picture: Pixels
    fields: tuple[TrueField, ...]
    kind: str


@dataclass(frozen=True)
class TablePlan:
    """A table on a page; lengths in pixels.

    Attributes:
        texts: what is written, row by row, without headings and names.
        rules: "all", "level" (none upright) or "none".
        heading: words above the columns, or none; `groups` of so many columns stand in a row above that.
        names: words before the rows, or none.
        row: height of a row; `widths` of the columns, of the names too.
        outer: the outline is "same" as the other rules, "thick" or "double".
        inks: colours of the pens, one for each row, used in turn.
        lane: what is left free between two columns, as people do where no rule parts them.
    """

    texts: Sequence[Sequence[str]]
    rules: Literal["all", "level", "none"] = "all"
    heading: Sequence[str] = ()
    groups: Sequence[int] = ()
    names: Sequence[str] = ()
    row: int = 60
    widths: Sequence[int] = ()
    outer: Literal["same", "thick", "double"] = "same"
    dashed: bool = False
    thick: int = 2
    tint: Colour = (40, 40, 40)
    inks: Sequence[Colour] = ((30, 40, 120),)
    size: float = 0.5
    title: str = ""
    paper: Colour = (245, 244, 240)
    lane: int = 0


def draw_table(plan: TablePlan, write: Write, rng: Generator) -> TrueSheet:
    """A flat page with a table on it."""
    lead, top = int(bool(plan.names)), int(bool(plan.heading)) + int(bool(plan.groups))
    rows, columns = len(plan.texts) + top, len(plan.texts[0]) + lead
    widths = list(plan.widths) or [2 * plan.row] * columns
    margin = max(70, plan.row)
    xs = margin + np.cumsum([0, *widths])
    above = margin + (2 * plan.row if plan.title else 0)
    ys = above + plan.row * np.arange(rows + 1)
    page = np.full((int(ys[-1]) + margin, int(xs[-1]) + margin, 3), plan.paper, np.uint8)
    if plan.title:
        _put(page, write(plan.title, plan.row * 0.4, True), (margin, margin * 0.6), plan.tint)
    fields = _table_fields(plan, xs, ys, lead, top)
    if plan.rules != "none":
        _rule(page, plan, fields, xs, ys)
    for field in fields:
        if field.text:
            colour = plan.tint if field.printed else plan.inks[field.row % len(plan.inks)]
            _write_into(page, field, write, plan, colour, rng)
    return TrueSheet(page, tuple(fields), "ruled" if plan.rules == "all" else plan.rules)


def _table_fields(
    plan: TablePlan, xs: NDArray[np.int64], ys: NDArray[np.int64], lead: int, top: int
) -> list[TrueField]:
    def field(row: int, column: int, text: str, printed: bool, tall: int = 1, wide: int = 1) -> TrueField:
        left, right, upper, lower = xs[column], xs[column + wide], ys[row], ys[row + tall]
        quad = np.array([[left, upper], [right, upper], [right, lower], [left, lower]], np.float64)
        return TrueField(row, column, text, printed and bool(text), quad, tall, wide)

    fields = []
    if plan.groups:
        if lead:
            fields.append(field(0, 0, "Name", True, top))
        column = lead
        for number, wide in enumerate(plan.groups):
            fields.append(field(0, column, f"Part {'ABCDEFGH'[number]}", True, 1, wide))
            column += wide
    if plan.heading:
        if lead and not plan.groups:
            fields.append(field(0, 0, "Name", True))
        fields += [field(top - 1, lead + j, word, True) for j, word in enumerate(plan.heading)]
    for i, texts in enumerate(plan.texts):
        if lead:
            fields.append(field(top + i, 0, plan.names[i], True))
        fields += [field(top + i, lead + j, text, False) for j, text in enumerate(texts)]
    return sorted(fields, key=lambda one: (one.row, one.column))


def _rule(page: Pixels, plan: TablePlan, fields: list[TrueField], xs: NDArray[np.int64], ys: NDArray[np.int64]) -> None:
    ends = (xs[0], xs[-1])
    for field in fields:
        for index in range(4):
            start, end = field.quad[index], field.quad[(index + 1) % 4]
            upright = index % 2 == 1
            if upright and plan.rules == "level":
                continue
            at = start[0] if upright else start[1]
            outline = at in ends if upright else at in (ys[0], ys[-1])
            _line(page, start, end, plan.tint, plan.thick, plan.dashed and not outline)
    if plan.outer == "same" or plan.rules == "level":
        return
    corners = np.array([[xs[0], ys[0]], [xs[-1], ys[-1]]])
    far = 0 if plan.outer == "thick" else 4 + 2 * plan.thick
    (left, upper), (right, lower) = corners + np.array([[-far], [far]])
    thick = plan.thick * 2 + 1 if plan.outer == "thick" else plan.thick
    cv2.rectangle(page, (int(left), int(upper)), (int(right), int(lower)), plan.tint, thick)


def _line(page: Pixels, start: Points, end: Points, colour: Colour, thick: int, dashed: bool) -> None:
    length = float(np.abs(end - start).sum())
    steps = np.arange(0, length, 14) if dashed else np.array([0.0])
    for step in steps:
        stop = min(step + 9, length) if dashed else length
        first, last = start + (end - start) * step / length, start + (end - start) * stop / length
        cv2.line(page, (int(first[0]), int(first[1])), (int(last[0]), int(last[1])), colour, thick)


def _write_into(page: Pixels, field: TrueField, write: Write, plan: TablePlan, colour: Colour, rng: Generator) -> None:
    left, top, right, bottom = field.quad[0, 0], field.quad[0, 1], field.quad[2, 0], field.quad[2, 1]
    left, right = left + plan.lane / 2, right - plan.lane / 2
    ink = write(field.text, plan.row * (0.36 if field.printed else plan.size), field.printed)
    room = (right - left - 2 * plan.thick - 6) * 0.94, (bottom - top) * (0.8 if field.printed else 1.0)
    factor = min(1.0, room[0] / ink.shape[1], room[1] / ink.shape[0])
    if factor < 1:
        size = (max(1, int(ink.shape[1] * factor)), max(1, int(ink.shape[0] * factor)))
        ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
    spare = right - left - ink.shape[1], bottom - top - ink.shape[0]
    across = 0.5 if not field.printed else 0.15 if field.column == 0 else 0.5
    jitter = rng.uniform(-0.3, 0.3, 2) if not field.printed else np.zeros(2)
    _put(page, ink, (left + spare[0] * (across + jitter[0]), top + spare[1] * (0.5 + 0.8 * jitter[1])), colour)


def _put(page: Pixels, ink: Pixels, place: tuple[float, float], colour: Colour) -> None:
    left, top = max(0, int(place[0])), max(0, int(place[1]))
    part = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    depth = ink[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
    part[:] = part * (1 - depth) + np.minimum(part, colour) * depth


@dataclass(frozen=True)
class FormPlan:
    """Lines of a form: a printed label, then numbers with a box for each digit; lengths in pixels.

    `boxes` are "joined", "apart" or a "comb" that is open above.
    """

    labels: Sequence[str]
    numbers: Sequence[Sequence[str]]
    places: Sequence[int]
    boxes: Literal["joined", "apart", "comb"] = "joined"
    box: int = 50
    thick: int = 2
    tint: Colour = (60, 60, 60)
    ink: Colour = (30, 40, 120)
    size: float = 0.65
    paper: Colour = (245, 244, 240)


def draw_form(plan: FormPlan, write: Write, rng: Generator) -> TrueSheet:
    """A flat page with such lines on it; its fields are the numbers, a row for each line."""
    box, margin = plan.box, 80
    pitch = round(box * (1.2 if plan.boxes == "apart" else 1))
    label = 6 * box
    width = 2 * margin + label + sum(places * pitch + 2 * box for places in plan.places)
    page = np.full((2 * margin + round(2.2 * box) * len(plan.labels), width, 3), plan.paper, np.uint8)
    fields = []
    for row, (name, numbers) in enumerate(zip(plan.labels, plan.numbers, strict=True)):
        y, x = margin + round(2.2 * box) * row, margin + label
        _put(page, write(name, box * 0.5, True), (margin, y + 0.25 * box), plan.tint)
        for column, (text, places) in enumerate(zip(numbers, plan.places, strict=True)):
            _boxes(page, plan, (x, y), places, pitch)
            for index, digit in enumerate(text):
                one = np.array([[0, 0], [box, 0], [box, box], [0, box]], np.float64) + np.array([x + index * pitch, y])
                _write_into(
                    page,
                    TrueField(row, column, digit, False, one),
                    write,
                    TablePlan([[]], row=box, size=plan.size),
                    plan.ink,
                    rng,
                )
            right = x + (places - 1) * pitch + box
            quad = np.array([[x, y], [right, y], [right, y + box], [x, y + box]], np.float64)
            fields.append(TrueField(row, column, text, False, quad))
            x = right + 2 * box
    return TrueSheet(page, tuple(fields), plan.boxes)


def _boxes(page: Pixels, plan: FormPlan, place: tuple[int, int], places: int, pitch: int) -> None:
    x, y = place
    for index in range(places):
        left = x + index * pitch
        if plan.boxes != "comb":
            cv2.rectangle(page, (left, y), (left + plan.box, y + plan.box), plan.tint, plan.thick)
    if plan.boxes == "comb":
        right, bottom = x + places * pitch, y + plan.box
        cv2.line(page, (x, bottom), (right, bottom), plan.tint, plan.thick)
        for index in range(places + 1):
            tall = plan.box if index in (0, places) else round(0.4 * plan.box)
            cv2.line(page, (x + index * pitch, bottom - tall), (x + index * pitch, bottom), plan.tint, plan.thick)
