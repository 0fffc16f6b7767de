"""Samples to a zip file and back: as IDX (as MNIST is kept) and as PNGs with a CSV, both in the one file."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset
from core.data.samples import Sample
from core.errors import PictureError, SampleError
from core.settings import Settings
from core.vision.decode import decode
from core.vision.normalise import as_large, normalise

IMAGES_FILE = "samples-images-idx3-ubyte"
LABELS_FILE = "samples-labels-idx1-ubyte"
TABLE_FILE = "labels.csv"
COLUMNS = ("file", "label", "created", "origin", "model", "answer", "confidence")
MOST = 20_000  # samples in one file
LARGEST = 200_000_000  # bytes, unpacked
_CHUNK = 1 << 16  # bytes
_IDX_IMAGES, _IDX_LABELS = 0x803, 0x801
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    csv.Error,
    OSError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    UnicodeDecodeError,
)


@dataclass(frozen=True)
class Imported:
    """What a file held.

    Attributes:
        samples: those that are sound.
        problems: a line for each one that is not, saying why.
    """

    samples: list[Sample]
    problems: list[str]


def pack(samples: Sequence[Sample], charset: Charset) -> bytes:
    """Samples as the bytes of a zip file: an IDX pair, a PNG each, and a table of them."""
    packed = io.BytesIO()
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(COLUMNS)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sample in enumerate(samples, start=1):
            name = f"images/{number:05d}.png"
            archive.writestr(name, cv2.imencode(".png", sample.glyph)[1].tobytes())
            details = (sample.created, sample.origin, sample.model, sample.answer, f"{sample.confidence:.6f}")
            rows.writerow([name, sample.label, *details])
        archive.writestr(TABLE_FILE, table.getvalue())
        glyphs = np.stack([sample.glyph for sample in samples]) if samples else np.zeros((0, 28, 28), np.uint8)
        places = bytes(charset.characters.index(sample.label) for sample in samples)
        archive.writestr(IMAGES_FILE, struct.pack(">4i", _IDX_IMAGES, len(samples), 28, 28) + glyphs.tobytes())
        archive.writestr(LABELS_FILE, struct.pack(">2i", _IDX_LABELS, len(samples)) + places)
    return packed.getvalue()


def unpack(data: bytes, charset: Charset, settings: Settings) -> Imported:
    """Read samples from a zip file: by its labels.csv where it has one, else by its IDX pair.

    A picture of 28x28 grey pixels is taken as a glyph, of the charset's size; any other goes through the pipeline.

    Raises:
        SampleError: it is no such file, or too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_size(archive)
            names = set(archive.namelist())
            if TABLE_FILE in names:
                return _from_table(archive, charset, settings)
            if {IMAGES_FILE, LABELS_FILE} <= names:
                return _from_idx(_read(archive, IMAGES_FILE), _read(archive, LABELS_FILE), charset)
    except _BROKEN as error:
        raise SampleError(f"This is no zip file of samples: {error}.") from error
    raise SampleError(f"The file has neither {TABLE_FILE} nor {IMAGES_FILE} with {LABELS_FILE}.")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry, at most as many bytes as it says that it has: all at once, one that lies would be unpacked whole."""
    with archive.open(name) as file:
        return b"".join(iter(partial(file.read, _CHUNK), b""))


def _check_size(archive: zipfile.ZipFile) -> None:
    size, count = sum(member.file_size for member in archive.infolist()), len(archive.infolist())
    if size > LARGEST or count > MOST + 10:
        raise SampleError(
            f"The file holds {count:,} entries of {size / 1e6:,.0f} MB; "
            f"at most {MOST:,} samples of {LARGEST / 1e6:,.0f} MB together are read at once."
        )
    if any(member.compress_type not in _METHODS for member in archive.infolist()):
        raise SampleError("The file is packed in a way that is not read here. Pack it as an ordinary zip file.")


def _from_table(archive: zipfile.ZipFile, charset: Charset, settings: Settings) -> Imported:
    text = _read(archive, TABLE_FILE).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text))
    if not {"file", "label"} <= set(rows.fieldnames or ()):
        raise SampleError(f"{TABLE_FILE} must have the columns file and label, got {', '.join(rows.fieldnames or ())}.")
    samples, problems = [], []
    for row in islice(rows, MOST):
        name, label = str(row["file"] or ""), str(row["label"] or "")
        try:
            samples.append(_sample(_read(archive, name), label, row, charset, settings))
        except KeyError:
            problems.append(f"{name}: the file has no such entry")
        except (PictureError, SampleError) as error:
            problems.append(f"{name}: {error}")
    return Imported(samples, problems)


def _sample(data: bytes, label: str, row: dict[str, str], charset: Charset, settings: Settings) -> Sample:
    found = charset.find(label)
    if found is None:
        raise SampleError(f"{label!r} is none of {charset.title}")
    glyph = _glyph(data, charset, settings)
    if not glyph.any():
        raise SampleError("it is blank")
    answer, model = row.get("answer") or "", row.get("model") or ""
    sample, said = Sample(glyph, found, charset.name, origin="import"), charset.find(answer)
    if said is None:
        return sample
    return replace(sample, answer=said, model=model[:64], confidence=_share(row))


def _share(row: dict[str, str]) -> float:
    """The confidence of a row, 0 to 1; 0 where it says none."""
    try:
        share = float(row.get("confidence") or 0)
    except ValueError:
        return 0.0
    return share if 0 <= share <= 1 else 0.0


def _glyph(data: bytes, charset: Charset, settings: Settings) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if len(data) < 10_000 else None
    if picture is not None and picture.shape == (28, 28) and picture.dtype == np.uint8:
        return as_large(np.asarray(picture, np.uint8), charset.side)
    return normalise(decode(data, settings), charset.side).glyph


def _from_idx(images: bytes, labels: bytes, charset: Charset) -> Imported:
    header = struct.Struct(">4i")
    if len(images) < header.size or len(labels) < 8:
        raise SampleError(f"{IMAGES_FILE} or {LABELS_FILE} is cut off.")
    kind, count, height, width = header.unpack_from(images)
    label_kind, label_count = struct.unpack_from(">2i", labels)
    sound = kind == _IDX_IMAGES and label_kind == _IDX_LABELS and (height, width) == (28, 28) and count == label_count
    if not sound or len(images) != header.size + count * 784 or len(labels) != 8 + count:
        raise SampleError(
            f"{IMAGES_FILE} and {LABELS_FILE} must be IDX files of as many labels as images of 28x28 pixels; "
            f"got {label_count:,} labels in {len(labels):,} bytes and {count:,} images of {height}x{width} "
            f"in {len(images):,} bytes."
        )
    glyphs = np.frombuffer(images, np.uint8, offset=header.size).reshape(-1, 28, 28)
    samples, problems = [], []
    for number, (glyph, place) in enumerate(zip(glyphs, labels[8:], strict=True), start=1):
        large = as_large(glyph, charset.side)
        if place >= len(charset.characters) or not large.any():
            problems.append(f"image {number}: it is blank, or its label {place} is none of {charset.title}")
        else:
            samples.append(Sample(large, charset.characters[place], charset.name, origin="import"))
    return Imported(samples, problems)
