"""python -m core predict: read pictures."""

import argparse
import csv
import json
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from core.charsets import GROUPS, Charset
from core.cli.output import percent, sentence
from core.errors import ConfigError, PictureError
from core.model.library import DEFAULT_MODEL, load
from core.model.prediction import Prediction, Verdict
from core.settings import Settings
from core.spreadsheet import harmless

if TYPE_CHECKING:
    from core.model.inference import Recogniser
    from core.vision.grey import Pixels

BATCH = 32  # pictures read at a time: enough to keep the network busy, few enough to see answers appear
_MOST_AT_ONCE = 4  # batches: each holds as many pictures in memory
_MOST_ENDINGS = 8  # are named


@dataclass(frozen=True)
class Answer:
    """What became of one path: a prediction, or the reason why there is none.

    Attributes:
        note: what of the file was not read, as its further pages; empty where all was.
    """

    path: Path
    prediction: Prediction | None = None
    error: str | None = None
    note: str = ""


Writer = Callable[[Answer], None]


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to the parser."""
    about = "read pictures of single characters"
    parser = commands.add_parser("predict", help=about, description=sentence(about))
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a picture, or a folder of pictures")
    parser.add_argument("--model", default=DEFAULT_MODEL, metavar="NAME", help="model to read with (%(default)s)")
    parser.add_argument(
        "--only", choices=GROUPS, help="restrict answers to these; the probabilities are shared out among them"
    )
    parser.add_argument("--format", choices=WRITERS, default="text", help="what to print (%(default)s)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print an answer for every picture, in order; 1 when one of them could not be read.

    Raises:
        ModelMissing, ModelError: the model cannot be loaded.
        ConfigError: it cannot be restricted like that.
    """
    recogniser = load(args.model, settings)
    charset = _restricted(recogniser.charset, args.only)
    write = WRITERS[args.format](charset.characters)
    total = failed = 0
    for answer in read_pictures(args.paths, recogniser, charset, settings):
        write(answer)
        if answer.note:
            print(f"{answer.path}: {answer.note}.", file=sys.stderr)
        total, failed = total + 1, failed + (answer.error is not None)
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
) -> Iterator[Answer]:
    """Answers in the order of the paths, restricted to a charset; folders opened, a batch on each core at a time."""
    import torch

    torch.set_num_threads(1)  # whole batches side by side are faster than one batch shared out
    waiting = _find_all(paths)
    batches = iter(lambda: list(islice(waiting, BATCH)), [])
    cores = min(os.cpu_count() or 1, _MOST_AT_ONCE)
    with ThreadPoolExecutor(cores) as pool:
        read = partial(_read_batch, recogniser=recogniser, charset=charset, settings=settings)
        running = deque(pool.submit(read, batch) for batch in islice(batches, cores))
        while running:
            yield from running.popleft().result()
            running += [pool.submit(read, batch) for batch in islice(batches, 1)]
            sys.stdout.flush()


def _read_batch(
    batch: Sequence[Answer], recogniser: "Recogniser", charset: Charset, settings: Settings
) -> list[Answer]:
    from core.reading import read_pictures as read

    opened = [(answer, None) if answer.error else _open(answer.path, settings) for answer in batch]
    pictures = [picture for _, picture in opened if picture is not None]
    answers = iter(read(recogniser, pictures, charset))
    return [
        answer if picture is None else replace(answer, prediction=next(answers).prediction)
        for answer, picture in opened
    ]


