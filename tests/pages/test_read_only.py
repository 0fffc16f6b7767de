"""Where nothing may be changed (DIGITS_READ_ONLY=1): every button of every page is pressed, by forged messages too."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from core.charsets import DIGITS
from core.data import datasets
from core.errors import ReadOnly
from core.jobs import ignore
from core.model import library_admin
from core.runs import queue
from core.runs.folder import (
    CANDIDATE_FOLDER,
    LESSON_FILE,
    LOCK_FILE,
    METRICS_FILE,
    Request,
    Run,
    State,
    Status,
    list_runs,
    read_run,
    write_status,
)
from core.samples import edits, exchange, store
from core.samples.store import Sample
from core.settings import PROJECT_ROOT, Settings, get_settings
from core.sheets import store as sheets
from core.sheets import template_store
from core.sheets.checks.content import Whole
from core.sheets.checks.plan import Plan, Total
from core.sheets.templates import Template
from core.teaching import summary, teach
from core.training.config import TeachConfig, TrainConfig
from core.training.step import Epoch
from core.training.train import train
from tests.pages.conftest import Open, png, put_on_canvas, texts
from tests.support.mnist import write_mnist
from tests.support.models import make_model
from tests.support.read_sheets import read_table
from tests.support.strokes import draw

Listing = dict[str, str]
CONFIG = TrainConfig(name="mine", datasets=("uci-digits",), architecture="lenet5", epochs=2)
TEACHING = TeachConfig("digits", "digits-taught")


def glyph(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(1, 256, (28, 28), np.uint8)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, add_model: Callable[..., Path]) -> Path:
    """A place with all that could be changed, where everything still may be."""
    write_mnist(tmp_path / "data")
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    add_model()
    add_model("second")
    settings = get_settings()
    make_model(settings)
    library_admin.activate("second", settings)
    edits.add([Sample(glyph(seed), str(seed % 10), model="digits", answer="3") for seed in range(12)], settings)
    edits.delete([12], settings)
    return tmp_path


def made(config: TrainConfig | TeachConfig, state: State, **values: object) -> Run:
    """A run in a state, as its worker would have left it."""
    run = queue.create(config, get_settings())
    write_status(run.folder, Status(**{**asdict(run.status), "state": state, **values}))
    line = json.dumps(["epoch", asdict(Epoch(1, 0.5, 0.8, 0.4, 0.9, 0.01, 3.0))])
    (run.folder / METRICS_FILE).write_text(f"{line}\n")
    return read_run(run.folder)


def taught() -> Run:
    """A teaching that has ended, with the model that came of it."""
    run = made(TEACHING, State.FINISHED)
    aside = Settings(get_settings().data_dir, run.folder / CANDIDATE_FOLDER)
    make_model(aside, name="digits-taught", seed=1)
    test = {"dataset": "mnist", "title": "MNIST", "images": 1000, "before": 0.997, "after": 0.995}
    values = {"samples": 30, "right_before": 20, "right_after": 25, "folds": 3, "replay": "MNIST", "tests": [test]}
    (run.folder / LESSON_FILE).write_text(json.dumps(values))
    return run


@contextmanager
def nothing() -> Iterator[None]:
    """No training at all."""
    yield


@contextmanager
def waiting() -> Iterator[None]:
    """Trainings that can go on, and a teaching that failed."""
    made(CONFIG, State.PAUSED, epoch=1, epochs=2)
    made(replace(CONFIG, name="gone"), State.RUNNING, epoch=1, epochs=2)  # nobody holds its lock: interrupted
    made(TEACHING, State.FAILED, message="The disk is full.")
    yield


@contextmanager
def queued() -> Iterator[None]:
    """Trainings and a teaching that wait for their turn."""
    for config in (CONFIG, replace(CONFIG, name="next"), TEACHING):
        made(config, State.QUEUED)
    yield


@contextmanager
def ended() -> Iterator[None]:
    """A training and a teaching that have ended."""
    made(replace(CONFIG, name="was-tiny"), State.FINISHED, epoch=2, epochs=2, best_epoch=2, model="tiny")
    taught()
    yield


@contextmanager
def running() -> Iterator[None]:
    """A training whose worker is alive, and one that waits for it."""
    made(replace(CONFIG, name="next"), State.QUEUED)
    run = made(CONFIG, State.RUNNING, epoch=1, step=5, steps=10, epochs=2, best_epoch=1)
    with FileLock(run.folder / LOCK_FILE):
        yield


Scene = Callable[[], AbstractContextManager[None]]
# Every page, and each of its parts that changes something, with what its buttons are about.
SCENES: list[tuple[str, str, str, Scene]] = [
    ("", "", "", nothing),
    ("pages/draw.py", "", "", nothing),
    ("pages/upload.py", "", "", nothing),
    ("pages/sheets.py", "", "", nothing),
    ("pages/explore.py", "explore-part", "Labels", nothing),
    ("pages/evaluate.py", "evaluate-part", "Download", nothing),
    ("pages/train.py", "train-part", "New training", waiting),
    ("pages/train.py", "train-part", "New training", running),
    ("pages/train.py", "train-part", "Runs", queued),
    ("pages/train.py", "train-part", "Runs", ended),
    ("pages/train.py", "train-part", "Models", ended),
    ("pages/samples.py", "samples-part", "Samples", nothing),
    ("pages/samples.py", "samples-part", "Teach", nothing),
    ("pages/samples.py", "samples-part", "Teach", waiting),
    ("pages/samples.py", "samples-part", "Teach", queued),
    ("pages/samples.py", "samples-part", "Teach", ended),
    ("pages/samples.py", "samples-part", "Export and import", nothing),
]


def listing(place: Path) -> Listing:
    """Every file of the place, with the hash of what is in it."""
    files = [path for path in sorted(place.rglob("*")) if path.is_file()]
    return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def open_at(open_page: Open, path: str, key: str, part: str) -> AppTest:
    page = open_page(path)
    if key:
        page.session_state[key] = part
        page.run()
    assert not page.exception
    return page


def give_files(page: AppTest) -> None:
    """Choose a good file in every uploader, those that are closed too."""
    settings = get_settings()
    good = {
        "samples-file": ("s.zip", exchange.pack([Sample(glyph(99), "3")], DIGITS), "application/zip"),
        "train-import-file": ("m.zip", library_admin.pack("tiny", settings), "application/zip"),
    }
    for uploader in page.file_uploader:
        if uploader.key in good:
            uploader.proto.disabled = False
            uploader.set_value([good[uploader.key]])
    for text in page.text_input:
        if text.key == "train-import-name":
            text.proto.disabled = False
            text.set_value("let-in")
    page.run()


def change_values(page: AppTest) -> None:
    """Give every widget that holds a value of the person's another one, those that are closed too."""
    for box in page.selectbox:
        if box.key != "model" and box.options:
            box.proto.disabled = False
            box.select_index(len(box.options) - 1)
    for text in page.text_input:
        text.proto.disabled = False
        text.set_value("forged")
    page.run()


