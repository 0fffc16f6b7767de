"""Samples to a zip file and back: as IDX (as MNIST is kept) and as PNGs with a CSV, both in the one file."""

import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from core.charsets import CHARSETS, Charset
from core.errors import PictureError, SampleError
from core.files import BROKEN, chunks, is_ordinary, unpacked_size
from core.samples.store import Sample, hash_drawing
from core.settings import Settings
from core.spreadsheet import read_rows
from core.vision.decode import decode
from core.vision.normalise import centre, from_ink, normalise, rescale_glyph

IMAGES_FILE = "samples-images-idx3-ubyte"
LABELS_FILE = "samples-labels-idx1-ubyte"
TABLE_FILE = "labels.csv"
COLUMNS = ("file", "label", "created", "origin", "model", "answer", "confidence", "drawing")
MOST = 20_000  # samples in one file
LARGEST = 200_000_000  # bytes, unpacked
_IDX_IMAGES, _IDX_LABELS = 0x803, 0x801
_FEW_LEVELS = 16  # the largest value in files that know no more: 1 where ink is 1, 16 in the UCI digits
_SIDES = sorted({charset.glyph_side for charset in CHARSETS.values()})
_NARROW = 8  # pixels: a stroke and no more


@dataclass(frozen=True)
class Imported:
    """What a file held."""

    samples: list[Sample]  # those that are sound
    problems: list[str]  # a line for each one that is not, saying why


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
            read_as = (sample.model, sample.answer, f"{sample.confidence:.6f}")
            rows.writerow([name, sample.label, sample.created, sample.origin, *read_as, sample.drawing])
        archive.writestr(TABLE_FILE, table.getvalue())
        glyphs = np.stack([sample.glyph for sample in samples]) if samples else np.zeros((0, 28, 28), np.uint8)
        indices = bytes(charset.characters.index(sample.label) for sample in samples)
        archive.writestr(IMAGES_FILE, struct.pack(">4i", _IDX_IMAGES, len(samples), 28, 28) + glyphs.tobytes())
        archive.writestr(LABELS_FILE, struct.pack(">2i", _IDX_LABELS, len(samples)) + indices)
    return packed.getvalue()


def import_samples(data: bytes, charset: Charset, settings: Settings) -> Imported:
    """Read samples from a zip file: by its labels.csv where it has one, else by its IDX pair.

    Every picture becomes a glyph as on Upload, of the charset's size; one that is a glyph already stays as it is.
    SampleError where it is no such file, or too large.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise _damaged(error) from error
    with archive:
        _check_size(archive)
        names = _names(archive)
        if TABLE_FILE in names:
            return _from_table(archive, names, charset, settings)
        if {IMAGES_FILE, LABELS_FILE} <= names.keys():
            return _from_idx(_read(archive, names[IMAGES_FILE]), _read(archive, names[LABELS_FILE]), charset)
    raise SampleError(f"The file has neither {TABLE_FILE} nor {IMAGES_FILE} with {LABELS_FILE}.")


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The entries by their paths from the folder that the samples lie in: at the top, or where a folder was packed.

    Backslashes, which some programs write, part folders, too.
    """
    paths = {name.replace("\\", "/"): name for name in archive.namelist() if not name.startswith("__MACOSX")}
    tables = [path for path in paths if path.rpartition("/")[2] in (TABLE_FILE, IMAGES_FILE)]
    folder = min((path.rpartition("/")[0] for path in tables), key=len, default="")
    prefix = f"{folder}/" if folder else ""
    return {path.removeprefix(prefix): name for path, name in paths.items() if path.startswith(prefix)}


