import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.charsets import DIGITS, get_charset
from core.errors import ConfigError, SettingError
from core.settings import Settings, get_settings, sqlite_url, to_environment


def test_settings_are_read_at_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DIGITS_MODELS_DIR", str(tmp_path))
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "3")
    assert get_settings().models_dir == tmp_path
    assert get_settings().max_upload_mb == 3
    monkeypatch.delenv("DIGITS_MAX_UPLOAD_MB")
    assert get_settings().max_upload_mb == 20


@pytest.mark.parametrize("text", ["0", "-4", "many", "1.5", "5.0", "1_0", "٣"])
def test_a_bad_number_says_what_was_expected(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DIGITS_MAX_MEGAPIXELS", text)
    with pytest.raises(SettingError, match="DIGITS_MAX_MEGAPIXELS must be a whole number of at least 1"):
        get_settings()


@pytest.mark.parametrize("text", ["20", "-1"])
def test_a_number_above_its_range_says_so(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("DIGITS_NICENESS", text)
    with pytest.raises(SettingError, match="DIGITS_NICENESS must be a whole number from 0 to 19"):
        get_settings()


def test_charsets_are_found_by_name() -> None:
    assert get_charset("digits") is DIGITS
    assert "".join(DIGITS.characters) == "0123456789"
    with pytest.raises(ConfigError, match="no charset 'runes'"):
        get_charset("runes")


def test_another_process_gets_the_same_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = dataclasses.replace(settings, read_only=True, niceness=4, trainings_at_once=3, max_upload_mb=7)
    for name, value in to_environment(changed).items():
        monkeypatch.setenv(name, value)
    assert get_settings() == changed


def test_a_switch_is_on_or_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    assert get_settings().read_only
    for text in ("perhaps", "yes", "2"):
        monkeypatch.setenv("DIGITS_READ_ONLY", text)
        with pytest.raises(SettingError, match=f"DIGITS_READ_ONLY must be 0 or 1, but is '{text}'"):
            get_settings()


@pytest.mark.parametrize("name", ["plain", "a%20b", "what?", "a b", "a#b", "ä"])
def test_the_url_of_a_file_leads_to_it_whatever_its_path(name: str) -> None:
    path = Path("/home") / name / "samples.db"
    assert sa.make_url(sqlite_url(path)).database == str(path)
    assert sqlite_url(Path("/home/me/lab/samples.db")) == "sqlite:////home/me/lab/samples.db", "as in earlier versions"
