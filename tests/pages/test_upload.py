"""The Upload page: nothing, one file, many files, bad ones among them."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.charsets import DIGITS
from core.samples import store
from core.settings import Settings, get_settings
from pages.components import uploads
from pages.components.uploads import to_csv
from tests.pages.conftest import Open, png, texts
from tests.support.models import BLEND, make_model
from tests.support.strokes import draw

GOOD = [(f"{digit}.png", png(draw(digit)), "image/png") for digit in "370"]
BAD = [("note.png", b"hello", "image/png"), ("empty.png", b"", "image/png")]
BLANK = [("blank.png", png(np.full((90, 90), 255, np.uint8)), "image/png")]


def upload(page: AppTest, files: list[tuple[str, bytes, str]]) -> AppTest:
    """Choose files."""
    return page.file_uploader(key="upload-files").set_value(files).run()


def rows(page: AppTest) -> list[dict[str, Any]]:
    """The table's rows."""
    table = page.dataframe[0].value.astype(object)
    records = table.where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in records]


@pytest.fixture
def page(open_page: Open) -> AppTest:
    """The Upload page before anything was chosen."""
    return open_page("pages/upload.py")


def test_says_what_is_taken(page: AppTest) -> None:
    assert not page.exception
    label = page.file_uploader(key="upload-files").label
    assert "200" in label
    assert "20 MB" in label
    assert len(page.dataframe) == 0


def test_asks_for_no_camera_unasked(page: AppTest) -> None:
    assert "CameraInput" not in str(page.main)


def test_one_file_has_the_panel(page: AppTest) -> None:
    upload(page, GOOD[:1])
    assert not page.exception
    assert "###### 3" in texts(page)
    assert len(page.dataframe) == 0


def test_one_bad_file_has_its_reason(page: AppTest) -> None:
    upload(page, BAD[:1])
    assert not page.exception
    assert "note\\.png" in page.error[0].value
    assert "not a picture" in page.error[0].value


def test_one_blank_file_is_blank(page: AppTest) -> None:
    upload(page, BLANK)
    assert "No ink was found" in texts(page)
    assert [group for group in page.segmented_control if str(group.key).startswith("upload-pick-")] == []


@pytest.mark.parametrize("name", ["3.jfif", "3.JPE", "3.jif", "3.tiff", "3.heic", "3.HEIF", "3.avif"])
def test_formats_come_by_all_their_names(name: str, page: AppTest) -> None:
    pillow_heif.register_heif_opener(thumbnails=False)
    kinds = {"tiff": "TIFF", "heic": "HEIF", "heif": "HEIF", "avif": "AVIF"}
    data = io.BytesIO()
    Image.fromarray(draw("3")).save(data, kinds.get(name.lower()[2:], "JPEG"))
    chooser = page.file_uploader(key="upload-files")
    assert f".{name.lower()[2:]}" in chooser.proto.type
    chooser.set_value([(name, data.getvalue(), "image/x")]).run()
    assert not page.exception
    assert "###### 3" in texts(page)


def test_further_pages_are_told(page: AppTest) -> None:
    pages = [Image.fromarray(draw(digit)) for digit in "357"]
    data = io.BytesIO()
    pages[0].save(data, "TIFF", save_all=True, append_images=pages[1:])
    files = [("pages.tif", data.getvalue(), "image/tiff"), GOOD[1]]
    upload(page, files[:1])
    assert not page.exception
    assert "###### 3" in texts(page)
    note = "age 1 of 3; the others were not read: save each page as a picture of its own"
    assert [warning.value for warning in page.warning] == [f"P{note}."]
    upload(page, files)
    assert [row["verdict"] for row in rows(page)] == [f"confident (p{note})", "confident"]
    assert len(page.warning) == 0


def test_many_are_in_upload_order_bad_ones_with_their_reason(page: AppTest) -> None:
    upload(page, [GOOD[0], *BAD, GOOD[1], *BLANK, GOOD[2]])
    assert not page.exception
    found = rows(page)
    assert [row["file"] for row in found] == ["3.png", "note.png", "empty.png", "7.png", "blank.png", "0.png"]
    assert [row["answer"] for row in found] == ["3", None, None, "7", None, "0"]
    assert "not a picture" in str(found[1]["verdict"])
    assert "0 bytes" in str(found[2]["verdict"])
    assert found[4]["verdict"] == "blank"


def test_counts_and_filters(page: AppTest) -> None:
    upload(page, [*GOOD, *BAD])
    choice = page.segmented_control(key="upload-filter")
    assert any("Could not be read" in option and "2" in option for option in choice.options)
    choice.select("confident").run()
    assert [row["file"] for row in rows(page)] == ["3.png", "7.png", "0.png"]
    choice.select("could not be read").run()
    assert list(page.table[0].value["File"]) == [r"note\.png", r"empty\.png"]
    assert all(page.table[0].value["Reason"])