def press_everything(page: AppTest) -> set[str]:
    """Press every button once, the closed ones by a message that no browser would send; the keys of all."""
    pressed: set[str] = set()
    while fresh := [button for button in page.button if button.key and button.key not in pressed]:
        button = fresh[0]
        pressed.add(str(button.key))
        button._value = True
        page.run()
        assert not page.exception, button.key
    return pressed


def attack(open_page: Open, path: str, key: str, part: str) -> set[str]:
    """All that can be tried on a part of a page; the keys of its buttons."""
    page = open_at(open_page, path, key, part)
    give_files(page)
    change_values(page)
    return press_everything(page)


def test_no_page_is_forgotten() -> None:
    pages = {path.relative_to(PROJECT_ROOT).as_posix() for path in (PROJECT_ROOT / "pages").glob("*.py")}
    assert {path for path, *_ in SCENES} == pages | {""}


@pytest.mark.parametrize("part", ["values", "review", "checks", "grid", "template", "take"])
def test_a_kept_sheet_cannot_be_changed(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    plan = Plan(totals=(Total("row", 2, (0, 1)),), contents={0: Whole(low=Decimal(5))})
    sheet = read_table([["1", "2"], ["3", "4"], ["5", "6"]], {(0, 0): {"1": 0.6, "7": 0.4}})
    number = sheets.keep(sheet, plan, get_settings(), png(np.full((120, 200, 3), 240, np.uint8)))
    template_store.save(Template("Marks", sheet.layout, plan), get_settings())
    before = listing(place)
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = open_page("pages/sheets.py")
    page.session_state["sheets-open"], page.session_state["sheets-part"] = number, part
    page.session_state["sheets-picked"] = (0, 0)
    page.run()
    change_values(page)
    press_everything(page)
    assert listing(place) == before


@pytest.mark.parametrize(("path", "key", "part", "scene"), SCENES)
def test_nothing_can_be_changed_from_a_page(
    place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch, path: str, key: str, part: str, scene: Scene
) -> None:
    with scene():
        before, states = listing(place), [run.state for run in list_runs(get_settings())]
        monkeypatch.setenv("DIGITS_READ_ONLY", "1")
        attack(open_page, path, key, part)
        assert listing(place) == before
        assert [run.state for run in list_runs(get_settings())] == states


@pytest.mark.parametrize(
    ("path", "key", "part", "gone"),
    [
        ("pages/train.py", "train-part", "Models", "models/tiny/card.json"),
        ("pages/samples.py", "samples-part", "Teach", "runs"),
    ],
)
def test_the_same_attack_changes_much_where_it_may(
    place: Path, open_page: Open, path: str, key: str, part: str, gone: str
) -> None:
    with ended():
        before = listing(place)
        attack(open_page, path, key, part)
    lost = before.keys() - listing(place).keys()
    assert any(name.startswith(gone) for name in lost)


def test_drawing_and_uploading_are_answered(place: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(place)
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = put_on_canvas(open_page("pages/draw.py"), draw("3"))
    assert not page.exception
    assert "###### 3" in texts(page)
    press_everything(page)
    put_on_canvas(page, draw("7"))
    change_values(page)
    assert not page.exception
    page = open_page("pages/upload.py")
    page.file_uploader(key="upload-files").set_value([("7.png", png(draw("7")), "image/png")]).run()
    assert "###### 7" in texts(page)
    press_everything(page)
    change_values(page)
    assert not page.exception
    assert listing(place) == before


def test_every_function_that_changes_something_refuses(place: Path) -> None:
    """The list is that of all public functions of core that write what a person keeps."""
    teaching, settings = taught(), get_settings()
    paused, line = made(CONFIG, State.PAUSED), made(replace(CONFIG, name="next"), State.QUEUED)
    packed = library_admin.pack("tiny", settings)
    sample, before = Sample(glyph(50), "3"), listing(place)
    closed = replace(settings, read_only=True)
    refused: list[Callable[[], object]] = [
        lambda: queue.create(CONFIG, closed),
        lambda: queue.create(TEACHING, closed),
        lambda: queue.ask(paused, Request.STOP, closed),
        lambda: queue.enqueue(paused, closed),
        lambda: queue.start_over(paused, closed),
        lambda: queue.move_up(line, closed),
        lambda: queue.cancel(line, closed),
        lambda: queue.delete(paused, closed),
        lambda: train(CONFIG, closed, lambda _: None),
        lambda: datasets.download("pen-strokes", closed, ignore),
        lambda: summary.keep(teaching, closed),
        lambda: teach.run_teaching(TEACHING, teaching.folder, closed, ignore),
        lambda: library_admin.activate("digits", closed),
        lambda: library_admin.rename("tiny", "other", closed),
        lambda: library_admin.describe("tiny", "Other", "", closed),
        lambda: library_admin.delete("tiny", closed),
        lambda: library_admin.import_model(packed, "other", closed),
        lambda: library_admin.add(closed.models_dir / "tiny", "other", closed),
        lambda: edits.add([sample], closed),
        lambda: edits.correct(sample, closed),
        lambda: edits.relabel([1], "5", closed),
        lambda: edits.delete([1], closed),
        lambda: edits.undo(edits.Edit(1, 12), closed),
        lambda: edits.purge(closed),
    ]
    for change in refused:
        with pytest.raises(ReadOnly, match="DIGITS_READ_ONLY"):
            change()
    queue.dispatch(closed)
    assert listing(place) == before
    assert [run.state for run in queue.queue(closed)] == [State.QUEUED]
    assert len(store.read(closed, "digits")) == 11
