"""Changes to the user's samples: stored, corrected, relabelled, deleted, and taken back.

Every change is noted, so that it can be undone, the last one first. What was deleted stays in the database until
`purge`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa

from core.charsets import Charset, get_charset
from core.errors import SampleError
from core.samples.database import CHANGES, SAMPLES, begin
from core.samples.store import Sample
from core.settings import Settings, check_writable

LARGEST_PICTURE = 20_000_000  # bytes
UNDO_STEPS = 100


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
    with begin(settings) as connection:
        batch = _next_batch(connection)
        new = 0
        for row in rows:
            same = sa.select(SAMPLES.c.id).where(SAMPLES.c.digest == row["digest"], SAMPLES.c.deleted.is_(False))
            if connection.execute(same).first():
                continue
            key = connection.execute(SAMPLES.insert().values(**row)).inserted_primary_key
            assert key is not None
            _note(connection, batch, int(key[0]), str(row["label"]), deleted=True)
            new += 1
    return new


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
    with begin(settings) as connection:
        batch = _next_batch(connection)
        same = sa.select(SAMPLES).where(SAMPLES.c.digest.in_(digests), SAMPLES.c.deleted.is_(False))
        there = list(connection.execute(same.order_by(SAMPLES.c.id)).mappings())
        if any(one["label"] == sample.label for one in there):
            return Correction(there[0]["id"], sample.label, 0)
        if there:
            known, before = int(there[0]["id"]), str(there[0]["label"])
            _note(connection, batch, known, before, deleted=False)
            change = SAMPLES.update().where(SAMPLES.c.id == known)
            connection.execute(change.values(label=sample.label, digest=row["digest"]))
            return Correction(known, before, batch)
        key = connection.execute(SAMPLES.insert().values(**row)).inserted_primary_key
        assert key is not None
        _note(connection, batch, int(key[0]), sample.label, deleted=True)
        return Correction(int(key[0]), "", batch)


def relabel(ids: Sequence[int], label: str, settings: Settings) -> None:
    """Say that samples are another character than was said.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the character is none of the charset's, or the database cannot be written.
    """
    check_writable(settings, "changed")
    with begin(settings) as connection:
        for row in _remember(connection, ids):
            charset = get_charset(row["charset"])
            _check_label(label, charset)
            digest = _digest(bytes(row["glyph"]), label, charset.name)
            change = SAMPLES.update().where(SAMPLES.c.id == row["id"])
            connection.execute(change.values(label=label, digest=digest))


def delete(ids: Sequence[int], settings: Settings) -> None:
    """Take samples away; `undo` brings them back.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "deleted")
    with begin(settings) as connection:
        rows = _remember(connection, ids)
        for row in rows:
            connection.execute(SAMPLES.update().where(SAMPLES.c.id == row["id"]).values(deleted=True))


def undo(settings: Settings, only: Correction | None = None, charset: str = "") -> int:
    """Take the last change back: what was stored, relabelled or deleted in one go.

    Args:
        only: this correction and not the last change, which may be somebody else's.
        charset: the last change of samples of this charset; empty for that of any.

    Returns:
        How many samples are as before; 0 when there is nothing to take back.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "changed")
    with begin(settings) as connection:
        query = sa.select(sa.func.max(CHANGES.c.batch)).where(_changes_of(charset))
        last = only.batch if only else connection.execute(query).scalar()
        which = (CHANGES.c.batch == last) & _changes_of(charset)
        if only:  # numbers are given again after an undo, so the sample must be the same too
            which &= CHANGES.c.sample == only.sample
        changes = connection.execute(sa.select(CHANGES).where(which)).mappings().all()
        for change in changes:
            row = connection.execute(sa.select(SAMPLES).where(SAMPLES.c.id == change["sample"])).mappings().first()
            if row is None:
                continue
            label = change["label_before"]
            digest = _digest(bytes(row["glyph"]), label, row["charset"])
            restored = {"label": label, "deleted": change["deleted_before"], "digest": digest}
            connection.execute(SAMPLES.update().where(SAMPLES.c.id == row["id"]).values(**restored))
        connection.execute(CHANGES.delete().where(which))
    return len(changes)


def can_undo(settings: Settings, charset: str = "") -> bool:
    """Whether there is a change to take back, of samples of this charset, or of any.

    Raises:
        SampleError: the database cannot be read.
    """
    with begin(settings) as connection:
        query = sa.select(sa.func.count()).select_from(CHANGES).where(_changes_of(charset))
        return connection.execute(query).scalar_one() > 0


def count_deleted(settings: Settings, charset: str = "") -> int:
    """How many samples, of this charset or of all, were deleted and are not yet forgotten for good.

    Raises:
        SampleError: the database cannot be read.
    """
    query = sa.select(sa.func.count()).where(SAMPLES.c.deleted.is_(True), _samples_of(charset))
    with begin(settings) as connection:
        return int(connection.execute(query).scalar_one())


def purge(settings: Settings, charset: str = "") -> None:
    """Forget for good what was deleted of this charset, or of all, and what could be undone of it.

    Raises:
        ReadOnly: nothing may be changed here.
        SampleError: the database cannot be written.
    """
    check_writable(settings, "deleted")
    with begin(settings) as connection:
        connection.execute(CHANGES.delete().where(_changes_of(charset)))
        connection.execute(SAMPLES.delete().where(SAMPLES.c.deleted.is_(True), _samples_of(charset)))


def _samples_of(charset: str) -> sa.ColumnElement[bool]:
    return SAMPLES.c.charset == charset if charset else sa.true()


def _changes_of(charset: str) -> sa.ColumnElement[bool]:
    return CHANGES.c.sample.in_(sa.select(SAMPLES.c.id).where(_samples_of(charset))) if charset else sa.true()


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


def _next_batch(connection: sa.Connection) -> int:
    """The number of a change; those too old to be undone are forgotten."""
    # A write comes first: others then wait for this one to end, and no two changes get the same number.
    connection.execute(CHANGES.delete().where(CHANGES.c.batch < 1))
    last = connection.execute(sa.select(sa.func.max(CHANGES.c.batch))).scalar() or 0
    connection.execute(CHANGES.delete().where(CHANGES.c.batch <= last + 1 - UNDO_STEPS))
    return last + 1


def _remember(connection: sa.Connection, ids: Sequence[int]) -> list[sa.RowMapping]:
    """Note how samples are, so that a change can be undone; the rows of those that are there."""
    query = sa.select(SAMPLES).where(SAMPLES.c.id.in_(list(ids)), SAMPLES.c.deleted.is_(False))
    rows = list(connection.execute(query).mappings())
    batch = _next_batch(connection)
    for row in rows:
        _note(connection, batch, row["id"], row["label"], deleted=False)
    return rows


def _note(connection: sa.Connection, batch: int, sample: int, label: str, deleted: bool) -> None:
    before = {"batch": batch, "sample": sample, "label_before": label, "deleted_before": deleted}
    connection.execute(CHANGES.insert().values(**before))
