import csv
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.charsets import BALANCED, DIGITS, Charset
from core.errors import SampleError
from core.samples import exchange
from core.samples.store import Sample, hash_drawing, is_test
from core.settings import Settings
from core.vision.decode import decode
from core.vision.normalise import from_ink, normalise
from tests.pages.conftest import png
from tests.support.glyphs import longer_sides
from tests.support.strokes import draw


@pytest.fixture
def drawn() -> list[Sample]:
    return [Sample(normalise(draw(label)).glyph, label, answer="1", model="digits") for label in "0371"]


@pytest.fixture
def failing(data_dir: Path) -> Callable[[str], Path]:
    """`failing(name)` is a file that was once read wrongly; the test is skipped where it is not here."""

    def find(name: str) -> Path:
        path = data_dir / "failing" / name
        if not path.exists():
            pytest.skip(f"needs real data: {path} is not there")
        return path

    return find


def zipped(entries: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return packed.getvalue()


def entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_samples_come_back_as_they_were_by_table_and_by_idx(drawn: list[Sample], settings: Settings) -> None:
    packed = exchange.pack(drawn, DIGITS)
    parts = entries(packed)
    idx = zipped({name: parts[name] for name in (exchange.IMAGES_FILE, exchange.LABELS_FILE)})
    for data in (packed, idx):
        back = exchange.import_samples(data, DIGITS, settings)
        assert back.problems == []
        assert [one.label for one in back.samples] == list("0371")
        for one, other in zip(back.samples, drawn, strict=True):
            assert np.array_equal(one.glyph, other.glyph)
    assert exchange.import_samples(packed, DIGITS, settings).samples[0].answer == "1"


def test_a_small_letter_that_the_capital_stands_for_is_that_class(settings: Settings) -> None:
    table = b"file,label,answer,confidence\n1.png,c,o,0.5\n2.png,\xc3\xa9,,\n"
    picture = png(draw("0"))
    found = exchange.import_samples(
        zipped({exchange.TABLE_FILE: table, "1.png": picture, "2.png": picture}), BALANCED, settings
    )
    assert [(one.label, one.answer, one.charset) for one in found.samples] == [("C", "O", "balanced")]
    assert found.problems == ["2.png: 'é' is none of Letters and digits"]


def test_digits_stand_as_large_as_letters_where_they_become_samples_of_letters(
    drawn: list[Sample], settings: Settings
) -> None:
    packed = exchange.pack(drawn, DIGITS)
    parts = entries(packed)
    idx = zipped({name: parts[name] for name in (exchange.IMAGES_FILE, exchange.LABELS_FILE)})
    for data in (packed, idx):
        found = exchange.import_samples(data, BALANCED, settings)
        assert found.problems == []
        assert longer_sides(np.stack([one.glyph for one in found.samples])) == {24}
    again = exchange.import_samples(exchange.pack(found.samples, BALANCED), BALANCED, settings)
    for one, other in zip(again.samples, found.samples, strict=True):
        assert np.array_equal(one.glyph, other.glyph), "what is large already stays as it is"


def test_no_samples_make_a_file_too(settings: Settings) -> None:
    assert exchange.import_samples(exchange.pack([], DIGITS), DIGITS, settings).samples == []


def test_torchvision_reads_the_idx_files(drawn: list[Sample], tmp_path_factory: pytest.TempPathFactory) -> None:
    from torchvision.datasets.mnist import read_image_file, read_label_file

    folder = tmp_path_factory.mktemp("idx")
    for name, data in entries(exchange.pack(drawn, DIGITS)).items():
        if "idx" in name:
            (folder / name).write_bytes(data)
    images = read_image_file(str(folder / exchange.IMAGES_FILE))
    assert np.array_equal(images[1].numpy(), drawn[1].glyph)
    assert read_label_file(str(folder / exchange.LABELS_FILE)).tolist() == [0, 3, 7, 1]


def test_pictures_of_any_size_go_through_the_pipeline(settings: Settings) -> None:
    data = zipped({"labels.csv": b"file,label\na.png,3\n", "a.png": png(draw("3", size=300))})
    found = exchange.import_samples(data, DIGITS, settings).samples
    assert np.array_equal(found[0].glyph, normalise(draw("3", size=300)).glyph)
    found = exchange.import_samples(data, BALANCED, settings).samples
    assert np.array_equal(found[0].glyph, normalise(draw("3", size=300), BALANCED.glyph_side).glyph)


def pictures_of(label: str) -> dict[str, NDArray[np.uint8]]:
    """Pictures of 28x28 pixels that are no glyphs."""
    small = cv2.resize(draw(label), (28, 28), interpolation=cv2.INTER_AREA)
    glyph = normalise(draw(label)).glyph
    moved = np.roll(glyph, (-3, 3), axis=(0, 1))
    sheet = np.zeros((28, 28), np.uint8)
    sheet[4:24, 4:24] = cv2.resize(draw(label), (20, 20), interpolation=cv2.INTER_AREA)
    return {
        "dark on light": small,
        "light on dark": 255 - small,
        "a glyph turned over": 255 - glyph,
        "a glyph out of the middle": moved,
        "a faint one": glyph // 2,
        "a small one": cv2.resize(np.pad(glyph, 6), (28, 28), interpolation=cv2.INTER_AREA),
        "a sheet on black": sheet,
        "on grey": np.maximum(glyph, 20),
    }


@pytest.mark.parametrize("kind", pictures_of("5"))
@pytest.mark.parametrize("charset", [DIGITS, BALANCED], ids=["digits", "letters"])
def test_small_pictures_that_are_no_glyphs_are_read_as_on_upload(
    kind: str, charset: Charset, settings: Settings
) -> None:
    picture = pictures_of("5")[kind]
    read = normalise(picture, charset.glyph_side).glyph
    idx = {
        exchange.IMAGES_FILE: struct.pack(">4i", 0x803, 1, 28, 28) + picture.tobytes(),
        exchange.LABELS_FILE: struct.pack(">2i", 0x801, 1) + bytes([5]),
    }
    table = {"labels.csv": b"file,label\na.png,5\n", "a.png": png(picture)}
    for parts in (idx, table):
        found = exchange.import_samples(zipped(parts), charset, settings)
        if read.any():
            assert np.array_equal(found.samples[0].glyph, read)
        else:
            assert "blank" in found.problems[0]


def test_a_glyph_stays_as_it_is_in_any_file(settings: Settings) -> None:
    for charset in (DIGITS, BALANCED):
        glyph = normalise(draw("4"), charset.glyph_side).glyph
        colours = np.repeat(glyph[..., None], 3, axis=2)
        for data in (png(glyph), png(colours)):
            parts = {"labels.csv": b"file,label\na.png,4\n", "a.png": data}
            (sample,) = exchange.import_samples(zipped(parts), charset, settings).samples
            assert np.array_equal(sample.glyph, glyph)


def test_black_on_white_pictures_of_28x28_become_what_upload_makes_of_them(
    failing: Callable[[str], Path], settings: Settings
) -> None:
    data = failing("import-28x28-black-on-white.zip").read_bytes()
    found = exchange.import_samples(data, DIGITS, settings)
    parts = entries(data)
    rows = list(csv.DictReader(io.StringIO(parts["labels.csv"].decode())))
    assert (len(found.samples), found.problems) == (18, [])
    for sample, row in zip(found.samples, rows, strict=True):
        assert np.array_equal(sample.glyph, normalise(decode(parts[row["file"]], settings)).glyph)
        assert (sample.glyph == 0).mean() > 0.5


@pytest.mark.parametrize("ink", [1, 16])
def test_idx_of_few_levels_is_stretched(ink: int, drawn: list[Sample], settings: Settings) -> None:
    pictures = [np.where(sample.glyph > 127, ink, 0).astype(np.uint8) for sample in drawn]
    images = struct.pack(">4i", 0x803, len(drawn), 28, 28) + b"".join(picture.tobytes() for picture in pictures)
    labels = struct.pack(">2i", 0x801, len(drawn)) + bytes(int(sample.label) for sample in drawn)
    found = exchange.import_samples(
        zipped({exchange.IMAGES_FILE: images, exchange.LABELS_FILE: labels}), DIGITS, settings
    )
    assert found.problems == []
    for sample, one in zip(drawn, found.samples, strict=True):
        assert one.label == sample.label
        assert one.glyph.max() == 255
        assert np.abs(one.glyph.astype(int) - sample.glyph).mean() < 20


def test_rows_that_are_not_sound_are_named_and_the_others_read(settings: Settings) -> None:
    table = b"file,label\ngood.png,3\nmissing.png,3\nbroken.png,3\ngood.png,x\nblank.png,3\n../../etc/passwd,1\n"
    blank = png(np.zeros((28, 28), np.uint8))
    parts = {"labels.csv": table, "good.png": png(draw("3")), "broken.png": b"PNG?", "blank.png": blank}
    found = exchange.import_samples(zipped(parts), DIGITS, settings)
    assert [one.label for one in found.samples] == ["3"]
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "missing.png",
        "broken.png",
        "good.png",
        "blank.png",
        "../../etc/passwd",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no zip", "no zip file"),
        (zipped({"readme.txt": b""}), "neither"),
        (zipped({"labels.csv": b"name,digit\n"}), "columns file and label"),
        (zipped({"labels.csv": b"\xff\xfe\x00"}), "columns file and label"),
        (zipped({exchange.IMAGES_FILE: b"\0\0\x08\x03", exchange.LABELS_FILE: b""}), "cut off"),
        (zipped({exchange.IMAGES_FILE: b"\0\0\x08\x03" + b"\x7f" * 12, exchange.LABELS_FILE: bytes(8)}), "must be IDX"),
    ],
)
def test_what_is_no_file_of_samples_is_refused(data: bytes, reason: str, settings: Settings) -> None:
    with pytest.raises(SampleError, match=reason):
        exchange.import_samples(data, DIGITS, settings)


