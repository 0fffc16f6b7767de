"""Where things lie and how much is accepted: read from DIGITS_* environment variables at the moment of use."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.errors import ReadOnly, SettingError

PROJECT_ROOT = Path(__file__).resolve().parents[1]


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, in which a % or a ? of its path is written as URLs have them."""
    plain = "/: \\"  # these it takes as they are
    return f"sqlite:///{quote(str(path), safe=plain)}"


@dataclass(frozen=True)
class Settings:
    """All that a machine's owner can set without touching the code.

    Attributes:
        data_dir: folder of the data sets (DIGITS_DATA_DIR; default `data` in the project).
        models_dir: folder of the model library (DIGITS_MODELS_DIR; default `models` in the project).
        runs_dir: folder of the trainings (DIGITS_RUNS_DIR; default `runs` in the project).
        database_url: where the user's samples are, as SQLAlchemy writes it (DIGITS_DATABASE_URL; default the SQLite
            file `samples.db` in the project).
        read_only: whether nothing may be trained, taught, activated, downloaded, imported or deleted
            (DIGITS_READ_ONLY=1).
        keep_pictures: whether a corrected answer's picture is stored as it was given, beside the glyph
            (DIGITS_KEEP_PICTURES=1).
        trainings_at_once: how many trainings run at the same time; others wait (DIGITS_TRAININGS_AT_ONCE).
        niceness: how much a training gives way to the pages, 0 to 19 as nice has it (DIGITS_NICENESS).
        max_upload_mb: largest accepted file, in units of 1,000,000 bytes (DIGITS_MAX_UPLOAD_MB).
        max_upload_files: most files read in one upload (DIGITS_MAX_UPLOAD_FILES).
        max_megapixels: largest accepted picture, in millions of pixels (DIGITS_MAX_MEGAPIXELS).
    """

    data_dir: Path
    models_dir: Path
    runs_dir: Path = PROJECT_ROOT / "runs"
    database_url: str = sqlite_url(PROJECT_ROOT / "samples.db")
    read_only: bool = False
    keep_pictures: bool = False
    trainings_at_once: int = 1
    niceness: int = 10
    max_upload_mb: int = 20
    max_upload_files: int = 200
    max_megapixels: int = 50


def get_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: a number is not a whole number in its range, or a switch neither 0 nor 1.
    """
    return Settings(
        data_dir=Path(os.environ.get("DIGITS_DATA_DIR") or PROJECT_ROOT / "data"),
        models_dir=Path(os.environ.get("DIGITS_MODELS_DIR") or PROJECT_ROOT / "models"),
        runs_dir=Path(os.environ.get("DIGITS_RUNS_DIR") or PROJECT_ROOT / "runs"),
        database_url=os.environ.get("DIGITS_DATABASE_URL", "").strip() or Settings.database_url,
        read_only=_switch("DIGITS_READ_ONLY"),
        keep_pictures=_switch("DIGITS_KEEP_PICTURES"),
        trainings_at_once=_whole("DIGITS_TRAININGS_AT_ONCE", Settings.trainings_at_once),
        niceness=_whole("DIGITS_NICENESS", Settings.niceness, 0, 19),
        max_upload_mb=_whole("DIGITS_MAX_UPLOAD_MB", Settings.max_upload_mb),
        max_upload_files=_whole("DIGITS_MAX_UPLOAD_FILES", Settings.max_upload_files),
        max_megapixels=_whole("DIGITS_MAX_MEGAPIXELS", Settings.max_megapixels),
    )


def to_environment(settings: Settings) -> dict[str, str]:
    """The variables from which another process, with any working directory, gets the same settings."""
    return {
        "DIGITS_DATA_DIR": str(settings.data_dir.resolve()),
        "DIGITS_MODELS_DIR": str(settings.models_dir.resolve()),
        "DIGITS_RUNS_DIR": str(settings.runs_dir.resolve()),
        "DIGITS_DATABASE_URL": settings.database_url,
        "DIGITS_READ_ONLY": str(int(settings.read_only)),
        "DIGITS_KEEP_PICTURES": str(int(settings.keep_pictures)),
        "DIGITS_TRAININGS_AT_ONCE": str(settings.trainings_at_once),
        "DIGITS_NICENESS": str(settings.niceness),
        "DIGITS_MAX_UPLOAD_MB": str(settings.max_upload_mb),
        "DIGITS_MAX_UPLOAD_FILES": str(settings.max_upload_files),
        "DIGITS_MAX_MEGAPIXELS": str(settings.max_megapixels),
    }


def _whole(name: str, default: int, low: int = 1, high: int | None = None) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < low or (high is not None and int(text) > high):
        wanted = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise SettingError(f"{name} must be a whole number {wanted}, but is {text!r}. Correct it or unset it.")
    return int(text)


def _switch(name: str) -> bool:
    text = os.environ.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise SettingError(f"{name} must be 0 or 1, but is {text!r}. Correct it or unset it.")
    return text == "1"


def check_writable(settings: Settings, change: str) -> None:
    """Refuse a change where nothing may be changed; every function that writes asks here, whatever a page shows.

    Raises:
        ReadOnly: DIGITS_READ_ONLY is set.
    """
    if settings.read_only:
        raise ReadOnly(f"This Digit Lab is set to read only (DIGITS_READ_ONLY=1): nothing can be {change} here.")
