from pathlib import Path

import pytest

from core.charsets import DIGITS, get_charset
from core.errors import ConfigError, SettingError
from core.settings import get_settings


def test_settings_are_read_at_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGITS_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "3")
    assert get_settings().models_dir == tmp_path
    assert get_settings().max_upload_mb == 3
    monkeypatch.delenv("DIGITS_MAX_UPLOAD_MB")
    assert get_settings().max_upload_mb == 20


@pytest.mark.parametrize("text", ["0", "-4", "many", "1.5"])
def test_a_bad_number_says_what_was_expected(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DIGITS_MAX_MEGAPIXELS", text)
    with pytest.raises(SettingError, match="DIGITS_MAX_MEGAPIXELS must be a whole number of at least 1"):
        get_settings()


def test_charsets_are_found_by_name() -> None:
    assert get_charset("digits") is DIGITS
    assert "".join(DIGITS.characters) == "0123456789"
    with pytest.raises(ConfigError, match="no charset 'runes'"):
        get_charset("runes")