@pytest.mark.parametrize("way", ["folder", "mac", "backslashes", "semicolons", "utf-16"])
def test_a_zip_made_by_hand_is_read(way: str, settings: Settings) -> None:
    picture = png(draw("3"))
    entries = {"labels.csv": b"file,label\nimages/a.png,3\n", "images/a.png": picture}
    if way in ("folder", "mac"):
        entries = {f"my samples/{name}": data for name, data in entries.items()}
    if way == "mac":
        entries |= {"__MACOSX/my samples/._labels.csv": b"\x00\x05", "__MACOSX/labels.csv": b"nothing"}
    if way == "backslashes":
        entries = {"labels.csv": b"file,label\nimages\\a.png,3\n", "images\\a.png": picture}
    if way == "semicolons":
        entries["labels.csv"] = b"File;Label\r\nimages/a.png;3\r\n"
    if way == "utf-16":
        entries["labels.csv"] = entries["labels.csv"].decode().encode("utf-16")
    found = exchange.import_samples(zipped(entries), DIGITS, settings)
    assert ([sample.label for sample in found.samples], found.problems) == (["3"], [])


def test_one_that_unpacks_to_too_much_is_refused(settings: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", bytes(exchange.LARGEST + 1))
    with pytest.raises(SampleError, match="at most"):
        exchange.import_samples(packed.getvalue(), DIGITS, settings)


def test_an_entry_that_lies_about_its_size_is_not_unpacked_whole(settings: Settings) -> None:
    """The table says that it has 1,000 bytes and unpacks to 200 MB."""
    stream = zlib.compress(bytes(200_000_000), 9, wbits=-15)
    data = bytearray(zipped({"labels.csv": stream}))
    for mark, method, size in ((b"PK\x03\x04", 8, 22), (b"PK\x01\x02", 10, 24)):
        at = data.rindex(mark)
        data[at + method : at + method + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        data[at + size : at + size + 4] = struct.pack("<I", 1000)
    tracemalloc.start()
    with pytest.raises(SampleError, match="Bad CRC-32"):
        exchange.import_samples(bytes(data), DIGITS, settings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_unusual_packing_is_refused(settings: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("labels.csv", b"file,label\n")
    with pytest.raises(SampleError, match="ordinary zip file"):
        exchange.import_samples(packed.getvalue(), DIGITS, settings)


def test_an_entry_that_is_damaged_or_empty_is_named_and_the_others_read(settings: Settings) -> None:
    picture = png(draw("3"))
    packed = zipped(
        {"labels.csv": b"file,label\na.png,3\nb.png,3\nc.png,3\n", "a.png": picture, "b.png": picture, "c.png": b""}
    )
    data = bytearray(packed)
    data[packed.index(picture) + len(picture) // 2] ^= 255
    found = exchange.import_samples(bytes(data), DIGITS, settings)
    assert len(found.samples) == 1
    assert "Bad CRC-32" in found.problems[0]
    assert "c.png: The file is empty (0 bytes)." in found.problems[1]


def test_damaged_files_are_refused_or_read_and_nothing_else(drawn: list[Sample], settings: Settings) -> None:
    """Bytes changed, cut off or doubled, mostly in the directory of the zip file, where every field is a trap."""
    rng = np.random.default_rng(20)
    whole = exchange.pack(drawn[:2], DIGITS)
    idx = zipped({name: data for name, data in entries(whole).items() if "idx" in name})
    outcomes = {"read": 0, "refused": 0}
    for round_ in range(600):
        data = np.frombuffer(idx if round_ % 3 == 0 else whole, np.uint8).copy()
        directory = bytes(data).index(b"PK\x01\x02")
        places = rng.integers(directory if round_ % 4 else 0, len(data), 1 + round_ % 3)
        data[places] = rng.choice([0, 1, 127, 128, 255, *rng.integers(0, 256, 3)], len(places))
        end = rng.integers(0, len(data)) if round_ % 20 == 19 else len(data)
        try:
            outcomes["read"] += exchange.import_samples(data[:end].tobytes(), DIGITS, settings) is not None
        except SampleError:
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 50


@pytest.mark.parametrize("way", ["corrected", "imported", "exported and imported"])
def test_a_drawing_is_on_the_same_side_of_a_test_in_every_charset(way: str, settings: Settings) -> None:
    """Digits are smaller in their glyphs than letters, so that the pixels differ."""
    pictures = [draw(str(number % 10), box=(60 - number, 40, 180 + number)) for number in range(24)]
    sides = []
    for charset in (DIGITS, BALANCED):
        if way == "corrected":
            read = [normalise(picture, charset.glyph_side) for picture in pictures]
            drawings = [hash_drawing(from_ink(one.ink).glyph) for one in read]
            samples = [
                Sample(one.glyph, "3", charset.name, drawing=drawing)
                for one, drawing in zip(read, drawings, strict=True)
            ]
        else:
            files = {f"{number}.png": png(picture) for number, picture in enumerate(pictures)}
            table = "file,label\n" + "".join(f"{name},3\n" for name in files)
            samples = exchange.import_samples(zipped({"labels.csv": table.encode()} | files), charset, settings).samples
        if way == "exported and imported":
            samples = exchange.import_samples(exchange.pack(samples, charset), charset, settings).samples
        sides.append([is_test(sample) for sample in samples])
    assert sides[0] == sides[1]
    assert 0 < sum(sides[0]) < len(pictures)
