import dataclasses
import os

import pytest

from core.errors import ConfigError, ModelError, ModelMissing, ReadOnly
from core.model import library_admin
from core.model.card import read_card
from core.model.library import list_models, load
from core.settings import Settings
from tests.support.models import make_model
from tests.support.numbers import make_numbers


@pytest.fixture
def two(settings: Settings) -> Settings:
    """A library of two models, "digits" and "tiny"."""
    make_model(settings, name="digits")
    make_model(settings)
    return settings


def names(settings: Settings) -> list[str]:
    return [entry.name for entry in list_models(settings)]


def test_the_active_model_is_the_chosen_one_and_the_former_can_be_brought_back(two: Settings) -> None:
    assert (library_admin.active_model(two), library_admin.former_model(two)) == ("digits", None)
    library_admin.activate("tiny", two)
    assert (library_admin.active_model(two), library_admin.former_model(two)) == ("tiny", "digits")
    library_admin.activate("tiny", two)
    assert library_admin.former_model(two) == "digits"
    library_admin.activate("digits", two)
    assert (library_admin.active_model(two), library_admin.former_model(two)) == ("digits", "tiny")


def test_a_model_that_cannot_be_used_is_not_made_active(two: Settings) -> None:
    with pytest.raises(ModelMissing):
        library_admin.activate("../tiny", two)
    (two.models_dir / "tiny" / "card.json").write_text("{}")
    with pytest.raises(ModelError, match="damaged"):
        library_admin.activate("tiny", two)
    assert library_admin.active_model(two) == "digits"


def test_a_damaged_note_of_the_active_model_is_no_harm(two: Settings) -> None:
    for text in ("", "[]", '{"active": 3}', "\x00"):
        (two.models_dir / library_admin.ACTIVE_FILE).write_text(text)
        assert library_admin.active_model(two) == "digits"


def test_an_active_model_that_is_deleted_gives_way_to_the_former(two: Settings) -> None:
    library_admin.activate("tiny", two)
    library_admin.delete("tiny", two)
    assert (library_admin.active_model(two), names(two)) == ("digits", ["digits"])


def test_an_active_model_that_is_deleted_is_not_active_when_it_comes_again(two: Settings) -> None:
    make_model(two, name="alone")
    (two.models_dir / library_admin.ACTIVE_FILE).write_text('{"active": "tiny", "former": ""}')
    library_admin.delete("tiny", two)
    make_model(two)
    assert library_admin.active_model(two) == "digits"


def test_the_shipped_model_stays(two: Settings) -> None:
    for change in (lambda: library_admin.delete("digits", two), lambda: library_admin.rename("digits", "other", two)):
        with pytest.raises(ConfigError, match="came with the program"):
            change()
    assert names(two) == ["digits", "tiny"]


def test_a_renamed_model_reads_as_before_and_stays_active(two: Settings) -> None:
    library_admin.activate("tiny", two)
    before = read_card(two.models_dir / "tiny")
    library_admin.rename("tiny", "small-one", two)
    assert names(two) == ["digits", "small-one"]
    assert library_admin.active_model(two) == "small-one"
    assert read_card(two.models_dir / "small-one") == dataclasses.replace(before, name="small-one")
    load("small-one", two)
    for taken in ("digits", "Not a name", "../up"):
        with pytest.raises(ConfigError):
            library_admin.rename("small-one", taken, two)


def test_title_and_description_can_be_changed_within_bounds(two: Settings) -> None:
    library_admin.describe("tiny", " Mine ", "A first try.", two)
    card = read_card(two.models_dir / "tiny")
    assert (card.title, card.description) == ("Mine", "A first try.")
    for title, description in (("", "x"), ("x" * 81, ""), ("x", "y" * 2001)):
        with pytest.raises(ConfigError, match="characters"):
            library_admin.describe("tiny", title, description, two)


def test_a_packed_model_can_be_let_in_under_its_own_name_or_another(two: Settings) -> None:
    data = library_admin.pack("tiny", two)
    with pytest.raises(ConfigError, match="already"):
        library_admin.import_model(data, "", two)
    assert library_admin.import_model(data, "copy", two) == "copy"
    load("copy", two)
    library_admin.delete("tiny", two)
    assert library_admin.import_model(data, "", two) == "tiny"
    load("tiny", two)


def test_nothing_changes_where_nothing_may(two: Settings) -> None:
    data = library_admin.pack("tiny", two)
    closed = dataclasses.replace(two, read_only=True)
    for change in (
        lambda: library_admin.activate("tiny", closed),
        lambda: library_admin.rename("tiny", "new", closed),
        lambda: library_admin.describe("tiny", "New", "", closed),
        lambda: library_admin.delete("tiny", closed),
        lambda: library_admin.import_model(data, "new", closed),
    ):
        with pytest.raises(ReadOnly, match="DIGITS_READ_ONLY"):
            change()
    assert names(two) == ["digits", "tiny"]


def test_a_library_that_cannot_be_written_is_said(two: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ModelError, match="No space left"):
        library_admin.activate("tiny", two)
    with pytest.raises(ModelError, match="No space left"):
        library_admin.describe("tiny", "New", "", two)


def test_the_name_of_a_reader_of_numbers_is_taken(two: Settings) -> None:
    make_numbers(two)
    packed = library_admin.pack("tiny", two)
    for change in (
        lambda: library_admin.rename("tiny", "numbers", two),
        lambda: library_admin.import_model(packed, "numbers", two),
    ):
        with pytest.raises(ConfigError, match="There is a model 'numbers' already"):
            change()
    assert names(two) == ["digits", "tiny"]
