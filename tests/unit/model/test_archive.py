"""Model files from outside: every kind that is not sound is refused with its reason, and leaves nothing behind."""

import hashlib
import io
import json
import pickle
import re
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from core.charsets import DIGITS
from core.errors import ConfigError, DigitLabError, ModelError
from core.evaluation.predictions import read_stored
from core.model import archive as packed
from core.model import library_admin
from core.model.architectures import build, count_parameters
from core.model.checkpoint import pack_weights
from core.model.library import load
from core.settings import PROJECT_ROOT, Settings
from tests.support.models import make_model

Entries = dict[str, bytes]
Change = Callable[[Entries], object]
GIGABYTE = 1 << 30


@pytest.fixture
def library(settings: Settings) -> Settings:
    """A library of the model "tiny"."""
    make_model(settings)
    return settings


def entries(settings: Settings) -> Entries:
    """The files of "tiny", as they lie in a packed model."""
    return {f"tiny/{file}": (settings.models_dir / "tiny" / file).read_bytes() for file in packed.FILES}


def zipped(parts: Entries, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def card_with(**changes: object) -> Change:
    def change(parts: Entries) -> None:
        parts["tiny/card.json"] = json.dumps(json.loads(parts["tiny/card.json"]) | changes).encode()

    return change


def weights_are(data: bytes, **changes: object) -> Change:
    """Other weights, and a card with their hash."""

    def change(parts: Entries) -> None:
        parts["tiny/model.safetensors"] = data
        card_with(weights_sha256=hashlib.sha256(data).hexdigest(), **changes)(parts)

    return change


def with_classes(classes: int) -> Change:
    """A sound network of so many outputs, of which the card says nothing."""
    network = build("lenet5", classes, 0.0)
    return weights_are(pack_weights(network), parameters=count_parameters(network))


def with_weight(value: float) -> Change:
    """A network of the right shapes, with one value in it."""
    network = build("lenet5", 10, 0.0)
    with torch.no_grad():
        next(network.parameters()).view(-1)[0] = value
    return weights_are(pack_weights(network))


def answers_are(labels: object, probabilities: object, charset: str = "") -> Change:
    file = io.BytesIO()
    arrays: dict[str, Any] = {"mnist/labels": np.asarray(labels), "mnist/probabilities": np.asarray(probabilities)}
    if charset:
        arrays["mnist/charset"] = np.array(charset)
    np.savez_compressed(file, **arrays)
    return lambda parts: parts.update({"tiny/evaluation.npz": file.getvalue()})


def adds(name: str, data: bytes = b"") -> Change:
    return lambda parts: parts.update({name: data})


def replaced(name: str, data: bytes) -> Change:
    return lambda parts: parts.update({f"tiny/{name}": data})


def huge_answers(parts: Entries) -> None:
    """Answers that are small as a file and large in memory."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f4", "fortran_order": False, "shape": (1 << 62, 10)})
    parts["tiny/evaluation.npz"] = zipped({"mnist/labels.npy": head.getvalue(), "mnist/probabilities.npy": b""})


def bomb_in_answers(parts: Entries) -> None:
    parts["tiny/evaluation.npz"] = zipped({"mnist/labels.npy": bytes(packed.LARGEST_IMPORT + 1)})


def in_folders(parts: Entries) -> None:
    parts["other/history.csv"] = parts.pop("tiny/history.csv")


def deeper(parts: Entries) -> None:
    for name in list(parts):
        parts[f"models/{name}"] = parts.pop(name)


NONE = weights_are(safetensors.torch.save({"some.weight": torch.zeros(3)}), parameters=3)
EMPTY = np.zeros((0, 10), np.float32)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_classes(12), r"differ from the architecture.* expected \(10,\), got \(12,\)"),
        (card_with(architecture="fast"), "differ from the architecture"),
        (card_with(architecture="transformer"), "no architecture"),
        (card_with(architecture_arguments={"dropout": 0.0, "width": 9}), "does not fit card.json"),
        (NONE, "differ from the architecture"),
        (card_with(parameters=7), "the card says 7"),
        (replaced("model.safetensors", pickle.dumps({"a": 1})), "cannot be read as safetensors"),
        (weights_are(pickle.dumps({"a": 1})), "cannot be read as safetensors"),
        (weights_are(b""), "is empty"),
        (with_weight(float("nan")), "no finite numbers"),
        (with_weight(float("inf")), "no finite numbers"),
        (card_with(mean=1e300), "answers are no numbers"),
        (card_with(charset="klingon"), "no charset"),
        (card_with(charset="../digits"), "no charset"),
        (answers_are(np.arange(10), np.eye(10, 12, dtype=np.float32)), "a column for each of 10 classes"),
        (answers_are(np.arange(10), np.eye(9, 10, dtype=np.float32)), "a row for each label"),
        (answers_are(np.arange(10), np.eye(10, 26, dtype=np.float32), "letters"), "a model of digits does not read"),
        (answers_are(np.arange(10), np.eye(10, dtype=np.float32), "klingon"), "no charset"),
        (answers_are(np.arange(2, 12), np.eye(10, dtype=np.float32)), "labels outside of the 10 classes"),
        (answers_are(np.arange(10), np.full((10, 10), np.nan, np.float32)), "do not sum to 1"),
        (answers_are(np.zeros(0, np.int64), EMPTY), "expected a row"),
        (huge_answers, "evaluation.npz"),
        (bomb_in_answers, "Unpacked, evaluation.npz would have 200 MB"),
        (card_with(version=99), "version 99"),
        (card_with(version="1"), "version '1'"),
        (card_with(name="../x"), "name is 1 to 64"),
        (card_with(name="/abs"), "name is 1 to 64"),
        (card_with(threshold=7), "less than or equal to 1"),
        (replaced("card.json", b"{"), "not JSON"),
        (replaced("card.json", b"[" * 100_000), "not JSON"),
        (replaced("card.json", b"\xff\xfe"), "card.json cannot be read"),
        (replaced("card.json", b" " * 1_000_001), "card.json would have 1 MB"),
        (replaced("evaluation.npz", b"PK"), "evaluation.npz is damaged"),
        (replaced("history.csv", b"a,b\n1,2\n"), "history.csv is damaged"),
        (adds("../evil.txt"), "leads elsewhere"),
        (adds("tiny/../../evil.txt"), "leads elsewhere"),
        (adds("../evil/"), "leads elsewhere"),
        (adds("/tmp/evil"), "leads elsewhere"),
        (adds("C:/evil"), "leads elsewhere"),
        (adds("tiny\\..\\card.json"), "leads elsewhere"),
        (adds("\\\\server\\card.json"), "leads elsewhere"),
        (adds("tiny/run.py"), "each once"),
        (adds("tiny/model.pt"), "each once"),
        (adds("card.json"), "each once"),
        (lambda parts: parts.pop("tiny/history.csv"), "lacks history.csv"),
        (in_folders, "in one folder, but these lie in 2"),
        (deeper, "one folder without others in it"),
    ],
)
def test_what_is_no_sound_model_is_refused_and_leaves_nothing(
    library: Settings, change: Change, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = sorted(tmp_path.rglob("*"))
    parts = entries(library)
    change(parts)
    with pytest.raises(DigitLabError, match=reason):
        library_admin.import_model(zipped(parts), "new", library)
    assert sorted(tmp_path.rglob("*")) == before


def test_answers_that_were_restricted_to_some_characters_are_let_in(settings: Settings) -> None:
    """A model of letters and digits keeps its answers to a test set of digits as ten columns."""
    make_model(settings, "both", charset="balanced")
    parts: Entries = {}
    answers_are(np.arange(10), np.eye(10, dtype=np.float32), "digits")(parts)
    (settings.models_dir / "both" / "evaluation.npz").write_bytes(parts["tiny/evaluation.npz"])
    assert library_admin.import_model(library_admin.pack("both", settings), "again", settings) == "again"
    answers = read_stored(settings.models_dir / "again")["mnist"]
    assert (answers.charset, answers.confusion.shape) == (DIGITS, (10, 10))


def test_the_same_file_unchanged_is_let_in(library: Settings) -> None:
    assert library_admin.import_model(zipped(entries(library)), "new", library) == "new"
    assert library_admin.import_model(
        zipped({name.removeprefix("tiny/"): data for name, data in entries(library).items()}), "flat", library
    )
    assert load("flat", library).card.name == "flat"


@pytest.mark.parametrize("data", [b"", b"no zip at all", pickle.dumps({"a": 1}), b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_file_is_refused(library: Settings, data: bytes) -> None:
    with pytest.raises(ModelError, match=r"no zip file|lacks card\.json"):
        library_admin.import_model(data, "new", library)


def altered(library: Settings, alter: Callable[[zipfile.ZipInfo], object], method: int = zipfile.ZIP_STORED) -> bytes:
    """A packed model, one entry of which is written otherwise."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in entries(library).items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if name.endswith("card.json"):
                alter(info)
            archive.writestr(info, data)
    return file.getvalue()


def test_a_link_is_refused(library: Settings) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.external_attr = (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(ModelError, match="is a link"):
        library_admin.import_model(altered(library, link), "new", library)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_unusual_packing_is_refused(library: Settings, method: int) -> None:
    with pytest.raises(ModelError, match="ordinary zip file"):
        library_admin.import_model(altered(library, lambda _: None, method), "new", library)


def test_an_encrypted_entry_is_refused(library: Settings) -> None:
    data = bytearray(zipped(entries(library)))
    at = data.index(b"PK\x01\x02") + 8  # the flags of the first entry of the directory
    data[at] |= 1
    with pytest.raises(ModelError, match=r"card\.json is encrypted"):
        library_admin.import_model(bytes(data), "new", library)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused(library: Settings) -> None:
    file = io.BytesIO(zipped(entries(library)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("tiny/card.json", b"{}")
    with pytest.raises(ModelError, match="each once"):
        library_admin.import_model(file.getvalue(), "new", library)


def test_bytes_that_were_changed_on_the_way_are_found(library: Settings) -> None:
    data = zipped(entries(library))
    for at in range(60, len(data), len(data) // 40):
        broken = bytearray(data)
        broken[at : at + 8] = b"\xff\x00\xff\x00\xff\x00\xff\x00"
        with pytest.raises(DigitLabError):
            library_admin.import_model(bytes(broken), "new", library)
    assert [path.name for path in library.models_dir.iterdir()] == ["tiny"]


def test_a_name_that_is_taken_or_none_is_said_before_anything_is_unpacked(library: Settings) -> None:
    for name, reason in (("tiny", "already"), ("../x", "name is 1 to 64"), ("A", "name is 1 to 64")):
        with pytest.raises(ConfigError, match=reason):
            library_admin.import_model(b"not even a zip file", name, library)


PEAK = """
import resource, sys
from pathlib import Path
from core.errors import ModelError
from core.model import library_admin
import core.model.checkpoint
from core.settings import Settings
data, library = Path(sys.argv[1]).read_bytes(), Settings(Path(sys.argv[2]), Path(sys.argv[2]))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    library_admin.import_model(data, "new", library)
except ModelError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def zip_of_gigabytes(library: Settings, says: int) -> bytes:
    """A packed model whose weights unpack to 2 GB of zeros, and which says that they have so many bytes."""
    packer = zlib.compressobj(wbits=-15)
    part = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    stream = part * (2 * GIGABYTE >> 24) + zlib.compressobj(wbits=-15).flush()
    data = bytearray(zipped(entries(library) | {"tiny/model.safetensors": stream}, zipfile.ZIP_STORED))
    name = b"tiny/model.safetensors"
    for mark, method, size, text in ((b"PK\x03\x04", 8, 22, 30), (b"PK\x01\x02", 10, 24, 46)):
        at = data.index(mark)
        while data[at + text : at + text + len(name)] != name:
            at = data.index(mark, at + 1)
        data[at + method : at + method + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        data[at + size : at + size + 4] = struct.pack("<I", says)
    return bytes(data)


@pytest.mark.parametrize(("says", "reason"), [(2 * GIGABYTE, "would have 2,147 MB"), (1000, "Bad CRC-32")])
def test_two_gigabytes_are_refused_without_being_held(
    library: Settings, tmp_path: Path, says: int, reason: str
) -> None:
    bomb = tmp_path / "bomb.zip"
    bomb.write_bytes(zip_of_gigabytes(library, says))
    assert bomb.stat().st_size < 5_000_000
    command = [sys.executable, "-c", PEAK, str(bomb), str(library.models_dir)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    said, megabytes = done.stdout.splitlines()
    assert re.search(reason, said)
    assert int(megabytes) < 100
    assert [path.name for path in library.models_dir.iterdir()] == ["tiny"]


def test_a_place_to_unpack_that_cannot_be_written_is_said(
    library: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="could not be unpacked"):
        library_admin.import_model(zipped(entries(library)), "new", library)
