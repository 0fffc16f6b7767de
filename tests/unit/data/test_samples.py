import dataclasses
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data import samples
from core.data.datasets import get_source, load
from core.data.samples import Sample
from core.errors import DataMissing, ReadOnly, SampleError
from core.settings import Settings


def glyph(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(1, 256, (28, 28), np.uint8)


def sample(seed: int, label: str = "3", **more: object) -> Sample:
    return Sample(glyph(seed), label, model="digits", answer="8", confidence=0.6, **more)  # type: ignore[arg-type]


def labels(settings: Settings) -> list[str]:
    return [one.label for one in samples.read(settings, "digits")]


def file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))


def test_what_is_stored_is_read_again(settings: Settings) -> None:
    assert samples.read(settings, "digits") == []
    assert samples.add([sample(0, picture=b"PNG"), sample(1, "7")], settings) == 2
    first, second = samples.read(settings, "digits")
    assert np.array_equal(first.glyph, glyph(0))
    assert (first.label, first.answer, first.model, first.confidence) == ("3", "8", "digits", 0.6)
    assert first.created.endswith("+00:00")
    assert samples.picture(first.id, settings) == b"PNG"
    assert samples.picture(second.id, settings) is None
    assert samples.count(settings, "digits") == {"3": 1, "7": 1}


def test_the_same_glyph_with_the_same_label_is_stored_once(settings: Settings) -> None:
    assert samples.add([sample(0)], settings) == 1
    assert samples.add([sample(0), sample(0, "5"), sample(1)], settings) == 2
    assert labels(settings) == ["3", "5", "3"]


def test_pages_and_characters(settings: Settings) -> None:
    samples.add([sample(number, "37"[number % 2]) for number in range(10)], settings)
    assert [one.id for one in samples.read(settings, "digits", first=4, most=3)] == [5, 6, 7]
    assert {one.label for one in samples.read(settings, "digits", label="7")} == {"7"}


def test_every_change_can_be_undone_the_last_first(settings: Settings) -> None:
    samples.add([sample(0), sample(1), sample(2)], settings)
    ids = [one.id for one in samples.read(settings, "digits")]
    samples.relabel(ids[:2], "9", settings)
    samples.delete(ids[1:], settings)
    assert labels(settings) == ["9"]
    assert samples.undo(settings) == 2
    assert labels(settings) == ["9", "9", "3"]
    assert samples.undo(settings) == 2
    assert labels(settings) == ["3", "3", "3"]
    assert samples.can_undo(settings)
    assert samples.undo(settings) == 3
    assert labels(settings) == []
    assert not samples.can_undo(settings)
    assert samples.undo(settings) == 0


def test_purging_forgets_what_was_deleted_for_good(settings: Settings) -> None:
    samples.add([sample(0), sample(1)], settings)
    samples.delete([1], settings)
    samples.purge(settings)
    assert not samples.can_undo(settings)
    with sqlite3.connect(file_of(settings)) as database:
        assert database.execute("select count(*) from samples").fetchone() == (1,)


def test_what_is_not_sound_is_refused_and_nothing_of_its_batch_is_stored(settings: Settings) -> None:
    for bad in (
        dataclasses.replace(sample(1), glyph=np.zeros((28, 28), np.uint8)),
        dataclasses.replace(sample(1), glyph=np.ones((27, 28), np.uint8)),
        sample(1, "x"),
        sample(1, picture=bytes(samples.LARGEST_PICTURE + 1)),
    ):
        with pytest.raises(SampleError):
            samples.add([sample(0), bad], settings)
    samples.add([sample(0)], settings)
    with pytest.raises(SampleError, match="none of Digits"):
        samples.relabel([1], "x", settings)
    assert labels(settings) == ["3"]


def test_a_database_that_is_locked_is_said_and_works_again_after(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "BUSY_SECONDS", 0.2)
    samples.add([sample(0)], settings)
    other = sqlite3.connect(file_of(settings), isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(SampleError, match="Another program holds it"):
        samples.add([sample(1)], settings)
    other.execute("rollback")
    other.close()
    assert samples.add([sample(1)], settings) == 1


def test_a_full_disk_leaves_the_samples_as_they_were(settings: Settings) -> None:
    samples.add([sample(0)], settings)
    with samples._begin(settings) as connection:
        connection.exec_driver_sql("pragma max_page_count = 8")
    with pytest.raises(SampleError, match="full"):
        samples.add([sample(1, picture=bytes(100_000))], settings)
    assert labels(settings) == ["3"]


def test_a_folder_that_cannot_be_made_or_a_wrong_address_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for url in (f"sqlite:///{tmp_path}/file/samples.db", "no address", "nosuch://x/y"):
        with pytest.raises(SampleError, match="cannot be used"):
            samples.count(dataclasses.replace(settings, database_url=url), "digits")


def test_a_file_that_is_no_database_is_said(settings: Settings) -> None:
    file_of(settings).write_bytes(b"hello " * 1000)
    with pytest.raises(SampleError, match="not a database"):
        samples.read(settings, "digits")


def test_many_at_once_lose_nothing(settings: Settings) -> None:
    samples.add([sample(0)], settings)
    threads = [
        threading.Thread(target=lambda start=start: [samples.add([sample(start + n)], settings) for n in range(5)])
        for start in (100, 200, 300, 400)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(labels(settings)) == 21


def test_nothing_is_stored_where_nothing_may(settings: Settings) -> None:
    samples.add([sample(0)], settings)
    closed = dataclasses.replace(settings, read_only=True)
    for change in (
        lambda: samples.add([sample(1)], closed),
        lambda: samples.relabel([1], "5", closed),
        lambda: samples.delete([1], closed),
        lambda: samples.undo(closed),
        lambda: samples.purge(closed),
    ):
        with pytest.raises(ReadOnly):
            change()
    assert labels(closed) == ["3"]


def test_looking_for_samples_makes_no_database(settings: Settings) -> None:
    assert not samples.exist(settings)
    assert samples.revision(settings) == "none"
    assert not file_of(settings).exists()


def test_every_change_makes_another_revision(settings: Settings) -> None:
    seen = {samples.revision(settings)}
    samples.add([sample(0), sample(1)], settings)
    seen.add(samples.revision(settings))
    samples.relabel([1], "5", settings)
    seen.add(samples.revision(settings))
    samples.delete([1], settings)
    assert samples.revision(settings) not in seen
    samples.undo(settings)
    assert samples.revision(settings) in seen  # as they were
    assert len(seen) == 3


def test_samples_are_a_data_set_of_which_a_part_is_for_testing(settings: Settings) -> None:
    source = get_source("my-samples")
    assert not source.present(settings)
    with pytest.raises(DataMissing, match="Say what it is"):
        load("my-samples", "train", settings)
    samples.add([sample(number, "37"[number % 2]) for number in range(40)], settings)
    assert source.present(settings)
    train, test = load("my-samples", "train", settings), load("my-samples", "test", settings)
    assert len(train.labels) + len(test.labels) == 40
    assert 4 <= len(test.labels) <= 16
    before = {image.tobytes() for image in test.images}
    samples.add([sample(number) for number in range(100, 140)], settings)
    assert before <= {image.tobytes() for image in load("my-samples", "test", settings).images}
