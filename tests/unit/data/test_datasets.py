import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.data import uci_digits
from core.data.datasets import download, load
from core.data.register import SOURCES, get_source
from core.errors import ConfigError, DataError, DataMissing
from core.jobs import Cancelled
from core.settings import Settings
from tests.support.mnist import write_idx, write_mnist
from tests.support.strokes import draw


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


def test_no_torch_is_needed_to_read_mnist(settings: Settings) -> None:
    write_mnist(settings.data_dir)
    code = (
        "import sys; from pathlib import Path; "
        "from core.data.datasets import load; from core.settings import Settings; "
        f"load('mnist', 'test', Settings(Path({str(settings.data_dir)!r}), Path())); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_mnist_is_read_as_torchvision_reads_it(require_data: Callable[[str], Path]) -> None:
    from torchvision.datasets import MNIST

    folder = require_data("MNIST/raw").parents[1]
    theirs = MNIST(str(folder), train=False)
    ours = load("mnist", "test", Settings(folder, Path()))
    assert np.array_equal(ours.images, theirs.data.numpy())
    assert np.array_equal(ours.labels, theirs.targets.numpy())


def test_real_mnist_has_its_published_counts(require_data: Callable[[str], Path]) -> None:
    settings = Settings(require_data("MNIST/raw").parents[1], Path())
    data = load("mnist", "test", settings)
    assert np.bincount(data.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_what_is_absent_says_how_to_get_it(settings: Settings) -> None:
    with pytest.raises(DataMissing, match="python -m core data download mnist"):
        load("mnist", "train", settings)
    with pytest.raises(DataMissing, match="Put your pictures there"):
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


def test_labels_of_photographs_as_a_spreadsheet_saves_them(settings: Settings) -> None:
    folder = settings.data_dir / "photos"
    folder.mkdir()
    for digit in "47":
        cv2.imwrite(str(folder / f"{digit}.png"), draw(digit))
    table = folder / "labels.csv"
    table.write_text("File;Label\r\n4.png;4.0\r\n7.png;7\r\n4.png;47\r\n", encoding="utf-8-sig")
    assert load("photos", "test", settings).labels.tolist() == [4, 7]
    table.write_text("file,label\n4.png,four\n", encoding="utf-8")
    with pytest.raises(DataError, match="the label of a picture is its digit, or its digits, got 'four'"):
        load("photos", "test", settings)


def test_scanned_digits_are_read_from_both_parts(settings: Settings) -> None:
    pictures = np.stack([255 - draw(digit, size=32, box=(4, 2, 27), pen=3) for digit in "05"])
    for part in ("tra", "cv"):
        write_idx(settings.data_dir / "optdigits" / f"optdigits-{part}-images-idx3-ubyte", pictures)
        write_idx(settings.data_dir / "optdigits" / f"optdigits-{part}-labels-idx1-ubyte", np.array([0, 5]))
    data = load("optdigits", "test", settings)
    assert data.labels.tolist() == [0, 5, 0, 5]
    assert data.images.any(axis=(1, 2)).all()


def test_long_reading_tells_how_far_it_is_and_can_be_cancelled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uci_digits, "_read", {})

    def cancel(_: int, __: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        load("uci-digits", "test", settings, cancel)
    told: list[tuple[int, int]] = []
    load("uci-digits", "test", settings, lambda done, total: told.append((done, total)))
    assert told == [(100, 450), (200, 450), (300, 450), (400, 450), (450, 450)]


def test_what_never_changes_is_read_once_and_kept_from_whoever_changes_it(settings: Settings) -> None:
    first = load("uci-digits", "test", settings)
    before = first.images.copy()
    first.images[:] = 0
    told: list[tuple[int, int]] = []
    again = load("uci-digits", "test", settings, lambda done, total: told.append((done, total)))
    assert told == []
    assert (again.images == before).all()


def test_no_images_at_all_are_an_error_with_a_sentence(settings: Settings) -> None:
    (settings.data_dir / "photos").mkdir()
    (settings.data_dir / "photos" / "labels.csv").write_text("file,label\n", encoding="utf-8")
    with pytest.raises(DataError, match="holds no images for test"):
        load("photos", "test", settings)


def test_every_set_that_cannot_be_fetched_says_how_to_put_it_there() -> None:
    assert all(
        source.downloadable or source.instructions or source.present(Settings(Path("/nowhere"), Path("/nowhere")))
        for source in SOURCES.values()
    )
