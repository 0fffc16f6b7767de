"""python -m core predict: read pictures."""

import argparse
import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.charsets import GROUPS, Charset
from core.errors import ConfigError, PictureError
from core.model.library import DEFAULT_MODEL, load
from core.model.prediction import Verdict
from core.reading import Reading, Source, csv_header, read_many, to_dict, to_row
from core.settings import Settings
from core.spreadsheet import harmless
from core.text import counted, percent

if TYPE_CHECKING:
    from core.model.inference import Recogniser

ABOUT = "read pictures of single characters"
BATCH = 32  # pictures read at a time: enough to keep the network busy, few enough to see answers appear
_MOST_AT_ONCE = 4  # batches: each holds as many pictures in memory
_MOST_ENDINGS = 8  # are named

Writer = Callable[[Reading], None]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME", help="model to read with (%(default)s)")
    parser.add_argument(
        "--only", choices=GROUPS, help="restrict answers to these; the probabilities are shared out among them"
    )
    parser.add_argument("--format", choices=WRITERS, default="text", help="what to print (%(default)s)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print an answer for every picture, in order; 1 when one of them could not be read."""
    recogniser = load(args.model, settings)
    charset = _restricted(recogniser.charset, args.only)
    write = WRITERS[args.format](charset)
    total = failed = 0
    for number, reading in enumerate(read_pictures(args.paths, recogniser, charset, settings), start=1):
        write(reading)
        if number % BATCH == 0:
            sys.stdout.flush()
        if reading.note:
            print(f"{reading.name}: {reading.note}.", file=sys.stderr)
        total, failed = number, failed + bool(reading.problem)
    if failed and args.format != "text":
        print(f"{failed} of {total} could not be read.", file=sys.stderr)
    return 1 if failed else 0


def _restricted(charset: Charset, kind: str | None) -> Charset:
    if kind is None or kind in charset.restrictions or set(charset.groups) == {kind}:
        return charset.restricted(kind or "")
    offers = f"; only to {', '.join(charset.restrictions)}" if charset.restrictions else ""
    raise ConfigError(
        f"A model that reads {charset.title.lower()} cannot be restricted to {GROUPS[kind].lower()}{offers}."
    )


def read_pictures(
    paths: Iterable[Path], recogniser: "Recogniser", charset: Charset, settings: Settings
) -> Iterator[Reading]:
    """Readings in the order of the paths, restricted to a charset; folders opened, a batch on each core at a time."""
    from core.model.inference import use_one_thread

    use_one_thread()
    cores = min(os.cpu_count() or 1, _MOST_AT_ONCE)
    sources = (Source(str(path), partial(load_file, path, settings)) for path in find_all(paths))
    with ThreadPoolExecutor(cores) as pool:
        yield from read_many(
            recogniser,
            sources,
            settings,
            charset,
            pool=pool,
            at_once=cores,
            batch=BATCH,
            finish=Reading.without_pictures,
        )


def find_all(paths: Iterable[Path], more: Sequence[str] = ()) -> Iterator[Path]:
    """The paths, and in the place of a folder the pictures in it; the folder itself where there are none.

    `more` are endings, in lower case, of other files that are read.
    """
    for path in paths:
        try:
            pictures, others = files_in(path, more) if path.is_dir() else ([path], [])
        except OSError:  # a name that is too long, a folder that may not be opened: reading it says why
            pictures, others = [path], []
        if others:
            print(f"{path}: {_skipped(others)}", file=sys.stderr)
        yield from pictures or [path]


def files_in(folder: Path, more: Sequence[str] = ()) -> tuple[list[Path], list[Path]]:
    """The pictures of a folder and those below it, in natural order: 2.png before 10.png; and its other files."""
    from core.vision.formats import ENDINGS

    pictures: list[Path] = []
    others: list[Path] = []
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            (pictures if path.suffix.lower().removeprefix(".") in (*ENDINGS, *more) else others).append(path)
    return sorted(pictures, key=_natural), others


def _skipped(files: list[Path]) -> str:
    counts = Counter(path.suffix.lower() or "no ending" for path in files)
    endings = sorted(counts, key=lambda ending: (-counts[ending], ending))
    more = ", …" if len(endings) > _MOST_ENDINGS else ""
    count = counted(len(files), "file")
    return f"skipped {count} without the ending of a picture ({', '.join(endings[:_MOST_ENDINGS])}{more})."


def _natural(path: Path) -> list[list[tuple[int, str]]]:
    """Sort key: the runs of digits in each part of a path count as numbers."""
    return [
        [(int(run), "") if run.isdecimal() else (-1, run) for run in re.split(r"(\d+)", part.casefold())]
        for part in path.parts
    ]


def load_file(path: Path, settings: Settings) -> bytes:
    """The bytes of a file; refused before it is read is what would not fit into memory, or never end."""
    if path.is_dir():
        next(path.iterdir(), None)  # it may be one that cannot be opened
        raise PictureError("There is no picture in this folder.")
    if not path.is_file():
        raise PictureError("There is no such file.")
    megabytes = path.stat().st_size / 1_000_000
    if megabytes > settings.max_upload_mb:
        limit = f"the limit is {settings.max_upload_mb} MB (DIGITS_MAX_UPLOAD_MB)"
        raise PictureError(f"The file has {megabytes:,.1f} MB; {limit}.")
    return path.read_bytes()


def _write_text(reading: Reading) -> None:
    prediction = reading.prediction
    if prediction is None:
        print(f"{reading.name}: {reading.problem}", file=sys.stderr)
        return
    sure = percent(prediction.confidence, 1) if prediction.label else ""
    label, verdict = prediction.form(prediction.label or "-"), prediction.verdict.value
    if prediction.verdict is Verdict.ALIKE:
        verdict += f" ({prediction.in_words})"
    elif prediction.verdict is Verdict.UNSURE:
        verdict += f" (or {prediction.candidates(2)[1][0]})"
    print(f"{label} {sure:>7}  {verdict:<17} {reading.name}")


def _csv_writer(charset: Charset) -> Writer:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(csv_header(charset))
    return lambda reading: rows.writerow(map(harmless, to_row(reading, charset)))


WRITERS: dict[str, Callable[[Charset], Writer]] = {
    "text": lambda _: _write_text,
    "json": lambda _: lambda reading: print(json.dumps(to_dict(reading))),
    "csv": _csv_writer,
}
