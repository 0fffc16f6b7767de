"""Where things lie and how much is accepted: read from DIGITS_* environment variables at the moment of use."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from core.errors import ReadOnly, SettingError
from core.options import demand, fields_of, option, shorten

PROJECT_ROOT = Path(__file__).resolve().parents[1]


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, in which a % or a ? of its path is written as URLs have them."""
    plain = "/: \\"  # these it takes as they are
    return f"sqlite:///{quote(str(path), safe=plain)}"


@dataclass(frozen=True)
class Settings:
    """All that a machine's owner can set without touching the code, each by the variable DIGITS_ and its name."""

    data_dir: Path = option(PROJECT_ROOT / "data", "folder of the data sets")
    models_dir: Path = option(PROJECT_ROOT / "models", "folder of the model library")
    runs_dir: Path = option(PROJECT_ROOT / "runs", "folder of the trainings")
    database_url: str = option(
        sqlite_url(PROJECT_ROOT / "samples.db"), "where the user's samples are, as SQLAlchemy writes it"
    )
    read_only: bool = option(
        False, "whether nothing may be trained, taught, activated, downloaded, imported or deleted"
    )
    keep_pictures: bool = option(
        False, "whether a corrected answer's picture is stored as it was given, beside the glyph"
    )
    trainings_at_once: int = option(1, "how many trainings run at the same time; others wait", ge=1)
    niceness: int = option(10, "how much a training gives way to the pages, as nice has it", ge=0, le=19)
    max_upload_mb: int = option(20, "largest accepted file, in units of 1,000,000 bytes", ge=1)
    max_upload_files: int = option(200, "most files read in one upload", ge=1)
    max_megapixels: int = option(50, "largest accepted picture, in millions of pixels", ge=1)


def variable(name: str) -> str:
    return f"DIGITS_{name.upper()}"


def get_settings() -> Settings:
    """Read the settings; a SettingError where a number is not whole or not in its range, or a switch not 0 or 1."""
    fields = fields_of(Settings)
    given: dict[str, Any] = {name: text for name in fields if (text := os.environ.get(variable(name), "").strip())}
    # pydantic alone would take "yes" for a switch and "1_0" for a number, too: what is no digits is given as nothing.
    values: dict[str, Any] = {
        name: None if fields[name].type in (bool, int) and not re.fullmatch("[0-9]+", text) else text
        for name, text in given.items()
    }
    try:
        return Settings(**values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        wanted = "0 or 1" if fields[name].type is bool else demand(fields[name])
        raise SettingError(
            f"{variable(name)} must be {wanted}, but is {shorten(given[name])}. Correct it or unset it."
        ) from error


def to_environment(settings: Settings) -> dict[str, str]:
    """The variables from which another process, with any working directory, gets the same settings."""
    return {variable(name): _as_text(getattr(settings, name)) for name in fields_of(Settings)}


def _as_text(value: object) -> str:
    return str(value.resolve() if isinstance(value, Path) else int(value) if isinstance(value, bool) else value)


def check_writable(settings: Settings, change: str) -> None:
    """Raise ReadOnly where nothing may be changed; every function that writes asks here, whatever a page shows."""
    if settings.read_only:
        raise ReadOnly(f"This Digit Lab is set to read only (DIGITS_READ_ONLY=1): nothing can be {change} here.")
