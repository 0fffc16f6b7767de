"""A database of samples that cannot be used: said on every page that asks it, and used again once it is mended."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.samples import database, edits, store
from core.samples.store import Sample
from core.settings import get_settings
from tests.pages.conftest import Open, png, put_on_canvas, texts
from tests.support.disks import fill, small_disk
from tests.support.strokes import draw

Trouble = Callable[[Path], AbstractContextManager[object]]


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin exclusive")
    try:
        yield
    finally:
        other.execute("rollback")
        other.close()


@contextmanager
def no_database(file: Path) -> Iterator[None]:
    """Something else lies in its place."""
    kept = file.with_suffix(".kept")
    file.rename(kept)
    file.write_bytes(b"a letter to somebody " * 400)
    try:
        yield
    finally:
        kept.replace(file)


@contextmanager
def folder_in_the_way(file: Path) -> Iterator[None]:
    """Its folder cannot be made: a file has the name."""
    kept = file.parent.with_suffix(".kept")
    file.parent.rename(kept)
    file.parent.write_text("a file")
    try:
        yield
    finally:
        file.parent.unlink()
        kept.rename(file.parent)


@contextmanager
def closed(file: Path) -> Iterator[None]:
    """Neither the file nor its folder may be written to."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    file.chmod(0o400)
    file.parent.chmod(0o500)
    try:
        yield
    finally:
        file.parent.chmod(0o700)
        file.chmod(0o600)


@contextmanager
def full(file: Path) -> Iterator[None]:
    """Its disk has no room."""
    ballast = fill(file.parent)
    try:
        yield
    finally:
        ballast.unlink()


TROUBLES = [
    (locked, "Another program holds it"),
    (no_database, "move it away"),
    (folder_in_the_way, "DIGITS_DATABASE_URL says where it is"),
    (closed, "closed to this program"),
    (full, "room"),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A database of one sample; on a small disk for those who fill it. Nobody waits long for a lock."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    place = tmp_path / "place"
    with small_disk(place, 192) if "full" in request.node.name else own_folder(place):
        file = place / "samples.db"
        monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{file}")
        edits.add([Sample(draw("1", size=28), "1")], get_settings())
        yield file


@contextmanager
def own_folder(place: Path) -> Iterator[None]:
    place.mkdir()
    yield


def labels() -> list[str]:
    return [one.label for one in store.read(get_settings(), "digits")]


def say(page: AppTest, label: str) -> None:
    (box,) = (box for box in page.selectbox if box.label == "It is a")
    box.select(label).run()


def upload(page: AppTest) -> AppTest:
    return page.file_uploader(key="upload-files").set_value([("3.png", png(draw("3")), "image/png")]).run()


READERS = {
    "draw": lambda page: put_on_canvas(page, draw("3")),
    "upload": upload,
}


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
@pytest.mark.parametrize("name", READERS)
def test_an_answer_is_given_and_what_is_said_of_it_can_be_said_again_later(
    file: Path, open_page: Open, name: str, trouble: Trouble, words: str
) -> None:
    page = READERS[name](open_page(f"pages/{name}.py"))
    with trouble(file):
        page.button(key=f"{name}-right").click().run()
        assert not page.exception
        assert words in page.error[0].value
        say(page, "5")
        assert not page.exception
        assert words in page.error[0].value
        assert "Stored" not in texts(page)
        assert "###### " in texts(page)
    page.button(key=f"{name}-right").click().run()
    assert not page.error
    assert "Stored as **3**" in texts(page)
    assert labels() == ["1", "3"]


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_my_samples_say_why_they_are_not_there_or_cannot_be_changed(
    file: Path, open_page: Open, trouble: Trouble, words: str
) -> None:
    page = open_page("pages/samples.py")
    with trouble(file):
        page.button(key="samples-delete").click().run()
        assert not page.exception
        assert words in page.error[0].value
        for part in ("Teach", "Export and import", "Samples"):
            page.session_state["samples-part"] = part
            page.run()
            assert not page.exception
    page.run()
    assert not page.error
    page.button(key="samples-delete").click().run()
    assert labels() == []
    page.button(key="samples-undo").click().run()
    assert labels() == ["1"]


@pytest.mark.parametrize("trouble", [no_database, folder_in_the_way])
def test_the_other_pages_do_without_them(file: Path, open_page: Open, trouble: Trouble) -> None:
    with trouble(file):
        for path in ("pages/explore.py", "pages/evaluate.py", "pages/train.py"):
            page = open_page(path)
            assert not page.exception
            assert page.title[0].value