def _find_all(paths: Iterable[Path]) -> Iterator[Answer]:
    for path in paths:
        if not path.is_dir():
            yield Answer(path)
            continue
        pictures, others = _files_in(path)
        if others:
            print(f"{path}: {_skipped(others)}", file=sys.stderr)
        if pictures:
            yield from map(Answer, pictures)
        else:
            yield Answer(path, error="There is no picture in this folder.")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder and those below it, known by their endings, in natural order: 2.png before 10.png."""
    return _files_in(folder)[0]


def _files_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """The pictures of a folder and those below it, and its other files; none that is hidden."""
    from core.vision.decode import ENDINGS

    pictures: list[Path] = []
    others: list[Path] = []
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            (pictures if path.suffix.lower().removeprefix(".") in ENDINGS else others).append(path)
    return sorted(pictures, key=_natural), others


def _skipped(files: list[Path]) -> str:
    counts = Counter(path.suffix.lower() or "no ending" for path in files)
    endings = sorted(counts, key=lambda ending: (-counts[ending], ending))
    more = ", …" if len(endings) > _MOST_ENDINGS else ""
    count = f"{len(files):,} file{'s' if len(files) > 1 else ''}"
    return f"skipped {count} without the ending of a picture ({', '.join(endings[:_MOST_ENDINGS])}{more})."


def _natural(path: Path) -> list[list[tuple[int, str]]]:
    """Sort key: the runs of digits in each part of a path count as numbers."""
    return [
        [(int(run), "") if run.isdecimal() else (-1, run) for run in re.split(r"(\d+)", part.casefold())]
        for part in path.parts
    ]


def _open(path: Path, settings: Settings) -> "tuple[Answer, Pixels | None]":
    """The picture behind a path, as large as it is read."""
    from core.vision.decode import decode_page
    from core.vision.grey import shrink
    from core.vision.ink import WORK_SIDE

    try:
        _check_file(path, settings)
        page = decode_page(path.read_bytes(), settings)
        return Answer(path, note=page.note), shrink(page.picture, WORK_SIDE)
    except PictureError as error:
        return Answer(path, error=str(error)), None
    except OSError as error:
        return Answer(path, error=f"This file cannot be opened: {error.strerror}."), None


def _check_file(path: Path, settings: Settings) -> None:
    """Refuse before reading what would not fit into memory, or never end."""
    if not path.is_file():
        raise PictureError("There is no such file.")
    megabytes = path.stat().st_size / 1_000_000
    if megabytes > settings.max_upload_mb:
        limit = f"the limit is {settings.max_upload_mb} MB (DIGITS_MAX_UPLOAD_MB)"
        raise PictureError(f"The file has {megabytes:,.1f} MB; {limit}.")


def _text_writer(_: tuple[str, ...]) -> Writer:
    def write(answer: Answer) -> None:
        if answer.prediction is None:
            print(f"{answer.path}: {answer.error}", file=sys.stderr)
            return
        prediction = answer.prediction
        sure = percent(prediction.confidence, 1) if prediction.label else ""
        label, verdict = prediction.form(prediction.label or "-"), prediction.verdict + _second(prediction)
        print(f"{label} {sure:>7}  {verdict:<17} {answer.path}")

    return write


def _second(prediction: Prediction) -> str:
    """What else it may be, where an answer is not sure."""
    if prediction.verdict is Verdict.ALIKE:
        return f" ({prediction.in_words})"
    return f" (or {prediction.candidates(2)[1][0]})" if prediction.verdict is Verdict.UNSURE else ""


def _json_writer(_: tuple[str, ...]) -> Writer:
    def write(answer: Answer) -> None:
        prediction = answer.prediction
        row: dict[str, object] = {"path": str(answer.path)}
        if prediction is None:
            row["error"] = answer.error
        else:
            row |= {"label": prediction.label, "confidence": prediction.confidence, "verdict": prediction.verdict}
            row["rejection"] = prediction.rejection
            if prediction.verdict is Verdict.ALIKE:
                row["alike"], row["together"] = prediction.alike
            if answer.note:
                row["note"] = answer.note
            row["probabilities"] = dict(zip(prediction.characters, prediction.probabilities.tolist(), strict=True))
        print(json.dumps(row))

    return write


def _csv_writer(characters: tuple[str, ...]) -> Writer:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    header = ["path", "label", "confidence", "verdict", "rejection", "error", *(f"p_{name}" for name in characters)]
    rows.writerow(header)

    def write(answer: Answer) -> None:
        prediction, path = answer.prediction, harmless(str(answer.path))
        if prediction is None:
            rows.writerow([path, "", "", "", "", harmless(answer.error or ""), *("" for _ in characters)])
            return
        numbers = (prediction.confidence, prediction.rejection, *prediction.probabilities)
        confidence, rejection, *shares = (f"{number:.6f}" for number in numbers)
        rows.writerow([path, prediction.label or "", confidence, prediction.verdict, rejection, "", *shares])

    return write


WRITERS = {"text": _text_writer, "json": _json_writer, "csv": _csv_writer}
