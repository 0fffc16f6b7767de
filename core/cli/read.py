"""python -m core read: read numbers, and whole sheets of them."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from core.cli.predict import find_all, load_file
from core.errors import ConfigError, PictureError
from core.files import check_place, replace_file
from core.model.numbers_library import DEFAULT_NUMBERS, load_numbers
from core.settings import Settings
from core.sheets.checks.plan import Plan
from core.sheets.export.pages import Page
from core.sheets.reading import LAYOUTS
from core.sheets.sheet import Sheet, to_json
from core.text import counted, percent

if TYPE_CHECKING:
    from core.model.number_reader import NumberReader
    from core.sheets.page import Wanted

ABOUT = "read handwritten numbers, and whole sheets of them"

Read = tuple[Sheet, Plan, int]
"""A page, what a template says of it, and how many pages its file has."""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, a PDF, or a folder of them")
    parser.add_argument("--layout", choices=LAYOUTS, default="auto", help="what is on the pages (%(default)s)")
    parser.add_argument("--template", default="", metavar="NAME", help="lay this kept template over every page")
    parser.add_argument("--model", default=DEFAULT_NUMBERS, metavar="NAME", help="reader of numbers (%(default)s)")
    parser.add_argument("--format", choices=WRITERS, default="text", help="what to print or write (%(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of printing")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Read every page of every file, in order; 1 when one of them could not be read."""
    if args.format == "xlsx" and not args.out:
        raise ConfigError("An XLSX file is not printed. Name where to write it with --out FILE.")
    if args.out:
        _check_place(args.out)
    from core.model.inference import use_one_thread

    use_one_thread()
    pages = _read_all(args.paths, load_numbers(settings, args.model), args.layout, args.template, settings)
    if args.out or args.format in ("csv", "xlsx"):
        pages = _show_progress(pages)
    total, failed = WRITERS[args.format](pages, args.out)
    if failed:
        print(f"{failed} of {counted(total, 'page')} could not be read.", file=sys.stderr)
    return 1 if failed else 0


def _show_progress(pages: Iterator[Read]) -> Iterator[Read]:
    """The pages; while they are read, a terminal shows how far the reading of a long file has come."""
    with tqdm(file=sys.stderr, leave=False, bar_format="{desc}", disable=None) as shown:
        for page in pages:
            sheet, _, count = page
            shown.set_description_str(f"{sheet.name}: page {sheet.page:,} of {count:,}" if count > 1 else "")
            yield page


def _say(words: str) -> None:
    """Say something on standard error, above the progress where that is shown."""
    tqdm.write(words, file=sys.stderr)


def _read_all(
    paths: Iterable[Path], reader: "NumberReader", layout: "Wanted", template: str, settings: Settings
) -> Iterator[Read]:
    from core.sheets import template_store
    from core.sheets.reading import read_file, unreadable

    templates = [template_store.load(template, settings)] if template else []
    for path in find_all(paths, more=("pdf",)):
        try:
            pages = read_file(str(path), load_file(path, settings), reader, settings, layout, templates)
        except PictureError as error:
            pages = iter([unreadable(str(path), str(error))])
        except OSError as error:
            pages = iter([unreadable(str(path), f"The file cannot be opened: {error.strerror or error}.")])
        for page in pages:
            if template and not page.sheet.problem:
                said = page.note or f"The template {template!r} does not fit."
                _say(f"{page.sheet.name}, page {page.sheet.page}: {said}")
            yield page.full_size, page.plan, page.pages


def _stream(write: Callable[[Sheet], str]) -> Callable[[Iterator[Read], Path | None], tuple[int, int]]:
    """Print each page when it is read, or write them to a file."""

    def out(pages: Iterator[Read], path: Path | None) -> tuple[int, int]:
        kept, total, failed = [], 0, 0
        for sheet, _, _ in pages:
            total, failed = total + 1, failed + bool(sheet.problem)
            _explain(sheet)
            text = write(sheet)
            if path is None:
                print(text, end="", flush=True)
            else:
                kept.append(text)
        if path is not None:
            _write(path, "".join(kept).encode())
        return total, failed

    return out


def _gather(pack: Callable[[Sequence[Page]], bytes]) -> Callable[[Iterator[Read], Path | None], tuple[int, int]]:
    """Read all pages, and write or print one file of them."""

    def out(pages: Iterator[Read], path: Path | None) -> tuple[int, int]:
        read = []
        for sheet, plan, _ in pages:
            _explain(sheet)
            read.append(Page(sheet, plan))
        pages_read = [page for page in read if not page.read.problem]
        if path is None:
            sys.stdout.write(pack(pages_read).decode("utf-8-sig"))
        elif pages_read:  # else a file that is there would be lost for nothing
            _write(path, pack(pages_read))
        return len(read), len(read) - len(pages_read)

    return out


def _explain(sheet: Sheet) -> None:
    if sheet.problem:
        _say(f"{sheet.name}: {sheet.problem}")


def _write(path: Path, data: bytes) -> None:
    with _explained(path):
        replace_file(path, data)


def _check_place(path: Path) -> None:
    """Raise ConfigError where a file cannot be written, before anything is read."""
    with _explained(path):
        check_place(path)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}.") from error


def _text(sheet: Sheet) -> str:
    """A line for each field that is not blank: what is read, how sure, where."""
    if sheet.problem:
        return ""
    lines = [
        f"{field.text or '-':>10} {percent(field.confidence, 1):>7}  {field.verdict:<10} "
        f"{sheet.name}, page {sheet.page}, row {field.field.row + 1}, column {field.field.column + 1}\n"
        for field in sheet.fields
        if field.verdict != "blank"
    ]
    return "".join(lines) or f"{sheet.name}, page {sheet.page}: nothing is written.\n"


def _csv(pages: Sequence[Page]) -> bytes:
    from core.sheets.export.files import table_csv

    return table_csv(pages)


def _xlsx(pages: Sequence[Page]) -> bytes:
    from core.sheets.export.workbook import to_xlsx

    return to_xlsx(pages)


WRITERS: dict[str, Callable[[Iterator[Read], Path | None], tuple[int, int]]] = {
    "text": _stream(_text),
    "json": _stream(lambda sheet: f"{to_json(sheet)}\n"),
    "csv": _gather(_csv),
    "xlsx": _gather(_xlsx),
}
