"""The Train page in every state: nothing, form errors, queued, running, paused, failed, finished, read only."""

import base64
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from core import cached
from core.charsets import BALANCED
from core.data import augment
from core.data.augment import preview
from core.model import library_admin
from core.model.card import TrainingData
from core.model.library import list_models
from core.runs import queue, reader
from core.runs.folder import (
    LOCK_FILE,
    LOG_FILE,
    METRICS_FILE,
    VALIDATION_FILE,
    Request,
    Run,
    State,
    Status,
    list_runs,
    read_run,
    take_request,
    write_status,
)
from core.runs.tensorboard import Stage
from core.settings import get_settings
from core.training.config import LETTERS_PRESETS, PRESETS, TeachConfig, TrainConfig, to_json
from core.training.step import Epoch, Step
from pages.components import job
from tests.pages.conftest import Open, act_unseen, current_key, texts, wait_for, words
from tests.support.emnist import write_emnist
from tests.support.glyphs import longer_sides
from tests.support.mnist import write_mnist
from tests.support.models import make_model
from tests.support.samples import add_samples

PAGE = "pages/train.py"
CONFIG = TrainConfig(name="mine", datasets=("uci-digits",), architecture="lenet5", epochs=2)


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, add_model: Callable[..., Path]) -> Path:
    """The shipped model, no data set but the one that is always there, and no runs."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DIGITS_RUNS_DIR", str(tmp_path / "runs"))
    add_model()
    return tmp_path


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to forbid all changes from then on."""
    return lambda: monkeypatch.setenv("DIGITS_READ_ONLY", "1")


def made(config: TrainConfig | TeachConfig = CONFIG, state: State = State.QUEUED, **changes: object) -> Run:
    """A run in a state, as its worker would have left it."""
    run = queue.create(config, get_settings())
    status = {**asdict(run.status), "state": state, **changes}
    write_status(run.folder, Status(**status))
    return read_run(run.folder)


@pytest.fixture
def running() -> Iterator[Run]:
    """A run whose lock is held, with some steps and an epoch behind it."""
    run = made(state=State.RUNNING, epoch=1, step=5, steps=10, epochs=2, seconds=30.0, best_epoch=1)
    told(run)
    with FileLock(run.folder / LOCK_FILE):
        yield read_run(run.folder)


def told(run: Run) -> None:
    """Let a run have told of ten steps and an epoch, and of one image that is read wrong."""
    lines = [["step", asdict(Step(1, 2, step, 10, 2.0 / step, 0.01, 900.0))] for step in range(1, 11)]
    lines.append(["epoch", asdict(Epoch(1, 0.5, 0.8, 0.4, 0.9, 0.01, 3.0))])
    (run.folder / METRICS_FILE).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    answers: dict[str, Any] = {"labels": np.arange(10), "predicted": np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 8])}
    pictures: dict[str, Any] = {"wrong": np.array([9]), "images": np.zeros((1, 28, 28), np.uint8)}
    np.savez(run.folder / VALIDATION_FILE, **answers, **pictures)
    (run.folder / LOG_FILE).write_text("epoch 1 said\n", encoding="utf-8")


def key(page: AppTest, field: str) -> str:
    return current_key(page, f"train-option-{field}")


def press(page: AppTest, name: str) -> AppTest:
    page.button(key=name).click()
    return page.run()


def forge(page: AppTest, name: str) -> AppTest:
    """A click on a disabled button, as a forged message would tell it."""
    button = page.button(key=name)
    assert button.disabled
    button._value = True
    return page.run()


def open_part(page: AppTest, part: str) -> AppTest:
    page.session_state["train-part"] = part
    return page.run()


def keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button if button.key}


def all_runs() -> list[Run]:
    return list_runs(get_settings())


def test_with_nothing_there_is_a_form_that_stands_on_quick(open_page: Open) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert page.text_input(key=key(page, "name")).value == "my-model"
    assert page.multiselect(key=key(page, "datasets")).value == ["uci-digits"]
    assert page.number_input(key=key(page, "epochs")).value == PRESETS["quick"].epochs
    absent = next(caption.value for caption in page.caption if "Not on this machine" in caption.value)
    assert "MNIST" in absent
    assert "Explore" in absent
    assert not any(name.startswith("run-pause") for name in keys(page))


