"""Pictures without an answer, or without ink, on pages that are about something else."""

from pathlib import Path

import numpy as np
import pytest

from core.model import sight
from core.samples import store
from core.settings import Settings, get_settings
from tests.pages.conftest import Open, png, texts
from tests.support.models import BLEND, make_model


@pytest.mark.usefixtures("digits_are_read")
@pytest.mark.parametrize(("refuses", "title"), [("other", "Not a digit"), ("several", "More than one digit")])
def test_explore_says_that_an_image_was_refused(
    open_page: Open, library: Path, monkeypatch: pytest.MonkeyPatch, refuses: str, title: str
) -> None:
    monkeypatch.setenv("DIGITS_DATA_DIR", str(library / "no-data"))  # the page then opens on the UCI digits
    make_model(Settings(library, library), "digits", refuses=refuses)
    page = open_page("pages/explore.py")
    page.session_state["explore-part"] = "Browse"
    page.run()
    page.number_input(key="explore-go-to").set_value(130).run()
    assert not page.exception
    assert f"#### :orange[{title}]: not read, labelled " in texts(page)
    spoken = [str(one.alt) for image in page.get("image") for one in image.proto.imgs]
    assert any(words.startswith(f"{title}. Probabilities: ") for words in spoken)


def test_an_answer_by_the_eye_alone_has_no_ink_to_store(
    open_page: Open, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_model(Settings(library, library), "digits", says="4", knows_outliers=True, blend=BLEND)
    monkeypatch.setattr(sight, "ink_box", lambda _: None)
    page = open_page("pages/upload.py")
    blank = png(np.full((90, 90), 255, np.uint8))
    page.file_uploader(key="upload-files").set_value([("blank.png", blank, "image/png")]).run()
    assert not page.exception
    assert "% sure" in texts(page)
    captions = [str(one.caption) for image in page.get("image") for one in image.proto.imgs]
    assert "**Ink by contrast**  \nnothing found" in captions
    page.button(key="upload-right").click().run()
    assert not page.exception
    assert "No ink was found in this picture, so there is nothing to store." in page.error[0].value
    assert store.read(get_settings(), "digits") == []
