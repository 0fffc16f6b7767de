import gzip
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import unlzw3

from core.data import pen_strokes
from core.data.pen_strokes import check_strokes, hash_strokes, parse_unipen, read_strokes, writers_of
from core.data.strokes import CANVAS, PenCharacter, draw
from core.errors import DataError, DataMissing

UNIPEN = """.VERSION 1.0

.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 12  224
.PEN_DOWN
  267   333
  267   336
.PEN_UP
.DT 100
.PEN_DOWN
  10   20
.PEN_UP
.SEGMENT DIGIT 1 ? "2"
.COMMENT 2 26   54
.PEN_DOWN
  1   2
  3   4
.PEN_UP
"""
DIGITS = [
    PenCharacter("8", "12", (((267, 333), (267, 336)), ((10, 20),))),
    PenCharacter("2", "26", (((1, 2), (3, 4)),)),
]


def pack_lzw(text: str) -> bytes:
    """The file that Unix `compress` makes of a text under 255 characters: literal codes of nine bits only."""
    bits = sum(ord(character) << (9 * place) for place, character in enumerate(text))
    return b"\x1f\x9d\x90" + bits.to_bytes(-(-9 * len(text) // 8), "little")


def test_unipen_is_read_by_segment_comment_and_pen() -> None:
    assert parse_unipen(UNIPEN) == DIGITS


def test_the_archives_member_is_unpacked() -> None:
    short = UNIPEN[UNIPEN.index(".SEGMENT DIGIT 1") :]
    assert parse_unipen(unlzw3.unlzw(pack_lzw(short)).decode()) == DIGITS[1:]


def test_download_unpacks_checks_and_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = UNIPEN[UNIPEN.index(".SEGMENT DIGIT 1") :]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(pen_strokes.ARCHIVE_MEMBER, pack_lzw(short))
    (tmp_path / "archive.zip").write_bytes(packed.getvalue())
    monkeypatch.setattr(pen_strokes, "ARCHIVE_URL", (tmp_path / "archive.zip").as_uri())
    with pytest.raises(DataError, match="not the published ones"):
        pen_strokes.PenStrokes().download(tmp_path, lambda _, __: None)
    assert not pen_strokes.strokes_file(tmp_path).exists()
    monkeypatch.setattr(pen_strokes, "STROKES_SHA256", hash_strokes(DIGITS[1:]))
    pen_strokes.PenStrokes().download(tmp_path, lambda _, __: None)
    assert read_strokes(tmp_path) == DIGITS[1:]
    assert [path.name for path in (tmp_path / "pendigits").iterdir()] == ["pendigits-train-strokes.json.gz"]


def test_another_archive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("<html>moved</html>")
    monkeypatch.setattr(pen_strokes, "ARCHIVE_URL", (tmp_path / "page.html").as_uri())
    with pytest.raises(DataError, match="not what was expected"):
        pen_strokes.PenStrokes().download(tmp_path, lambda _, __: None)
    assert list((tmp_path / "pendigits").iterdir()) == []


def test_hash_sees_every_change() -> None:
    moved = PenCharacter("8", "12", (((267, 333), (267, 337)), ((10, 20),)))
    assert hash_strokes(DIGITS) != hash_strokes([moved, DIGITS[1]])
    assert hash_strokes(DIGITS) != hash_strokes(DIGITS[::-1])
    check_strokes(DIGITS, hash_strokes(DIGITS))


def test_absent_and_damaged_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="data download pen-strokes"):
        read_strokes(tmp_path)
    path = pen_strokes.strokes_file(tmp_path)
    path.parent.mkdir()
    for content in (b"", b"junk", gzip.compress(b"[]")[:10], gzip.compress(b'[{"label": 1}]')):
        path.write_bytes(content)
        with pytest.raises(DataError, match="damaged"):
            read_strokes(tmp_path)
    path.write_bytes(gzip.compress(json.dumps([]).encode()))
    with pytest.raises(DataError, match="not the published"):
        read_strokes(tmp_path)


def test_no_writer_is_in_two_splits() -> None:
    parts = [writers_of(split) for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [18, 4, 8]
    assert sorted(writer for part in parts for writer in part) == sorted(map(str, range(1, 31)))


def test_the_published_strokes_are_what_the_hash_says(require_data: Callable[[str], Path]) -> None:
    digits = read_strokes(require_data("pendigits").parent)
    assert len(digits) == 7494
    counts = Counter(digit.writer for digit in digits)
    assert len(counts) == 30
    assert sum(counts[writer] for writer in writers_of("test")) == 1996


def test_drawings_stay_on_the_canvas_at_many_sizes_and_places() -> None:
    line = ((100, 100), (100, 400)), ((50, 400), (150, 400))
    drawings = [draw(line, np.random.default_rng(seed)) for seed in range(50)]
    heights = []
    for drawing in drawings:
        assert drawing.shape == (CANVAS, CANVAS)
        rows = np.flatnonzero((drawing < 128).any(axis=1))
        heights.append(rows[-1] - rows[0])
        assert (drawing[[0, -1]] > 200).all()
    assert min(heights) < 120
    assert max(heights) > 200


def test_y_points_upwards_on_the_tablet() -> None:
    tee = ((0, 300), (200, 300)), ((100, 300), (100, 0))
    drawing = draw(tee, np.random.default_rng(0))
    rows = np.flatnonzero((drawing < 128).any(axis=1))
    ink = (drawing[rows] < 128).sum(axis=1)
    assert ink[: len(ink) // 4].max() > 2 * ink[len(ink) // 2 :].max()