def test_every_option_has_a_field_with_its_bounds(open_page: Open) -> None:
    page = open_page(PAGE)
    epochs, rate = page.number_input(key=key(page, "epochs")), page.number_input(key=key(page, "learning_rate"))
    assert (epochs.min, epochs.max) == (1, 1000)
    assert (rate.min, rate.max) == (1e-6, 10.0)
    assert set(page.selectbox(key=key(page, "schedule")).options) == {"one-cycle", "cosine", "step", "plateau", "none"}
    assert page.slider(key=current_key(page, "augmentation-rotation")).value == PRESETS["quick"].rotation


def test_a_preset_fills_the_form(open_page: Open) -> None:
    page = open_page(PAGE)
    page.button_group(key="train-preset").set_value("best").run()
    assert page.selectbox(key=key(page, "architecture")).value == PRESETS["best"].architecture
    assert page.number_input(key=key(page, "outliers")).value == PRESETS["best"].outliers
    assert page.slider(key=current_key(page, "augmentation-elastic")).value == PRESETS["best"].elastic
    page.number_input(key=key(page, "epochs")).set_value(5).run()
    assert page.button_group(key=current_key(page, "train-preset")).value is None


def test_the_preset_that_a_browser_still_shows_undoes_no_change(open_page: Open) -> None:
    page = open_page(PAGE)
    page.slider(key=current_key(page, "augmentation-rotation")).set_value(3.0)
    act_unseen(page, page.run)
    assert page.button_group(key=current_key(page, "train-preset")).value is None


def test_fields_that_a_browser_still_shows_undo_no_preset(open_page: Open) -> None:
    page = open_page(PAGE)
    for name in ("best", "good", "quick"):
        page.button_group(key=current_key(page, "train-preset")).set_value(name)
        act_unseen(page, page.run)
        assert page.button_group(key=current_key(page, "train-preset")).value == name
        assert page.number_input(key=key(page, "epochs")).value == PRESETS[name].epochs


def test_a_preset_promises_only_what_was_measured(open_page: Open) -> None:
    page = open_page(PAGE)
    assert page.multiselect(key=key(page, "datasets")).value == ["uci-digits"]
    assert page.session_state["train-preset"] == "quick"
    (promise,) = (caption.value for caption in page.caption if caption.value.startswith("Quick"))
    assert "It was measured with MNIST" in promise
    assert "99" not in promise
    write_mnist(get_settings().data_dir)
    page = open_page(PAGE)
    assert "mnist" in page.multiselect(key=key(page, "datasets")).value
    assert any("over 99 % right on MNIST" in caption.value for caption in page.caption)


def test_images_can_be_shown_as_on_paper(open_page: Open) -> None:
    def examples() -> set[str]:
        return {str(part.proto) for part in page.get("image")}

    page = open_page(PAGE)
    page.toggle(key="train-examples").set_value(True).run()
    before = examples()
    page.slider(key=current_key(page, "augmentation-paper")).set_value(1.0).run()
    assert not page.exception
    assert not before & examples()
    press(page, "train-start")
    (run,) = all_runs()
    assert isinstance(run.config, TrainConfig)
    assert run.config.paper == 1.0
    queue.cancel(run, get_settings())


