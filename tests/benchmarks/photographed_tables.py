"""How well sheets are taken apart: python -m tests.benchmarks.photographed_tables [--count N] [--kind KIND …]

Draws tables and forms in the hands of held-out writers, photographs them, and counts for each kind the fields
found at their row and column, the ones that are no fields, and the blank ones found blank. It is also where
other measurements take their photographed tables from.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from core.cli.output import print_table
from core.data.lines.hands import Hands, read_hands
from core.data.lines.printing import print_text
from core.data.lines.scribe import Scribe
from core.data.lines.style import draw_style
from core.evaluation.metrics import wilson_interval
from core.settings import get_settings
from core.sheets.layout import Field, Layout
from core.sheets.page import cut_fields, find_layout
from tests.support.camera import Camera, photograph
from tests.support.sheets import (
    Colour,
    FormPlan,
    Pixels,
    TablePlan,
    TrueField,
    TrueSheet,
    Write,
    draw_form,
    draw_table,
)

KINDS = ("ruled", "level", "none", "joined", "apart", "comb")
FONTS = Path("/usr/share/fonts")
_NAMES = (
    "Anna Bernard Chiara David Elif Farid Greta Hugo Ines Jonas Kaya Lena Milan Noor Oskar Paula Quentin Rosa Sami Tove"
)
_HEADS = "Test Marks Total Grade Sum Term Week Mon Tue Wed Thu Fri Weight Price Paid Units Temp Level Dose Points"
_INKS: Sequence[Colour] = ((25, 35, 110), (30, 30, 30), (20, 60, 170), (170, 30, 40), (110, 110, 115), (20, 90, 60))


def compose(hands: Hands, rng: Generator, kind: str | None = None) -> TrueSheet:
    """A photographed sheet of one of KINDS, as varied as people's sheets are; with 5 to 30 rows and 2 to 12 columns."""
    kind = kind or str(rng.choice(KINDS, p=[0.5, 0.12, 0.14, 0.08, 0.08, 0.08]))
    write = _writer(hands, rng)
    flat = draw_table(_table(kind, rng), write, rng) if kind in KINDS[:3] else draw_form(_form(kind, rng), write, rng)
    return photograph(flat, _camera(rng, gentle=kind in ("none", "level")), rng)


def _writer(hands: Hands, rng: Generator) -> Write:
    """One person's pen, and one printer's face."""
    scribe = Scribe(Hands(hands.writers, hands.signs, hands.glyphs), rng, draw_style(rng, 60))
    face = str(rng.choice(hands.faces)) if len(hands.faces) else ""

    def write(text: str, height: float, printed: bool) -> Pixels:
        if printed:
            return print_text(text, face, height) if face else _print_plain(text, height)
        ink = scribe.write(text).ink
        size = (max(1, round(ink.shape[1] * height / 60)), max(1, round(ink.shape[0] * height / 60)))
        return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)

    return write


def _print_plain(text: str, height: float) -> Pixels:
    """Text in the face that Pillow brings along."""
    font = ImageFont.load_default(max(8, round(height * 1.4)))
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, font=font, fill=255)
    return np.asarray(image)


def _number(rng: Generator, kind: str) -> str:
    if kind == "marks":
        return str(rng.integers(0, 101))
    if kind == "decimal":
        return f"{rng.integers(0, 100)}{rng.choice(['.', ','])}{rng.integers(0, 10)}"
    if kind == "half":
        return f"{rng.integers(1, 20)}{rng.choice(['½', '', ''])}"
    if kind == "digit":
        return str(rng.integers(0, 10))
    return str(rng.integers(0, 10 ** int(rng.integers(2, 6))))


