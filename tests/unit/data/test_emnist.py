"""EMNIST as torchvision reads it: turned upright, labels from 0; its one download, and what goes wrong on the way."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.data.datasets import count
from core.data.emnist import PARTS, Emnist
from core.errors import ConfigError, DataError, DataMissing
from core.jobs import ignore
from core.settings import Settings
from tests.support.emnist import letter, write_emnist
from tests.support.mnist import Mirror, serve_mnist


@pytest.mark.parametrize("part", PARTS.values(), ids=list(PARTS))
def test_it_stands_upright_and_its_labels_begin_at_0(tmp_path: Path, part: Emnist) -> None:
    write_emnist(tmp_path, part.part, each=1)
    images, labels = part.pictures("test", tmp_path)
    assert labels.tolist() == list(range(len(part.charset.characters)))
    sizes = [letter(character, 0.6) for character in part.charset.characters]
    assert np.array_equal(images, np.stack(sizes))


def test_torchvision_reads_the_same(tmp_path: Path) -> None:
    from torchvision.datasets import EMNIST

    write_emnist(tmp_path, "letters", each=1)
    theirs = EMNIST(str(tmp_path), split="letters", train=False)
    images, labels = PARTS["letters"].pictures("test", tmp_path)
    assert np.array_equal(theirs.data.numpy().transpose(0, 2, 1), images)
    assert np.array_equal(theirs.targets.numpy() - 1, labels)
    assert [theirs.classes[target] for target in theirs.targets] == [
        PARTS["letters"].charset.characters[label].lower() for label in labels
    ]


def test_images_are_counted_without_reading_them(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_emnist(settings.data_dir, "letters", each=3)
    monkeypatch.setattr(Emnist, "pictures", None)
    assert count("emnist-letters", "train", settings) == 78
    with pytest.raises(DataMissing):
        count("emnist-digits", "train", settings)
    with pytest.raises(ConfigError, match="no split"):
        count("emnist-letters", "best", settings)


def test_labels_that_are_no_letters_are_refused(tmp_path: Path) -> None:
    write_emnist(tmp_path, "letters", each=1)
    labels = tmp_path / Emnist.folder / "emnist-letters-test-labels-idx1-ubyte"
    data = bytearray(labels.read_bytes())
    data[-1] = 0
    labels.write_bytes(data)
    with pytest.raises(ValueError, match="label 0, but its labels begin at 1"):
        PARTS["letters"].pictures("test", tmp_path)
    data[-1] = 27
    labels.write_bytes(data)
    with pytest.raises(ValueError, match="label 27"):
        PARTS["letters"].pictures("test", tmp_path)


def test_what_is_there(tmp_path: Path) -> None:
    part = PARTS["digits"]
    assert not part.present(Settings(tmp_path, tmp_path))
    assert part.damage(Settings(tmp_path, tmp_path)) is None
    write_emnist(tmp_path, "digits", each=1)
    assert part.present(Settings(tmp_path, tmp_path))
    images = tmp_path / Emnist.folder / "emnist-digits-train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1])
    assert not part.present(Settings(tmp_path, tmp_path))
    assert "bytes instead of" in str(part.damage(Settings(tmp_path, tmp_path)))


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The one file that holds all parts, small; torchvision says its address and hash."""
    for name in PARTS:
        write_emnist(tmp_path / "made", name, each=1)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in (tmp_path / "made" / Emnist.folder).iterdir():
            archive.writestr(f"gzip/{path.name}.gz", gzip.compress(path.read_bytes(), mtime=0))
    monkeypatch.setattr(Emnist, "download_bytes", len(file.getvalue()))
    return file.getvalue()


def stand_in(mirror: Mirror, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import EMNIST

    mirror.archives["gzip.zip"] = data
    monkeypatch.setattr(EMNIST, "url", f"{mirror.address}/gzip.zip")
    monkeypatch.setattr(EMNIST, "md5", hashlib.md5(data).hexdigest())


def test_one_download_brings_all_parts(tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    with serve_mnist(tmp_path / "mirror") as mirror:
        stand_in(mirror, packed, monkeypatch)
        PARTS["letters"].download(tmp_path, lambda done, total: told.append((done, total)))
    assert all(part.present(Settings(tmp_path, tmp_path)) for part in PARTS.values())
    assert len({total for _, total in told}) == 1
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]
    assert {path.suffix for path in (tmp_path / Emnist.folder).iterdir()} == {""}


def test_a_download_that_breaks_leaves_nothing(tmp_path: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve_mnist(tmp_path / "mirror") as mirror:
        stand_in(mirror, packed, monkeypatch)
        mirror.cut = {"gzip.zip"}
        with pytest.raises(DataError, match="cut off"):
            PARTS["letters"].download(tmp_path, ignore)
        mirror.cut = set()
        mirror.damaged = {"gzip.zip"}
        with pytest.raises(DataError, match="not the published file"):
            PARTS["letters"].download(tmp_path, ignore)
        mirror.damaged = set()
        stand_in(mirror, b"no zip file", monkeypatch)
        with pytest.raises(DataError, match="cannot be unpacked"):
            PARTS["letters"].download(tmp_path, ignore)
        assert list((tmp_path / Emnist.folder).iterdir()) == []
        stand_in(mirror, packed, monkeypatch)
        PARTS["letters"].download(tmp_path, ignore)
    assert all(part.present(Settings(tmp_path, tmp_path)) for part in PARTS.values())