def _damaged(error: Exception) -> SampleError:
    return SampleError(
        f"This is no zip file of samples, or it is damaged: {str(error).rstrip('.')}. Pack it or send it again."
    )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of an entry; SampleError where there is none, or it is damaged."""
    try:
        return b"".join(chunks(archive, name))
    except KeyError:
        raise SampleError("the file has no such entry") from None
    except BROKEN as error:
        raise _damaged(error) from error


def _check_size(archive: zipfile.ZipFile) -> None:
    size, count = unpacked_size(archive), len(archive.infolist())
    if size > LARGEST or count > MOST + 10:
        raise SampleError(
            f"The file holds {count:,} entries of {size / 1e6:,.0f} MB; "
            f"at most {MOST:,} samples of {LARGEST / 1e6:,.0f} MB together are read at once."
        )
    if not all(map(is_ordinary, archive.infolist())):
        raise SampleError("The file is packed in a way that is not read here. Pack it as an ordinary zip file.")


def _from_table(archive: zipfile.ZipFile, names: dict[str, str], charset: Charset, settings: Settings) -> Imported:
    try:
        rows = read_rows(_read(archive, names[TABLE_FILE]), ("file", "label"), MOST)
    except ValueError as error:
        raise SampleError(f"{TABLE_FILE} cannot be read: {error}.") from error
    samples, problems = [], []
    for row in rows:
        name, label = row["file"].replace("\\", "/"), row["label"]
        try:
            samples.append(_sample(_read(archive, names.get(name, name)), label, row, charset, settings))
        except (PictureError, SampleError) as error:
            problems.append(f"{name}: {error}")
    return Imported(samples, problems)


def _sample(data: bytes, label: str, row: dict[str, str], charset: Charset, settings: Settings) -> Sample:
    character = charset.find(label)
    if character is None:
        raise SampleError(f"{label!r} is none of {charset.title}")
    glyph, drawing = _glyph(decode(data, settings), charset)
    if not glyph.any():
        raise SampleError("it is blank")
    if (written := row.get("drawing") or "").isdecimal() and len(written) <= len(str(1 << 32)):
        drawing = int(written)
    sample = Sample(glyph, character, charset.name, origin="import", drawing=drawing)
    answer = charset.find(row.get("answer") or "")
    if answer is None:
        return sample
    return replace(sample, answer=answer, model=(row.get("model") or "")[:64], confidence=_share(row))


def _share(row: dict[str, str]) -> float:
    """The confidence of a row, 0 to 1; 0 where it gives none."""
    try:
        share = float(row.get("confidence") or 0)
    except ValueError:
        return 0.0
    return share if 0 <= share <= 1 else 0.0


def _glyph(picture: NDArray[np.uint8], charset: Charset) -> tuple[NDArray[np.uint8], int]:
    """The glyph of any picture, grey (H, W) or RGBA (H, W, 4), as Upload makes it, and the hash of the drawing."""
    side = _side_of_glyph(picture)
    if side is None:
        normalised = normalise(picture, charset.glyph_side)
        return normalised.glyph, hash_drawing(from_ink(normalised.ink).glyph)
    grey = np.array(picture if picture.ndim == 2 else picture[..., 0])
    return grey if side == charset.glyph_side else rescale_glyph(grey, charset.glyph_side), hash_drawing(grey)


def _side_of_glyph(picture: NDArray[np.uint8]) -> int | None:
    """The side of the charset that a picture is a glyph of; None where it is none.

    The picture itself tells: an IDX pair has no place for a mark, and MNIST's own images and the exports of earlier
    versions have none. To be a glyph is to be of 28x28 pixels, white on black that is 0 everywhere beside the
    character, which is as large as a charset says and lies with its mass in the middle.
    """
    if picture.shape[:2] != (28, 28) or (picture.ndim == 3 and not _is_grey(picture)):
        return None
    grey = picture if picture.ndim == 2 else picture[..., 0]
    (top, bottom), (left, right) = (_ends(grey.max(axis=axis)) for axis in (1, 0))
    box = grey[top:bottom, left:right]
    longer = max(box.shape)
    side = next((side for side in _SIDES if abs(longer - side) <= 1), None)
    if side is None or int(box.max()) < 240 or _is_paper(box):
        return None
    (centred_top, _), (centred_left, _) = (_ends(centre(box).max(axis=axis)) for axis in (1, 0))
    return side if max(abs(centred_top - top), abs(centred_left - left)) <= 1 else None


def _is_grey(picture: NDArray[np.uint8]) -> bool:
    return bool((picture[..., :3] == picture[..., :1]).all() and (picture[..., 3] == 255).all())


def _ends(levels: NDArray[np.uint8]) -> tuple[int, int]:
    """Where the first level that is not 0 begins and the last one ends; 0 and 0 where all are 0."""
    indices = np.flatnonzero(levels)
    return (int(indices[0]), int(indices[-1]) + 1) if indices.size else (0, 0)


def _is_paper(box: NDArray[np.uint8]) -> bool:
    """Whether a character's box is bright all around: a sheet, with dark ink on it. Of glyphs half is at most."""
    border = np.concatenate([box[0], box[-1], box[1:-1, 0], box[1:-1, -1]])
    return min(box.shape) > _NARROW and bool((border > 127).mean() > 0.9)


def _from_idx(images: bytes, labels: bytes, charset: Charset) -> Imported:
    if len(images) < 16 or len(labels) < 8:
        raise SampleError(f"{IMAGES_FILE} or {LABELS_FILE} is cut off.")
    kind, count, height, width = struct.unpack_from(">4i", images)
    label_kind, label_count = struct.unpack_from(">2i", labels)
    sound = kind == _IDX_IMAGES and label_kind == _IDX_LABELS and (height, width) == (28, 28) and count == label_count
    if not sound or len(images) != 16 + count * 784 or len(labels) != 8 + count:
        raise SampleError(
            f"{IMAGES_FILE} and {LABELS_FILE} must be IDX files of as many labels as images of 28x28 pixels; "
            f"got {label_count:,} labels in {len(labels):,} bytes and {count:,} images of {height}x{width} "
            f"in {len(images):,} bytes."
        )
    pictures = _stretch(np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28))
    samples, problems = [], []
    for number, (picture, index) in enumerate(zip(pictures, labels[8:], strict=True), start=1):
        if index >= len(charset.characters):
            problems.append(f"image {number}: its label {index} is none of {charset.title}")
            continue
        glyph, drawing = _glyph(picture, charset)
        if glyph.any():
            samples.append(Sample(glyph, charset.characters[index], charset.name, origin="import", drawing=drawing))
        else:
            problems.append(f"image {number}: it is blank")
    return Imported(samples, problems)


def _stretch(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures of few levels, as 0 and 1, over all from 0 to 255."""
    largest = int(pictures.max(initial=0))
    if not 0 < largest <= _FEW_LEVELS:
        return pictures
    return np.round(pictures * (255 / largest)).astype(np.uint8)
