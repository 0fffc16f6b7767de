"""A server, a browser, and pages of it: large, small with a finger, light and dark."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.browser.app import App
from tests.browser.server import BROWSER_ARGUMENTS, find_browser, serve

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
_AGENT = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
PHONES = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "user_agent": _AGENT}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
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


@pytest.fixture(scope="session")
def address(browser: Browser) -> Iterator[str]:  # noqa: ARG001 - without a browser no server is needed
    """A server with the shipped model."""
    with serve() as address:
        yield address


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a large screen."""
    yield from _page(browser, address, viewport=DESK)


@pytest.fixture
def dark(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a large screen of someone who likes it dark."""
    yield from _page(browser, address, viewport=DESK, color_scheme="dark")


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[App]:
    """A new page on a phone."""
    yield from _page(browser, address, **PHONES)


@pytest.fixture(scope="module")
def desk_canvas(browser: Browser, address: str) -> Iterator[App]:
    """The Draw page on a large screen, the same for all tests of a module."""
    for app in _page(browser, address, viewport=DESK):
        yield app.open("/draw")


@pytest.fixture(scope="module")
def phone_canvas(browser: Browser, address: str) -> Iterator[App]:
    """The Draw page on a phone, the same for all tests of a module."""
    for app in _page(browser, address, **PHONES):
        yield app.open("/draw")


# A person's browser keeps the program's scripts from one page to the next; without them a page takes seconds to open.
_KINDS: dict[str, BrowserContext] = {}


def _page(browser: Browser, address: str, **options: object) -> Iterator[App]:
    kind = repr(options)
    if kind not in _KINDS:
        _KINDS[kind] = browser.new_context(**options)  # type: ignore[arg-type]
    errors: list[Error] = []
    page = _KINDS[kind].new_page()
    page.on("pageerror", lambda error: errors.append(error))
    yield App(page, address)
    page.close()
    assert errors == []
