"""Saying what a character is, and teaching a model with it, as a person does; with a server of its own."""

import shutil
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from core.charsets import DIGITS
from core.data import exchange
from core.data.datasets import load
from core.data.samples import Sample
from core.settings import Settings
from tests.browser.app import App
from tests.browser.conftest import DESK, PHONE, _page
from tests.browser.server import ROOT, serve

TEACHING_MS = 600_000  # a minute on two quiet cores


@pytest.fixture(scope="module")
def own_address(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    """A server with a library, samples and runs of its own, and without data sets but the one that is always there."""
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(ROOT / "models" / "digits", folder / "models" / "digits")
    environment = {
        "DIGITS_DATA_DIR": str(folder / "data"),
        "DIGITS_MODELS_DIR": str(folder / "models"),
        "DIGITS_RUNS_DIR": str(folder / "runs"),
        "DIGITS_DATABASE_URL": f"sqlite:///{folder / 'samples.db'}",
    }
    with serve(environment) as address:
        yield address


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


@pytest.mark.timeout(800)
def test_a_model_is_taught_seen_after_a_refresh_and_kept(own_desk: App, own_phone: App, packed: bytes) -> None:
    own_desk.open("/samples").part("Export and import")
    own_desk.bring_in(packed)
    expect(own_desk.page.get_by_text("were here already").or_(own_desk.page.get_by_text("new samples"))).to_be_visible()
    own_desk.part("Teach")
    own_desk.button("Teach").click()
    expect(own_desk.by_key("samples-progress")).to_be_visible()
    own_phone.open("/samples").part("Teach")  # another browser sees it too
    expect(own_phone.by_key("samples-progress")).to_contain_text("Step")
    own_desk.page.reload()
    own_desk.part("Teach")
    expect(own_desk.by_key("samples-progress")).to_contain_text("of 600")
    for app in (own_desk, own_phone):
        expect(app.page.get_by_role("heading", name="has done")).to_be_visible(timeout=TEACHING_MS)
        expect(app.page.get_by_role("table")).to_contain_text("UCI digits, test (n = 450)")
    own_desk.button("Keep and use it").click()
    expect(own_desk.page.get_by_text("what everybody here reads with now")).to_be_visible()
    expect(own_desk.page.get_by_role("combobox", name="Model", exact=True)).to_have_value("digits-taught")
    own_phone.open("/draw").touch_draw("3")
    expect(own_phone.answer).to_have_text("3")
