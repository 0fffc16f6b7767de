import csv
import gzip
import hashlib
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from torchvision.datasets import MNIST

from core.data.datasets import SOURCES, download, get_source, load
from core.errors import ConfigError, DataError, DataMissing
from core.settings import Settings
from tests.strokes import draw


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write uint8 data as IDX, the format of MNIST's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_mnist(data_dir: Path, count: int = 40) -> None:
    """A small MNIST of drawn digits, in the real one's files."""
    labels = np.arange(count) % 10
    images = np.stack([255 - draw(str(label), size=28, box=(6, 4, 18), pen=2.5) for label in labels])
    for name in ("train", "t10k"):
        write_idx(data_dir / "MNIST" / "raw" / f"{name}-images-idx3-ubyte", images)
        write_idx(data_dir / "MNIST" / "raw" / f"{name}-labels-idx1-ubyte", labels)


def test_uci_digits_are_always_there(settings: Settings) -> None:
    train, test = load("uci-digits", "train", settings), load("uci-digits", "test", settings)
    assert (len(train.labels), len(test.labels)) == (1347, 450)
    assert train.images.shape == (1347, 28, 28)
    assert train.images.dtype == np.uint8
    assert set(train.labels) == set(range(10))
    assert test.images.any(axis=(1, 2)).all()
    assert load("uci-digits", "test", settings).sha256 == test.sha256 != train.sha256


def test_mnist_is_read_through_its_own_files(settings: Settings) -> None:
    write_mnist(settings.data_dir)
    data = load("mnist", "test", settings)
    assert data.images.shape == (40, 28, 28)
    assert data.labels.tolist()[:11] == [*range(10), 0]
    assert data.labels.dtype == np.int64


def test_real_mnist_has_its_published_counts(require_data: Callable[[str], Path]) -> None:
    settings = Settings(require_data("MNIST/raw").parents[1], Path())
    data = load("mnist", "test", settings)
    assert np.bincount(data.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_what_is_absent_says_how_to_get_it(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="python -m core data download mnist"):
        load("mnist", "train", settings)
    with pytest.raises(DataMissing, match="has to be put there"):
        load("photos", "test", settings)


def test_damaged_files_are_named(settings: Settings) -> None:
    write_mnist(settings.data_dir)
    path = settings.data_dir / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DataError, match=r"MNIST in .* is damaged"):
        load("mnist", "train", settings)


def test_unknown_names_and_splits_are_refused(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="no data set 'moon'"):
        get_source("moon")
    with pytest.raises(ConfigError, match="has no split 'validation'"):
        load("uci-digits", "validation", settings)
    with pytest.raises(ConfigError, match="cannot be fetched"):
        download("photos", settings, lambda _, __: None)


def test_photographs_are_read_by_their_labels_file(settings: Settings) -> None:
    folder = settings.data_dir / "photos"
    folder.mkdir()
    rows = [{"file": "a.png", "label": "4"}, {"file": "b.png", "label": "7"}, {"file": "page.png", "label": "47"}]
    for row in rows:
        cv2.imwrite(str(folder / row["file"]), draw(row["label"][0]))
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["file", "label"])
        writer.writeheader()
        writer.writerows(rows)
    data = load("photos", "test", settings)
    assert data.labels.tolist() == [4, 7]
    assert data.images.any(axis=(1, 2)).all()


def test_scanned_digits_are_read_from_both_parts(settings: Settings) -> None:
    pictures = np.stack([255 - draw(digit, size=32, box=(4, 2, 27), pen=3) for digit in "05"])
    for part in ("tra", "cv"):
        write_idx(settings.data_dir / "optdigits" / f"optdigits-{part}-images-idx3-ubyte", pictures)
        write_idx(settings.data_dir / "optdigits" / f"optdigits-{part}-labels-idx1-ubyte", np.array([0, 5]))
    data = load("optdigits", "test", settings)
    assert data.labels.tolist() == [0, 5, 0, 5]
    assert data.images.any(axis=(1, 2)).all()


def test_download_fetches_unpacks_and_reports(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way on files in MNIST's format, served from a folder in the place of its mirrors."""
    write_mnist(tmp_path / "made")
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    resources = []
    for name, _ in MNIST.resources:
        packed = gzip.compress((tmp_path / "made" / "MNIST" / "raw" / Path(name).stem).read_bytes())
        (mirror / name).write_bytes(packed)
        resources.append((name, hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(MNIST, "mirrors", [(tmp_path / "nowhere").as_uri() + "/", mirror.as_uri() + "/"])
    monkeypatch.setattr(MNIST, "resources", [*resources[:-1], (resources[-1][0], "0" * 32)])
    told: list[int] = []
    with pytest.raises(DataError, match="its MD5 is"):
        download("mnist", settings, lambda done, _: told.append(done))
    assert not SOURCES["mnist"].present(settings.data_dir)
    monkeypatch.setattr(MNIST, "resources", resources)
    download("mnist", settings, lambda done, _: told.append(done))
    assert len(load("mnist", "train", settings).labels) == 40
    assert told[-1] == sum(path.stat().st_size for path in mirror.iterdir())
    assert len(list((settings.data_dir / "MNIST" / "raw").iterdir())) == 4
