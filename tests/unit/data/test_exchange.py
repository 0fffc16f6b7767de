import io
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from core.charsets import BALANCED, DIGITS
from core.data import exchange
from core.data.samples import Sample
from core.errors import SampleError
from core.settings import Settings
from core.vision.normalise import normalise
from tests.glyphs import longer_sides
from tests.pages.conftest import png
from tests.strokes import draw


@pytest.fixture
def drawn() -> list[Sample]:
    return [Sample(normalise(draw(label)).glyph, label, answer="1", model="digits") for label in "0371"]


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
        back = exchange.unpack(data, DIGITS, settings)
        assert back.problems == []
        assert [one.label for one in back.samples] == list("0371")
        for one, other in zip(back.samples, drawn, strict=True):
            assert np.array_equal(one.glyph, other.glyph)
    assert exchange.unpack(packed, DIGITS, settings).samples[0].answer == "1"


def test_a_small_letter_that_the_capital_stands_for_is_that_class(settings: Settings) -> None:
    table = b"file,label,answer,confidence\n1.png,c,o,0.5\n2.png,\xc3\xa9,,\n"
    picture = png(draw("0"))
    found = exchange.unpack(
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
        found = exchange.unpack(data, BALANCED, settings)
        assert found.problems == []
        assert longer_sides(np.stack([one.glyph for one in found.samples])) == {24}
    again = exchange.unpack(exchange.pack(found.samples, BALANCED), BALANCED, settings)
    for one, other in zip(again.samples, found.samples, strict=True):
        assert np.array_equal(one.glyph, other.glyph), "what is large already stays as it is"


def test_no_samples_make_a_file_too(settings: Settings) -> None:
    assert exchange.unpack(exchange.pack([], DIGITS), DIGITS, settings).samples == []


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
    found = exchange.unpack(data, DIGITS, settings).samples
    assert np.array_equal(found[0].glyph, normalise(draw("3", size=300)).glyph)
    found = exchange.unpack(data, BALANCED, settings).samples
    assert np.array_equal(found[0].glyph, normalise(draw("3", size=300), BALANCED.side).glyph)


def test_rows_that_are_not_sound_are_named_and_the_others_read(settings: Settings) -> None:
    table = b"file,label\ngood.png,3\nmissing.png,3\nbroken.png,3\ngood.png,x\nblank.png,3\n../../etc/passwd,1\n"
    blank = png(np.zeros((28, 28), np.uint8))
    parts = {"labels.csv": table, "good.png": png(draw("3")), "broken.png": b"PNG?", "blank.png": blank}
    found = exchange.unpack(zipped(parts), DIGITS, settings)
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
        (zipped({"labels.csv": b"\xff\xfe\x00"}), "no zip file of samples"),
        (zipped({exchange.IMAGES_FILE: b"\0\0\x08\x03", exchange.LABELS_FILE: b""}), "cut off"),
        (zipped({exchange.IMAGES_FILE: b"\0\0\x08\x03" + b"\x7f" * 12, exchange.LABELS_FILE: bytes(8)}), "must be IDX"),
    ],
)
def test_what_is_no_file_of_samples_is_refused(data: bytes, reason: str, settings: Settings) -> None:
    with pytest.raises(SampleError, match=reason):
        exchange.unpack(data, DIGITS, settings)


def test_one_that_unpacks_to_too_much_is_refused(settings: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", bytes(exchange.LARGEST + 1))
    with pytest.raises(SampleError, match="at most"):
        exchange.unpack(packed.getvalue(), DIGITS, settings)


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
        exchange.unpack(bytes(data), DIGITS, settings)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_an_unusual_packing_is_refused(settings: Settings) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("labels.csv", b"file,label\n")
    with pytest.raises(SampleError, match="ordinary zip file"):
        exchange.unpack(packed.getvalue(), DIGITS, settings)
