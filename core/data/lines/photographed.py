"""Photographed and scanned lines with what is written in them: what real pictures there are to train a line reader on.

They are amounts of cheques from ORAND-CAR-2014, part A (Diem and others, ICFHR 2014; labels MIT). Two folders of the
data folder have pictures of the same cheques: those in `cheque-amounts` are only for choosing and for measuring, so
that their cheques are left out of `cheque-digits` here.
"""

import re
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError, DataMissing, PictureError
from core.settings import Settings
from core.spreadsheet import read_rows
from core.vision.decode import decode
from core.vision.grey import to_grey

LEARNT_FROM, MEASURED_ON = "cheque-digits", "cheque-amounts"
"""Folders of the data folder, each with pictures and a labels.csv."""

_CHEQUE = re.compile(r"a_car_(\d{6})")
_DIGITS = re.compile(r"[0-9]+")


class PhotographedLine(NamedTuple):
    """A picture of a line.

    Attributes:
        picture: grey, uint8 (H, W), of whatever size.
        text: what is written, in the alphabet's characters.
        weak: whether the text has the digits alone: separators and what stands behind an amount may be written, too.
    """

    picture: NDArray[np.uint8]
    text: str
    weak: bool


def read_photographed(settings: Settings) -> list[PhotographedLine]:
    """The lines that may be trained on, in the order of their table; of cheques all are weak.

    Raises:
        DataMissing: one of the folders is not there; both are needed, to tell which cheques are to be left out.
        DataError: a table or a picture is damaged.
    """
    folder = settings.data_dir / LEARNT_FROM
    return [PhotographedLine(_read_picture(folder / file, settings), text, True) for file, text in list_files(settings)]


def list_files(settings: Settings) -> list[tuple[str, str]]:
    """File names and digits of what `read_photographed` reads; it raises the same, but opens no picture."""
    withheld = {_cheque_of(file) for file, _ in _read_table(settings.data_dir / MEASURED_ON)}
    rows = _read_table(settings.data_dir / LEARNT_FROM)
    return [(file, digits) for file, digits in rows if _cheque_of(file) not in withheld]


def read_measured(settings: Settings) -> dict[str, PhotographedLine]:
    """The cheques that are kept for choosing and measuring, by file name (see `split_of`); errors as above."""
    folder = settings.data_dir / MEASURED_ON
    return {
        file: PhotographedLine(_read_picture(folder / file, settings), digits, True)
        for file, digits in _read_table(folder)
    }


def split_of(file: str) -> str:
    """What a picture of `cheque-amounts` is for: "validation", to choose by, or "test".

    It is decided by the CRC-32 of the file's name, even or odd, so that it holds whatever else is in the folder.
    """
    return "test" if zlib.crc32(file.encode()) % 2 else "validation"


def _cheque_of(file: str) -> str:
    """The number of a cheque, six digits, which all pictures of it share."""
    if not (found := _CHEQUE.match(file)):
        raise DataError(f"The name of a cheque's picture begins with a_car_ and six digits, got {file[:40]!r}.")
    return found[1]


def _read_table(folder: Path) -> list[tuple[str, str]]:
    """File names and digits from a folder's labels.csv."""
    table = folder / "labels.csv"
    if not table.is_file():
        raise DataMissing(
            f"The cheques are not at {folder}. Put pictures of ORAND-CAR-2014, part A, there, named a_car_ and the six "
            "digits of the cheque's number, and a labels.csv with a line for each: the file's name and its digits, "
            f"under the heading file,digits. It takes both folders, {LEARNT_FROM} to train on and {MEASURED_ON} to "
            "measure on: no cheque of the latter is trained on."
        )
    try:
        rows = [(row["file"], row["digits"]) for row in read_rows(table.read_bytes(), ("file", "digits"))]
    except (OSError, ValueError) as error:
        raise DataError(f"{table} is damaged: {error}.") from error
    if wrong := [digits for _, digits in rows if not _DIGITS.fullmatch(digits)]:
        raise DataError(f"{table} is damaged: a cheque's label is its digits, got {wrong[0][:20]!r}.")
    return rows


def _read_picture(path: Path, settings: Settings) -> NDArray[np.uint8]:
    try:
        return to_grey(decode(path.read_bytes(), settings))
    except (OSError, PictureError) as error:
        raise DataError(f"The picture {path} cannot be read: {error}") from error