def _table(kind: str, rng: Generator) -> TablePlan:
    rows, columns = int(rng.integers(5, 31)), int(rng.integers(2, 13))
    named, headed = rng.random() < 0.75, rng.random() < 0.8
    empty = float(rng.choice([0, 0.1, 0.3])) if kind == "ruled" else float(rng.choice([0, 0.08]))
    kinds = rng.choice(["marks", "decimal", "half", "digit", "whole"], columns)
    texts = [["" if rng.random() < empty else _number(rng, k) for k in kinds] for _ in range(rows)]
    row = int(rng.integers(48, 80))
    widths = [int(row * rng.uniform(1.6, 3.2)) if k == "whole" else int(row * rng.uniform(1.4, 2.4)) for k in kinds]
    lane = 0 if kind == "ruled" else int(row * rng.uniform(0.25, 0.9))
    grouped = kind == "ruled" and headed and columns >= 4 and rng.random() < 0.25
    return TablePlan(
        texts,
        rules={"ruled": "all", "level": "level", "none": "none"}[kind],  # type: ignore[arg-type]
        heading=list(rng.choice(_HEADS.split(), columns)) if headed else (),
        groups=(columns // 2, columns - columns // 2) if grouped else (),
        names=list(rng.choice(_NAMES.split(), rows)) if named else (),
        row=row,
        widths=[width + lane for width in ([int(row * rng.uniform(2.4, 4))] if named else []) + widths],
        outer=str(rng.choice(["same", "thick", "double"], p=[0.6, 0.25, 0.15])),  # type: ignore[arg-type]
        dashed=bool(rng.random() < 0.12),
        thick=int(rng.integers(1, 5)),
        tint=(int(rng.integers(0, 110)),) * 3 if rng.random() < 0.75 else (60, 90, 160),
        inks=[_INKS[i] for i in rng.integers(0, len(_INKS), int(rng.choice([1, 1, 2])))],
        size=float(rng.uniform(0.36, 0.66)),
        title=str(rng.choice(["", "Class 4b, spring term", "Readings 2026", "Orders of the week"])),
        paper=(245, 244, 240) if rng.random() < 0.7 else (236, 228, 200),
        lane=lane,
    )


def _form(kind: str, rng: Generator) -> FormPlan:
    lines, places = int(rng.integers(3, 11)), [int(n) for n in rng.integers(3, 9, int(rng.choice([1, 1, 2])))]
    numbers = [
        ["".join(map(str, rng.integers(0, 10, int(rng.choice([n, n, 0]))))) for n in places] for _ in range(lines)
    ]
    return FormPlan(
        list(rng.choice(_HEADS.split(), lines)),
        numbers,
        places,
        kind,  # type: ignore[arg-type]
        box=int(rng.integers(40, 70)),
        thick=int(rng.integers(1, 4)),
        tint=(int(rng.integers(0, 130)),) * 3 if rng.random() < 0.75 else (190, 90, 60),
        ink=_INKS[int(rng.integers(len(_INKS)))],
    )


def _camera(rng: Generator, gentle: bool = False) -> Camera:
    """A scan, a careful photograph, or a hasty one."""
    side = int(rng.integers(1300, 2048))
    if rng.random() < 0.15:
        return Camera(turn=float(rng.normal(0, 0.5)), noise=1, quality=80, side=side)
    ease = 0.5 if gentle else 1.0
    return Camera(
        turn=float(rng.uniform(-10, 10)) * ease,
        tilt=float(rng.uniform(0, 0.05)) * ease,
        bend=(float(rng.uniform(0, 0.012)) * ease, float(rng.uniform(0, 0.008)) * ease),
        desk=float(rng.choice([0, 0.02, 0.08])),
        shadow=float(rng.uniform(0, 0.5)),
        edge=float(rng.choice([0, 0, rng.uniform(0.2, 0.5)])),
        blur=float(rng.choice([0, rng.uniform(0.4, 1.3)])),
        noise=float(rng.uniform(0, 6)),
        quality=int(rng.integers(35, 92)),
        side=side,
    )


def match(sheet: TrueSheet, layout: Layout) -> list[Field | None]:
    """For each true field, the field that was found where its middle lies, at the same row and column; None without."""
    shift = _shift(sheet.fields, layout.fields)
    return [
        next(
            (
                one
                for one in layout.fields
                if (one.row + shift[0], one.column + shift[1]) == (true.row, true.column) and _agrees(true, one)
            ),
            None,
        )
        for true in sheet.fields
    ]


def _shift(true: Sequence[TrueField], found: Sequence[Field]) -> tuple[int, int]:
    """What is written outside of the fields, such as a title, may stand in rows of its own: where the fields begin."""
    votes = Counter(
        (one.row - other.row, one.column - other.column) for one in true for other in found if _agrees(one, other)
    )
    return votes.most_common(1)[0][0] if votes else (0, 0)


def _agrees(true: TrueField, found: Field) -> bool:
    """Whether each holds the other's middle; a cell without rules may be far wider than its writing."""
    ours, theirs = true.quad.astype(np.float32), found.quad.astype(np.float32)
    x, y = (float(value) for value in ours.mean(axis=0))
    u, v = (float(value) for value in theirs.mean(axis=0))
    return cv2.pointPolygonTest(theirs, (x, y), False) >= 0 and cv2.pointPolygonTest(ours, (u, v), False) >= 0


def measure(sheet: TrueSheet) -> Counter[str]:
    """What became of a sheet's fields."""
    counts: Counter[str] = Counter(sheets=1, fields=len(sheet.fields))
    start = time.process_time()
    layout = find_layout(sheet.picture)
    crops = dict(zip((id(one) for one in layout.fields), cut_fields(sheet.picture, layout), strict=True))
    counts["milliseconds"] = round(1000 * (time.process_time() - start))
    found = match(sheet, layout)
    kept = {id(one) for one in found if one is not None}
    counts["right"] = len(kept)
    for true, one in zip(sheet.fields, found, strict=True):
        if one is None:
            continue
        counts["blank right"] += (crops[id(one)].writing is None) == (not true.text)
        counts["pen"] += bool(true.text) and not true.printed
        counts["pen as print"] += bool(true.text) and not true.printed and one.printed
        counts["print"] += true.printed
        counts["print found"] += true.printed and one.printed
    counts["phantoms"] = sum(
        id(one) not in kept and not one.printed and crops[id(one)].writing is not None for one in layout.fields
    )
    counts["whole"] = counts["right"] == len(sheet.fields)
    return counts


def faces() -> list[str]:
    """Fonts of this machine with Latin letters; where there are none, Pillow's own is printed with."""
    return sorted(str(path) for path in FONTS.rglob("*.ttf") if "Mono" not in path.name)


def sheets(hands: Hands, count: int, kinds: Sequence[str], seed: int = 0) -> Iterator[TrueSheet]:
    """So many sheets, of the kinds in turn or, without any, as often as they occur."""
    for index in range(count):
        yield compose(hands, np.random.default_rng([seed, index]), kinds[index % len(kinds)] if kinds else None)


def report(results: dict[str, Counter[str]]) -> list[list[str]]:
    """A row for each kind."""
    rows = []
    for kind, one in results.items():
        low, high = wilson_interval(one["right"], one["fields"])
        share = [one["right"] / one["fields"], one["blank right"] / max(1, one["right"])]
        rows.append(
            [
                kind,
                str(one["sheets"]),
                str(one["whole"]),
                str(one["fields"]),
                f"{share[0]:.2%}",
                f"{low:.1%} to {high:.1%}",
                f"{share[1]:.2%}",
                str(one["phantoms"]),
                f"{one['pen as print']} of {one['pen']}",
                f"{one['print found']} of {one['print']}",
                f"{one['milliseconds'] / one['sheets']:.0f}",
            ]
        )
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--kind", nargs="*", choices=KINDS, default=[])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    hands = read_hands(get_settings(), "test", faces())
    results: dict[str, Counter[str]] = {}
    for sheet in sheets(hands, options.count, options.kind, options.seed):
        results.setdefault(sheet.kind, Counter()).update(measure(sheet))
    head = (
        "kind",
        "sheets",
        "whole",
        "fields",
        "right",
        "95 %",
        "blank right",
        "phantoms",
        "pen as print",
        "print",
        "ms",
    )
    print_table(head, report(results))


if __name__ == "__main__":
    main()
