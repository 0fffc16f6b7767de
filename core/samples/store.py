"""The user's own labelled characters, as they are read; `core.samples.edits` is how they come and go.

The picture as it was given is there only where it was stored with the sample.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from core.charsets import get_charset
from core.errors import SampleError
from core.samples.database import GLYPH_BYTES, SAMPLES, begin, exists
from core.settings import Settings

_NOT_READ = ("picture", "deleted", "digest")


@dataclass(frozen=True)
class Sample:
    """A labelled character.

    Attributes:
        glyph: uint8 (28, 28).
        label: the true character.
        charset: name of the charset that the label belongs to.
        origin: where it came from: "draw", "upload" or "import".
        model, answer, confidence: who read it, as what, and how sure; empty and 0 where nobody did.
        created: ISO 8601, UTC; empty for now.
        picture: the file as it was given, or None.
        id: in the database; 0 before it is there.
    """

    glyph: NDArray[np.uint8]
    label: str
    charset: str = "digits"
    origin: str = "draw"
    model: str = ""
    answer: str = ""
    confidence: float = 0.0
    created: str = ""
    picture: bytes | None = None
    id: int = 0


def exist(settings: Settings) -> bool:
    """Whether there may be samples: looking makes no database where there is none."""
    return exists(settings)


def count(settings: Settings, charset: str, patience: float | None = None) -> dict[str, int]:
    """How many samples there are of each character that has any, in the charset's order.

    Args:
        settings: they say where the database is.
        charset: name of the charset.
        patience: how long to wait for another program that holds the database, seconds; None for the usual time.

    Raises:
        SampleError: the database cannot be read.
    """
    query = (
        sa.select(SAMPLES.c.label, sa.func.count())
        .where(SAMPLES.c.charset == charset, SAMPLES.c.deleted.is_(False))
        .group_by(SAMPLES.c.label)
    )
    with begin(settings, patience) as connection:
        found = {str(label): int(number) for label, number in connection.execute(query)}
    return {character: found[character] for character in get_charset(charset).characters if character in found}


def read(
    settings: Settings, charset: str, label: str | None = None, first: int = 0, most: int | None = None
) -> list[Sample]:
    """Samples in the order in which they were stored, without the pictures as given.

    Args:
        charset: name of the charset.
        label: only those of this character; None for all.
        first, most: for pages: how many to pass over, and how many to read at most.

    Raises:
        SampleError: the database cannot be read.
    """
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
    return Sample(glyph=np.frombuffer(packed, np.uint8).reshape(28, 28), **values)


def picture(sample: int, settings: Settings) -> bytes | None:
    """The file as it was given; None where it was not stored.

    Raises:
        SampleError: the database cannot be read.
    """
    with begin(settings) as connection:
        found = connection.execute(sa.select(SAMPLES.c.picture).where(SAMPLES.c.id == sample)).scalar()
    return None if found is None else bytes(found)


def revision(settings: Settings) -> str:
    """A hash of the samples, or "none" where there is no database: another one when they are changed.

    The numbers of samples and changes would not do: after an undo, SQLite gives the next change the same number again.

    Raises:
        SampleError: the database cannot be read.
    """
    if not exist(settings):
        return "none"
    kept = sa.select(SAMPLES.c.id, SAMPLES.c.digest).where(SAMPLES.c.deleted.is_(False)).order_by(SAMPLES.c.id)
    with begin(settings) as connection:
        rows = connection.execute(kept).all()
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()
