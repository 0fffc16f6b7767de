"""Home in every state of the model library."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.model.library_admin import activate
from core.settings import PROJECT_ROOT, get_settings
from pages.components.text import escape
from tests.pages.conftest import Open, texts


def test_shows_the_card_with_numbers_of_images(add_model: Callable[..., Path], open_page: Open) -> None:
    score = {
        "dataset": "mnist",
        "title": "MNIST",
        "images": 10000,
        "accuracy": 0.9971,
        "low": 0.9958,
        "high": 0.998,
        "ece": 0.003,
        "confident": 0.98,
        "confident_error": 0.001,
    }
    add_model(scores=[score, score | {"dataset": "own", "title": "own drawings", "images": 1234, "accuracy": 0.5}])
    page = open_page("")
    assert not page.exception
    assert [(metric.label, metric.value) for metric in page.metric] == [
        ("Right on MNIST test images", "99.71 %"),
        ("Right on own drawings", "50.00 %"),
    ]
    assert "95 % interval 99.58 to 99.80 %, 10,000 images" in page.caption[0].value
    assert "1,234 images" in page.caption[1].value


def test_shows_how_the_model_was_made(add_model: Callable[..., Path], open_page: Open) -> None:
    source = {"name": "mnist", "title": "MNIST", "licence": "CC BY-SA 3.0", "images": 54000, "sha256": "0" * 64}
    folder = add_model(created="2026-11-20T22:10:00+00:00", sources=[source])
    size = (folder / "model.safetensors").stat().st_size
    facts = open_page("").table[0].value.to_string()
    for expected in (
        f"MNIST: 54,000 images ({escape('CC BY-SA 3.0')})",
        "parameters",
        f"{size / 1e6:.2f} MB",
        "20 November 2026",
    ):
        assert expected in facts


@pytest.mark.usefixtures("library")
def test_without_a_model_says_what_to_do(open_page: Open) -> None:
    page = open_page("")
    assert not page.exception
    assert "python -m core train" in page.error[0].value
    assert len(page.metric) == 0


def test_damaged_model_is_named_and_the_other_one_used(add_model: Callable[..., Path], open_page: Open) -> None:
    add_model(description="The one that works.")
    (add_model("second") / "card.json").write_text("{", encoding="utf-8")
    page = open_page("")
    assert not page.exception
    assert "second" in page.warning[0].value
    assert not page.error
    assert escape("The one that works.") in texts(page)


def test_bad_setting_is_explained(monkeypatch: pytest.MonkeyPatch, open_page: Open) -> None:
    monkeypatch.setenv("DIGITS_MAX_UPLOAD_MB", "many")
    page = open_page("")
    assert not page.exception
    assert "DIGITS_MAX_UPLOAD_MB" in page.error[0].value


def test_needs_no_torch() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from streamlit.testing.v1 import AppTest; "
        "app = AppTest.from_file('Home.py', default_timeout=60).run(); "
        "assert not app.exception; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=True)


def test_every_session_follows_the_active_model_until_it_chooses_another(
    add_model: Callable[..., Path], open_page: Open
) -> None:
    add_model(description="The shipped one.")
    add_model("second", description="The second one.")
    here, there = open_page(""), open_page("")
    assert escape("The shipped one.") in texts(here)
    activate("second", get_settings())
    assert all(escape("The second one.") in texts(page.run()) for page in (here, there))
    here.selectbox(key="model-1").set_value("digits").run()
    assert escape("The shipped one.") in texts(here.run())
    assert escape("The second one.") in texts(there.run())
    activate("digits", get_settings())
    assert escape("The shipped one.") in texts(there.run())


def test_a_choice_from_before_another_model_was_made_active_does_not_bring_the_former_one_back(
    add_model: Callable[..., Path], open_page: Open
) -> None:
    """A browser sends what its widgets hold with every message, and one may be on its way."""
    add_model(description="The shipped one.")
    add_model("second", description="The second one.")
    page = open_page("")
    activate("second", get_settings())
    page.run()
    page.session_state["model"] = "digits"
    assert escape("The second one.") in texts(page.run())
    assert next(box for box in page.selectbox if box.label == "Model").value == "second"


def test_there_is_a_door_to_every_other_page_and_none_to_nowhere(open_page: Open) -> None:
    doors = [link.proto.page for link in open_page("").main.get("page_link")]
    pages = {path.stem for path in (PROJECT_ROOT / "pages").glob("*.py")}
    assert len(doors) == len(set(doors))
    assert set(doors) == pages
