"""Saying what a character is, and teaching a model with it, as a person does; with a server of its own."""

import os
import shutil
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from core.charsets import DIGITS
from core.data.datasets import load
from core.runs.folder import State, list_runs
from core.samples import exchange
from core.samples.store import Sample
from core.settings import Settings, to_environment
from tests.browser.app import App
from tests.browser.conftest import DESK, PHONE, _page
from tests.browser.server import ROOT, serve
from tests.unit.test_worker import wait, worker_of

TEACHING_MS = 120_000  # some seconds on two quiet cores
STEPS = 4
OF_ALL = f"of {4 * STEPS}"


@pytest.fixture(scope="module")
def own_place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A library, samples and runs of the tests' own, and no data sets but the one that is always there."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(ROOT / "models" / "digits", folder / "models" / "digits")
    return Settings(
        folder / "data", folder / "models", folder / "runs", f"sqlite:///{folder / 'samples.db'}", niceness=0
    )


@pytest.fixture(scope="module")
def own_address(browser: Browser, own_place: Settings) -> Iterator[str]:  # noqa: ARG001
    """A server of their own."""
    with serve(to_environment(own_place)) as address:
        yield address


@contextmanager
def held(settings: Settings) -> Iterator[None]:
    """Let the process that teaches stand still after its first steps, for as long as somebody looks."""
    run = wait(list_runs(settings)[0], State.RUNNING, until=lambda now: now.status.step > 0)
    worker = worker_of(run)
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


@pytest.fixture
def own_desk(browser: Browser, own_address: str) -> Iterator[App]:
    """A new page on a large screen."""
    yield from _page(browser, own_address, viewport=DESK)


@pytest.fixture
def own_phone(browser: Browser, own_address: str) -> Iterator[App]:
    """A new page on a phone."""
    yield from _page(browser, own_address, viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def packed(settings: Settings) -> bytes:
    """A zip file of fourteen samples."""
    data = load("uci-digits", "test", settings)
    pairs = zip(data.images[:14], data.labels[:14], strict=True)
    return exchange.pack([Sample(image, DIGITS.characters[label]) for image, label in pairs], DIGITS)


def test_an_answer_is_corrected_found_changed_put_back_and_taken_away(own_desk: App) -> None:
    own_desk.open("/samples")
    expect(own_desk.page.get_by_role("heading", name="No samples yet")).to_be_visible()
    own_desk.open("/draw").draw("7")
    expect(own_desk.answer).to_have_text("7")
    own_desk.settle()
    below = own_desk.page.get_by_text("What the network sees")
    before = below.bounding_box()
    own_desk.say("4")
    expect(own_desk.panel).to_contain_text("Stored as 4")
    expect(own_desk.answer).to_have_text("4")
    assert below.bounding_box() == before
    own_desk.by_key("draw-unsay").get_by_role("button").click()
    expect(own_desk.answer).to_have_text("7")
    assert below.bounding_box() == before
    own_desk.say("4")
    own_desk.page.get_by_role("link", name="See it in My samples").click()
    own_desk.wait_for_spoken("samples-tiles", ["Sample 2: 4, read as 7"])

    own_desk.say("7")
    own_desk.wait_for_spoken("samples-tiles", ["Sample 2: 7, read as 7"])
    own_desk.button("Undo").click()
    own_desk.wait_for_spoken("samples-tiles", ["Sample 2: 4, read as 7"])
    own_desk.part("Export and import")
    with zipfile.ZipFile(own_desk.save(own_desk.button("Download"))) as archive:
        assert "images/00001.png,4," in archive.read(exchange.TABLE_FILE).decode()
    own_desk.part("Samples")
    own_desk.button("Delete").filter(has_not_text="Forget").last.click()
    expect(own_desk.page.get_by_role("heading", name="No samples yet")).to_be_visible()


def test_nothing_is_wider_than_a_phone(own_phone: App, packed: bytes) -> None:
    own_phone.open("/samples").part("Export and import")
    own_phone.bring_in(packed)
    expect(own_phone.page.get_by_text("14 new samples")).to_be_visible()
    for part in ("Samples", "Teach", "Export and import"):
        own_phone.part(part)
        own_phone.settle()
        assert not own_phone.scrolls_sideways()
    own_phone.open("/draw").touch_draw("3")
    expect(own_phone.answer).to_have_text("3")
    assert not own_phone.scrolls_sideways()
    own_phone.say("3")
    expect(own_phone.panel).to_contain_text("Stored as 3")


def begin_teaching(app: App, packed: bytes) -> None:
    """Bring samples in, open the part that teaches, and start."""
    app.open("/samples").part("Export and import")
    app.bring_in(packed)
    expect(app.page.get_by_text("new samples")).to_be_visible()
    app.part("Teach")
    app.page.get_by_label("Steps", exact=True).fill(str(STEPS))
    app.page.keyboard.press("Enter")
    app.settle()
    app.button("Teach").click()
    expect(app.by_key("samples-progress")).to_be_visible()


def test_a_teaching_is_cancelled_only_after_a_second_look(own_desk: App, packed: bytes, own_place: Settings) -> None:
    begin_teaching(own_desk, packed)
    with held(own_place):
        own_desk.button("Cancel").click()
        sure = own_desk.button("Cancel the teaching")
        own_desk.page.wait_for_timeout(2500)  # the progress is drawn anew every second, and what is open stays open
        expect(sure).to_be_visible()
        sure.click()
    expect(own_desk.page.get_by_text("The teaching was cancelled")).to_be_visible()


def test_a_model_is_taught_seen_after_a_refresh_and_kept(
    own_desk: App, own_phone: App, packed: bytes, own_place: Settings
) -> None:
    begin_teaching(own_desk, packed)
    with held(own_place):
        own_phone.open("/samples").part("Teach")  # another browser sees it too
        own_desk.page.reload()
        own_desk.part("Teach")
        for app in (own_desk, own_phone):
            expect(app.by_key("samples-progress")).to_contain_text(OF_ALL)
    for app in (own_desk, own_phone):
        expect(app.page.get_by_role("heading", name="has done")).to_be_visible(timeout=TEACHING_MS)
        expect(app.page.get_by_role("table")).to_contain_text("UCI digits, test (n = 450)")
    own_desk.button("Keep and use it").click()
    own_desk.button("Use it for everybody").click()
    expect(own_desk.page.get_by_text("every page reads with it, for everybody")).to_be_visible()
    expect(own_desk.page.get_by_role("combobox", name="Model", exact=True)).to_have_value("Digits taught")
    own_phone.open("/draw").touch_draw("3")
    expect(own_phone.answer).to_have_text("3")
