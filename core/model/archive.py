"""A model as a zip file, for another library: packed here, and checked as a whole before it is imported.

Of a file from outside only the four files of a model are read, in chunks and up to a limit; no path in it is followed.
"""

import io
import stat
import zipfile
from pathlib import Path

import numpy as np

from core.errors import ModelError
from core.files import BROKEN, chunks, is_encrypted, is_ordinary, unpacked_size
from core.model.card import CARD_FILE, read_card_file
from core.model.records import EVALUATION_FILE, HISTORY_FILE, read_evaluations, read_history
from core.model.weights_check import WEIGHTS_FILE

FILES = (CARD_FILE, WEIGHTS_FILE, EVALUATION_FILE, HISTORY_FILE)
LARGEST_IMPORT = 200_000_000  # bytes, unpacked; a shipped model with its answers has some 8 MB
LARGEST = {CARD_FILE: 1_000_000, HISTORY_FILE: 5_000_000}  # bytes; texts that are read at once


def pack(folder: Path) -> bytes:
    """A model's folder as a zip file; raise ModelError where a file cannot be read."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in FILES:
                if (folder / file).is_file():
                    archive.write(folder / file, f"{folder.name}/{file}")
    except OSError as error:
        raise ModelError(f"{folder} cannot be read: {error.strerror or error}.") from error
    return packed.getvalue()


def extract(data: bytes, target: Path) -> Path:
    """Write the files of a packed model into a folder of its name, inside the target folder; else raise ModelError."""
    scratch = target / "unpacked"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive)
            scratch.mkdir()
            for name, member in members.items():
                with (scratch / name).open("wb") as file:
                    file.writelines(chunks(archive, member))
    except BROKEN as error:
        raise ModelError(f"This is no zip file of a model: {error}.") from error
    name = read_card_file(scratch / CARD_FILE).name  # checked: small letters, digits, hyphens and underscores
    (target / "model").mkdir()
    return scratch.rename(target / "model" / name)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries by file name; ModelError where one leads elsewhere, is no file of a model, missing or too large."""
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
    if missing := [name for name in FILES if name not in members]:
        raise ModelError(f"The file lacks {', '.join(missing)}.")
    if len(folders) > 1:
        raise ModelError(f"The files of a model lie in one folder, but these lie in {len(folders)}.")
    for name, member in members.items():
        _check_entry(name, member)
    _check_size("Unpacked it", sum(member.file_size for member in members.values()))
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
        raise ModelError(f"{name} is packed in a way that is not supported. Pack the model as an ordinary zip file.")
    _check_size(name, member.file_size, LARGEST.get(name, LARGEST_IMPORT))


def _check_size(name: str, size: int, largest: int = LARGEST_IMPORT) -> None:
    if size > largest:
        raise ModelError(f"{name} would have {size / 1e6:,.0f} MB; the limit is {largest / 1e6:,.0f} MB.")


def check_whole(folder: Path) -> None:
    """Load everything as the pages will, and let the network read; ModelError where a part does not fit the others."""
    from core.model.checkpoint import read_model

    recogniser = read_model(folder)
    weights = recogniser.network.state_dict()
    if wrong := [name for name, tensor in weights.items() if not bool(tensor.isfinite().all())]:
        raise ModelError(f"{WEIGHTS_FILE} holds values that are no finite numbers, first in {wrong[0]}.")
    glyphs = np.zeros((3, 28, 28), np.uint8)
    glyphs[1, 4:24, 12:16], glyphs[2] = 255, 255
    if not np.isfinite(recogniser.probabilities(glyphs)).all():  # a weight may be too large
        raise ModelError(f"{WEIGHTS_FILE} does not fit {CARD_FILE}: the network's answers are no numbers.")
    try:  # the answers are a zip file themselves, for which the same limit holds
        with zipfile.ZipFile(folder / EVALUATION_FILE) as archive:
            size = unpacked_size(archive)
    except BROKEN as error:
        raise ModelError(f"{EVALUATION_FILE} is damaged: {error}.") from error
    _check_size(f"Unpacked, {EVALUATION_FILE}", size)
    try:
        read_evaluations(folder, recogniser.card)
    except MemoryError as error:
        raise ModelError(f"{EVALUATION_FILE} has more answers than this machine can hold.") from error
    read_history(folder)
