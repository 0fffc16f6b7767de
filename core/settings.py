"""Where things lie and how much is accepted: read from DIGITS_* environment variables at the moment of use."""

import os
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingError

PROJECT_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Settings:
    """All that a machine's owner can set without touching the code.

    Attributes:
        data_dir: folder of the data sets (DIGITS_DATA_DIR; default `data` in the project).
        models_dir: folder of the model library (DIGITS_MODELS_DIR; default `models` in the project).
        max_upload_mb: largest accepted file, in units of 1,000,000 bytes (DIGITS_MAX_UPLOAD_MB).
        max_upload_files: most files read in one upload (DIGITS_MAX_UPLOAD_FILES).
        max_megapixels: largest accepted picture, in millions of pixels (DIGITS_MAX_MEGAPIXELS).
    """

    data_dir: Path
    models_dir: Path
    max_upload_mb: int = 20
    max_upload_files: int = 200
    max_megapixels: int = 50


def get_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: a number is not a whole number of at least 1.
    """
    return Settings(
        data_dir=Path(os.environ.get("DIGITS_DATA_DIR") or PROJECT_ROOT / "data"),
        models_dir=Path(os.environ.get("DIGITS_MODELS_DIR") or PROJECT_ROOT / "models"),
        max_upload_mb=_positive("DIGITS_MAX_UPLOAD_MB", Settings.max_upload_mb),
        max_upload_files=_positive("DIGITS_MAX_UPLOAD_FILES", Settings.max_upload_files),
        max_megapixels=_positive("DIGITS_MAX_MEGAPIXELS", Settings.max_megapixels),
    )


def _positive(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise SettingError(f"{name} must be a whole number of at least 1, but is {text!r}. Correct it or unset it.")
    return int(text)
