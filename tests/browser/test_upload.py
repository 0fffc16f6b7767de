"""The Upload page as a person uses it."""

import csv
import io
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.app import App
from tests.pages.conftest import png
from tests.support.strokes import draw

FILES = [(f"{digit}.png", png(draw(digit, size=500))) for digit in "370"]
BAD = ("not-a-picture.png", b"hello")


def test_one_picture_has_the_panel(desk: App) -> None:
    desk.open("/upload").upload(FILES[:1])
    expect(desk.answer).to_have_text("3")
    expect(desk.page.get_by_role("img", name="Centred")).to_be_visible()


def test_many_are_read_with_a_bad_one_between(desk: App) -> None:
    desk.open("/upload").upload([FILES[0], BAD, *FILES[1:]])
    expect(desk.cell("3.png")).to_be_attached()
    expect(desk.cell("0.png")).to_be_attached()
    expect(desk.cell("not a picture")).to_be_attached()
    expect(desk.page.get_by_role("radio", name="Could not be read")).to_contain_text("1")


def test_csv_holds_every_file(desk: App) -> None:
    desk.open("/upload").upload([FILES[0], ("=1+1.png", FILES[1][1]), BAD])
    with desk.page.expect_download() as download:
        desk.button("Download CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["file"], row["label"]) for row in rows] == [("3.png", "3"), ("'=1+1.png", "7"), (BAD[0], "")]
    assert rows[2]["error"]


def test_camera_is_asked_for_only_when_chosen(desk: App) -> None:
    desk.open("/upload")
    camera = desk.by_key("upload-camera")
    expect(desk.by_key("upload-files")).to_be_visible()
    expect(camera).not_to_be_attached()
    desk.page.get_by_role("tab", name="Camera").click()
    expect(camera).to_be_visible()


def test_on_a_phone(phone: App) -> None:
    phone.open("/upload").upload([*FILES, BAD])
    expect(phone.button("Download CSV")).to_be_visible()
    assert not phone.scrolls_sideways()