def test_letters_are_trained_where_their_images_are(open_page: Open, own_place: Path) -> None:
    write_emnist(own_place / "data", "balanced", each=2)
    make_model(get_settings(), "scribe", charset="balanced")
    page = open_page(PAGE)
    assert "EMNIST Balanced (stand-in)" in page.multiselect(key=key(page, "datasets")).options
    page.multiselect(key=key(page, "datasets")).set_value(["emnist-balanced", "uci-digits"]).run()
    assert page.session_state["train-preset"] == "quick"  # that of letters now
    assert page.number_input(key=key(page, "epochs")).value == LETTERS_PRESETS["quick"].epochs
    assert page.number_input(key=key(page, "balance")).value == 1.0
    page.multiselect(key=key(page, "datasets")).set_value([]).run()
    assert page.multiselect(key=key(page, "datasets")).value == []
    page.multiselect(key=key(page, "datasets")).set_value(["uci-digits"]).run()
    assert page.number_input(key=key(page, "epochs")).value == PRESETS["quick"].epochs
    page.multiselect(key=key(page, "datasets")).set_value(["emnist-balanced"]).run()
    page.button_group(key="train-preset").set_value("best").run()
    assert page.multiselect(key=key(page, "datasets")).value == ["emnist-balanced"]
    assert page.slider(key=current_key(page, "augmentation-stretch")).value == 0.0
    page.number_input(key=key(page, "epochs")).set_value(3).run()
    page.multiselect(key=key(page, "datasets")).set_value(["emnist-balanced", "uci-digits"]).run()
    assert page.number_input(key=key(page, "epochs")).value == 3  # no preset: only the data sets change
    page.selectbox(key=key(page, "architecture")).set_value("lenet5").run()
    assert page.selectbox(key=key(page, "start")).options == ["scratch", "scribe"]
    assert not page.exception
    assert not page.button(key="train-start").disabled
    page.multiselect(key=key(page, "datasets")).set_value(["uci-digits"]).run()
    assert page.selectbox(key=key(page, "start")).options == ["scratch"]
    page.multiselect(key=key(page, "datasets")).set_value(["emnist-balanced"]).run()
    press(page, "train-start")
    (run,) = all_runs()
    assert isinstance(run.config, TrainConfig)
    assert run.config.charset == BALANCED
    queue.cancel(run, get_settings())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("name", "../x", "name"), ("name", "", "name"), ("name", "digits", "already")],
)
def test_a_bad_name_cannot_start(open_page: Open, field: str, value: str, said: str) -> None:
    page = open_page(PAGE)
    page.text_input(key=key(page, field)).set_value(value).run()
    assert said in " ".join(one.value for one in (*page.error, *page.warning))
    forge(page, "train-start")
    assert all_runs() == []


def test_examples_are_as_large_as_the_network_meets_them(
    open_page: Open, own_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_emnist(own_place / "data", "balanced", each=2)
    met: set[int] = set()

    def watched(glyph: NDArray[np.uint8], *rest: Any) -> NDArray[np.uint8]:
        met.update(longer_sides(glyph[None]))
        return preview(glyph, *rest)

    monkeypatch.setattr(augment, "preview", watched)
    page = open_page(PAGE)
    page.toggle(key="train-examples").set_value(True)
    for chosen, side in ((["uci-digits"], 20), (["uci-digits", "emnist-balanced"], 24), (["mnist", "uci-digits"], 20)):
        met.clear()
        page.multiselect(key=key(page, "datasets")).set_value(chosen).run()
        assert not page.exception
        assert met == {side}


def test_examples_of_a_set_without_test_images_leave_the_form(open_page: Open) -> None:
    add_samples(get_settings(), 8, for_testing=False)
    page = open_page(PAGE)
    page.toggle(key="train-examples").set_value(True)
    page.multiselect(key=key(page, "datasets")).set_value(["my-samples"]).run()
    assert not page.exception
    assert "holds no images for test" in page.error[0].value
    assert not page.button(key="train-start").disabled


def test_no_data_set_cannot_start(open_page: Open) -> None:
    page = open_page(PAGE)
    page.multiselect(key=key(page, "datasets")).set_value([]).run()
    assert [error.value for error in page.error] == ["Choose at least one data set."]
    assert page.button(key="train-start").disabled


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"hello", "not JSON"),
        (b"\xff\xfe\x00", "not text"),
        (b"[" * 50_000, "not JSON"),
        (b"[1]", "JSON object"),
        (b'{"epochs": 5000}', "epochs must be"),
        (b'{"epochs": true}', "epochs must be"),
        (b'{"name": 5}', "name must be"),
        (b'{"name": "../x"}', "name"),
        (b'{"lr": 1}', "unknown options"),
        (b" " * 200_000, "bytes"),
    ],
)
def test_a_bad_configuration_is_explained(open_page: Open, data: bytes, said: str) -> None:
    page = open_page(PAGE)
    page.file_uploader(key="train-load").set_value([("c.json", data, "application/json")]).run()
    assert not page.exception
    assert said in page.error[0].value
    assert page.number_input(key=key(page, "epochs")).value == PRESETS["quick"].epochs


