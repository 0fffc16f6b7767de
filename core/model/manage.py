"""Changing the library: which model is active, names and descriptions, taking models out and letting them in.

Every change is made beside its place and put there in one step. What comes from outside is checked as a whole before
it is let in, and nothing of it is ever unpickled.
"""

import io
import json
import os
import shutil
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from core.errors import ConfigError, ModelError, ModelMissing
from core.model.card import check_name, from_json, to_json
from core.model.integrity import WEIGHTS_FILE
from core.model.library import CARD_FILE, DEFAULT_MODEL, list_models, read_card
from core.model.records import EVALUATION_FILE, HISTORY_FILE, read_evaluations, read_history
from core.settings import Settings, check_writable

ACTIVE_FILE = ".active.json"
FILES = (CARD_FILE, WEIGHTS_FILE, EVALUATION_FILE, HISTORY_FILE)
LARGEST_IMPORT = 200_000_000  # bytes, unpacked; the largest architecture here has some 2 MB
LONGEST_TITLE, LONGEST_DESCRIPTION = 80, 2000


def active_model(settings: Settings) -> str | None:
    """The model that everybody reads with: the one made active, else the first that can be used; None without any."""
    usable = [entry.name for entry in list_models(settings) if entry.card]
    chosen = _active_names(settings)[0]
    return chosen if chosen in usable else next(iter(usable), None)


def former_model(settings: Settings) -> str | None:
    """The model that was active before the one that is; None when there was none, or it is gone."""
    usable = [entry.name for entry in list_models(settings) if entry.card]
    former = _active_names(settings)[1]
    return former if former in usable and former != active_model(settings) else None


