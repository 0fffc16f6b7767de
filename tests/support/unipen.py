"""Small files of UNIPEN's strokes, of characters drawn by hand for the tests."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from core.data.strokes import Strokes, pack
from core.data.unipen import split_of, strokes_file
from tests.support.strokes import strokes

_TABLET = 400  # units


def writer_in(split: str) -> str:
    """The name of a writer whose characters are all in a split."""
    return next(name for name in map(str, count()) if split_of(name) == split)


def on_tablet(character: str, variant: int = 0) -> Strokes:
    """The strokes of a character, y upwards."""
    return tuple(
        tuple((round(_TABLET * x), round(_TABLET * (1 - y))) for x, y in stroke)
        for stroke in strokes(character, variant)
    )


def record(label: str, writer: str, drawn: Strokes, country: str | None = None) -> dict[str, object]:
    """A character as the files have it."""
    return {"label": label, "writer": writer, "country": country, "strokes": drawn}


def write_records(data_dir: Path, kind: str, records: Sequence[dict[str, object]]) -> Path:
    """Write the file of a kind."""
    path = strokes_file(data_dir, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pack(records))
    return path


def write_unipen(data_dir: Path, kind: str, labels: str) -> Path:
    """Write a kind with every label once by a writer of each split."""
    writers = [writer_in(split) for split in ("train", "validation", "test")]
    return write_records(
        data_dir, kind, [record(label, writer, on_tablet(label)) for writer in writers for label in labels]
    )
