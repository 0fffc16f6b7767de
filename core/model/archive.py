"""A model as a zip file, to be taken to another library: packed here, and checked whole before it is let in.

Such a file comes from outside. Only the four files of a model are read from it, a piece at a time and never more than
is let in; nothing of it is ever unpickled, and no path in it is followed.
"""

import io
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.archive import BROKEN, chunks, is_encrypted, is_ordinary, unpacked_size
from core.charsets import get_charset
from core.errors import ModelError
from core.model.card import Card, from_json
from core.model.library import CARD_FILE, read_card
from core.model.records import EVALUATION_FILE, HISTORY_FILE, read_evaluations, read_history
from core.model.weights_check import WEIGHTS_FILE, check_weights

if TYPE_CHECKING:
    from core.model.inference import Recogniser

FILES = (CARD_FILE, WEIGHTS_FILE, EVALUATION_FILE, HISTORY_FILE)
LARGEST_IMPORT = 200_000_000  # bytes, unpacked; a shipped model with its answers has some 8 MB
LARGEST = {CARD_FILE: 1_000_000, HISTORY_FILE: 5_000_000}  # bytes; texts that are read at once


def pack(folder: Path) -> bytes:
    """A model's folder as the bytes of a zip file.

    Raises:
        ModelError: a file cannot be read.
    """
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in FILES:
                if (folder / file).is_file():
                    archive.write(folder / file, f"{folder.name}/{file}")
    except OSError as error:
        raise ModelError(f"{folder} cannot be read: {error.strerror or error}.") from error
    return packed.getvalue()


def extract(data: bytes, place: Path) -> Path:
    """Write the four files of a packed model into a folder of the model's name, whatever else the archive says.

    Raises:
        ModelError: it is no packed model, or cannot be written there.
    """
    scratch = place / "unpacked"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive)
            scratch.mkdir()
            for name, member in members.items():
                _copy(archive, member, scratch / name)
    except BROKEN as error:
        raise ModelError(f"This is no zip file of a model: {error}.") from error
    try:
        card = from_json((scratch / CARD_FILE).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ModelError(f"{CARD_FILE} is not text in UTF-8.") from error
    except RecursionError as error:
        raise ModelError(f"{CARD_FILE} is nested too deeply.") from error
    # The name was checked: small letters, digits, hyphens and underscores.
    (place / "model").mkdir()
    return scratch.rename(place / "model" / card.name)


def _copy(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path) -> None:
    """Unpack an entry, at most as many bytes as it says that it has."""
    with place.open("wb") as target:
        target.writelines(chunks(archive, member))


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's entries by file name.

    Raises:
        ModelError: one has a path that leads elsewhere or is no file of a model, one is missing, or they are too large.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    folders = set()
    for member in archive.infolist():
        parts = member.filename.replace("\\", "/").split("/")
        _check_path(member, parts)
        if member.is_dir():
            continue
        if parts[-1] not in FILES or parts[-1] in members:
            raise ModelError(f"The file has an entry {member.filename!r}; a model has {', '.join(FILES)}, each once.")
        members[parts[-1]] = member
        folders.add(tuple(parts[:-1]))
    missing = [name for name in FILES if name not in members]
    if missing:
        raise ModelError(f"The file lacks {', '.join(missing)}.")
    if len(folders) > 1:
        raise ModelError(f"The files of a model lie in one folder, but these lie in {len(folders)}.")
    for name, member in members.items():
        _check_entry(name, member)
    size = sum(member.file_size for member in members.values())
    if size > LARGEST_IMPORT:
        raise ModelError(
            f"Unpacked it would have {size / 1e6:,.0f} MB; at most {LARGEST_IMPORT / 1e6:,.0f} are let in."
        )
    return members


def _check_path(member: zipfile.ZipInfo, parts: list[str]) -> None:
    path = member.orig_filename
    if path.startswith(("/", "\\")) or ".." in parts or ":" in path or "\0" in path:
        raise ModelError(f"The file has an entry with the path {path!r}, which leads elsewhere.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ModelError(f"The file has an entry {path!r} that is a link, which leads elsewhere.")
    if len(parts) > 2:
        raise ModelError(f"The file has an entry with the path {path!r}; a model is one folder without others in it.")


def _check_entry(name: str, member: zipfile.ZipInfo) -> None:
    if is_encrypted(member):
        raise ModelError(f"{name} is encrypted. Pack the model without a password.")
    if not is_ordinary(member):
        raise ModelError(f"{name} is packed in a way that is not read here. Pack the model as an ordinary zip file.")
    if member.file_size > LARGEST.get(name, LARGEST_IMPORT):
        raise ModelError(
            f"{name} would have {member.file_size / 1e6:,.0f} MB; "
            f"at most {LARGEST.get(name, LARGEST_IMPORT) / 1e6:,.0f} are let in."
        )


def check_whole(folder: Path) -> None:
    """Load what there is, as the pages will, and let the network read.

    Raises:
        ModelError: a part is damaged, or does not fit the others.
    """
    from core.model.checkpoint import read_model

    card = read_card(folder)
    check_weights(folder / WEIGHTS_FILE, card)
    _check_answers(read_model(folder))
    _check_size(folder / EVALUATION_FILE)
    try:
        _check_records(folder, card)
    except MemoryError as error:
        raise ModelError(f"{EVALUATION_FILE} speaks of more answers than this machine can hold.") from error
    read_history(folder)


def _check_answers(recogniser: "Recogniser") -> None:
    """A network with a weight that is no number, or too large a one, reads nothing."""
    glyphs = np.zeros((3, 28, 28), np.uint8)
    glyphs[1, 4:24, 12:16], glyphs[2] = 255, 255
    weights = recogniser.network.state_dict()
    wrong = [name for name, tensor in weights.items() if not bool(tensor.isfinite().all())]
    if wrong:
        raise ModelError(f"{WEIGHTS_FILE} holds values that are no finite numbers, first in {wrong[0]}.")
    if not np.isfinite(recogniser.probabilities(glyphs)).all():
        raise ModelError(f"{WEIGHTS_FILE} does not fit card.json: the network's answers are no numbers.")


def _check_size(path: Path) -> None:
    """The answers are a zip file themselves: it, too, must not unpack to more than is let in."""
    try:
        size = unpacked_size(path)
    except BROKEN as error:
        raise ModelError(f"{path.name} is damaged: {error}.") from error
    if size > LARGEST_IMPORT:
        raise ModelError(
            f"Unpacked, {path.name} would have {size / 1e6:,.0f} MB; at most {LARGEST_IMPORT / 1e6:,.0f} are let in."
        )


def _check_records(folder: Path, card: Card) -> None:
    """The stored answers must be to the classes that the card speaks of, or to some of them."""
    for name, one in read_evaluations(folder).items():
        charset = one.classes(get_charset(card.charset))
        classes = len(charset.characters)
        wanted, found = (*one.labels.shape, classes), one.probabilities.shape
        if one.labels.ndim != 1 or not len(one.labels) or found != wanted:
            raise ModelError(
                f"{EVALUATION_FILE} does not fit {CARD_FILE}: {name} has answers of the shape {found} to labels of the "
                f"shape {one.labels.shape}; expected a row for each label and a column for each of {classes} classes."
            )
        if one.labels.min() < 0 or one.labels.max() >= classes or not np.isfinite(one.probabilities).all():
            raise ModelError(
                f"{EVALUATION_FILE} does not fit {CARD_FILE}: {name} has labels outside the {classes} classes of "
                f"{charset.name!r}, or answers that are no numbers."
            )
