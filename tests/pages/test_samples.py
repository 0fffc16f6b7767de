"""The My samples page: empty, full, changed, taught; where nothing may be changed, and where the database is locked."""

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from core.charsets import DIGITS
from core.data.register import SOURCES
from core.model.card import TrainingData
from core.model.library import list_models
from core.model.library_admin import active_model
from core.runs import queue
from core.runs.folder import LESSON_FILE, Run, State, Status, list_runs, read_run, write_status
from core.samples import database, edits, exchange
from core.samples import store as samples
from core.samples.store import Sample
from core.settings import Settings, get_settings
from core.training.config import TeachConfig
from core.vision.normalise import normalise
from tests.pages.conftest import Open, texts
from tests.support.mnist import write_mnist
from tests.support.models import make_model
from tests.support.strokes import draw

PAGE = "pages/samples.py"
AddModel = Callable[..., Path]


def glyph(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(1, 256, (28, 28), np.uint8)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, add_model: AddModel) -> Settings:
    """A library, a database and runs of the test's own, and no data sets."""
    add_model()
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITS_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{tmp_path / 'samples.db'}")
    return get_settings()


def store(settings: Settings, count: int) -> None:
    edits.add(
        [
            Sample(glyph(seed), str(seed % 10), model="digits", answer=str(seed % 9), confidence=0.6)
            for seed in range(count)
        ],
        settings,
    )


def labels(settings: Settings) -> list[str]:
    return [one.label for one in samples.read(settings, "digits")]


def open_part(page: AppTest, name: str) -> AppTest:
    """Open one of the page's tabs."""
    page.session_state["samples-part"] = name
    return page.run()


def said(page: AppTest) -> str:
    return texts(page) + "\n".join(one.value for kind in (page.caption, page.info, page.success) for one in kind)


def forged(widget: Any) -> Any:
    """A disabled widget as somebody uses it who sends what the page does not offer."""
    assert widget.disabled
    widget.proto.disabled = False
    return widget


def relabel(page: AppTest, label: str) -> AppTest:
    (box,) = (box for box in page.selectbox if box.label == "It is a")
    return box.select(label).run()


