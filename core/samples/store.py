"""The user's labelled characters, as they are read; `core.samples.edits` changes them.

Every function raises SampleError where the database cannot be read.
"""

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError

from core.charsets import get_charset
from core.errors import SampleError
from core.samples.database import GLYPH_BYTES, SAMPLES, begin
from core.settings import Settings
from core.vision.normalise import CHARACTER_SIDE, rescale_glyph

_NOT_READ = ("picture", "deleted", "digest")


@dataclass(frozen=True)
class Sample:
    """A labelled character."""

    glyph: NDArray[np.uint8]  # (28, 28)
    label: str  # the true character
    charset: str = "digits"  # the name of the one that the label belongs to
    origin: str = "draw"  # or "upload", or "import"
    model: str = ""  # who read it, as what, and how sure; empty and 0 where nobody did
    answer: str = ""
    confidence: float = 0.0
    created: str = ""  # ISO 8601, UTC; empty for now
    picture: bytes | None = None  # the file as it was given
    drawing: int | None = None  # its `hash_drawing`, the same in every charset; None for that of the glyph
    id: int = 0  # in the database; 0 before it is stored


def hash_drawing(glyph: NDArray[np.uint8]) -> int:
    """What tells a drawing from others in every charset: a hash of its glyph, uint8 (28, 28), in the size of digits.

    The glyph may be of any charset. That of a smaller size has less of the drawing, so give the one of digits where
    there is one.
    """
    return zlib.crc32(rescale_glyph(glyph, CHARACTER_SIDE).tobytes())


def is_test(sample: Sample) -> bool:
    """Whether a sample belongs to the quarter that models are tested with: by its drawing, whatever else is stored."""
    drawing = hash_drawing(sample.glyph) if sample.drawing is None else sample.drawing
    return drawing % 4 == 0


def exist(settings: Settings) -> bool:
    """Whether there may be samples. Looking makes no database; whoever reads one that cannot be used is told why."""
    try:
        url = sa.make_url(settings.database_url)
        if url.get_backend_name() == "sqlite" and url.database is not None:
            Path(url.database).stat()
    except FileNotFoundError:
        return False
    except (SQLAlchemyError, OSError):  # OSError: a folder that is a file, or closed
        return True
    return True


def count(settings: Settings, charset: str, patience: float | None = None) -> dict[str, int]:
    """The number of samples of each character that has any, in the charset's order; `patience` as `begin` takes it."""
    query = (
        sa.select(SAMPLES.c.label, sa.func.count())
        .where(SAMPLES.c.charset == charset, SAMPLES.c.deleted.is_(False))
        .group_by(SAMPLES.c.label)
    )
    with begin(settings, patience) as connection:
        counts = {str(label): int(number) for label, number in connection.execute(query)}
    return {character: counts[character] for character in get_charset(charset).characters if character in counts}


def read(
    settings: Settings, charset: str, label: str | None = None, first: int = 0, most: int | None = None
) -> list[Sample]:
    """Samples, or those of one character, in the order in which they were stored, without their files."""
    columns = [column for column in SAMPLES.c if column.name not in _NOT_READ]
    query = sa.select(*columns).where(SAMPLES.c.charset == charset, SAMPLES.c.deleted.is_(False))
    if label is not None:
        query = query.where(SAMPLES.c.label == label)
    query = query.order_by(SAMPLES.c.id).offset(first).limit(most)
    with begin(settings) as connection:
        return [_sample(row._mapping) for row in connection.execute(query)]


def _sample(row: sa.RowMapping) -> Sample:
    values = dict(row)
    packed = bytes(values.pop("glyph"))
    if len(packed) != GLYPH_BYTES:
        raise SampleError(f"Sample {values['id']} is damaged: it has {len(packed)} of {GLYPH_BYTES} pixels.")
    if values["drawing"] is None:
        values["drawing"] = zlib.crc32(packed)  # as versions split the samples that stored no such hash
    return Sample(glyph=np.frombuffer(packed, np.uint8).reshape(28, 28), **values)


def picture(sample: int, settings: Settings) -> bytes | None:
    """The file as it was given; None where it was not stored."""
    with begin(settings) as connection:
        data = connection.execute(sa.select(SAMPLES.c.picture).where(SAMPLES.c.id == sample)).scalar()
    return None if data is None else bytes(data)


def revision(settings: Settings) -> str:
    """A hash of the samples as they are, or "none" where there is no database."""
    if not exist(settings):
        return "none"
    kept = sa.select(SAMPLES.c.id, SAMPLES.c.digest).where(SAMPLES.c.deleted.is_(False)).order_by(SAMPLES.c.id)
    with begin(settings) as connection:
        rows = connection.execute(kept).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