def _active_names(settings: Settings) -> tuple[str, str]:
    """The names in the file: the active model and the one before; empty where it says nothing."""
    try:
        values = json.loads((settings.models_dir / ACTIVE_FILE).read_text(encoding="utf-8"))
        return str(values["active"]), str(values["former"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def activate(name: str, settings: Settings) -> None:
    """Make a model the one that every page and session reads with, from its next run on.

    Raises:
        ReadOnly: nothing may be changed here.
        ModelMissing, ModelError: there is no such model, or it cannot be used or noted.
    """
    check_writable(settings, "activated")
    _usable(name, settings)
    before = active_model(settings)
    former = _active_names(settings)[1] if before == name else before
    text = json.dumps({"active": name, "former": former or ""})
    path = settings.models_dir / ACTIVE_FILE
    scratch = path.with_name(f"{ACTIVE_FILE}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ModelError(f"{path} could not be written: {error.strerror or error}.") from error


def _usable(name: str, settings: Settings) -> Path:
    """The folder of a model that can be used.

    Raises:
        ModelMissing, ModelError: there is none of that name, or it is damaged.
    """
    entry = next((entry for entry in list_models(settings) if entry.name == name), None)
    if entry is None:
        raise ModelMissing(f"There is no model {name!r}.")
    if entry.problem:
        raise ModelError(f"The model {name!r} is damaged. {entry.problem}")
    return entry.folder


def rename(name: str, new: str, settings: Settings) -> None:
    """Give a model another name.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: the new name cannot be a folder's, is taken, or the model is the shipped one.
        ModelMissing, ModelError: there is no such model, or it is damaged or cannot be written.
    """
    check_writable(settings, "renamed")
    _keep_shipped(name, "renamed")
    folder = _usable(name, settings)
    check_name(new)
    _check_free(new, settings)
    was_active = active_model(settings) == name
    _copy(folder, new, settings)
    if was_active:
        activate(new, settings)
    _remove(folder)


def describe(name: str, title: str, description: str, settings: Settings) -> None:
    """Change a model's title and description.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: the title is empty, or a text too long.
        ModelMissing, ModelError: there is no such model, or it is damaged or cannot be written.
    """
    check_writable(settings, "changed")
    folder = _usable(name, settings)
    title, description = title.strip(), description.strip()
    if not 1 <= len(title) <= LONGEST_TITLE or len(description) > LONGEST_DESCRIPTION:
        raise ConfigError(
            f"A title has 1 to {LONGEST_TITLE} characters and a description at most {LONGEST_DESCRIPTION}; "
            f"got {len(title)} and {len(description)}."
        )
    text = to_json(replace(read_card(folder), title=title, description=description))
    scratch = folder / f".{CARD_FILE}"
    try:
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(folder / CARD_FILE)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise ModelError(f"{folder} could not be written: {error.strerror or error}.") from error


def delete(name: str, settings: Settings) -> None:
    """Remove a model, a damaged one too. Where it was active, the former or the first other one is from then on.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: it is the shipped one.
        ModelMissing, ModelError: there is no such model, or its folder cannot be removed.
    """
    check_writable(settings, "deleted")
    _keep_shipped(name, "deleted")
    entry = next((entry for entry in list_models(settings) if entry.name == name), None)
    if entry is None:
        raise ModelMissing(f"There is no model {name!r}.")
    former = former_model(settings)
    if active_model(settings) == name and former:
        activate(former, settings)
    _remove(entry.folder)


def _keep_shipped(name: str, change: str) -> None:
    if name == DEFAULT_MODEL:
        raise ConfigError(f"{name!r} came with the program and cannot be {change}; copy it by download and import.")


def _remove(folder: Path) -> None:
    """Out of the library in one step, then piece by piece."""
    aside = folder.with_name(f".{folder.name}.deleted")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
        shutil.rmtree(aside)
    except OSError as error:
        raise ModelError(f"{folder} could not be deleted: {error.strerror or error}.") from error


def _copy(folder: Path, name: str, settings: Settings) -> None:
    """Copy a model's folder into the library in one step; the card is told its new name."""
    card = replace(read_card(folder), name=name)
    try:
        settings.models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=settings.models_dir) as scratch:
            fresh = Path(scratch) / "new"
            fresh.mkdir()
            for file in FILES:
                if (folder / file).is_file():
                    shutil.copyfile(folder / file, fresh / file)
            (fresh / CARD_FILE).write_text(to_json(card), encoding="utf-8")
            fresh.rename(settings.models_dir / name)
    except OSError as error:
        raise ModelError(f"{settings.models_dir / name} could not be written: {error.strerror or error}.") from error


def _check_free(name: str, settings: Settings) -> None:
    if (settings.models_dir / name).exists():
        raise ConfigError(f"There is a model {name!r} already. Choose another name.")


def pack(name: str, settings: Settings) -> bytes:
    """A model's folder as the bytes of a zip file, for another library.

    Raises:
        ModelMissing, ModelError: there is no such model, or it is damaged.
    """
    folder = _usable(name, settings)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in FILES:
            if (folder / file).is_file():
                archive.write(folder / file, f"{name}/{file}")
    return packed.getvalue()


def unpack(data: bytes, name: str, settings: Settings) -> str:
    """Let a packed model in, checked whole.

    Args:
        data: a zip file as `pack` makes them.
        name: what it is to be called here; empty for its own name.

    Returns:
        The name that it has here.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: the name cannot be a folder's, or is taken.
        ModelError: it is no packed model, or one that is damaged or does not fit; the message says what is wrong.
    """
    check_writable(settings, "imported")
    with tempfile.TemporaryDirectory() as scratch:
        folder = _extract(data, Path(scratch))
        name = name or read_card(folder).name
        _check_whole(folder)
        admit(folder, name, settings)
    return name


def admit(folder: Path, name: str, settings: Settings) -> None:
    """Put a copy of a model's folder into the library.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: the name cannot be a folder's, or is taken.
        ModelError: the folder has no card, or the copy cannot be written.
    """
    check_writable(settings, "added")
    check_name(name)
    _check_free(name, settings)
    _copy(folder, name, settings)


def _extract(data: bytes, place: Path) -> Path:
    """Write the four files of a packed model into a folder of the model's name, whatever else the archive says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive)
            content = {name: archive.read(member) for name, member in members.items()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise ModelError(f"This is no zip file of a model: {error}.") from error
    try:
        card = from_json(content[CARD_FILE].decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ModelError(f"{CARD_FILE} is not text in UTF-8.") from error
    folder = place / card.name  # its name was checked: small letters, digits, hyphens and underscores
    folder.mkdir()
    for name, part in content.items():
        (folder / name).write_bytes(part)
    return folder


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's entries by file name.

    Raises:
        ModelError: one has a path that leads elsewhere or is no file of a model, one is missing, or all are too large.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        if member.is_dir():
            continue
        parts = member.filename.replace("\\", "/").split("/")
        if member.filename.startswith(("/", "\\")) or ".." in parts or len(parts) > 2 or ":" in member.filename:
            raise ModelError(f"The file has an entry with the path {member.filename!r}, which leads elsewhere.")
        if parts[-1] not in FILES or parts[-1] in members:
            raise ModelError(f"The file has an entry {member.filename!r}; a model has {', '.join(FILES)}, each once.")
        members[parts[-1]] = member
    missing = [name for name in FILES if name not in members]
    if missing:
        raise ModelError(f"The file lacks {', '.join(missing)}.")
    size = sum(member.file_size for member in members.values())
    if size > LARGEST_IMPORT:
        raise ModelError(
            f"Unpacked it would have {size / 1e6:,.0f} MB; at most {LARGEST_IMPORT / 1e6:,.0f} are let in."
        )
    return members


def _check_whole(folder: Path) -> None:
    """Load what there is, as the pages will.

    Raises:
        ModelError: a part is damaged, or does not fit the others.
    """
    from core.model.checkpoint import read_model

    read_model(folder)
    read_evaluations(folder)
    read_history(folder)