def test_a_configuration_is_loaded_under_a_free_name(open_page: Open) -> None:
    page = open_page(PAGE)
    config = replace(CONFIG, name="digits", epochs=7, rotation=3.0)
    page.file_uploader(key="train-load").set_value([("c.json", to_json(config).encode(), "application/json")]).run()
    assert page.number_input(key=key(page, "epochs")).value == 7
    assert page.slider(key=current_key(page, "augmentation-rotation")).value == 3.0
    assert page.text_input(key=key(page, "name")).value == "digits-2"


def test_start_makes_a_run_that_ends_in_a_model(open_page: Open) -> None:
    page = open_page(PAGE)
    page.text_input(key=key(page, "name")).set_value("mine")
    page.number_input(key=key(page, "epochs")).set_value(1)
    page.selectbox(key=key(page, "architecture")).set_value("lenet5").run()
    press(page, "train-start")
    assert page.text_input(key=key(page, "name")).value == "mine-2"
    for _ in range(1200):
        if all_runs()[0].state not in (State.QUEUED, State.RUNNING):
            break
        time.sleep(0.1)
    page.session_state["train-new-comparison"] = True
    page.run()
    assert not page.exception
    assert "finished" in page.subheader[0].value
    table = page.table[0].value.set_index("")
    assert {"**mine**", "**digits**"} <= set(table.columns)
    assert set(table.loc["Time for an image"]) == {"–"}
    took = r"It took \d+ s from start to finish, of which \d+ s went into training"
    assert any(re.match(took, caption.value) for caption in page.caption)
    assert any("no test set in common" in caption.value for caption in page.caption)
    press(page, "train-new-time")
    times = page.table[0].value.set_index("").loc["Time for an image"]
    assert all(float(str(time).removesuffix(" ms")) > 0 for time in times)
    press(page, "train-new-use-mine")
    assert library_admin.active_model(get_settings()) == "mine"
    assert "active now: every page reads with it, for everybody" in page.success[0].value
    assert page.sidebar.selectbox[0].value == "mine"
    press(page, "train-new-back-digits")
    assert library_admin.active_model(get_settings()) == "digits"


def test_a_running_one_is_shown_and_can_be_asked(open_page: Open, running: Run) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "mine” running".replace("” ", "”: ") in page.subheader[0].value.replace("\\", "")
    assert "**2 of 2**" in texts(page)
    for name, request in (("pause", Request.PAUSE), ("stop", Request.STOP), ("cancel", Request.CANCEL)):
        press(page, f"run-{name}-{running.id}")
        assert take_request(running.folder) is request


def test_before_the_first_epoch_has_ended_nothing_can_be_kept(open_page: Open) -> None:
    run = made(state=State.RUNNING, step=5, steps=10, epochs=2, seconds=30.0)
    with FileLock(run.folder / LOCK_FILE):
        page = open_page(PAGE)
        assert page.button(key=f"run-stop-{run.id}").disabled
        assert not page.button(key=f"run-cancel-{run.id}").disabled


@pytest.mark.usefixtures("running")
def test_validation_and_log_of_a_running_one(open_page: Open) -> None:
    page = open_page(PAGE)
    page.session_state["train-live-part"] = "Validation"
    page.run()
    assert any("10 validation images, 1 read wrong" in caption.value for caption in page.caption)
    page.session_state["train-live-part"] = "Log"
    page.run()
    assert "epoch 1 said" in page.code[0].value


def test_what_is_no_character_stands_beside_the_confusion(open_page: Open, running: Run) -> None:
    answers: dict[str, Any] = {"labels": np.array([0, 1, 10, 10, 11, 2]), "predicted": np.array([0, 7, 10, 3, 11, 11])}
    pictures: dict[str, Any] = {"wrong": np.array([1, 3, 5]), "images": np.zeros((3, 28, 28), np.uint8)}
    np.savez(running.folder / VALIDATION_FILE, **answers, **pictures)
    page = open_page(PAGE)
    page.session_state["train-live-part"] = "Validation"
    page.run()
    assert not page.exception
    captions = " ".join(caption.value for caption in page.caption)
    assert "6 validation images, 3 read wrong" in captions
    assert "No character, or several: 3 of them, of which 1 read as one. Characters taken for none: 1" in captions