def test_without_samples_it_says_how_to_get_some_and_makes_no_database(own: Settings, open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "No samples yet" in texts(page)
    assert "It is a" in texts(page)
    assert not samples.exist(own)


def test_samples_are_counted_and_one_is_large(own: Settings, open_page: Open) -> None:
    store(own, 25)
    page = open_page(PAGE)
    assert not page.exception
    (pills,) = (group for group in page.pills if group.label == "Characters")
    assert pills.options[0].split() == ["**0**", ":gray[3]"]
    assert "1 to 25 of 25 samples" in said(page)
    assert "The model “digits” was right, 60.0 % sure." in texts(page)
    pills.select("9").run()
    assert "1 to 2 of 2 samples" in said(page)
    assert "said **0**" in texts(page)


def test_many_samples_have_pages(own: Settings, open_page: Open) -> None:
    store(own, 130)
    page = open_page(PAGE)
    page.session_state["samples-page"] = 3
    page.run()
    assert not page.exception
    assert "121 to 130 of 130 samples" in said(page)
    page.session_state["samples-page"] = 9  # forged, or left over from more samples
    page.run()
    assert not page.exception
    assert "1 to 60 of 130 samples" in said(page)


def test_a_sample_is_relabelled_deleted_and_both_are_undone(own: Settings, open_page: Open) -> None:
    store(own, 3)
    page = open_page(PAGE)
    page.session_state["samples-chosen"] = 2
    relabel(page.run(), "8")
    assert labels(own) == ["0", "8", "2"]
    assert "1 is now 8" in texts(page)
    page.button(key="samples-delete").click().run()
    assert labels(own) == ["0", "2"]
    page.button(key="samples-undo").click().run()
    page.button(key="samples-undo").click().run()
    assert labels(own) == ["0", "1", "2"]
    assert "Undone: 1 sample is as before." in texts(page)


def test_the_last_sample_can_be_deleted_and_forgotten_for_good(own: Settings, open_page: Open) -> None:
    store(own, 1)
    page = open_page(PAGE)
    page.button(key="samples-delete").click().run()
    assert not page.exception
    assert "No samples yet" in texts(page)
    assert "Forget 1 deleted sample of digits for good?" in texts(page)
    page.button(key="samples-purge-digits").click().run()
    assert edits.count_deleted(own) == 0
    page.button(key="samples-undo").click().run()
    assert "cannot be undone any more" in page.error[0].value
    assert page.button(key="samples-undo").disabled


def test_a_locked_database_is_explained_and_works_again_after(
    own: Settings, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    store(own, 2)
    page = open_page(PAGE)
    other = sqlite3.connect(own.database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("begin immediate")  # others may read, but not write
    page.button(key="samples-delete").click().run()
    assert not page.exception
    assert "Another program holds it" in page.error[0].value
    other.execute("rollback")
    other.execute("begin exclusive")
    page.run()
    assert not page.exception
    assert "Another program holds it" in page.error[0].value
    other.execute("rollback")
    other.close()
    page.button(key="samples-again").click().run()
    page.button(key="samples-delete").click().run()
    assert labels(own) == ["1"]


def test_a_file_is_imported_once_and_its_problems_are_listed(own: Settings, open_page: Open) -> None:
    drawn = (draw("3", pen=pen, variant=variant) for pen in (12, 20) for variant in (0, 1))
    packed = exchange.pack([Sample(normalise(picture).glyph, "3") for picture in drawn], DIGITS)
    page = open_part(open_page(PAGE), "Export and import")
    page.file_uploader(key="samples-file").set_value([("my.zip", packed, "application/zip")]).run()
    page.button(key="samples-import").click().run()
    assert not page.exception
    assert "4 new samples" in page.success[0].value
    assert labels(own) == ["3"] * 4
    page.file_uploader(key="samples-file").set_value([("again.zip", packed, "application/zip")]).run()
    page.button(key="samples-import").click().run()
    assert "0 new samples. 4 skipped: stored already." in page.success[0].value
    page.file_uploader(key="samples-file").set_value([("bad.zip", b"PK nothing", "application/zip")]).run()
    page.button(key="samples-import").click().run()
    assert "no zip file" in page.error[0].value


def test_teaching_asks_for_more_samples_and_a_free_name(own: Settings, open_page: Open) -> None:
    store(own, 3)
    page = open_part(open_page(PAGE), "Teach")
    assert not page.exception
    assert page.button(key="samples-teach").disabled
    assert "at least 6 samples; there are 3" in page.info[0].value
    store(own, 12)
    page.run()
    assert not page.button(key="samples-teach").disabled
    for name, problem in (("digits", "already"), ("../x", "name")):
        page.text_input(key="samples-name-digits").set_value(name).run()
        assert problem in page.error[0].value
        assert page.button(key="samples-teach").disabled


def end(settings: Settings) -> Run:
    """Wait until the newest run has ended."""
    for _ in range(2400):
        (run, *_) = list_runs(settings)
        if run.state not in (State.QUEUED, State.RUNNING):
            return run
        time.sleep(0.1)
    raise AssertionError(f"still {run.state}")


def test_a_model_is_taught_kept_and_used(own: Settings, open_page: Open) -> None:
    store(own, 12)
    page = open_part(open_page(PAGE), "Teach")
    assert page.number_input(key="samples-steps").value == TeachConfig.steps
    page.number_input(key="samples-steps").set_value(3).run()
    page.button(key="samples-teach").click().run()
    assert not page.exception
    assert "Teaching “digits-taught”" in [heading.value for heading in page.subheader]
    assert end(own).state is State.FINISHED
    page.run()
    assert "What teaching “digits” has done" in [heading.value for heading in page.subheader]
    table = page.table[0].value
    assert table["Read right"][0] == "Your samples, cross-validated (n = 12)"
    assert "(n = 450)" in table["Read right"][1]
    assert "Cross-validated: each of 3 parts" in said(page)
    run = list_runs(own)[0]
    for name, problem in (("digits", "already"), ("../x", "name"), ("", "name")):
        page.text_input(key=f"samples-keep-{run.id}").set_value(name).run()
        assert problem in page.error[-1].value  # what it has forgotten may be said before
        assert page.button(key="samples-keep").disabled
        assert page.button(key=f"samples-use-{name}").disabled
    page.text_input(key=f"samples-keep-{run.id}").set_value("my-hand").run()
    assert not page.button(key="samples-keep").disabled
    page.button(key="samples-use-my-hand").click().run()
    assert not page.exception
    assert active_model(own) == "my-hand"
    assert "every page reads with it, for everybody" in page.success[0].value
    (chooser,) = (box for box in page.sidebar.selectbox if box.label == "Model")
    assert chooser.value == "my-hand"
    page.button(key="samples-close").click().run()
    assert list_runs(own) == []
    assert [entry.name for entry in list_models(own)] == ["digits", "my-hand"]


def in_state(settings: Settings, state: State, message: str = "") -> Run:
    run = queue.create(TeachConfig("digits", "new"), settings)
    write_status(run.folder, Status(state, message=message))
    return read_run(run.folder)


def test_a_failed_teaching_says_why_and_can_be_begun_again(
    own: Settings, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "dispatch", lambda _: None)
    run = in_state(own, State.FAILED, "The disk is full.")
    page = open_part(open_page(PAGE), "Teach")
    assert "The disk is full" in page.error[0].value.replace("\\", "")
    page.button(key="samples-again").click().run()
    assert read_run(run.folder).state is State.QUEUED
    assert "What the copy has learnt so far is lost" in texts(page)
    page.button(key=f"samples-cancel-{run.id}").click().run()
    assert read_run(run.folder).state is State.CANCELLED
    page.run()
    assert "was cancelled" in page.info[0].value


def test_what_was_forgotten_is_red(own: Settings, open_page: Open) -> None:
    run = in_state(own, State.FINISHED)
    test = {"dataset": "mnist", "title": "MNIST", "images": 10_000, "before": 0.997, "after": 0.995}
    outcome = {"samples": 30, "right_before": 20, "right_after": 25, "folds": 3, "replay": "MNIST", "tests": [test]}
    (run.folder / LESSON_FILE).write_text(json.dumps(outcome))
    page = open_part(open_page(PAGE), "Teach")
    assert not page.exception
    assert page.table[0].value["Change"].tolist() == ["+16.67 points", ":red[-0.20 points]"]
    assert page.error[0].value == "It now reads 20 more of the 10,000 images of MNIST wrong."
    assert "these figures are lost" in texts(page)
    for name, problem in (("digits", "already"), ("", "name")):
        page.text_input(key=f"samples-keep-{run.id}").set_value(name).run()
        assert problem in page.error[-1].value
        assert page.button(key="samples-keep").disabled
    page.button(key=f"samples-discard-{run.id}").click().run()
    assert list_runs(own) == []


def test_a_cost_of_just_a_tenth_of_a_point_is_not_red(own: Settings, open_page: Open) -> None:
    run = in_state(own, State.FINISHED)
    test = {"dataset": "mnist", "title": "MNIST", "images": 10_000, "before": 0.9969, "after": 0.9959}
    outcome = {"samples": 30, "right_before": 20, "right_after": 25, "folds": 3, "replay": "MNIST", "tests": [test]}
    (run.folder / LESSON_FILE).write_text(json.dumps(outcome))
    page = open_part(open_page(PAGE), "Teach")
    assert page.table[0].value["Change"].tolist() == ["+16.67 points", "-0.10 points"]
    assert not page.error


def test_an_end_whose_figures_are_damaged_is_said_and_can_be_closed(own: Settings, open_page: Open) -> None:
    run = in_state(own, State.FINISHED)
    (run.folder / LESSON_FILE).write_text('{"samples": 3')
    page = open_part(open_page(PAGE), "Teach")
    assert not page.exception
    assert "cannot be read" in page.error[0].value
    page.button(key="samples-close").click().run()
    assert list_runs(own) == []


def test_nothing_changes_where_nothing_may(own: Settings, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    store(own, 12)
    in_state(own, State.FAILED)
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    page = open_page(PAGE)
    assert "read only" in page.info[0].value
    for key in ("samples-delete", "samples-undo"):
        assert page.button(key=key).disabled
        forged(page.button(key=key)).click().run()
    (box,) = (box for box in page.selectbox if box.label == "It is a")
    forged(box).select("8").run()
    assert not page.exception
    assert not page.exception
    open_part(page, "Teach")
    for key in ("samples-again", "samples-discard"):
        assert page.button(key=key).disabled
        forged(page.button(key=key)).click().run()
    assert [run.state for run in list_runs(own)] == [State.FAILED]
    open_part(page, "Export and import")
    assert page.file_uploader(key="samples-file").disabled
    assert labels(own) == [str(seed % 10) for seed in range(12)]


def test_samples_of_letters_are_shown_to_a_model_that_reads_letters(own: Settings, open_page: Open) -> None:
    store(own, 4)
    edits.add([Sample(glyph(9), "C", charset="balanced"), Sample(glyph(8), "a", charset="balanced")], own)
    make_model(own, "letters", charset="balanced")
    page = open_page(PAGE)
    assert "There are also 2 of letters and digits" in page.caption[0].value
    page.sidebar.selectbox(key="model").set_value("letters").run()
    assert not page.exception
    assert "There are also 4 of digits" in page.caption[0].value
    assert len(page.pills(key="samples-class").options) == 47
    (box,) = (one for one in page.selectbox if one.label == "It is a")
    box.select("b").run()
    assert sorted(one.label for one in samples.read(own, "balanced")) != ["C", "a"]
    assert labels(own) == ["0", "1", "2", "3"]


def test_it_is_said_what_is_gone_over_against_forgetting(own: Settings, open_page: Open) -> None:
    store(own, 12)
    page = open_part(open_page(PAGE), "Teach")
    assert "also holds images of UCI digits, so that it does not forget" in texts(page)  # MNIST is not here
    write_mnist(own.data_dir, 20)
    page.run()
    assert "also holds images of MNIST, which it was trained on before, so that it does not forget" in texts(page)


@pytest.mark.parametrize(("source", "way_out"), [("emnist-balanced", "Explore page"), ("my-samples-balanced", "Train")])
def test_letters_cannot_be_taught_where_nothing_keeps_them(
    own: Settings, open_page: Open, source: str, way_out: str
) -> None:
    title = SOURCES[source].title
    make_model(own, "letters", charset="balanced", sources=(TrainingData(source, title, "", 9, "00"),))
    edits.add([Sample(glyph(seed), "C", charset="balanced") for seed in range(9)], own)
    page = open_page(PAGE)
    page.sidebar.selectbox(key="model").set_value("letters").run()
    open_part(page, "Teach")
    assert not page.exception
    assert way_out in page.error[0].value
    assert not [button for button in page.button if button.key == "samples-teach"]


def test_it_is_said_that_a_model_of_letters_was_tested_on_digits_as_digits(own: Settings, open_page: Open) -> None:
    run = queue.create(TeachConfig("digits", "new", "balanced"), own)
    write_status(run.folder, Status(State.FINISHED))
    test = {"dataset": "pen-strokes", "title": "Pen strokes", "images": 1996, "before": 0.99, "after": 0.99}
    outcome = {"samples": 30, "right_before": 20, "right_after": 25, "folds": 3, "replay": "EMNIST", "tests": [test]}
    (run.folder / LESSON_FILE).write_text(json.dumps(outcome))
    page = open_part(open_page(PAGE), "Teach")
    assert page.table[0].value["Read right"][1] == "Pen strokes, test, read as digits only (n = 1,996)"


def test_undo_leaves_the_changes_of_other_sessions(own: Settings, open_page: Open) -> None:
    store(own, 2)
    first, second = open_page(PAGE), open_page(PAGE)
    first.session_state["samples-chosen"] = 2
    relabel(first.run(), "8")
    second.run()
    assert second.button(key="samples-undo").disabled
    assert "There is no change of yours" in second.button(key="samples-undo").help
    second.session_state["samples-chosen"] = 1
    relabel(second.run(), "5")
    assert labels(own) == ["5", "8"]
    first.run().button(key="samples-undo").click().run()
    assert labels(own) == ["5", "1"]
    assert first.button(key="samples-undo").disabled
