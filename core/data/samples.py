"""The user's own labelled characters, in a database: SQLite by default, any other by its URL.

Every change is noted, so that it can be undone, the last one first. What was deleted stays in the database until
`purge`. The picture as it was given is stored only where the caller hands it over.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.exc import SQLAlchemyError

from core.charsets import Charset, get_charset
from core.errors import SampleError
from core.settings import Settings, check_writable

GLYPH_BYTES = 28 * 28
LARGEST_PICTURE = 20_000_000  # bytes
UNDO_STEPS = 100
BUSY_SECONDS = 5

_METADATA = sa.MetaData()
_SAMPLES = sa.Table(
    "samples",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("charset", sa.String(64), nullable=False, index=True),
    sa.Column("label", sa.String(8), nullable=False),
    sa.Column("glyph", sa.LargeBinary(GLYPH_BYTES), nullable=False),
    sa.Column("picture", sa.LargeBinary, nullable=True),
    sa.Column("origin", sa.String(32), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("answer", sa.String(8), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
)
_CHANGES = sa.Table(
    "changes",
    _METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch", sa.Integer, nullable=False),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("label_before", sa.String(8), nullable=False),
    sa.Column("deleted_before", sa.Boolean, nullable=False),
)


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


@dataclass(frozen=True)
class Correction:
    """What came of saying what a glyph is.

    Attributes:
        sample: its id.
        before: the label that it was stored with before; empty where it is new.
        batch: the number of the change; 0 where it was stored like this already.
    """

    sample: int
    before: str
    batch: int


def add(samples: Iterable[Sample], settings: Settings) -> int:
    """Store samples; one whose glyph and label are there already is passed over.

    Returns:
        How many are new.

    Raises:
        ReadOnly: nothing may be stored here.
        SampleError: a sample is not sound, or the database cannot be written.
    """
    check_writable(settings, "stored")
    rows = [_row(sample) for sample in samples]
    with _begin(settings) as connection:
        batch = _next_batch(connection)
        new = 0
        for row in rows:
            same = sa.select(_SAMPLES.c.id).where(_SAMPLES.c.digest == row["digest"], _SAMPLES.c.deleted.is_(False))
            if connection.execute(same).first():
                continue
            key = connection.execute(_SAMPLES.insert().values(**row)).inserted_primary_key
            assert key is not None
            _note(connection, batch, int(key[0]), str(row["label"]), deleted=True)
            new += 1
    return new


def _row(sample: Sample) -> dict[str, object]:
    """A sample as a row, checked."""
    if sample.glyph.dtype != np.uint8 or sample.glyph.shape != (28, 28) or not sample.glyph.any():
        raise SampleError(
            f"A sample's glyph must be uint8 (28, 28) with ink, got {sample.glyph.dtype} {sample.glyph.shape}."
        )
    charset = get_charset(sample.charset)
    _check_label(sample.label, charset)
    if sample.picture is not None and len(sample.picture) > LARGEST_PICTURE:
        raise SampleError(f"The picture has {len(sample.picture):,} bytes; at most {LARGEST_PICTURE:,} are stored.")
    packed = np.ascontiguousarray(sample.glyph).tobytes()
    return {
        "created": sample.created or datetime.now(UTC).isoformat(timespec="seconds"),
        "charset": charset.name,
        "label": sample.label,
        "glyph": packed,
        "picture": sample.picture,
        "origin": sample.origin,
        "model": sample.model,
        "answer": sample.answer,
        "confidence": float(sample.confidence),
        "deleted": False,
        "digest": _digest(packed, sample.label, charset.name),
    }


def _digest(packed: bytes, label: str, charset: str) -> str:
    return hashlib.sha256(packed + label.encode() + charset.encode()).hexdigest()


def _check_label(label: str, charset: Charset) -> None:
    if label not in charset.characters:
        raise SampleError(f"{label!r} is none of {charset.title}: {' '.join(charset.characters)}.")


def correct(sample: Sample, settings: Settings) -> Correction:
    """Store what a glyph is; where the same glyph is there with another label, that label is changed.

    Raises:
        ReadOnly: nothing may be stored here.
        SampleError: the sample is not sound, or the database cannot be written.
    """
    check_writable(settings, "stored")
    row = _row(sample)
    characters = get_charset(sample.charset).characters
    packed = sample.glyph.tobytes()
    digests = [_digest(packed, label, sample.charset) for label in characters]
    with _begin(settings) as connection:
        batch = _next_batch(connection)
        same = sa.select(_SAMPLES).where(_SAMPLES.c.digest.in_(digests), _SAMPLES.c.deleted.is_(False))
        there = list(connection.execute(same.order_by(_SAMPLES.c.id)).mappings())
        if any(one["label"] == sample.label for one in there):
            return Correction(there[0]["id"], sample.label, 0)
        if there:
            known, before = int(there[0]["id"]), str(there[0]["label"])
            _note(connection, batch, known, before, deleted=False)
            change = _SAMPLES.update().where(_SAMPLES.c.id == known)
            connection.execute(change.values(label=sample.label, digest=row["digest"]))
            return Correction(known, before, batch)
        key = connection.execute(_SAMPLES.insert().values(**row)).inserted_primary_key
        assert key is not None
        _note(connection, batch, int(key[0]), sample.label, deleted=True)
        return Correction(int(key[0]), "", batch)


def count(settings: Settings, charset: str) -> dict[str, int]:
    """How many samples there are of each character that has any, in the charset's order.

    Raises:
        SampleError: the database cannot be read.
    """
    query = (
        sa.select(_SAMPLES.c.label, sa.func.count())
        .where(_SAMPLES.c.charset == charset, _SAMPLES.c.deleted.is_(False))
        .group_by(_SAMPLES.c.label)
    )
    with _begin(settings) as connection:
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
    columns = [column for column in _SAMPLES.c if column.name not in ("picture", "deleted", "digest")]
    query = sa.select(*columns).where(_SAMPLES.c.charset == charset, _SAMPLES.c.deleted.is_(False))
    if label is not None:
        query = query.where(_SAMPLES.c.label == label)
    query = query.order_by(_SAMPLES.c.id).offset(first).limit(most)
    with _begin(settings) as connection:
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
    with _begin(settings) as connection:
        found = connection.execute(sa.select(_SAMPLES.c.picture).where(_SAMPLES.c.id == sample)).scalar()
    return None if found is None else bytes(found)


def relabel(ids: Sequence[int], label: str, settings: Settings) -> None:
    """Say that samples are another character than was said.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the character is none of the charset's, or the database cannot be written.
    """
    check_writable(settings, "changed")
    with _begin(settings) as connection:
        for row in _remember(connection, ids):
            charset = get_charset(row["charset"])
            _check_label(label, charset)
            digest = _digest(bytes(row["glyph"]), label, charset.name)
            change = _SAMPLES.update().where(_SAMPLES.c.id == row["id"])
            connection.execute(change.values(label=label, digest=digest))


def delete(ids: Sequence[int], settings: Settings) -> None:
    """Take samples away; `undo` brings them back.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "deleted")
    with _begin(settings) as connection:
        rows = _remember(connection, ids)
        for row in rows:
            connection.execute(_SAMPLES.update().where(_SAMPLES.c.id == row["id"]).values(deleted=True))


