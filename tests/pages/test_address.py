"""What is shown is in the address: a reload and a link show it again. And a page fetches nothing from elsewhere."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.model.library_admin import activate
from core.settings import PROJECT_ROOT, get_settings
from tests.pages.conftest import Open


def linked(path: str, **parameters: str) -> AppTest:
    """A page, opened by a link with these parameters."""
    page = AppTest.from_file(str(PROJECT_ROOT / "Home.py"), default_timeout=60).switch_page(path)
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def address(page: AppTest) -> dict[str, str]:
    """The parameters in the address of a page."""
    return {name: value[0] if isinstance(value, list) else value for name, value in page.query_params.items()}


@pytest.mark.usefixtures("digits_are_read")
def test_explore_shows_the_part_the_data_set_and_the_image_of_a_link() -> None:
    page = linked("pages/explore.py", data="uci-digits", split="train", part="browse", image="7")
    assert not page.exception
    assert page.selectbox(key="explore-dataset").value == "uci-digits"
    assert page.segmented_control(key="explore-split").value == "train"
    assert any(text.value.startswith("### Image 7:") for text in page.markdown)
    assert address(page) == {"data": "uci-digits", "split": "train", "part": "browse", "image": "7"}


@pytest.mark.usefixtures("digits_are_read")
def test_a_link_to_what_does_not_exist_shows_the_page_as_it_begins() -> None:
    page = linked("pages/explore.py", data="nothing", split="half", part="away", image="-3", model="nobody")
    assert not page.exception
    assert address(page).keys() <= {"data", "split", "image"}
    assert not {"nothing", "half"}.intersection(address(page).values())
    for cell in ("99-99", "a-b", "7"):
        page = linked("pages/evaluate.py", data="nothing", part="away", cell=cell)
        assert not page.exception
        assert "cell" not in address(page)
    assert not linked("pages/explore.py", data="uci-digits", part="browse", image="123456789").exception


def test_evaluate_shows_the_part_the_images_and_the_cell_of_a_link() -> None:
    page = linked("pages/evaluate.py", data="pen-strokes/test", part="confusion", cell="7-2")
    assert not page.exception
    assert page.selectbox(key="evaluate-true").value == 7
    assert page.selectbox(key="evaluate-read-as").value == 2
    assert address(page)["cell"] == "7-2"


def test_a_model_is_in_the_address_where_it_is_another_than_everybodys(
    add_model: Callable[..., Path], open_page: Open
) -> None:
    add_model(title="The first")
    add_model("second", title="The second")
    page = open_page("pages/draw.py")
    assert "model" not in page.query_params
    page.segmented_control(key="model").set_value("second").run()
    assert address(page)["model"] == "second"
    linked_page = linked("pages/draw.py", model="second")
    assert linked_page.segmented_control(key="model").value == "second"
    activate("second", get_settings())
    linked_page.run()
    assert "model" not in linked_page.query_params


def test_the_icon_of_the_tab_is_a_file_of_this_program(open_page: Open) -> None:
    """Streamlit fetches a Material icon for a tab from the internet."""
    source = (PROJECT_ROOT / "pages" / "components" / "page.py").read_text(encoding="utf-8")
    assert "page_icon=str(_FOLDER" in source
    assert not open_page("").exception
