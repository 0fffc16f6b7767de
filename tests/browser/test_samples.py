"""Saying what a character is, and teaching a model with it, as a person does; on a server that may be changed."""

import os
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from core.charsets import DIGITS
from core.data.datasets import load
from core.runs.folder import State, list_runs
from core.samples import exchange
from core.samples.store import Sample
from core.settings import Settings
from tests.browser.app import App
from tests.browser.conftest import Lab
from tests.unit.test_worker import wait, worker_of

TEACHING_MS = 120_000  # some seconds on two quiet cores
STEPS = 4
OF_ALL = f"of {4 * STEPS}"


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
def packed(settings: Settings) -> bytes:
    """A zip file of fourteen samples."""
    data = load("uci-digits", "test", settings)
    pairs = zip(data.images[:14], data.labels[:14], strict=True)
    return exchange.pack([Sample(image, DIGITS.characters[label]) for image, label in pairs], DIGITS)


def test_an_answer_is_corrected_found_changed_put_back_and_taken_away(lab_desk: App) -> None:
    lab_desk.open("/samples")
    expect(lab_desk.page.get_by_role("heading", name="No samples yet")).to_be_visible()
    lab_desk.open("/draw").draw("7")
    expect(lab_desk.answer).to_have_text("7")
    lab_desk.settle()
    below = lab_desk.page.get_by_text("What the network sees")
    before = below.bounding_box()
    lab_desk.say("4")
    expect(lab_desk.panel).to_contain_text("Stored as 4")
    expect(lab_desk.answer).to_have_text("4")
    assert below.bounding_box() == before
    lab_desk.by_key("draw-unsay").get_by_role("button").click()
    expect(lab_desk.answer).to_have_text("7")
    assert below.bounding_box() == before
    lab_desk.say("4")
    lab_desk.page.get_by_role("link", name="See it in My samples").click()
    lab_desk.wait_for_spoken("samples-tiles", ["Sample 2: 4, read as 7"])

    lab_desk.say("7")
    lab_desk.wait_for_spoken("samples-tiles", ["Sample 2: 7, read as 7"])
    lab_desk.button("Undo").click()
    lab_desk.wait_for_spoken("samples-tiles", ["Sample 2: 4, read as 7"])
    lab_desk.part("Export and import")
    with zipfile.ZipFile(lab_desk.save(lab_desk.button("Download"))) as archive:
        assert "images/00001.png,4," in archive.read(exchange.TABLE_FILE).decode()
    lab_desk.part("Samples")
    lab_desk.button("Delete").filter(has_not_text="Forget").last.click()
    expect(lab_desk.page.get_by_role("heading", name="No samples yet")).to_be_visible()


def test_nothing_is_wider_than_a_phone(lab_phone: App, packed: bytes) -> None:
    lab_phone.open("/samples").part("Export and import")
    lab_phone.bring_in(packed)
    expect(lab_phone.page.get_by_text("14 new samples")).to_be_visible()
    for part in ("Samples", "Teach", "Export and import"):
        lab_phone.part(part)
        lab_phone.settle()
        assert not lab_phone.scrolls_sideways()
    lab_phone.open("/draw").touch_draw("3")
    expect(lab_phone.answer).to_have_text("3")
    assert not lab_phone.scrolls_sideways()
    lab_phone.by_key("draw-right").get_by_role("button").click()
    expect(lab_phone.page.get_by_text("Stored as 3")).to_be_visible()


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


def test_a_teaching_is_cancelled_only_after_a_second_look(lab_desk: App, packed: bytes, lab: Lab) -> None:
    begin_teaching(lab_desk, packed)
    with held(lab.settings):
        lab_desk.button("Cancel").click()
        sure = lab_desk.button("Cancel the teaching")
        lab_desk.wait_for_runs(2)  # the progress is drawn anew every second, and what is open stays open
        expect(sure).to_be_visible()
        sure.click()
    expect(lab_desk.page.get_by_text("The teaching was cancelled")).to_be_visible()


def test_a_model_is_taught_seen_after_a_refresh_and_kept(
    lab_desk: App, lab_phone: App, packed: bytes, lab: Lab
) -> None:
    begin_teaching(lab_desk, packed)
    with held(lab.settings):
        lab_phone.open("/samples").part("Teach")  # another browser sees it too
        lab_desk.page.reload()
        lab_desk.part("Teach")
        for app in (lab_desk, lab_phone):
            expect(app.by_key("samples-progress")).to_contain_text(OF_ALL)
    for app in (lab_desk, lab_phone):
        expect(app.page.get_by_role("heading", name="has done")).to_be_visible(timeout=TEACHING_MS)
        expect(app.page.get_by_role("table")).to_contain_text("UCI digits, test (n = 450)")
    lab_desk.button("Keep and use it").click()
    lab_desk.button("Use it for everybody").click()
    expect(lab_desk.page.get_by_text("every page reads with it, for everybody")).to_be_visible()
    expect(lab_desk.page.get_by_role("combobox", name="Model", exact=True)).to_have_value("Digits taught")
    lab_phone.open("/draw").touch_draw("3")
    expect(lab_phone.answer).to_have_text("3")
