"""What stands beside card and weights: whole it comes back, damaged it says why."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.evaluation.predictions import read_stored
from core.model.card import read_card
from core.model.records import HISTORY_COLUMNS, read_history
from core.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "models" / "digits"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model's folder."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "digits"))


def save(folder: Path, labels: object, probabilities: object) -> None:
    np.savez(
        folder / "evaluation.npz",
        **{"mnist/labels": np.array(labels), "mnist/probabilities": np.array(probabilities)},  # type: ignore[arg-type]
    )


def encrypt(folder: Path) -> None:
    """Let every entry say in the directory that it needs a password."""
    data = (folder / "evaluation.npz").read_bytes()
    with zipfile.ZipFile(folder / "evaluation.npz") as archive:
        start = archive.start_dir
    directory = data[start:].replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    directory = directory.replace(b"PK\x01\x02\x2d\x03\x2d\x00\x00", b"PK\x01\x02\x2d\x03\x2d\x00\x01")
    assert directory != data[start:]
    (folder / "evaluation.npz").write_bytes(data[:start] + directory)


EVALUATIONS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda folder: (folder / "evaluation.npz").unlink(), "evaluation.npz is missing"),
    "empty": (lambda folder: os.truncate(folder / "evaluation.npz", 0), "is damaged"),
    "cut off": (lambda folder: os.truncate(folder / "evaluation.npz", 200_000), "is damaged"),
    "another kind": (lambda folder: (folder / "evaluation.npz").write_bytes(b"hello" * 99), "is damaged"),
    "one array": (lambda folder: np.save((folder / "evaluation.npz").open("wb"), np.zeros(3)), "is damaged"),
    "other shapes": (lambda folder: save(folder, [1, 2, 3], np.full((3, 7), 1 / 7)), "(3, 7)"),
    "a label more": (lambda folder: save(folder, [1, 2, 3], np.full((2, 10), 0.1)), "(2, 10)"),
    "labels in a table": (lambda folder: save(folder, [[1], [2]], np.full((2, 10), 0.1)), "(2, 1)"),
    "one label that is no list": (lambda folder: save(folder, 3, np.full((1, 10), 0.1)), "the shape ()"),
    "an entry that is encrypted": (lambda folder: encrypt(folder), "is damaged"),
    "a label of no class": (lambda folder: save(folder, [1, 10], np.full((2, 10), 0.1)), "is damaged"),
    "words": (lambda folder: save(folder, ["1", "2"], np.full((2, 10), 0.1)), "is damaged"),
    "no probabilities": (lambda folder: save(folder, [1, 2], np.full((2, 10), 0.3)), "do not sum to 1"),
    "not a number": (lambda folder: save(folder, [1, 2], np.full((2, 10), np.nan)), "do not sum to 1"),
}


@pytest.mark.parametrize("kind", EVALUATIONS)
def test_damaged_answers_say_why(folder: Path, kind: str) -> None:
    damage, reason = EVALUATIONS[kind]
    damage(folder)
    with pytest.raises(ModelError) as error:
        read_stored(folder)
    assert reason in str(error.value)
    assert "evaluation.npz" in str(error.value)


def change_byte(folder: Path) -> None:
    data = bytearray((folder / "evaluation.npz").read_bytes())
    data[len(data) // 2] ^= 255
    (folder / "evaluation.npz").write_bytes(data)


def test_a_changed_byte_is_found_by_the_checksum(folder: Path) -> None:
    change_byte(folder)
    with pytest.raises(ModelError, match=r"evaluation\.npz is damaged"):
        read_stored(folder)


HISTORIES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda folder: (folder / "history.csv").unlink(), "history.csv is missing"),
    "empty": (lambda folder: os.truncate(folder / "history.csv", 0), "is damaged"),
    "only its first line": (lambda folder: cut_lines(folder, 1), "no rows"),
    "cut off in a row": (lambda folder: os.truncate(folder / "history.csv", 300), "is damaged"),
    "another table": (lambda folder: (folder / "history.csv").write_text("a,b\n1,2\n"), "is damaged"),
    "not text": (lambda folder: (folder / "history.csv").write_bytes(b"\xff\xfe\x00\x01"), "is damaged"),
}


def cut_lines(folder: Path, count: int) -> None:
    lines = (folder / "history.csv").read_text().splitlines(keepends=True)
    (folder / "history.csv").write_text("".join(lines[:count]))


@pytest.mark.parametrize("kind", HISTORIES)
def test_a_damaged_history_says_why(folder: Path, kind: str) -> None:
    damage, reason = HISTORIES[kind]
    damage(folder)
    with pytest.raises(ModelError) as error:
        read_history(folder)
    assert reason in str(error.value)


def test_the_shipped_history_is_whole() -> None:
    history = read_history(SHIPPED)
    assert tuple(history.columns) == HISTORY_COLUMNS
    assert history["epoch"].tolist() == list(range(1, read_card(SHIPPED).training["epochs"] + 1))
    assert history["validation_accuracy"].between(0.9, 1).all()
