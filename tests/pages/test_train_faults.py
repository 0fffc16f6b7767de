"""What goes wrong outside a training, as the Train page tells it: mended, the same button goes on."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.data.datasets import load
from core.runs.folder import State, list_runs
from core.samples import edits
from core.samples.store import Sample
from core.settings import get_settings
from tests.pages.conftest import Open
from tests.support.disks import fill, small_disk
from tests.support.mnist import write_mnist

PAGE = "pages/train.py"


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, add_model: Callable[..., Path]) -> Path:
    """The shipped model, a small MNIST, some samples, and no runs."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITS_RUNS_DIR", str(tmp_path / "runs"))
    write_mnist(tmp_path / "data")
    digits = load("uci-digits", "test", get_settings())
    labelled = zip(digits.images[:40], digits.labels[:40], strict=True)
    edits.add([Sample(image, str(label)) for image, label in labelled], get_settings())
    add_model()
    return tmp_path


def opened(open_page: Open) -> AppTest:
    """The page with a form that holds a training of a second."""
    page = open_page(PAGE)
    page.multiselect(key="train-option-datasets").set_value(["mnist", "my-samples"])
    page.number_input(key="train-option-epochs").set_value(2)
    page.selectbox(key="train-option-architecture").set_value("lenet5").run()
    return page


def press(page: AppTest, name: str) -> None:
    page.button(key=name).click()
    page.run()
    assert not page.exception


def start(page: AppTest) -> None:
    press(page, "train-start")


def resume(page: AppTest) -> None:
    (run,) = list_runs(get_settings())
    press(page, f"run-resume-{run.id}")


def ended(page: AppTest) -> State:
    """How the only run ended; the page as it is then."""
    for _ in range(1200):
        (run,) = list_runs(get_settings())
        if run.state not in (State.QUEUED, State.RUNNING):
            break
        time.sleep(0.1)
    page.run()
    assert not page.exception
    return run.state


def said(page: AppTest) -> str:
    """The errors that are shown, without Markdown's backslashes."""
    return " ".join(error.value for error in page.error).replace("\\", "")


def test_a_data_set_that_has_vanished_and_a_database_that_is_locked(open_page: Open, own_place: Path) -> None:
    page = opened(open_page)
    raw = own_place / "data" / "MNIST"
    raw.rename(own_place / "aside")
    start(page)
    assert ended(page) is State.FAILED
    assert "MNIST is not in" in said(page)
    (own_place / "aside").rename(raw)
    with closing(sqlite3.connect(own_place / "samples.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        resume(page)
        assert ended(page) is State.FAILED
        assert "database is locked. Another program holds it" in said(page)
    resume(page)
    assert ended(page) is State.FINISHED
    assert "finished" in page.subheader[0].value


def test_a_folder_that_cannot_be_written(open_page: Open, own_place: Path) -> None:
    page = opened(open_page)
    (own_place / "runs").write_text("a file in its place")
    start(page)
    assert "The training could not be set up in" in said(page)
    assert list_runs(get_settings()) == []
    (own_place / "runs").unlink()
    start(page)
    assert ended(page) is State.FINISHED


def test_a_full_disk(open_page: Open, own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk(own_place / "disk", 8 * 1024) as disk:
        monkeypatch.setenv("DIGITS_RUNS_DIR", str(disk / "runs"))
        page = opened(open_page)
        ballast = fill(disk)
        start(page)
        assert "could not be set up" in said(page)
        assert "No space left" in said(page)
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - 160 * 1024)  # room to begin, and not for a checkpoint
        start(page)
        assert ended(page) is State.FAILED
        assert "There is no room left where" in said(page)
        assert "Make some, and resume" in said(page)
        ballast.unlink()
        resume(page)
        assert ended(page) is State.FINISHED
        assert said(page) == ""
