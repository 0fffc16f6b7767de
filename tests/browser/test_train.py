"""The Train page as a person uses it, with real trainings in processes of their own."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from core.model.library_admin import active_model
from core.runs import queue
from core.runs.folder import State, list_runs
from core.settings import PROJECT_ROOT, Settings, to_environment
from tests.browser.app import App
from tests.browser.conftest import DESKS, RESTING, Lab, open_page, settings_in
from tests.browser.server import serve
from tests.support.workers import Workshop


@pytest.fixture
def quiet_lab(lab: Lab) -> Iterator[Lab]:
    """The lab, with no training under way afterwards."""
    yield lab
    end_all(lab.settings)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Settings]:
    """A library with the shipped models, no data but those that are always there, no runs: for servers of its own."""
    settings = settings_in(tmp_path)
    shutil.copytree(PROJECT_ROOT / "models", settings.models_dir)
    yield settings
    end_all(settings)


def end_all(settings: Settings) -> None:
    """Cancel what is under way, the last of the queue first."""
    while under_way := [run for run in list_runs(settings) if run.state in (State.RUNNING, State.QUEUED)]:
        for run in reversed(under_way):
            queue.cancel(run, settings)
        time.sleep(0.1)


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[App]:
    """A page of a server that goes away before the test ends."""
    for app in open_page(browser, address, DESKS):
        yield app.open("/train")


def option(app: App, name: str) -> Locator:
    return app.chooser(f"train-option-{name}").locator("input")


def begin(app: App, epochs: int, **options: int) -> None:
    """Start a training of so many epochs."""
    if not option(app, "epochs").is_visible():
        app.by_key("train-more").locator("summary").click()
    expect(option(app, "epochs")).to_be_visible()
    for name, value in {"epochs": epochs, **options}.items():
        option(app, name).fill(str(value))
        option(app, name).press("Enter")
        app.settle()
    app.button("Start training").click()


def state_is(app: App, name: str, state: str) -> None:
    expect(app.page.get_by_role("heading", name=f"“{name}”: {state}")).to_be_visible(timeout=120_000)


def points(app: App) -> int:
    """How many points the training's loss curve has."""
    found = app.page.locator("[class*=st-key-train-loss] .js-plotly-plot").first
    return int(found.evaluate("chart => chart._fullData?.[0]?.x?.length ?? 0"))


def grown(app: App, than: int) -> int:
    """Wait until the curve has more points."""
    found = app.page.locator("[class*=st-key-train-loss] .js-plotly-plot")
    expect(found.first).to_be_visible(timeout=120_000)  # the one that it takes the place of may still be there
    for _ in range(600):
        if (now := points(app)) > than:
            return now
        app.page.wait_for_timeout(100)
    raise AssertionError(f"the curve still has {than} points")


def test_from_the_form_to_a_model_in_use_and_back(browser: Browser, home: Settings, workers: Workshop) -> None:
    environment = RESTING | to_environment(home)
    with serve(environment, workers) as address, opened(browser, address) as app:
        with opened(browser, address) as second:  # no longer than it is needed: a page of curves keeps a core busy
            begin(app, 400)
            state_is(app, "my-model", "running")
            grown(app, grown(app, 0))
            for either in (app, second):  # a page on which nothing was under way does not ask whether something began
                either.page.reload()
                state_is(either, "my-model", "running")
            second.button("Pause").click()
            state_is(second, "my-model", "paused")
            state_is(app, "my-model", "paused")  # the first page has seen it by itself
        app.button("Resume").click()
        state_is(app, "my-model", "running")
        expect(app.page.get_by_text("Validation after epoch").first).to_be_visible(timeout=120_000)
    with serve(environment, workers) as address, opened(browser, address) as app:  # the training goes on
        state_is(app, "my-model", "running")
        app.button("Stop and keep the best").click()
        state_is(app, "my-model", "finished")
        app.button("Use this model").click()
        app.button("Use it for everybody").click()
        expect(app.page.get_by_text("is active now")).to_be_visible()
        assert active_model(home) == "my-model"
        app.page.get_by_role("link", name="Draw", exact=True).click()
        expect(app.canvas).to_be_visible()
        expect(app.model.get_by_role("radio", checked=True)).to_have_text("My model")
        app.page.get_by_role("link", name="Train", exact=True).click()
        app.button("Bring back digits").click()
        app.button("Use it for everybody").click()
        expect(app.model.locator("input")).to_have_value("Digits")
        assert active_model(home) == "digits"


def test_on_a_phone(lab_phone: App) -> None:
    lab_phone.open("/train")
    for part in ("New training", "Runs", "Models"):
        lab_phone.part(part)
        lab_phone.settle()
        assert not lab_phone.scrolls_sideways(), part
    lab_phone.part("Runs")
    lab_phone.button("Open TensorBoard").click()
    link = lab_phone.page.get_by_role("link", name="Go to TensorBoard")
    expect(link).to_be_visible(timeout=120_000)
    assert not lab_phone.scrolls_sideways()
    board = lab_phone.page.context.new_page()
    board.goto(link.get_attribute("href") or "")
    expect(board.get_by_text("No dashboards are active for the current data set.")).to_be_visible()
    board.close()


def test_of_two_starts_one_runs_and_one_waits(lab_desk: App, quiet_lab: Lab) -> None:
    app = lab_desk.open("/train")
    begin(app, 400)
    state_is(app, "my-model", "running")
    expect(option(app, "name")).to_have_value("my-model-2")
    app.button("Start training").click()
    expect(app.page.get_by_text("Waiting for their turn: 1")).to_be_visible()
    assert [run.state for run in list_runs(quiet_lab.settings)].count(State.RUNNING) == 1
    grown(app, 0)
    app.by_key("train-live").get_by_role("button", name="Cancel").click()
    for_good = app.page.get_by_role("button", name="Cancel for good")
    expect(for_good).to_be_visible()
    for _ in range(2):
        numbers = app.by_key("train-live").inner_text()  # the panel is drawn anew every two seconds,
        expect(app.by_key("train-live")).not_to_have_text(numbers, use_inner_text=True, timeout=120_000)
    expect(for_good).to_be_visible()  # and the question stays
    expect(app.page.get_by_text("What it has learnt is lost")).to_be_visible()
    for_good.click()
    state_is(app, "my-model-2", "running")
    expect(for_good).to_have_count(0)  # it was not about this one
