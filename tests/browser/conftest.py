"""A server, a browser, and pages of it: large, small with a finger, light and dark."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright

from core.charsets import BYCLASS, Charset
from core.settings import PROJECT_ROOT, Settings, sqlite_url, to_environment
from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve
from tests.support.models import make_model, spoil
from tests.support.workers import REST, Workshop

DESK = {"width": 1280, "height": 800}
DESKS: dict[str, Any] = {"viewport": DESK}
PHONE = {"width": 390, "height": 844}
_AGENT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
PHONES: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "user_agent": _AGENT}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium or Chrome; without one the tests are skipped, or fail where DIGITS_REQUIRE_BROWSER is set."""
    path = find_browser()
    if path is None:
        reason = "no Chromium or Chrome was found; name one with DIGITS_CHROMIUM, or run: playwright install chromium"
        if os.environ.get("DIGITS_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(BROWSER_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def address(browser: Browser) -> Iterator[str]:  # noqa: ARG001 - without a browser no server is needed
    """A server with the shipped model."""
    with serve() as address:
        yield address


OTHERS_WRONG = 6
"""Images of MNIST on which the model `mine` of the library is wrong."""


@pytest.fixture(scope="package")
def library_address(
    browser: Browser,  # noqa: ARG001
    tmp_path_factory: pytest.TempPathFactory,
    workers: Workshop,
) -> Iterator[str]:
    """A server with more models: the shipped one of digits; `mine`, which is wrong on some images more; and `byclass`
    of 62 classes, some of which it confuses."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("digits", "mine"):
        shutil.copytree(PROJECT_ROOT / "models" / "digits", folder / name)
    card = json.loads((folder / "mine" / "card.json").read_text(encoding="utf-8"))
    (folder / "mine" / "card.json").write_text(json.dumps(card | {"name": "mine"}), encoding="utf-8")
    spoil(folder / "mine", OTHERS_WRONG)
    make_model(Settings(folder, folder), "byclass", charset=BYCLASS.name)
    np.savez(folder / "byclass" / "evaluation.npz", **_confused(BYCLASS))  # type: ignore[arg-type]
    with serve({"DIGITS_MODELS_DIR": str(folder)}, workers) as address:
        yield address


def _confused(charset: Charset) -> dict[str, NDArray[Any]]:
    """Stored answers to twenty images of each class, of which about a fifth are read as some other."""
    random, classes = np.random.default_rng(0), len(charset.characters)
    labels = np.repeat(np.arange(classes), 20)
    read = np.where(random.random(len(labels)) < 0.8, labels, random.integers(0, classes, len(labels)))
    return {"own/labels": labels, "own/probabilities": 0.9 * np.eye(classes)[read] + 0.1 / classes}


def settings_in(folder: Path) -> Settings:
    """Settings of which nothing lies elsewhere; there are no data but those that are always there."""
    settings = Settings(
        data_dir=folder / "data",
        models_dir=folder / "models",
        runs_dir=folder / "runs",
        database_url=sqlite_url(folder / "samples.db"),
        niceness=0,
    )
    settings.data_dir.mkdir()
    return settings


@dataclass(frozen=True)
class Lab:
    """A server that tests may change: where it answers, and what it works on."""

    address: str
    settings: Settings


_NOWHERE = "http://127.0.0.1:9"
_OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), _NOWHERE) | dict.fromkeys(
    ("no_proxy", "NO_PROXY"), "127.0.0.1"
)


RESTING = {REST: "0.2"}
"""So that trainings last for as long as they are looked at."""


@pytest.fixture(scope="package")
def lab(browser: Browser, tmp_path_factory: pytest.TempPathFactory, workers: Workshop) -> Iterator[Lab]:  # noqa: ARG001
    """A server without a network and without data, but for those that are always there, on a library of its own.

    What is tested with it is made to be changed: samples, trainings, the active model.
    """
    settings = settings_in(tmp_path_factory.mktemp("lab"))
    shutil.copytree(PROJECT_ROOT / "models" / "digits", settings.models_dir / "digits")
    with serve(_OFFLINE | RESTING | to_environment(settings), workers) as address:
        yield Lab(address, settings)


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a large screen."""
    yield from open_page(browser, address, DESKS)


@pytest.fixture
def dark(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a large screen of someone who likes it dark."""
    yield from open_page(browser, address, DESKS, dark=True)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a phone."""
    yield from open_page(browser, address, PHONES)


@pytest.fixture
def lab_desk(browser: Browser, lab: Lab) -> Iterator[App]:
    """A new page of the lab on a large screen."""
    yield from open_page(browser, lab.address, DESKS)


@pytest.fixture
def lab_phone(browser: Browser, lab: Lab) -> Iterator[App]:
    """A new page of the lab on a phone."""
    yield from open_page(browser, lab.address, PHONES)


@pytest.fixture(scope="module")
def desk_canvas(browser: Browser, address: str) -> Iterator[App]:
    """The Draw page on a large screen, the same for all tests of a module."""
    for app in open_page(browser, address, DESKS):
        yield app.open("/draw")


@pytest.fixture(scope="module")
def phone_canvas(browser: Browser, address: str) -> Iterator[App]:
    """The Draw page on a phone, the same for all tests of a module."""
    for app in open_page(browser, address, PHONES):
        yield app.open("/draw")


# A window that has been here keeps the program's scripts, and what was compiled of them; in a new one, a page takes
# seconds to open. Tabs of one window would not do: those behind another one are drawn seldom.
_FREE: dict[str, list[App]] = {}


def open_page(browser: Browser, address: str, kind: dict[str, Any], dark: bool = False) -> Iterator[App]:
    """A page of a server, in a window that may have been used before; an error of a script in it fails the test."""
    free = _FREE.setdefault(repr(kind), [])
    app = free.pop() if free else App(browser.new_context(**kind).new_page(), address)
    app.address = address
    app.page.emulate_media(color_scheme="dark" if dark else "light")
    yield app
    app.leave()
    app.page.set_viewport_size(kind["viewport"])
    errors, app.errors = app.errors, []
    free.append(app)
    assert errors == []