def test_sorting_and_filtering_read_nothing_again(page: AppTest) -> None:
    upload(page, GOOD)
    before = list(page.session_state["uploads"].values())
    page.segmented_control(key="upload-filter").select("confident").run()
    after = list(page.session_state["uploads"].values())
    assert len(before) == 3
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_readings_of_removed_files_are_dropped(page: AppTest) -> None:
    upload(page, GOOD)
    upload(page, GOOD[:2])
    assert len(page.session_state["uploads"]) == 2


def test_too_many_are_cut_off_and_said_so(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_FILES", "2")
    page = upload(open_page("pages/upload.py"), GOOD)
    assert "first 2" in page.warning[0].value
    assert [row["file"] for row in rows(page)] == ["3.png", "7.png"]


def test_limit_of_bytes_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "1")
    page = upload(open_page("pages/upload.py"), [("large.png", GOOD[0][1] + bytes(1_100_000), "image/png"), GOOD[1]])
    assert "limit of 1 MB" in str(rows(page)[0]["verdict"])
    assert rows(page)[1]["answer"] == "7"


def test_names_are_shown_as_they_are(page: AppTest) -> None:
    name = "![x](https://example.org/x.png) :red[_a_].png"
    upload(page, [(name, b"hello", "image/png")])
    assert "![" not in page.error[0].value


def test_damaged_model_is_explained(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model(architecture="classic")  # whole, but of other shapes: that shows when they are loaded
    page = upload(open_page("pages/upload.py"), GOOD)
    assert not page.exception
    assert "damaged" in page.error[0].value
    assert "git checkout" in page.error[0].value
    assert "Loading the model" not in str(page.main)


def test_what_a_single_picture_is_can_be_stored_with_the_picture(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGITS_DATABASE_URL", f"sqlite:///{tmp_path / 'samples.db'}")
    monkeypatch.setenv("DIGITS_KEEP_PICTURES", "1")
    page = upload(open_page("pages/upload.py"), GOOD[:1])
    (box,) = (box for box in page.selectbox if box.label == "It is a")
    box.select("8").run()
    assert not page.exception
    assert "Stored as **8**" in texts(page)
    (sample,) = store.read(get_settings(), "digits")
    assert (sample.label, sample.answer, sample.origin) == ("8", "3", "upload")
    assert store.picture(sample.id, get_settings()) == GOOD[0][1]


def test_letters_are_read_and_can_be_restricted(page: AppTest, sides_read: set[int]) -> None:
    """By the shipped model: look-alikes are named, and a restriction reads the files anew."""
    files = [(f"{character}.png", png(draw(character)), "image/png") for character in "AbO"]
    page.segmented_control(key="model").set_value("characters").run()
    upload(page, files)
    assert not page.exception
    letter, small, circle = rows(page)
    assert (letter["answer"], small["answer"]) == ("A", "b")
    assert sides_read == {24}
    assert "one of 0 or O" in circle["verdict"] or "one of O or 0" in circle["verdict"]
    assert any("Look-alikes" in option for option in page.segmented_control(key="upload-filter").options)
    page.segmented_control(key="only").set_value("digits").run()
    assert not page.exception
    assert [row["answer"] in DIGITS.characters for row in rows(page)] == [True] * 3
    assert rows(page)[2]["answer"] == "0"
    read = list(page.session_state["uploads"].values())
    assert b"p_9" in to_csv(read, DIGITS)
    assert b"p_A" not in to_csv(read, DIGITS)


REFUSED = [("other", "Not a digit", "not a digit"), ("several", "More than one digit", "more than one digit")]


@pytest.mark.parametrize(("verdict", "title", "words"), REFUSED)
def test_one_picture_that_is_not_one_digit_has_no_answer(
    open_page: Open, library: Path, verdict: str, title: str, words: str
) -> None:
    make_model(Settings(library, library), "digits", says="47", refuses=verdict)
    page = upload(open_page("pages/upload.py"), GOOD[:1])
    assert not page.exception
    assert f":orange[{title}]" in texts(page)
    assert "or pick what it is" in texts(page)
    assert "% sure" not in texts(page)
    (picks,) = (group for group in page.segmented_control if str(group.key).startswith("upload-pick-"))
    assert (picks.value, picks.options[:2]) == (None, ["**4**", "**7**"])
    assert page.button(key="upload-right").disabled
    picks.select("7").run()
    assert not page.exception
    assert "###### 7" in texts(page)
    assert f"The model said: {words}." in texts(page)
    (sample,) = store.read(get_settings(), "digits")
    assert (sample.label, sample.answer, sample.origin) == ("7", "4", "upload")


@pytest.mark.parametrize(("verdict", "title", "words"), REFUSED)
def test_what_is_not_one_digit_is_counted_filtered_and_in_the_csv(
    open_page: Open, library: Path, verdict: str, title: str, words: str
) -> None:
    make_model(Settings(library, library), "digits", refuses=verdict)
    page = upload(open_page("pages/upload.py"), [*GOOD, *BLANK])
    assert not page.exception
    choice = page.segmented_control(key="upload-filter")
    option = "Several" if verdict == "several" else title
    assert choice.options == ["All  **4**", f"{option}  **3**", "Blank  **1**"]
    choice.select(verdict).run()
    found = rows(page)
    assert [(row["answer"], row["sure"], row["candidates"], row["verdict"]) for row in found] == [
        (None, None, None, words)
    ] * 3
    read = list(page.session_state["uploads"].values())
    table = to_csv(read, DIGITS).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:4] for line in table[1:4]] == [["", "0.000000", verdict]] * 3


