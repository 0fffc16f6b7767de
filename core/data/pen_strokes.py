"""Digits as pen strokes: the UCI Pen-Based Recognition data (Alpaydin and Alimoglu, 1998; CC BY 4.0).

7,494 digits of 30 writers, 250 each. They are drawn here as a person would draw them on the canvas of the Draw page.
"""

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.download import fetch, workplace
from core.data.source import Pairs, Source
from core.data.strokes import PenCharacter, Strokes, draw_glyphs, pack, read_file
from core.data.unipen_archive import statements
from core.errors import DataError
from core.jobs import Progress
from core.settings import Settings
from core.vision.normalise import normalise

ARCHIVE_URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
ARCHIVE_MEMBER = "pendigits-orig.tra.Z"
STROKES_SHA256 = "f5767774abe52715ba9ca152b1dc3b0b65c03d2e77114fc5c8e80c156bdc35f3"
"""Hash of the strokes, not of the file that carries them, so that it holds for the archive and for a copy."""

WRITERS = 30
TEST_WRITERS, VALIDATION_WRITERS = 8, 4
SPLIT_SEED = 2026
DRAWINGS = {"train": 4, "validation": 3, "test": 1}  # times that each digit is drawn


def writers_of(split: str) -> list[str]:
    """The writers of a split, "1" to "30": eight for "test", four for "validation", the other eighteen for "train".

    They are drawn once by a fixed seed; no model is ever trained or chosen on a test writer's hand.
    """
    order = [int(writer) + 1 for writer in np.random.default_rng(SPLIT_SEED).permutation(WRITERS)]
    held_out = TEST_WRITERS + VALIDATION_WRITERS
    parts = {"test": order[:TEST_WRITERS], "validation": order[TEST_WRITERS:held_out], "train": order[held_out:]}
    return [str(writer) for writer in sorted(parts[split])]


def strokes_file(data_dir: Path) -> Path:
    return data_dir / "pendigits" / "pendigits-train-strokes.json.gz"


def read_strokes(data_dir: Path, split: str | None = None) -> list[PenCharacter]:
    """Read the digits of a split's writers, or of all; DataError where they are not the published ones, or damaged."""
    digits = read_file(strokes_file(data_dir), "The pen strokes", PenStrokes.name)
    check_strokes(digits, STROKES_SHA256)
    return digits if split is None else [digit for digit in digits if digit.writer in writers_of(split)]


def check_strokes(digits: Sequence[PenCharacter], sha256: str) -> None:
    """Hold the strokes against the hash of the published ones; DataError where they differ."""
    if (actual := hash_strokes(digits)) != sha256:
        different = f"The pen strokes have the hash {actual[:12]}, not {sha256[:12]}"
        raise DataError(f"{different}: these are not the published ones.")


def hash_strokes(digits: Sequence[PenCharacter]) -> str:
    """SHA-256 of labels, writers and points in their order, as numbers in JSON."""
    rows = (f"[{digit.label},{digit.writer},{json.dumps(digit.strokes, separators=(',', ':'))}]" for digit in digits)
    return hashlib.sha256(f"[{','.join(rows)}]".encode()).hexdigest()


class PenStrokes(Source):
    """Every digit of a split's writers, drawn several times for training, once for the test."""

    name = "pen-strokes"
    title = "Pen strokes"
    description = "7,494 digits of 30 Turkish writers as pen strokes, drawn at random size, place and pen width (UCI)."
    licence = "CC BY 4.0: E. Alpaydin, F. Alimoglu, UCI Pen-Based Recognition of Handwritten Digits"
    splits = ("train", "validation", "test")
    folder = "pendigits"
    slow = True

    def present(self, settings: Settings) -> bool:
        return strokes_file(settings.data_dir).is_file()

    def count(self, split: str, settings: Settings) -> int:
        return DRAWINGS[split] * len(read_strokes(settings.data_dir, split))

    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        digits = read_strokes(settings.data_dir, split) * DRAWINGS[split]
        glyphs = draw_glyphs(digits, split, lambda drawing: normalise(drawing).glyph, progress)
        return glyphs, np.array([int(digit.label) for digit in digits], np.int64)

    def download(self, data_dir: Path, progress: Progress) -> None:
        """Fetch the UCI archive, take the training writers' strokes out of it, check them, and keep them as JSON."""
        import unlzw3

        path = strokes_file(data_dir)
        with workplace(path.parent) as folder:
            archive = folder / "pendigits.zip"
            fetch([ARCHIVE_URL], archive, progress)
            try:
                with zipfile.ZipFile(archive) as opened:
                    digits = parse_unipen(unlzw3.unlzw(opened.read(ARCHIVE_MEMBER)).decode("ascii"))
            except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
                raise DataError(f"The archive from {ARCHIVE_URL} is not what was expected ({error}).") from error
            check_strokes(digits, STROKES_SHA256)
            scratch = folder / path.name
            scratch.write_bytes(pack([vars(digit) for digit in digits]))
            scratch.replace(path)


def parse_unipen(text: str) -> list[PenCharacter]:
    """Read the digits of the archive's UNIPEN text, whose comments give their label, writer and number."""
    digits: list[PenCharacter] = []
    strokes: Strokes = ()
    label = writer = ""
    for keyword, body in [*statements(text, lambda _: ""), ("SEGMENT", "")]:
        words = body.partition("\n")[0].split()
        if keyword == "SEGMENT":
            if label:
                digits.append(PenCharacter(label, writer, tuple(filter(None, strokes))))
            strokes, label = (), ""
        elif keyword == "COMMENT" and len(words) == 3 and all(word.isdecimal() for word in words):
            label, writer = (str(int(word)) for word in words[:2])
        elif keyword == "PEN_DOWN":
            lines = filter(None, map(str.split, body.splitlines()))
            strokes += (tuple((int(x), int(y)) for x, y, *_ in lines),)
    return digits
