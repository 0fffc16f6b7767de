"""What all pages share."""

import pytest
from playwright.sync_api import expect

from tests.browser.app import App


@pytest.mark.parametrize("path", ["/", "/draw", "/upload"])
def test_nothing_is_wider_than_a_phone(phone: App, path: str) -> None:
    phone.open(path)
    phone.settle()
    assert not phone.scrolls_sideways()


def test_home_leads_to_the_pages(desk: App) -> None:
    desk.open()
    expect(desk.page.get_by_text("95 % interval").first).to_be_visible()
    desk.page.get_by_test_id("stMain").get_by_role("link", name="Draw a digit or a letter").click()
    expect(desk.canvas).to_be_visible()
    desk.page.get_by_role("link", name="Home").click()
    desk.page.get_by_test_id("stMain").get_by_role("link", name="Upload pictures").click()
    expect(desk.by_key("upload-files")).to_be_visible()


def test_pages_follow_the_colours_of_the_system(dark: App) -> None:
    dark.open()
    background = dark.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    assert background == "rgb(12, 14, 20)"
