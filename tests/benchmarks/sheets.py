"""How well whole sheets are read: python -m tests.benchmarks.sheets [--count N] [--kind KIND …] [--puzzles N]

Counts the cells of photographed tables that are read right in the right place, of writers who were held out and of
MNIST's test images, by value; and the cells of the photographed puzzles for validation (`sudoku/val-*` in the data
folder). Printed headings and names of rows are not counted; a reading of one is a phantom.
"""

import argparse
import re
import time
from collections import Counter
from pathlib import Path

import cv2
import torch

from core.cli.output import print_table
from core.data.lines.hands import read_hands
from core.evaluation.metrics import wilson_interval
from core.model.number_reader import NumberReader
from core.model.numbers_library import load_numbers
from core.settings import Settings, get_settings
from core.sheets.reading import read_page
from core.sheets.sheet import ReadField
from core.sheets.values import read_number
from core.vision.decode import decode
from core.vision.grey import on_paper
from tests.benchmarks.photographed_tables import KINDS, faces, match, sheets
from tests.support.sheets import TrueSheet

HEADER = ("kind", "sheets", "cells", "right", "95 %", "confident", "of these wrong", "points lost", "phantoms", "ms")


def same(read: str, text: str) -> bool:
    """Whether a field that should hold a text, "" for nothing, was read as that value."""
    if not text or not read:
        return text == read
    values = [read_number(each, "point") for each in (read.replace(",", "."), text.replace(",", "."))]
    return read == text or (None not in values and values[0].value == values[1].value)  # type: ignore[union-attr]


def measure(sheet: TrueSheet, reader: NumberReader) -> Counter[str]:
    counts: Counter[str] = Counter(sheets=1)
    start = time.process_time()
    page = read_page("", 1, sheet.picture, reader)
    counts["milliseconds"] = round(1000 * (time.process_time() - start))
    read = {id(field.field): field for field in page.full_size.fields}
    found = match(sheet, page.full_size.layout)
    for true, one in zip(sheet.fields, found, strict=True):
        if true.printed:
            counts["phantoms"] += one is not None and bool(read[id(one)].text)
            continue
        _count(counts, read[id(one)] if one is not None else None, true.text)
    counts["phantoms"] += sum(bool(field.text) for field in read.values() if all(field.field is not o for o in found))
    return counts


def _count(counts: Counter[str], field: ReadField | None, text: str) -> None:
    right = field is not None and same(field.text, text)
    counts["cells"] += 1
    counts["right"] += right
    if field is not None and field.verdict == "confident":
        counts["confident"] += 1
        counts["confident wrong"] += not right
    if re.search("[.,]", text):
        counts["points"] += 1
        counts["points lost"] += field is None or not re.search("[.,½]", field.text)


def puzzles(settings: Settings, reader: NumberReader, most: int, part: str) -> Counter[str]:
    """The photographed puzzles: grids of 81 cells, and the cells of those that were found."""
    counts: Counter[str] = Counter()
    for path in sorted((settings.data_dir / "sudoku").glob(f"{part}-*.jpg"))[:most]:
        counts["sheets"] += 1
        labels = [[int(n) for n in re.findall("[0-9]+", line)] for line in _lines(path.with_suffix(".txt"))]
        start = time.process_time()
        sheet = read_page(path.name, 1, on_paper(decode(path.read_bytes(), settings)), reader).sheet
        counts["milliseconds"] += round(1000 * (time.process_time() - start))
        if (sheet.layout.rows, sheet.layout.columns, len(sheet.fields)) != (9, 9, 81):
            continue
        counts["grids"] += 1
        for field in sheet.fields:
            label = labels[field.field.row][field.field.column]
            if label != 10:
                _count(counts, field, str(label) if label else "")
    return counts


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def _row(kind: str, one: Counter[str]) -> list[str]:
    low, high = wilson_interval(one["right"], one["cells"]) if one["cells"] else (0.0, 1.0)
    return [
        kind,
        str(one["sheets"]),
        f"{one['cells']:,}",
        f"{one['right'] / max(1, one['cells']):.2%}",
        f"{low:.1%} to {high:.1%}",
        f"{one['confident'] / max(1, one['cells']):.1%}",
        f"{one['confident wrong'] / max(1, one['confident']):.2%}",
        f"{one['points lost']} of {one['points']}",
        str(one["phantoms"]),
        f"{one['milliseconds'] / max(1, one['sheets']):.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description="How well whole sheets are read.")
    parser.add_argument("--count", type=int, default=30, metavar="N", help="photographed tables")
    parser.add_argument("--kind", nargs="*", choices=KINDS, default=[])
    parser.add_argument("--puzzles", type=int, default=80, metavar="N")
    parser.add_argument("--part", choices=("train", "val"), default="val", help="of the puzzles")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    settings = get_settings()
    reader = load_numbers(settings)
    results: dict[str, Counter[str]] = {}
    for sheet in sheets(read_hands(settings, "test", faces()), args.count, args.kind, args.seed):
        results.setdefault(sheet.kind, Counter()).update(measure(sheet, reader))
    rows = [_row(kind, one) for kind, one in results.items()]
    if args.puzzles:
        found = puzzles(settings, reader, args.puzzles, args.part)
        rows.append(_row(f"puzzles ({found['grids']} grids)", found))
    print_table(HEADER, rows)


if __name__ == "__main__":
    main()