def undo(settings: Settings, only: Correction | None = None) -> int:
    """Take the last change back: what was stored, relabelled or deleted in one go.

    Args:
        only: this correction and not the last change, which may be somebody else's.

    Returns:
        How many samples are as before; 0 when there is nothing to take back.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "changed")
    with _begin(settings) as connection:
        last = only.batch if only else connection.execute(sa.select(sa.func.max(_CHANGES.c.batch))).scalar()
        which = _CHANGES.c.batch == last
        if only:  # numbers are given again after an undo, so the sample must be the same too
            which &= _CHANGES.c.sample == only.sample
        changes = connection.execute(sa.select(_CHANGES).where(which)).mappings().all()
        for change in changes:
            row = connection.execute(sa.select(_SAMPLES).where(_SAMPLES.c.id == change["sample"])).mappings().first()
            if row is None:
                continue
            label = change["label_before"]
            digest = _digest(bytes(row["glyph"]), label, row["charset"])
            restored = {"label": label, "deleted": change["deleted_before"], "digest": digest}
            connection.execute(_SAMPLES.update().where(_SAMPLES.c.id == row["id"]).values(**restored))
        connection.execute(_CHANGES.delete().where(which))
    return len(changes)


def exist(settings: Settings) -> bool:
    """Whether there may be samples: looking makes no database where there is none."""
    try:
        url = sa.make_url(settings.database_url)
    except SQLAlchemyError:
        return True  # whoever reads them is told what is wrong
    return url.get_backend_name() != "sqlite" or url.database is None or Path(url.database).exists()


def revision(settings: Settings) -> str:
    """Changes whenever the samples do.

    Raises:
        SampleError: the database cannot be read.
    """
    if not exist(settings):
        return "none"
    with _begin(settings) as connection:
        kept = connection.execute(sa.select(sa.func.count(), sa.func.max(_SAMPLES.c.id))).one()
        changes = connection.execute(sa.select(sa.func.count(), sa.func.max(_CHANGES.c.id))).one()
    return "-".join(str(number) for number in (*kept, *changes))


def can_undo(settings: Settings) -> bool:
    """Whether there is a change to take back.

    Raises:
        SampleError: the database cannot be read.
    """
    with _begin(settings) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(_CHANGES)).scalar_one() > 0


def count_deleted(settings: Settings) -> int:
    """How many samples, of all charsets, were deleted and are not yet forgotten for good.

    Raises:
        SampleError: the database cannot be read.
    """
    query = sa.select(sa.func.count()).where(_SAMPLES.c.deleted.is_(True))
    with _begin(settings) as connection:
        return int(connection.execute(query).scalar_one())


def purge(settings: Settings) -> None:
    """Forget for good what was deleted, and what could be undone.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "deleted")
    with _begin(settings) as connection:
        connection.execute(_CHANGES.delete())
        connection.execute(_SAMPLES.delete().where(_SAMPLES.c.deleted.is_(True)))