@pytest.mark.usefixtures("running")
def test_the_queue_is_shown_moved_and_cancelled(open_page: Open) -> None:
    first, second = (made(replace(CONFIG, name=name)) for name in ("one", "two"))
    page = open_page(PAGE)
    assert "Waiting for their turn: 2" in texts(page)
    press(page, f"run-move-{second.id}")
    assert [run.config.name for run in queue.queue(get_settings())] == ["two", "one"]
    press(page, f"run-cancel-{first.id}")
    assert [run.config.name for run in queue.queue(get_settings())] == ["two"]


@pytest.mark.parametrize(
    ("state", "file_state", "message", "said"),
    [
        ("paused", State.PAUSED, "", "paused"),
        ("failed", State.FAILED, "No space left", "No space left"),
        ("interrupted", State.RUNNING, "", "process has gone"),
    ],
)
def test_what_stopped_can_go_on_or_be_discarded(
    open_page: Open, state: str, file_state: State, message: str, said: str
) -> None:
    run = made(state=file_state, message=message, epoch=1)
    told(run)
    page = open_page(PAGE)
    assert state in page.subheader[0].value
    assert said in " ".join(
        [texts(page), page.subheader[0].value, *(one.value for one in (*page.error, *page.warning))]
    )
    assert f"run-resume-{run.id}" in keys(page)
    assert "Discard “mine”? What it has learnt is lost: 1 of 2 epochs" in texts(page)
    press(page, f"run-discard-{run.id}")
    assert read_run(run.folder).state is State.CANCELLED


def test_resume_puts_it_into_the_queue(open_page: Open, running: Run) -> None:
    run = made(replace(CONFIG, name="other"), State.PAUSED)
    page = open_page(PAGE)
    assert "Can go on: 1" in texts(page)
    press(page, f"run-resume-{run.id}")
    assert read_run(run.folder).state is State.QUEUED
    assert read_run(running.folder).state is State.RUNNING


def test_runs_are_listed_compared_repeated_and_deleted(open_page: Open) -> None:
    for name, epochs in (("one", 2), ("two", 9)):
        told(made(replace(CONFIG, name=name, epochs=epochs, dropout=epochs / 10), State.CANCELLED))
    page = open_part(open_page(PAGE), "Runs")
    assert not page.exception
    table = page.dataframe[0].value
    assert set(table["name"]) == {"one", "two"}
    assert table["learning_rate"].tolist() == [CONFIG.learning_rate] * 2
    assert "dropout" not in table
    page.toggle(key="train-runs-differing").set_value(True).run()
    table = page.dataframe[0].value
    assert sorted(table["dropout"]) == [0.2, 0.9]
    assert "learning_rate" not in table
    assert len(page.multiselect(key="train-runs-chosen").value) == 2
    one = next(run for run in all_runs() if run.config.name == "two")
    page.selectbox(key="train-runs-one").set_value(one.id).run()
    press(page, "train-repeat")
    assert page.number_input(key=key(page, "epochs")).value == 9
    assert page.session_state["train-part"] == "New training"
    open_part(page, "Runs")
    page.selectbox(key="train-runs-one").set_value(one.id).run()
    press(page, f"train-delete-{one.id}")
    assert "is deleted" in page.success[0].value
    assert [run.config.name for run in all_runs()] == ["one"]


