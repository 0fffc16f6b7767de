from pathlib import Path

import numpy as np
import pytest

from core.data.idx import idx_shape, read_idx, read_pair
from tests.support.mnist import write_idx

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", IMAGES)
    assert idx_shape(tmp_path / "images") == (3, 4, 5)
    assert np.array_equal(read_idx(tmp_path / "images"), IMAGES)


def damaged(path: Path, how: str) -> None:
    data = path.read_bytes()
    changed = {
        "empty": b"",
        "half a magic number": data[:2],
        "half a header": data[:10],
        "cut off": data[:-1],
        "too long": data + b"x",
        "of floats": data[:2] + b"\x0d" + data[3:],
        "text": b"<html>not here</html>",
    }
    path.write_bytes(changed[how])


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("empty", "not an IDX file"),
        ("half a magic number", "not an IDX file"),
        ("half a header", "ends within its header"),
        ("cut off", "has 75 bytes instead of 76"),
        ("too long", "has 77 bytes instead of 76"),
        ("of floats", "not an IDX file"),
        ("text", "not an IDX file"),
    ],
)
def test_damage_is_seen_without_reading_all(tmp_path: Path, how: str, message: str) -> None:
    write_idx(tmp_path / "images", IMAGES)
    damaged(tmp_path / "images", how)
    with pytest.raises(ValueError, match=message):
        idx_shape(tmp_path / "images")


def test_labels_must_belong_to_the_images(tmp_path: Path) -> None:
    write_idx(tmp_path / "images", IMAGES)
    write_idx(tmp_path / "labels", np.array([0, 1, 9]))
    assert read_pair(tmp_path / "images", tmp_path / "labels", 10)[1].tolist() == [0, 1, 9]
    with pytest.raises(ValueError, match="holds the label 9, but there are only 9 classes"):
        read_pair(tmp_path / "images", tmp_path / "labels", 9)
    write_idx(tmp_path / "labels", np.array([0, 1]))
    with pytest.raises(ValueError, match="do not belong together"):
        read_pair(tmp_path / "images", tmp_path / "labels", 10)