def _next_batch(connection: sa.Connection) -> int:
    """The number of a change; those too old to be undone are forgotten."""
    # A write comes first: others then wait for this one to end, and no two changes get the same number.
    connection.execute(_CHANGES.delete().where(_CHANGES.c.batch < 1))
    last = connection.execute(sa.select(sa.func.max(_CHANGES.c.batch))).scalar() or 0
    connection.execute(_CHANGES.delete().where(_CHANGES.c.batch <= last + 1 - UNDO_STEPS))
    return last + 1


def _remember(connection: sa.Connection, ids: Sequence[int]) -> list[sa.RowMapping]:
    """Note how samples are, so that a change can be undone; the rows of those that are there."""
    query = sa.select(_SAMPLES).where(_SAMPLES.c.id.in_(list(ids)), _SAMPLES.c.deleted.is_(False))
    rows = list(connection.execute(query).mappings())
    batch = _next_batch(connection)
    for row in rows:
        _note(connection, batch, row["id"], row["label"], deleted=False)
    return rows


def _note(connection: sa.Connection, batch: int, sample: int, label: str, deleted: bool) -> None:
    before = {"batch": batch, "sample": sample, "label_before": label, "deleted_before": deleted}
    connection.execute(_CHANGES.insert().values(**before))


@contextmanager
def _begin(settings: Settings) -> Iterator[sa.Connection]:
    """A transaction: everything in it happens, or nothing.

    Raises:
        SampleError: the database cannot be reached, is locked, full or damaged.
    """
    try:
        with _engine(settings.database_url).begin() as connection:
            yield connection
    except (SQLAlchemyError, ImportError, OSError) as error:  # ImportError: a driver that is not installed
        reason = str(getattr(error, "orig", None) or error)
        raise SampleError(f"The database of your samples cannot be used: {reason}. {_remedy(reason)}") from error


def _remedy(reason: str) -> str:
    if "locked" in reason:
        return "Another program holds it; try again in a moment."
    return "DIGITS_DATABASE_URL says where it is; its disk must have room, and its folder must be writable."


@lru_cache(maxsize=4)
def _engine(url: str) -> sa.Engine:
    """The database of a URL, with its tables made where they are not there."""
    parsed = sa.make_url(url)
    arguments: dict[str, object] = {}
    if parsed.get_backend_name() == "sqlite":
        arguments = {"timeout": BUSY_SECONDS}
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, connect_args=arguments, pool_pre_ping=True)
    _METADATA.create_all(engine)
    return engine
