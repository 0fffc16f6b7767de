"""All that lines are composed of, in small, in the files of the real data sets."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.data import pen_strokes
from core.data.lines.hands import LETTERS, SIGNS
from core.data.strokes import PenCharacter, pack
from tests.support.mnist import write_mnist
from tests.support.strokes import CHARACTERS
from tests.support.unipen import on_tablet, record, write_records, write_unipen, writer_in

_SPLITS = ("train", "validation", "test")
_TALL = ((0, 400), (10, 0))


def write_number_data(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten digits of one writer of each source and split, every sign and letter once for each split, and MNIST.

    The pen strokes are taken for the published ones.
    """
    write_mnist(data_dir, 200)
    digits = [
        PenCharacter(digit, pen_strokes.writers_of(split)[0], on_tablet(digit))
        for split in _SPLITS
        for digit in CHARACTERS
    ]
    monkeypatch.setattr(pen_strokes, "STROKES_SHA256", pen_strokes.hash_strokes(digits))
    path = pen_strokes.strokes_file(data_dir)
    path.parent.mkdir(parents=True)
    path.write_bytes(pack([vars(digit) for digit in digits]))
    write_unipen(data_dir, "digits", "".join(CHARACTERS))
    for kind, labels in (("signs", SIGNS), ("capitals", LETTERS.upper()), ("small-letters", LETTERS)):
        drawn = [_TALL, _TALL[::-1]]  # two strokes, so that none counts as cut
        write_records(
            data_dir, kind, [record(label, writer_in(split), tuple(drawn)) for split in _SPLITS for label in labels]
        )


def write_cheques(folder: Path, files: dict[str, str]) -> None:
    """Pictures of amounts by name, with their digits."""
    folder.mkdir(parents=True)
    rows = "".join(f"{file},{digits}\n" for file, digits in files.items())
    (folder / "labels.csv").write_text(f"file,digits\n{rows}", encoding="utf-8")
    for number, file in enumerate(files):
        picture = np.full((30, 90), 220 - number, np.uint8)
        picture[5:25, 40:44] = 20
        cv2.imwrite(str(folder / file), picture)