def test_models_are_described_used_and_deleted(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model("other")
    (add_model("broken") / "card.json").write_text("{", encoding="utf-8")
    page = open_part(open_page(PAGE), "Models")
    assert not page.exception
    assert "broken" in texts(page)
    assert page.button(key="train-delete-digits").disabled
    press(page, "train-use-other")
    assert library_admin.active_model(get_settings()) == "other"
    press(page, "train-delete-other")
    press(page, "train-delete-broken")
    assert [entry.name for entry in list_models(get_settings())] == ["digits"]
    assert library_admin.active_model(get_settings()) == "digits"


def test_a_rename_that_is_refused_changes_nothing(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model("other-one")
    page = open_part(open_page(PAGE), "Models")

    def save(name: str, title: str) -> None:
        fields: Any = next(form for form in page.get("form") if "other-one" in form.proto.form.form_id)
        new, headline = fields.get("text_input")
        new.set_value(name)
        headline.set_value(title)
        fields.get("button")[0].click().run()
        assert not page.exception

    save("digits", "Mine")
    assert "already" in page.error[0].value
    assert {entry.card.title for entry in list_models(get_settings()) if entry.card} == {"Digits"}
    save("another", "Mine")
    assert [(entry.name, entry.card.title) for entry in list_models(get_settings())[1:] if entry.card] == [
        ("another", "Mine")
    ]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04rubbish"])
def test_an_import_that_is_no_model_is_explained(open_page: Open, data: bytes) -> None:
    page = open_part(open_page(PAGE), "Models")
    page.file_uploader(key="train-import-file").set_value([("m.zip", data, "application/zip")]).run()
    press(page, "train-import")
    assert not page.exception
    assert "no zip file of a model" in page.error[0].value


def test_a_packed_model_is_imported_under_a_free_name_only(open_page: Open) -> None:
    packed = library_admin.pack("digits", get_settings())
    page = open_part(open_page(PAGE), "Models")
    page.file_uploader(key="train-import-file").set_value([("digits.zip", packed, "application/zip")]).run()
    press(page, "train-import")
    assert "already" in page.error[0].value
    page.text_input(key="train-import-name").set_value("../x").run()
    press(page, "train-import")
    assert "../x" in page.error[0].value
    page.text_input(key="train-import-name").set_value("again").run()
    press(page, "train-import")
    assert "again" in [entry.name for entry in list_models(get_settings())]


def test_read_only_shows_all_and_changes_nothing(
    open_page: Open, add_model: Callable[..., Path], read_only: Callable[[], None]
) -> None:
    add_model("other")
    paused = made(state=State.PAUSED)
    queued = made(replace(CONFIG, name="queued"))
    read_only()
    page = open_page(PAGE)
    assert "read only" in page.info[0].value
    for name in ("train-start", f"run-resume-{paused.id}", f"run-discard-{paused.id}", f"run-cancel-{queued.id}"):
        forge(page, name)
    assert {run.state for run in all_runs()} == {State.PAUSED, State.QUEUED}
    open_part(page, "Models")
    for name in ("train-use-other", "train-delete-other"):
        forge(page, name)
    assert [entry.name for entry in list_models(get_settings())] == ["digits", "other"]
    assert library_admin.active_model(get_settings()) == "digits"
    open_part(page, "Runs")
    forge(page, f"train-delete-{page.selectbox(key='train-runs-one').value}")
    forge(page, "train-tensorboard")
    assert cached.tensorboard().stage is Stage.CLOSED
    assert len(all_runs()) == 2


def test_a_teaching_is_shown_without_curves(open_page: Open) -> None:
    run = made(TeachConfig("digits", "taught"), State.RUNNING, epochs=1, step=5, steps=10)
    with FileLock(run.folder / LOCK_FILE):
        page = open_page(PAGE)
    assert not page.exception
    assert "Teaching" in page.subheader[0].value
    assert f"run-pause-{run.id}" not in keys(page)
    assert f"run-cancel-{run.id}" in keys(page)


def test_one_that_has_not_begun_goes_without_a_question(open_page: Open) -> None:
    run = made(state=State.PAUSED)
    page = open_page(PAGE)
    assert "What it has learnt is lost" not in texts(page)
    press(page, f"run-discard-{run.id}")
    assert read_run(run.folder).state is State.CANCELLED


def test_one_that_waits_to_go_on_asks_first(open_page: Open, running: Run) -> None:
    run = made(replace(CONFIG, name="other"), epoch=1, epochs=2, seconds=200.0)
    page = open_page(PAGE)
    assert "Cancel “other”? What it has learnt is lost: 1 of 2 epochs (3 min of training)" in texts(page)
    press(page, f"run-cancel-{run.id}")
    assert read_run(run.folder).state is State.CANCELLED
    assert read_run(running.folder).state is State.RUNNING


@pytest.mark.usefixtures("running")
def test_curves_of_a_running_one(open_page: Open) -> None:
    page = open_page(PAGE)
    captions = [caption.value for caption in page.caption]
    assert "Training after 10 steps: 0.2." in captions
    assert "Validation after epoch 1: 90.00 % right." in captions
    curves = {trace["name"]: trace for chart in charts_of(page) for trace in chart["data"] if "name" in trace}
    assert {"training, by step", "validation"} <= set(curves)
    page.session_state["train-live-part"] = "Learning rate"
    page.run()
    assert "In the last step: 0.01." in [caption.value for caption in page.caption]
    rates = [chart for chart in charts_of(page) if chart["layout"]["yaxis"]["title"]["text"] == "Learning rate"]
    assert len(rates) == 1


def charts_of(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def finished(model: str, name: str = "first") -> Run:
    """A run that ended a minute after it was set up, in a model of the library."""
    run = made(replace(CONFIG, name=name), State.FINISHED, epoch=2, epochs=2, seconds=40.0, model=model)
    end = reader.created_at(run) + timedelta(seconds=61)
    text = (run.folder / "status.json").read_text(encoding="utf-8")
    told = json.loads(text) | {"updated": end.isoformat(timespec="seconds")}
    (run.folder / "status.json").write_text(json.dumps(told), encoding="utf-8")
    return run


def test_the_summary_lays_two_confusions_side_by_side(open_page: Open, add_model: Callable[..., Path]) -> None:
    folder = add_model("mine")
    with np.load(folder / "evaluation.npz") as file:
        arrays = dict(file)
    shares = arrays["mnist/probabilities"].copy()
    shares[:300] = 0.02
    shares[:300, 0] = 0.82  # the first images are all read as 0
    np.savez(folder / "evaluation.npz", **(arrays | {"mnist/probabilities": shares}))
    run = finished("mine")
    page = open_page(PAGE)
    page.session_state["train-shown"] = run.id
    page.run()
    assert "Confusion side by side" not in texts(page)  # it is folded, so that the tabs are not pushed away
    assert not charts_of(page)
    page.session_state["train-new-comparison"] = True
    page.run()
    assert not page.exception
    took = "It took 61 s from start to finish, of which 40 s went into training."
    assert any(caption.value.startswith(took) for caption in page.caption)
    wrong = int((shares.argmax(axis=1) != arrays["mnist/labels"]).sum())
    captions = [caption.value for caption in page.caption]
    assert f"MNIST: 10,000 images, {wrong:,} read wrong." in captions
    new, old = (np.array(numbers_of(chart)) for chart in charts_of(page))
    assert np.nanmax(new) == pytest.approx(1)
    assert np.nanmax(old) < 1  # few errors, on the scale of the many
    assert np.isnan(new.diagonal()).all()


def test_any_finished_run_can_be_looked_at(open_page: Open, add_model: Callable[..., Path]) -> None:
    """Also where the one on top has ended in the same model, and never twice on one page."""
    add_model("mine")
    older, newer = finished("mine"), finished("mine", "second")
    told(older)
    page = open_page(PAGE)
    page.session_state["train-shown"] = newer.id
    for fold in ("train-new-comparison", "train-one-comparison", "train-one-course"):
        page.session_state[fold] = True
    open_part(page, "Runs")
    page.selectbox(key="train-runs-one").set_value(older.id).run()
    assert not page.exception
    assert texts(page).count("Confusion side by side") == 2
    assert {"train-new-use-mine", "train-one-use-mine"} <= keys(page)
    page.session_state["train-one-part"] = "Log"
    page.run()
    assert page.code[0].value == "epoch 1 said"
    page.selectbox(key="train-runs-one").set_value(newer.id).run()
    assert not page.exception
    assert texts(page).count("Confusion side by side") == 1
    assert any(caption.value == "It is shown at the top of this page." for caption in page.caption)
    page.selectbox(key="train-runs-one").set_value(older.id).run()
    press(page, "train-one-use-mine")
    assert library_admin.active_model(get_settings()) == "mine"


def test_a_summary_and_the_library_stand_on_one_page(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model("mine")
    library_admin.activate("mine", get_settings())
    library_admin.activate("digits", get_settings())
    run = finished("mine")
    page = open_page(PAGE)
    page.session_state["train-shown"] = run.id
    open_part(page, "Models")
    assert not page.exception
    assert {"train-new-use-mine", "train-use-mine", "train-back-mine"} <= keys(page)
    press(page, "train-new-use-mine")
    assert not page.exception
    assert {"train-new-back-digits", "train-back-digits"} <= keys(page)


def numbers_of(chart: dict[str, Any]) -> list[list[float]]:
    [heat] = [trace for trace in chart["data"] if trace["type"] == "heatmap"]
    return np.array(decoded(heat["z"]), float).tolist()


def decoded(values: Any) -> Any:
    """Plotly packs arrays of numbers as base64."""
    if not isinstance(values, dict):
        return values
    flat = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
    return flat.reshape([int(size) for size in values["shape"].split(",")])


def test_an_estimate_beside_a_training_is_made_again_when_it_is_alone(open_page: Open, running: Run) -> None:
    page = open_page(PAGE)
    page.selectbox(key=key(page, "architecture")).set_value("lenet5")
    page.number_input(key=key(page, "batch_size")).set_value(11)  # no other test has timed this one
    page = settled(page.run())
    assert any("time is too high" in caption.value for caption in page.caption)
    write_status(running.folder, replace(running.status, state=State.CANCELLED))
    page = settled(page.run())
    assert not any("time is too high" in caption.value for caption in page.caption)


def test_the_timing_of_options_that_were_changed_is_let_go(open_page: Open) -> None:
    page = open_page(PAGE)
    page.selectbox(key=key(page, "architecture")).set_value("lenet5")
    page = settled(page.run())
    for size in (12, 13, 14):
        page.number_input(key=key(page, "batch_size")).set_value(size).run()
    waiting = [
        name for name, job in cached.jobs()._jobs.items() if str(name).startswith("train-time") and not job.ended
    ]
    assert len(waiting) <= 1


def test_it_is_said_how_long_images_are_drawn_first(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(PAGE)
    page.multiselect(key=key(page, "datasets")).set_value(["uci-digits", "segment-digits"]).run()
    (said,) = (caption.value for caption in settled(page).caption if "drawn first" in caption.value)
    assert "Digits of straight strokes is drawn first, which takes half a minute or more." in said
    monkeypatch.setattr(job, "_MANY", 6000)
    (said,) = (caption.value for caption in settled(page.run()).caption if "drawn first" in caption.value)
    assert "which takes several minutes." in said


def settled(page: AppTest) -> AppTest:
    """Run the page until the timing of a few batches is there."""
    return wait_for(page, lambda: "that of a few batches on this machine" in words(page))


def test_tensorboard_opens_from_the_page_and_answers(open_page: Open, tmp_path: Path) -> None:
    page = open_part(open_page(PAGE), "Runs")
    assert "no runs yet" in page.info[-1].value
    press(page, "train-tensorboard")
    board = cached.tensorboard()
    for _ in range(600):
        if board.stage is not Stage.STARTING:
            break
        assert page.button(key="train-tensorboard-waits").disabled
        time.sleep(0.1)
    page.run()
    link = next(link for link in page.get("link_button"))
    assert link.proto.url == board.address
    with urllib.request.urlopen(f"{board.address}data/logdir", timeout=30) as answer:
        assert json.load(answer)["logdir"] == str(tmp_path / "runs")
    board.close()
    page.run()
    assert "does not run any more" in page.error[0].value
    assert "train-tensorboard" in keys(page)


def test_from_another_machine_tensorboard_is_a_command(open_page: Open) -> None:
    page = open_page(PAGE)
    page.context["url"] = "http://192.168.0.7:8501/train"
    open_part(page, "Runs")
    assert "make tensorboard" in [code.value for code in page.code]
    assert "train-tensorboard" not in keys(page)
    assert cached.tensorboard().stage is Stage.CLOSED


def test_a_start_brings_what_it_set_aside(open_page: Open) -> None:
    before = TrainConfig(name="old", datasets=("uci-digits",), architecture="light", seed=5, validation_share=0.25)
    learnt = TrainingData("uci-digits", "UCI digits", "CC BY 4.0", 1010, "00")
    make_model(get_settings(), "old", architecture="light", training=asdict(before), sources=(learnt,))
    page = open_page(PAGE)
    page.selectbox(key=key(page, "start")).set_value("old").run()
    assert not page.exception
    assert page.number_input(key=key(page, "seed")).value == 5
    assert page.number_input(key=key(page, "validation_share")).value == 0.25
    assert not page.error
    assert not page.button(key="train-start").disabled
    page.number_input(key=key(page, "seed")).set_value(6).run()
    assert "learnt from images of UCI digits that this training would choose on" in page.error[0].value
    assert page.button(key="train-start").disabled
    page.selectbox(key=key(page, "start")).set_value("").run()
    assert not page.error
