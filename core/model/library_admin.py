"""Changing the library: the active model, names and descriptions, deletion, export and import.

Every change is written beside its final path and renamed. What changes something raises ReadOnly; ConfigError for a
name that is taken or cannot be a folder's, and for renaming or deleting a shipped model; ModelMissing and ModelError.
"""

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from core.errors import ConfigError, ModelError
from core.files import replace_file
from core.model import archive
from core.model.card import CARD_FILE, check_name, read_card, to_json
from core.model.library import SHIPPED, find_model, find_usable, list_models
from core.settings import Settings, check_writable

ACTIVE_FILE = ".active.json"
LONGEST_TITLE, LONGEST_DESCRIPTION = 80, 2000


def active_model(settings: Settings) -> str | None:
    """The model that everybody reads with: the one made active, else the first usable one; None without any."""
    usable = [entry.name for entry in list_models(settings) if entry.card]
    chosen, _ = _active_names(settings)
    return chosen if chosen in usable else next(iter(usable), None)


def former_model(settings: Settings) -> str | None:
    """The model that was active before; None when there was none, or it is gone."""
    usable = [entry.name for entry in list_models(settings) if entry.card]
    former = _active_names(settings)[1]
    return former if former in usable and former != active_model(settings) else None


def _active_names(settings: Settings) -> tuple[str, str]:
    """The names of the active model and the one before; empty where the file has none."""
    try:
        values = json.loads((settings.models_dir / ACTIVE_FILE).read_text(encoding="utf-8"))
        return str(values["active"]), str(values["former"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def activate(name: str, settings: Settings) -> None:
    """Make a model the one that every page and session reads with, from its next run on."""
    check_writable(settings, "activated")
    find_usable(name, settings)
    before = active_model(settings)
    former = _active_names(settings)[1] if before == name else before
    _write(settings.models_dir / ACTIVE_FILE, json.dumps({"active": name, "former": former or ""}))


def _write(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode("utf-8"))
    except OSError as error:
        raise ModelError(f"{path} could not be written: {error.strerror or error}.") from error


def rename(name: str, new: str, settings: Settings) -> None:
    check_writable(settings, "renamed")
    _keep_shipped(name, "renamed")
    folder = find_usable(name, settings)[0].folder
    _check_new(new, settings)
    was_active = active_model(settings) == name
    _copy(folder, new, settings)
    if was_active:
        activate(new, settings)
    _remove(folder)


def describe(name: str, title: str, description: str, settings: Settings) -> None:
    check_writable(settings, "changed")
    entry, card = find_usable(name, settings)
    title, description = title.strip(), description.strip()
    if not 1 <= len(title) <= LONGEST_TITLE or len(description) > LONGEST_DESCRIPTION:
        raise ConfigError(
            f"A title has 1 to {LONGEST_TITLE} characters and a description at most {LONGEST_DESCRIPTION}; "
            f"got {len(title)} and {len(description)}."
        )
    _write(entry.folder / CARD_FILE, to_json(replace(card, title=title, description=description)))


def delete(name: str, settings: Settings) -> None:
    """Delete a model, even a damaged one. If it was active, the former or the first other one becomes active."""
    check_writable(settings, "deleted")
    _keep_shipped(name, "deleted")
    folder = find_model(name, settings).folder
    if active_model(settings) == name:
        others = [entry.name for entry in list_models(settings) if entry.card and entry.name != name]
        successor = former_model(settings) or next(iter(others), None)
        if successor:  # else a later model of this name would be active without anybody's choice
            activate(successor, settings)
    _remove(folder)


def _keep_shipped(name: str, change: str) -> None:
    if name in SHIPPED:
        raise ConfigError(f"{name!r} came with the program and cannot be {change}; copy it by download and import.")


def _remove(folder: Path) -> None:
    """Take a folder out of the library in one step, then delete it file by file."""
    trash = folder.with_name(f".{folder.name}.deleted")
    try:
        shutil.rmtree(trash, ignore_errors=True)
        folder.rename(trash)
        shutil.rmtree(trash)
    except OSError as error:
        raise ModelError(f"{folder} could not be deleted: {error.strerror or error}.") from error


def _copy(folder: Path, name: str, settings: Settings) -> None:
    """Copy a model's folder into the library in one step, with the new name in its card."""
    card = replace(read_card(folder), name=name)
    try:
        settings.models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=settings.models_dir) as scratch:
            fresh = Path(scratch) / "new"
            fresh.mkdir()
            for file in archive.FILES:
                if (folder / file).is_file():
                    shutil.copyfile(folder / file, fresh / file)
            (fresh / CARD_FILE).write_text(to_json(card), encoding="utf-8")
            fresh.rename(settings.models_dir / name)
    except OSError as error:
        raise ModelError(f"{settings.models_dir / name} could not be written: {error.strerror or error}.") from error


def _check_new(name: str, settings: Settings) -> None:
    check_name(name)
    if (settings.models_dir / name).exists():
        raise ConfigError(f"There is a model {name!r} already. Choose another name.")


def pack(name: str, settings: Settings) -> bytes:
    """A model's folder as the bytes of a zip file, for another library."""
    return archive.pack(find_usable(name, settings)[0].folder)


def import_model(data: bytes, name: str, settings: Settings) -> str:
    """Import a packed model under a name, or the one in its card where that is empty; return the name."""
    check_writable(settings, "imported")
    if name:
        _check_new(name, settings)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            folder = archive.extract(data, Path(scratch))
            archive.check_whole(folder)
            add(folder, name or folder.name, settings)
            return name or folder.name
    except OSError as error:
        raise ModelError(
            f"The file could not be unpacked: {error.strerror or error}. Make room, and try again."
        ) from error


def add(folder: Path, name: str, settings: Settings) -> None:
    """Put a copy of a model's folder into the library."""
    check_writable(settings, "added")
    _check_new(name, settings)
    _copy(folder, name, settings)
