"""The parts Shapes to Labels of the Explore page, on the data set that is always there."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from core import cached, spreadsheet
from pages.components.explore import labels, map  # noqa: A004
from pages.components.explore.selection import draw, fingerprint
from tests.pages.conftest import Open, current_key, png, texts
from tests.support.emnist import write_emnist

pytestmark = pytest.mark.usefixtures("digits_are_read")

PARTS = ("Shapes", "Preprocessing", "Augmentation", "Map", "Labels")


@pytest.fixture
def open_part(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`open_part("Map", split)` opens that part on the UCI digits, with no other data set on the machine."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path / "no-data"))

    def open_one(part: str, split: str = "test") -> AppTest:
        page = open_page("pages/explore.py")
        page.session_state["explore-dataset"] = "uci-digits"
        page.session_state["explore-split"] = split
        page.session_state["explore-part"] = part
        return page.run()

    return open_one


def wait(page: AppTest, key: str) -> AppTest:
    """Run the page again when the job whose key starts so has ended."""
    for name, job in list(cached.jobs()._jobs.items()):
        if str(name).startswith(key):
            job.result(60)
    return page.run()


def captions(page: AppTest) -> str:
    return "\n".join(part.value for part in page.caption)


def quiet(page: AppTest) -> bool:
    """Whether nothing went wrong."""
    return not page.exception and not page.error


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.usefixtures("library")
def test_every_part_opens_without_a_model(open_part: Callable[..., AppTest], part: str) -> None:
    page = wait(open_part(part), "explore-labels")
    assert not page.exception
    assert [error.value for error in page.error if "no model" not in error.value] == []


def test_shapes_show_every_class_with_its_number(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Shapes", "train")
    assert quiet(page)
    counts = np.bincount(cached.dataset("uci-digits", "train").labels)
    shown = "\n".join(str(part.proto) for part in page.get("image"))
    for place, count in enumerate(counts):
        assert f"**{place}** · {count}" in shown
    assert len(page.get("plotly_chart")) == 3


def test_preprocessing_compares_both_ways(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Preprocessing")
    assert quiet(page)
    assert "**Squeezed**" in texts(page)
    assert "**Through the pipeline**" in texts(page)
    assert ":green[right]" in texts(page)


def test_the_squeezed_picture_always_has_an_answer_and_the_headline_compares_both(
    open_part: Callable[..., AppTest],
) -> None:
    page = open_part("Preprocessing")
    page.session_state["explore-preprocessing-size"] = 100
    page.session_state["explore-preprocessing-shade"] = 0
    page.run()
    said = texts(page)
    assert "Not a digit" not in said
    alike = said.count(":green[right]") == 2
    assert ("Both are read as" if alike else "Squeezed it is read as") in said


def test_light_ink_is_read_by_the_pipeline_whatever_becomes_of_it_squeezed(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Preprocessing")
    page.toggle(key="explore-preprocessing-light").set_value(True).run()
    assert quiet(page)
    said = texts(page)
    assert said.count(":red[wrong]") + said.count(":green[right]") == 2
    assert ":green[right]" in said.partition("Through the pipeline**")[2]


@pytest.mark.parametrize("index", [10**6, -5])
@pytest.mark.parametrize("part", ["Preprocessing", "Augmentation"])
def test_a_chosen_image_that_is_not_there_is_replaced(open_part: Callable[..., AppTest], part: str, index: int) -> None:
    page = open_part("Shapes")
    page.session_state["explore-image"] = index
    page.session_state["explore-part"] = part
    page.run()
    assert quiet(page)
    field = page.number_input(key=f"explore-{'preprocessing' if part == 'Preprocessing' else 'augmenting'}-image")
    assert field.value == (len(cached.dataset("uci-digits", "test").labels) - 1 if index > 0 else 0)


def test_the_number_of_the_image_is_shared(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Preprocessing")
    page.number_input(key="explore-preprocessing-image").set_value(7).run()
    page.session_state["explore-part"] = "Augmentation"
    page.run()
    assert page.number_input(key="explore-augmenting-image").value == 7


def test_own_picture_is_read_and_a_bad_one_explained(
    open_part: Callable[..., AppTest], three: NDArray[np.uint8]
) -> None:
    page = open_part("Preprocessing")
    page.session_state["explore-preprocessing-source"] = "own"
    page.run()
    upload = page.file_uploader(key="explore-preprocessing-file")
    upload.set_value([("three.png", png(three), "image/png")])
    page.run()
    assert quiet(page)
    assert "**3**" in texts(page)
    page.file_uploader(key="explore-preprocessing-file").set_value([("bad*.png", b"hello", "image/png")])
    page.run()
    assert not page.exception
    assert "could not be read" in page.error[0].value
    assert "bad\\*" in page.error[0].value


def test_a_blank_picture_says_so(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Preprocessing")
    page.session_state["explore-preprocessing-source"] = "own"
    page.run()
    blank = np.full((60, 60), 255, np.uint8)
    page.file_uploader(key="explore-preprocessing-file").set_value([("blank.png", png(blank), "image/png")])
    page.run()
    assert quiet(page)
    assert "finds no ink" in texts(page)


def test_sliders_start_on_the_preset_of_the_best_models_and_take_another(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Augmentation")
    assert quiet(page)
    assert page.slider(key=current_key(page, "augmentation-rotation")).value == 12
    assert page.session_state["augmentation-preset"] == "Good and best"
    page.segmented_control(key=current_key(page, "augmentation-preset")).set_value("None").run()
    assert {slider.value for slider in page.slider} == {0.0}


def test_a_moved_slider_belongs_to_no_preset_and_lasts_over_pages(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Augmentation")
    page.slider(key=current_key(page, "augmentation-shear")).set_value(30.0).run()
    assert page.segmented_control(key=current_key(page, "augmentation-preset")).value is None
    page.switch_page("pages/draw.py").run()
    page.switch_page("pages/explore.py").run()
    page.session_state["explore-part"] = "Augmentation"
    page.run()
    assert page.slider(key=current_key(page, "augmentation-shear")).value == 30
    assert page.slider(key=current_key(page, "augmentation-rotation")).value == 12


def augmented(page: AppTest) -> list[str]:
    return [str(part.proto) for part in page.get("image")]


def test_other_examples_are_others_and_a_strength_changes_them(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Augmentation")
    first = augmented(page)
    assert len(first) == 25
    page.button(key="explore-augmenting-again").click().run()
    assert augmented(page) != first
    assert augmented(page)[0] == first[0]


def test_an_image_is_shown_on_paper_where_that_is_asked_for(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Augmentation")
    page.toggle(key="explore-paper").set_value(True).run()
    assert quiet(page)
    first = augmented(page)
    assert len(first) == 25 + 12
    page.button(key="explore-paper-again").click().run()
    others = augmented(page)
    assert others[:25] == first[:25]
    assert not set(others[25:]) & set(first[25:])
    page.slider(key="explore-paper-light_ink").set_value(100).run()
    assert quiet(page)
    assert augmented(page)[25:] != others[25:]
    page.toggle(key="explore-paper").set_value(False).run()
    assert len(augmented(page)) == 25


def test_map_says_how_much_it_shows(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Map")
    assert quiet(page)
    assert "of the variance of the 450 images" in captions(page)
    assert "of 450 images that the model reads wrongly" in captions(page)
    assert "lasso" in page.info[0].value


def test_map_of_pixels_without_a_model(open_part: Callable[..., AppTest], library: Path) -> None:
    assert not any(library.iterdir())
    page = open_part("Map")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert "There is no model, so the map shows pixels" in page.info[0].value


def test_map_of_pixels_with_a_model_of_other_characters(open_part: Callable[..., AppTest], tmp_path: Path) -> None:
    write_emnist(tmp_path / "no-data", "balanced", each=2)
    page = open_part("Map")
    page.selectbox(key="explore-dataset").select("emnist-balanced").run()
    assert not page.exception
    assert "The model “Digits” reads other characters" in page.info[0].value


def test_the_map_sends_to_the_choice_of_models_only_where_there_is_one(
    open_part: Callable[..., AppTest], tmp_path: Path, add_model: Callable[..., Path]
) -> None:
    write_emnist(tmp_path / "no-data", "balanced", each=2)
    add_model()
    page = open_part("Map")
    page.selectbox(key="explore-dataset").select("emnist-balanced").run()
    assert "sidebar" not in page.info[0].value
    add_model("second")
    assert "(choose another one in the sidebar)" in page.run().info[0].value


def test_map_of_another_split_keeps_working(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Map", "train")
    assert page.slider(key="explore-map-count").max == 1347
    page.session_state["explore-map-count"] = 500
    page.run()
    assert "of the 500 images" in captions(page)
    page.session_state["explore-split"] = "test"
    page.run()
    assert quiet(page)
    assert "of the 450 images" in captions(page)


def test_tsne_works_in_the_background_under_the_map_of_pca(open_part: Callable[..., AppTest]) -> None:
    page = open_part("Map")
    page.session_state["explore-map-by"] = "tsne"
    page.run()
    assert quiet(page)
    assert "of the variance" in captions(page)
    wait(page, "explore-map")
    assert quiet(page)
    assert "The distance between two groups has no meaning" in captions(page)


def test_selected_points_are_rows_of_the_map() -> None:
    points: list[dict[str, Any]] = [{"customdata": value} for value in (4, [2], 4.0, -1, 99, None, "x", [])]
    assert map.rows_of([*points, {}], 10).tolist() == [2, 4]


def test_a_sample_is_drawn_once_and_anew_for_another_model_seed_or_data_set(
    open_part: Callable[..., AppTest],
) -> None:
    open_part("Shapes")
    test, train = (cached.dataset("uci-digits", split) for split in ("test", "train"))
    model = cached.models()[0]
    first = draw(train, model, 500, 0)
    assert draw(train, model, 500, 0) is first
    keys = {
        one.key for one in (first, draw(train, None, 500, 0), draw(train, model, 500, 1), draw(test, model, 500, 0))
    }
    assert len(keys) == 4
    assert fingerprint(test) != fingerprint(train)
    assert np.array_equal(first.wrong, first.predicted != first.labels)
    assert not draw(train, None, 500, 0).wrong.any()


def test_labels_are_judged_by_a_model_that_has_not_learnt_them(open_part: Callable[..., AppTest]) -> None:
    page = wait(open_part("Labels"), "explore-labels")
    assert quiet(page)
    assert "which was not trained on these images" in captions(page)
    assert "of 450 labels flagged" in texts(page)


def test_labels_that_the_model_has_learnt_are_judged_by_neighbours(
    open_part: Callable[..., AppTest], add_model: Callable[..., Path]
) -> None:
    source = {"name": "uci-digits", "title": "UCI digits", "licence": "", "images": 1347, "sha256": "00"}
    add_model("digits", sources=[source])
    page = wait(open_part("Labels", "train"), "explore-labels")
    assert quiet(page)
    assert "by the labels of the 10 images" in captions(page)
    assert "of 1,347 labels flagged" in texts(page)
    page.session_state["explore-split"] = "test"
    assert "which was not trained on these images" in captions(wait(page.run(), "explore-labels"))


def test_list_is_a_csv(open_part: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []
    to_csv = spreadsheet.to_csv

    def keep(*parts: Any) -> bytes:
        kept.append(to_csv(*parts))
        return kept[-1]

    monkeypatch.setattr(spreadsheet, "to_csv", keep)
    page = wait(open_part("Labels"), "explore-labels")
    assert quiet(page)
    rows = list(csv.DictReader(io.StringIO(kept[-1].decode("utf-8-sig"))))
    assert len(rows) == 200
    labels = cached.dataset("uci-digits", "test").labels
    assert all(int(row["label"]) == labels[int(row["image"])] for row in rows)
    flagged = [row["flagged"] for row in rows]
    assert flagged == sorted(flagged, reverse=True)


def test_very_many_are_compared_only_when_that_is_asked_for(
    open_part: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, add_model: Callable[..., Path]
) -> None:
    monkeypatch.setattr(labels, "_AT_ONCE", 1000)
    add_model(sources=[{"name": "uci-digits", "title": "UCI digits", "licence": "", "images": 1347, "sha256": "00"}])
    page = wait(open_part("Labels", "train"), "explore-labels")
    assert "Comparing 1,347 images" in page.info[0].value
    assert "flagged" not in texts(page)
    page.button(key="explore-labels-compare-uci-digits-train-button").click().run()
    page = wait(page, "explore-labels")
    assert "of 1,347 labels flagged" in texts(page)


def test_table_of_labels(open_part: Callable[..., AppTest]) -> None:
    page = wait(open_part("Labels"), "explore-labels")
    page.session_state["explore-labels-view"] = "Table"
    page.run()
    assert quiet(page)
    assert list(page.dataframe[0].value.columns)[:3] == ["Image", "Label", "Suggested"]
    assert len(page.dataframe[0].value) == 200
