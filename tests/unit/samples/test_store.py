import dataclasses
import hashlib
import sqlite3
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from numpy.typing import NDArray

from core.charsets import BALANCED
from core.data.datasets import listed, load
from core.data.register import get_source, samples_of
from core.errors import DataMissing, ReadOnly, SampleError
from core.samples import database, edits, store
from core.samples.store import Sample
from core.settings import Settings
from tests.support.disks import fill, small_disk


def glyph(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(1, 256, (28, 28), np.uint8)


def sample(seed: int, label: str = "3", **more: object) -> Sample:
    return Sample(glyph(seed), label, model="digits", answer="8", confidence=0.6, **more)  # type: ignore[arg-type]


def labels(settings: Settings) -> list[str]:
    return [one.label for one in store.read(settings, "digits")]


def file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def test_what_is_stored_is_read_again(settings: Settings) -> None:
    assert store.read(settings, "digits") == []
    assert edits.add([sample(0, picture=b"PNG"), sample(1, "7")], settings).count == 2
    first, second = store.read(settings, "digits")
    assert np.array_equal(first.glyph, glyph(0))
    assert (first.label, first.answer, first.model, first.confidence) == ("3", "8", "digits", 0.6)
    assert first.created.endswith("+00:00")
    assert store.picture(first.id, settings) == b"PNG"
    assert store.picture(second.id, settings) is None
    assert store.count(settings, "digits") == {"3": 1, "7": 1}


def test_the_same_glyph_with_the_same_label_is_stored_once(settings: Settings) -> None:
    assert edits.add([sample(0)], settings).count == 1
    assert edits.add([sample(0), sample(0, "5"), sample(1)], settings).count == 2
    assert labels(settings) == ["3", "5", "3"]


def test_pages_and_characters(settings: Settings) -> None:
    edits.add([sample(number, "37"[number % 2]) for number in range(10)], settings)
    assert [one.id for one in store.read(settings, "digits", first=4, most=3)] == [5, 6, 7]
    assert {one.label for one in store.read(settings, "digits", label="7")} == {"7"}


def test_every_change_can_be_undone(settings: Settings) -> None:
    added = edits.add([sample(0), sample(1), sample(2)], settings)
    ids = [one.id for one in store.read(settings, "digits")]
    relabelled = edits.relabel(ids[:2], "9", settings)
    deleted = edits.delete(ids[1:], settings)
    assert labels(settings) == ["9"]
    assert (added.count, relabelled.count, deleted.count) == (3, 2, 2)
    assert edits.undo(deleted, settings) == 2
    assert labels(settings) == ["9", "9", "3"]
    assert edits.undo(relabelled, settings) == 2
    assert labels(settings) == ["3", "3", "3"]
    assert edits.undo(added, settings) == 3
    assert labels(settings) == []
    assert edits.undo(added, settings) == 0


def test_an_undo_leaves_what_others_have_changed(settings: Settings) -> None:
    added = edits.add([sample(0), sample(1)], settings)
    by_another = edits.relabel([2], "8", settings)
    assert edits.undo(added, settings) == 1
    assert labels(settings) == ["8"]
    assert edits.undo(by_another, settings) == 1
    assert edits.undo(added, settings) == 1  # the rest, now that nobody else's change stands on it
    assert labels(settings) == []


def test_purging_forgets_what_was_deleted_for_good(settings: Settings) -> None:
    edits.add([sample(0), sample(1)], settings)
    deleted = edits.delete([1], settings)
    edits.purge(settings)
    assert edits.undo(deleted, settings) == 0
    with sqlite3.connect(file_of(settings)) as database:
        assert database.execute("select count(*) from samples").fetchone() == (1,)


def test_what_is_not_sound_is_refused_and_nothing_of_its_batch_is_stored(settings: Settings) -> None:
    for bad in (
        dataclasses.replace(sample(1), glyph=np.zeros((28, 28), np.uint8)),
        dataclasses.replace(sample(1), glyph=np.ones((27, 28), np.uint8)),
        sample(1, "x"),
        sample(1, picture=bytes(edits.LARGEST_PICTURE + 1)),
    ):
        with pytest.raises(SampleError):
            edits.add([sample(0), bad], settings)
    edits.add([sample(0)], settings)
    with pytest.raises(SampleError, match="none of Digits"):
        edits.relabel([1], "x", settings)
    assert labels(settings) == ["3"]


def test_a_database_that_is_locked_is_said_and_works_again_after(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    edits.add([sample(0)], settings)
    other = sqlite3.connect(file_of(settings), isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(SampleError, match="Another program holds it"):
        edits.add([sample(1)], settings)
    other.execute("rollback")
    other.close()
    assert edits.add([sample(1)], settings).count == 1


def test_a_list_of_the_data_sets_waits_for_no_lock(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 10_000)
    edits.add([sample(0)], settings)
    with closing(sqlite3.connect(file_of(settings), isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert not get_source("my-samples").present(settings)
    assert get_source("my-samples").present(settings)


def test_a_full_disk_leaves_the_samples_as_they_were(settings: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        own = dataclasses.replace(settings, database_url=f"sqlite:///{disk / 'samples.db'}")
        edits.add([sample(0)], own)
        ballast = fill(disk)
        for work in (
            lambda: edits.add([sample(1, picture=bytes(50_000))], own),
            lambda: edits.correct(sample(2), own),
            lambda: edits.delete([1], own),
            lambda: edits.relabel([1], "5", own),
        ):
            with pytest.raises(SampleError, match=r"make room, and try again|must have room"):
                work()
        assert labels(own) == ["3"]
        ballast.unlink()
        assert edits.add([sample(1, picture=bytes(50_000))], own).count == 1


def test_a_database_that_may_not_grow_is_said(settings: Settings) -> None:
    edits.add([sample(0)], settings)

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma max_page_count = 8")

    engine = database._engine(settings.database_url)
    sa.event.listen(engine, "connect", limit)
    with pytest.raises(SampleError, match="Its disk is full: make room"):
        edits.add([sample(1, picture=bytes(100_000))], settings)
    assert labels(settings) == ["3"]
    sa.event.remove(engine, "connect", limit)
    assert edits.add([sample(1, picture=bytes(100_000))], settings).count == 1


def test_a_database_that_is_taken_away_or_brought_back_is_used_as_it_is(settings: Settings, tmp_path: Path) -> None:
    edits.add([sample(0)], settings)
    kept = tmp_path / "kept.db"
    file_of(settings).rename(kept)
    assert not store.exist(settings)
    edits.add([sample(1, "7")], settings)
    assert labels(settings) == ["7"]
    kept.replace(file_of(settings))
    assert labels(settings) == ["3"]


def test_many_find_a_new_database_at_once(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda number: edits.add([sample(number)], settings).count, range(16))) == 16
    assert len(labels(settings)) == 16


def test_a_folder_that_cannot_be_made_or_a_wrong_address_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for url in (f"sqlite:///{tmp_path}/file/samples.db", "no address", "nosuch://x/y"):
        with pytest.raises(SampleError, match=r"cannot be used.* DIGITS_DATABASE_URL"):
            store.count(dataclasses.replace(settings, database_url=url), "digits")


def test_a_file_that_is_no_database_is_said(settings: Settings) -> None:
    file_of(settings).write_bytes(b"hello " * 1000)
    with pytest.raises(SampleError, match=r"not a database.* move it away"):
        store.read(settings, "digits")


def test_many_at_once_lose_nothing(settings: Settings) -> None:
    edits.add([sample(0)], settings)
    threads = [
        threading.Thread(target=lambda start=start: [edits.add([sample(start + n)], settings) for n in range(5)])
        for start in (100, 200, 300, 400)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(labels(settings)) == 21


def test_nothing_is_stored_where_nothing_may(settings: Settings) -> None:
    edits.add([sample(0)], settings)
    closed = dataclasses.replace(settings, read_only=True)
    for change in (
        lambda: edits.add([sample(1)], closed),
        lambda: edits.correct(sample(1), closed),
        lambda: edits.relabel([1], "5", closed),
        lambda: edits.delete([1], closed),
        lambda: edits.undo(edits.Edit(1, 1), closed),
        lambda: edits.purge(closed),
    ):
        with pytest.raises(ReadOnly):
            change()
    assert labels(closed) == ["3"]


def test_looking_for_samples_makes_no_database(settings: Settings) -> None:
    assert not store.exist(settings)
    assert store.revision(settings) == "none"
    assert not file_of(settings).exists()


def test_every_change_makes_another_revision(settings: Settings) -> None:
    seen = {store.revision(settings)}
    edits.add([sample(0), sample(1)], settings)
    seen.add(store.revision(settings))
    edits.relabel([1], "5", settings)
    seen.add(store.revision(settings))
    deleted = edits.delete([1], settings)
    assert store.revision(settings) not in seen
    edits.undo(deleted, settings)
    assert store.revision(settings) in seen  # as they were
    assert len(seen) == 3


def test_samples_are_a_data_set_of_which_a_part_is_for_testing(settings: Settings) -> None:
    source = get_source("my-samples")
    assert not source.present(settings)
    with pytest.raises(DataMissing, match="Say what it is"):
        load("my-samples", "train", settings)
    edits.add([sample(number, "37"[number % 2]) for number in range(40)], settings)
    assert source.present(settings)
    train, test = load("my-samples", "train", settings), load("my-samples", "test", settings)
    assert len(train.labels) + len(test.labels) == 40
    assert 4 <= len(test.labels) <= 16
    before = {image.tobytes() for image in test.images}
    edits.add([sample(number) for number in range(100, 140)], settings)
    assert before <= {image.tobytes() for image in load("my-samples", "test", settings).images}


def test_samples_of_letters_are_a_data_set_of_their_own(settings: Settings) -> None:
    edits.add(
        [dataclasses.replace(sample(number, "aC"[number % 2]), charset="balanced") for number in range(40)], settings
    )
    assert not get_source("my-samples").present(settings)
    source = get_source(samples_of(BALANCED))
    assert (source.name, source.title) == ("my-samples-balanced", "My samples of letters and digits")
    assert source.present(settings)
    there = listed(settings)
    assert there["my-samples"] is False
    assert there["my-samples-balanced"] is True
    assert "my-samples-letters" not in there
    data = load(source.name, "train", settings)
    assert data.charset == BALANCED
    assert {BALANCED.characters[label] for label in data.labels} == {"a", "C"}


def test_the_samples_of_another_charset_are_left_alone(settings: Settings) -> None:
    digits = edits.add([sample(0), sample(1)], settings)
    letter = edits.add([Sample(sample(2).glyph, "C", charset="balanced")], settings)
    assert edits.undo(digits, settings) == 2
    assert (edits.count_deleted(settings, "digits"), edits.count_deleted(settings, "balanced")) == (2, 0)
    edits.purge(settings, "digits")
    assert edits.count_deleted(settings) == 0
    assert [one.label for one in store.read(settings, "balanced")] == ["C"]
    assert edits.undo(letter, settings) == 1


def test_another_change_after_an_undo_makes_another_revision(settings: Settings) -> None:
    edits.add([sample(0), sample(1)], settings)
    deleted = edits.delete([1], settings)
    first = store.revision(settings)
    edits.undo(deleted, settings)
    deleted = edits.delete([2], settings)
    assert store.revision(settings) != first
    edits.undo(deleted, settings)
    relabelled = edits.relabel([1], "7", settings)
    seven = store.revision(settings)
    edits.undo(relabelled, settings)
    edits.relabel([1], "9", settings)
    assert store.revision(settings) != seven


EARLIER = """
create table samples (id integer not null primary key, created varchar(32) not null, charset varchar(64) not null,
    label varchar(8) not null, glyph blob not null, picture blob, origin varchar(32) not null,
    model varchar(64) not null,
    answer varchar(8) not null, confidence float not null, deleted boolean not null, digest varchar(64) not null);
create table changes (id integer not null primary key, batch integer not null, sample integer not null,
    label_before varchar(8) not null, deleted_before boolean not null);
create index ix_samples_charset on samples (charset);
create index ix_samples_digest on samples (digest);
"""


@pytest.fixture
def earlier(settings: Settings) -> Settings:
    """A database as versions made it that stored no hash of the drawing: two samples, the second one a 7 first."""
    file_of(settings).parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file_of(settings))) as connection, connection:
        connection.executescript(EARLIER)
        for number in (1, 2):
            packed = glyph(number).tobytes()
            digest = hashlib.sha256(packed + b"3" + b"digits").hexdigest()
            row = (number, "2026-01-01", "digits", "3", packed, None, "draw", "", "", 0.0, False, digest)
            connection.execute(f"insert into samples values ({','.join('?' * len(row))})", row)
        connection.execute("insert into changes values (5, 3, 2, '7', 0)")
    return settings


def test_a_database_of_an_earlier_version_is_read_changed_and_undone(earlier: Settings) -> None:
    assert [one.drawing for one in store.read(earlier, "digits")] == [zlib.crc32(glyph(n).tobytes()) for n in (1, 2)]
    added = edits.add([sample(1), sample(3)], earlier)
    assert [one.id for one in store.read(earlier, "digits")] == [1, 2, 3]
    assert edits.undo(added, earlier) == added.count == 1
    assert edits.undo(edits.Edit(3, 1), earlier) == 1
    assert labels(earlier) == ["3", "7"]
    with closing(sqlite3.connect(file_of(earlier))) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        indices = connection.execute("select name from sqlite_master where type = 'index' and sql is not null")
        assert {name for (name,) in tables} == {"samples", "changes", "sqlite_sequence"}
        assert {name for (name,) in indices} == {"ix_samples_charset", "ix_samples_digest"}


def test_one_of_an_earlier_version_is_read_where_it_cannot_be_written(earlier: Settings, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        own = dataclasses.replace(earlier, database_url=f"sqlite:///{disk / 'samples.db'}")
        (disk / "samples.db").write_bytes(file_of(earlier).read_bytes())
        ballast = fill(disk)
        assert labels(own) == ["3", "3"]
        with pytest.raises(SampleError, match=r"make room, and try again|must have room"):
            edits.add([sample(4)], own)
        ballast.unlink()
        assert edits.add([sample(4)], own).count == 1


def test_one_of_an_earlier_version_is_only_read_where_nothing_may_be_changed(earlier: Settings) -> None:
    before = file_of(earlier).read_bytes()
    assert labels(dataclasses.replace(earlier, read_only=True)) == ["3", "3"]
    assert file_of(earlier).read_bytes() == before


def test_two_programs_may_be_the_first_to_open_one_of_an_earlier_version(earlier: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda number: edits.add([sample(number)], earlier).count, range(10, 18))) == [1] * 8
    assert len(labels(earlier)) == 10


def test_no_number_of_a_sample_is_given_again(settings: Settings) -> None:
    edits.add([sample(0), sample(1)], settings)
    edits.delete([2], settings)
    edits.purge(settings)
    edits.add([sample(2)], settings)
    assert [one.id for one in store.read(settings, "digits")] == [1, 3]


def test_an_undone_correction_is_not_undone_again_in_place_of_a_later_one(settings: Settings) -> None:
    first = edits.correct(sample(0), settings)
    assert first.edit
    assert edits.undo(first.edit, settings) == 1
    edits.correct(sample(0), settings)
    assert edits.undo(first.edit, settings) == 0
    assert labels(settings) == ["3"]
