import dataclasses
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import ConfigError, DigitLabError, ModelError, ModelMissing, ReadOnly
from core.model import manage
from core.model.library import list_models, load, read_card
from core.settings import Settings
from tests.unit.model.helpers import make_model


@pytest.fixture
def two(settings: Settings) -> Settings:
    """A library of two models, "digits" and "tiny"."""
    make_model(settings, name="digits")
    make_model(settings)
    return settings


def names(settings: Settings) -> list[str]:
    return [entry.name for entry in list_models(settings)]


def zipped(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return packed.getvalue()


def parts(settings: Settings, name: str = "tiny") -> dict[str, bytes]:
    return {file: (settings.models_dir / name / file).read_bytes() for file in manage.FILES}


def test_the_active_model_is_the_chosen_one_and_the_former_can_be_brought_back(two: Settings) -> None:
    assert (manage.active_model(two), manage.former_model(two)) == ("digits", None)
    manage.activate("tiny", two)
    assert (manage.active_model(two), manage.former_model(two)) == ("tiny", "digits")
    manage.activate("tiny", two)
    assert manage.former_model(two) == "digits"
    manage.activate("digits", two)
    assert (manage.active_model(two), manage.former_model(two)) == ("digits", "tiny")


def test_a_model_that_cannot_be_used_is_not_made_active(two: Settings) -> None:
    with pytest.raises(ModelMissing):
        manage.activate("../tiny", two)
    (two.models_dir / "tiny" / "card.json").write_text("{}")
    with pytest.raises(ModelError, match="damaged"):
        manage.activate("tiny", two)
    assert manage.active_model(two) == "digits"


def test_a_damaged_note_of_the_active_model_is_no_harm(two: Settings) -> None:
    for text in ("", "[]", '{"active": 3}', "\x00"):
        (two.models_dir / manage.ACTIVE_FILE).write_text(text)
        assert manage.active_model(two) == "digits"


def test_an_active_model_that_is_deleted_gives_way_to_the_former(two: Settings) -> None:
    manage.activate("tiny", two)
    manage.delete("tiny", two)
    assert (manage.active_model(two), names(two)) == ("digits", ["digits"])


def test_the_shipped_model_stays(two: Settings) -> None:
    for change in (lambda: manage.delete("digits", two), lambda: manage.rename("digits", "other", two)):
        with pytest.raises(ConfigError, match="came with the program"):
            change()
    assert names(two) == ["digits", "tiny"]


def test_a_renamed_model_reads_as_before_and_stays_active(two: Settings) -> None:
    manage.activate("tiny", two)
    before = read_card(two.models_dir / "tiny")
    manage.rename("tiny", "small-one", two)
    assert names(two) == ["digits", "small-one"]
    assert manage.active_model(two) == "small-one"
    assert read_card(two.models_dir / "small-one") == dataclasses.replace(before, name="small-one")
    load("small-one", two)
    for taken in ("digits", "Not a name", "../up"):
        with pytest.raises(ConfigError):
            manage.rename("small-one", taken, two)


def test_title_and_description_can_be_changed_within_bounds(two: Settings) -> None:
    manage.describe("tiny", " Mine ", "A first try.", two)
    card = read_card(two.models_dir / "tiny")
    assert (card.title, card.description) == ("Mine", "A first try.")
    for title, description in (("", "x"), ("x" * 81, ""), ("x", "y" * 2001)):
        with pytest.raises(ConfigError, match="characters"):
            manage.describe("tiny", title, description, two)


def test_a_packed_model_can_be_let_in_under_its_own_name_or_another(two: Settings) -> None:
    data = manage.pack("tiny", two)
    with pytest.raises(ConfigError, match="already"):
        manage.unpack(data, "", two)
    assert manage.unpack(data, "copy", two) == "copy"
    load("copy", two)
    manage.delete("tiny", two)
    assert manage.unpack(data, "", two) == "tiny"
    load("tiny", two)


def hostile(change: Callable[[dict[str, bytes]], object]) -> Callable[[Settings], bytes]:
    def make(settings: Settings) -> bytes:
        entries = {f"tiny/{name}": data for name, data in parts(settings).items()}
        change(entries)
        return zipped(entries)

    return make


def card_with(**changes: object) -> Callable[[dict[str, bytes]], object]:
    def change(entries: dict[str, bytes]) -> None:
        entries["tiny/card.json"] = json.dumps(json.loads(entries["tiny/card.json"]) | changes).encode()

    return change


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _: b"no zip at all", "no zip file"),
        (lambda _: pickle.dumps({"a": 1}), "no zip file"),
        (hostile(lambda entries: entries.update({"tiny/model.safetensors": pickle.dumps([1])})), "hash differs"),
        (hostile(lambda entries: entries.update({"../evil.txt": b""})), "leads elsewhere"),
        (hostile(lambda entries: entries.update({"/tmp/evil": b""})), "leads elsewhere"),
        (hostile(lambda entries: entries.update({"tiny\\..\\card.json": b""})), "leads elsewhere"),
        (hostile(lambda entries: entries.update({"tiny/run.py": b""})), "each once"),
        (hostile(lambda entries: entries.pop("tiny/history.csv")), "lacks history.csv"),
        (hostile(card_with(name="../x")), "name is 1 to 64"),
        (hostile(card_with(charset="klingon")), "no charset"),
        (hostile(card_with(architecture="fast")), "differ from the architecture"),
        (hostile(card_with(parameters=7)), "parameters"),
        (hostile(card_with(version=99)), "version 99"),
        (hostile(lambda entries: entries.update({"tiny/evaluation.npz": b"PK"})), "evaluation.npz"),
        (hostile(lambda entries: entries.update({"tiny/history.csv": b"a,b\n1,2\n"})), "history.csv"),
    ],
)
def test_what_is_no_sound_model_is_refused_and_leaves_nothing(
    two: Settings, make: Callable[[Settings], bytes], reason: str
) -> None:
    before = sorted(two.models_dir.rglob("*"))
    with pytest.raises(DigitLabError, match=reason):
        manage.unpack(make(two), "new", two)
    assert sorted(two.models_dir.rglob("*")) == before


def test_one_that_unpacks_to_gigabytes_is_refused_before_it_does(two: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts(two).items():
            archive.writestr(f"tiny/{name}", bytes(manage.LARGEST_IMPORT) if name == "model.safetensors" else data)
    assert len(packed.getvalue()) < 1_000_000
    with pytest.raises(ModelError, match="at most 200 are let in"):
        manage.unpack(packed.getvalue(), "new", two)


def test_nothing_changes_where_nothing_may(two: Settings) -> None:
    data = manage.pack("tiny", two)
    closed = dataclasses.replace(two, read_only=True)
    for change in (
        lambda: manage.activate("tiny", closed),
        lambda: manage.rename("tiny", "new", closed),
        lambda: manage.describe("tiny", "New", "", closed),
        lambda: manage.delete("tiny", closed),
        lambda: manage.unpack(data, "new", closed),
    ):
        with pytest.raises(ReadOnly, match="DIGITS_READ_ONLY"):
            change()
    assert names(two) == ["digits", "tiny"]


def test_a_library_that_cannot_be_written_is_said(two: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ModelError, match="No space left"):
        manage.activate("tiny", two)
    with pytest.raises(ModelError, match="No space left"):
        manage.describe("tiny", "New", "", two)