def test_of_letters_and_digits_it_is_not_a_character(open_page: Open, library: Path) -> None:
    make_model(Settings(library, library), "both", refuses="other", charset="balanced")
    page = upload(open_page("pages/upload.py"), GOOD)
    assert page.segmented_control(key="upload-filter").options == ["All  **3**", "Not a character  **3**"]
    assert rows(page)[0]["verdict"] == "not a character"
    page.segmented_control(key="only").set_value("capitals").run()
    assert page.segmented_control(key="upload-filter").options == ["All  **3**", "Not a letter  **3**"]


def views(page: AppTest) -> list[str]:
    """The captions below the pictures that are views."""
    pictures = [image.proto.imgs[0].caption for image in page.get("image")]
    return [caption for caption in pictures if caption.startswith("**")]


@pytest.mark.parametrize(("changes", "title"), [({}, "% sure"), ({"other": 200.0}, "Not a digit")])
def test_the_views_are_shown_with_what_each_was_taken_for_and_how_much_it_counted(
    open_page: Open, library: Path, changes: dict[str, float], title: str
) -> None:
    make_model(Settings(library, library), "digits", says="4", knows_outliers=True, blend=BLEND | changes)
    page = upload(open_page("pages/upload.py"), GOOD[:1])
    assert not page.exception
    assert title in texts(page)
    by_rule, by_eye, whole, closest = views(page)
    assert re.fullmatch(r"\*\*Ink by contrast\*\*  \n4, counts \d+\xa0%", by_rule)
    assert by_eye.startswith("**Ink by the eye**  \n")
    assert re.fullmatch(r"\*\*The whole picture\*\*  \n(\d|no digit), counts \d+\xa0%", whole)
    assert closest.startswith("**A closer look**  \n")
    assert any("is read in several ways" in caption.value for caption in page.caption)


def test_a_model_without_an_eye_shows_no_views(open_page: Open, library: Path) -> None:
    make_model(Settings(library, library), "digits", says="4")
    page = upload(open_page("pages/upload.py"), GOOD[:1])
    assert not page.exception
    assert views(page) == []
    assert not any("is read in several ways" in caption.value for caption in page.caption)


def test_files_are_there_again_after_a_visit_elsewhere_until_they_are_removed(page: AppTest) -> None:
    upload(page, GOOD)
    page.switch_page("pages/draw.py").run()
    page.switch_page("pages/upload.py").run()
    assert [row["file"] for row in rows(page)] == ["3.png", "7.png", "0.png"]
    assert "From before: 3 pictures" in texts(page)
    page.button(key="upload-remove").click().run()
    assert len(page.dataframe) == 0
    assert "From before" not in texts(page)


def test_files_of_more_than_a_limit_are_not_kept(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_KEPT_MB", len(GOOD[0][1]) / 1e6)
    upload(page, GOOD)
    page.switch_page("pages/draw.py").run()
    page.switch_page("pages/upload.py").run()
    assert r"From before: 3\.png" in texts(page)
    (left_out,) = (caption.value for caption in page.caption if "not kept" in caption.value)
    assert left_out.startswith(f"{len(GOOD) - 1} more were not kept")
    page.button(key="upload-remove").click().run()
    assert not any("not kept" in caption.value for caption in page.caption)


def test_it_is_said_when_none_of_the_files_was_kept(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_KEPT_MB", 0)
    upload(page, GOOD[:1])
    page.switch_page("pages/draw.py").run()
    page.switch_page("pages/upload.py").run()
    (left_out,) = (caption.value for caption in page.caption if "not kept" in caption.value)
    assert left_out.startswith("1 picture was not kept")
    page.button(key="upload-remove").click().run()
    assert not any("not kept" in caption.value for caption in page.caption)
