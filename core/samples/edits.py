"""Changes to the user's samples: stored, corrected, relabelled, deleted, and undone.

Every change is noted, so that whoever made it can undo it. What was deleted stays in the database until `purge`.
Functions raise ReadOnly where nothing may be changed, and SampleError where the database cannot be used or a sample or
label is not sound.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import sqlalchemy as sa

from core.charsets import Charset, get_charset
from core.errors import SampleError
from core.samples.database import CHANGES, SAMPLES, begin
from core.samples.store import Sample, hash_drawing
from core.settings import Settings, check_writable

LARGEST_PICTURE = 20_000_000  # bytes
UNDO_STEPS = 100


@dataclass(frozen=True)
class Edit:
    """A change that can be undone."""

    batch: int  # its number, which is never given again; 0 where nothing was changed
    count: int  # how many samples it changed


@dataclass(frozen=True)
class Correction:
    """The outcome of `correct`."""

    before: str  # the label that the sample was stored with before; empty where it is new
    edit: Edit | None  # what can be undone; None where it was stored like this already


def add(samples: Iterable[Sample], settings: Settings) -> Edit:
    """Store samples, except those whose glyph and label are stored already."""
    check_writable(settings, "stored")
    rows = [_row(sample) for sample in samples]
    with begin(settings, write=True) as connection:
        notes = []
        for row in rows:
            same = sa.select(SAMPLES.c.id).where(SAMPLES.c.digest == row["digest"], SAMPLES.c.deleted.is_(False))
            if not connection.execute(same).first():
                notes.append(_before(_insert(connection, SAMPLES, row), row["label"], deleted=True))
        return _note(connection, notes)


def correct(sample: Sample, settings: Settings) -> Correction:
    """Store what a glyph is; where the same glyph is stored with another label, that label is changed."""
    check_writable(settings, "stored")
    row = _row(sample)
    packed = sample.glyph.tobytes()
    digests = [_digest(packed, label, sample.charset) for label in get_charset(sample.charset).characters]
    with begin(settings, write=True) as connection:
        same = sa.select(SAMPLES).where(SAMPLES.c.digest.in_(digests), SAMPLES.c.deleted.is_(False))
        stored = list(connection.execute(same.order_by(SAMPLES.c.id)).mappings())
        if any(known["label"] == sample.label for known in stored):
            return Correction(sample.label, None)
        if stored:
            _update(connection, stored[0], sample.label)
            note = _before(stored[0]["id"], stored[0]["label"], deleted=False)
            return Correction(stored[0]["label"], _note(connection, [note]))
        note = _before(_insert(connection, SAMPLES, row), sample.label, deleted=True)
        return Correction("", _note(connection, [note]))


def relabel(ids: Sequence[int], label: str, settings: Settings) -> Edit:
    check_writable(settings, "changed")
    with begin(settings, write=True) as connection:
        edit, rows = _remember(connection, ids)
        for row in rows:
            _check_label(label, get_charset(row["charset"]))
            _update(connection, row, label)
    return edit


def delete(ids: Sequence[int], settings: Settings) -> Edit:
    """Delete samples; `undo` brings them back."""
    check_writable(settings, "deleted")
    with begin(settings, write=True) as connection:
        edit, rows = _remember(connection, ids)
        for row in rows:
            connection.execute(SAMPLES.update().where(SAMPLES.c.id == row["id"]).values(deleted=True))
    return edit


def undo(edit: Edit, settings: Settings) -> int:
    """Undo a change, except in samples that were changed again since; the number of those that are as before."""
    check_writable(settings, "changed")
    with begin(settings, write=True) as connection:
        later = sa.select(CHANGES.c.sample).where(CHANGES.c.batch > edit.batch)
        undone = (CHANGES.c.batch == edit.batch) & CHANGES.c.sample.not_in(later)
        changes, restored = connection.execute(sa.select(CHANGES).where(undone)).mappings().all(), 0
        for change in changes:
            row = connection.execute(sa.select(SAMPLES).where(SAMPLES.c.id == change["sample"])).mappings().first()
            if row is not None:
                _update(connection, row, change["label_before"], change["deleted_before"])
                restored += 1
        connection.execute(CHANGES.delete().where(undone))
    return restored


def count_deleted(settings: Settings, charset: str = "") -> int:
    """The number of samples, of this charset or of all, that were deleted and not yet purged."""
    query = sa.select(sa.func.count()).where(SAMPLES.c.deleted.is_(True), _samples_of(charset))
    with begin(settings) as connection:
        return int(connection.execute(query).scalar_one())


def purge(settings: Settings, charset: str = "") -> None:
    """Forget for good the deleted samples of this charset, or of all, and what could be undone of it."""
    check_writable(settings, "deleted")
    with begin(settings, write=True) as connection:
        of_charset = sa.select(SAMPLES.c.id).where(_samples_of(charset))
        connection.execute(CHANGES.delete().where(CHANGES.c.sample.in_(of_charset)))
        connection.execute(SAMPLES.delete().where(SAMPLES.c.deleted.is_(True), _samples_of(charset)))


def _samples_of(charset: str) -> sa.ColumnElement[bool]:
    return SAMPLES.c.charset == charset if charset else sa.true()


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
    packed = sample.glyph.tobytes()
    return {name: value for name, value in vars(sample).items() if name != "id"} | {
        "created": sample.created or datetime.now(UTC).isoformat(timespec="seconds"),
        "glyph": packed,
        "confidence": float(sample.confidence),
        "deleted": False,
        "digest": _digest(packed, sample.label, charset.name),
        "drawing": hash_drawing(sample.glyph) if sample.drawing is None else sample.drawing,
    }


def _update(connection: sa.Connection, row: sa.RowMapping, label: str, deleted: bool = False) -> None:
    digest = _digest(bytes(row["glyph"]), label, row["charset"])
    change = SAMPLES.update().where(SAMPLES.c.id == row["id"])
    connection.execute(change.values(label=label, digest=digest, deleted=deleted))


def _digest(packed: bytes, label: str, charset: str) -> str:
    return hashlib.sha256(packed + label.encode() + charset.encode()).hexdigest()


def _check_label(label: str, charset: Charset) -> None:
    if label not in charset.characters:
        raise SampleError(f"{label!r} is none of {charset.title}: {' '.join(charset.characters)}.")


def _remember(connection: sa.Connection, ids: Sequence[int]) -> tuple[Edit, list[sa.RowMapping]]:
    """Note how samples are before a change of them; the change and their rows, without those that were deleted."""
    query = sa.select(SAMPLES).where(SAMPLES.c.id.in_(list(ids)), SAMPLES.c.deleted.is_(False))
    rows = list(connection.execute(query).mappings())
    return _note(connection, [_before(row["id"], row["label"], deleted=False) for row in rows]), rows


def _before(sample: int, label: object, deleted: bool) -> dict[str, object]:
    """How a sample was before a change, as a row without the number of the change."""
    return {"batch": 0, "sample": sample, "label_before": label, "deleted_before": deleted}


def _note(connection: sa.Connection, notes: Sequence[dict[str, object]]) -> Edit:
    """Note a change, whose number is that of its first note; changes too old to be undone are forgotten."""
    if not notes:
        return Edit(0, 0)
    batch, *_ = (_insert(connection, CHANGES, note) for note in notes)
    connection.execute(CHANGES.update().where(CHANGES.c.batch == 0).values(batch=batch))
    batches = sa.select(CHANGES.c.batch).distinct().order_by(CHANGES.c.batch.desc())
    oldest = connection.execute(batches.offset(UNDO_STEPS - 1).limit(1)).scalar() or 0
    connection.execute(CHANGES.delete().where(CHANGES.c.batch < oldest))
    return Edit(batch, len(notes))


def _insert(connection: sa.Connection, table: sa.Table, row: Mapping[str, object]) -> int:
    """Insert a row; its number."""
    key = connection.execute(table.insert().values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])
