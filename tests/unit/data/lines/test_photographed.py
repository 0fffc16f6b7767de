"""Cheques to train on: never one that is measured on."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from core.data.lines.photographed import LEARNT_FROM, MEASURED_ON, list_files, read_photographed, split_of
from core.errors import DataError, DataMissing
from core.settings import Settings

LEARNT = {"a_car_000001_png.rf.ab.jpg": "123", "a_car_000002_png.rf.cd.jpg": "040", "a_car_000003.jpg": "7"}
MEASURED = {"a_car_000002.jpg": "040"}


def write_cheques(folder: Path, digits: dict[str, str], heading: str = "file,digits") -> None:
    """Pictures of 30 x 90 pixels, and their table."""
    folder.mkdir()
    rows = "".join(f"{file},{text}\n" for file, text in digits.items())
    (folder / "labels.csv").write_text(f"{heading}\n{rows}", encoding="utf-8")
    picture = np.full((30, 90, 3), (220, 240, 230), np.uint8)
    picture[5:25, 40:44] = 20
    for file in digits:
        cv2.imwrite(str(folder / file), picture)


@pytest.fixture
def cheques(settings: Settings) -> Settings:
    """Settings with both folders."""
    write_cheques(settings.data_dir / LEARNT_FROM, LEARNT)
    write_cheques(settings.data_dir / MEASURED_ON, MEASURED)
    return settings


def test_cheques_that_are_measured_on_are_left_out(cheques: Settings) -> None:
    lines = read_photographed(cheques)
    assert [line.text for line in lines] == ["123", "7"]
    for line in lines:
        assert line.weak
        assert line.picture.shape == (30, 90)
        assert line.picture.dtype == np.uint8
        assert line.picture[10, 42] < 60 < 200 < line.picture[10, 10]


@pytest.mark.parametrize("missing", [LEARNT_FROM, MEASURED_ON])
def test_without_either_folder_nothing_is_read(cheques: Settings, missing: str) -> None:
    (cheques.data_dir / missing / "labels.csv").unlink()
    with pytest.raises(DataMissing, match=f"(?s){missing}.* labels.csv with a line for each"):
        read_photographed(cheques)


@pytest.mark.parametrize(
    ("labels", "heading", "message"),
    [
        ({"a_car_000001.jpg": "1.50"}, "file,digits", "a cheque's label is its digits, got '1.50'"),
        ({"a_car_000001.jpg": "150"}, "file,number", "must have the columns file and digits"),
        ({"cheque.jpg": "150"}, "file,digits", "begins with a_car_ and six digits, got 'cheque.jpg'"),
    ],
)
def test_a_damaged_table_is_named(settings: Settings, labels: dict[str, str], heading: str, message: str) -> None:
    write_cheques(settings.data_dir / MEASURED_ON, MEASURED)
    write_cheques(settings.data_dir / LEARNT_FROM, labels, heading)
    with pytest.raises(DataError, match=message):
        list_files(settings)


def test_a_damaged_picture_is_named(cheques: Settings) -> None:
    (cheques.data_dir / LEARNT_FROM / "a_car_000003.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a_car_000003\.jpg cannot be read"):
        read_photographed(cheques)


def test_a_split_depends_on_the_name_alone() -> None:
    splits = [split_of(f"a_car_{number:06}.jpg") for number in (156, 175, 176, 180)]
    assert splits == ["test", "validation", "validation", "test"]
    named = [split_of(f"a_car_{number:06}.jpg") for number in range(1000)]
    assert 450 < named.count("test") < 550


def test_no_real_cheque_is_both_learnt_from_and_measured_on(require_data: Callable[[str], Path]) -> None:
    require_data(f"{MEASURED_ON}/labels.csv")
    folder = require_data(f"{LEARNT_FROM}/labels.csv").parent
    settings = Settings(folder.parent, Path())
    learnt = list_files(settings)
    measured = {path.name[:12] for path in (folder.parent / MEASURED_ON).glob("a_car_*")}
    assert len(learnt) > 500
    assert not {file[:12] for file, _ in learnt} & measured
    assert all((folder / file).is_file() for file, _ in learnt)
