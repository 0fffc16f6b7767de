"""The Evaluate page: its choice, headline, confusion, mistakes and curves; with and without data; damaged models."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as sk
from streamlit.testing.v1 import AppTest

from core.charsets import BALANCED
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions, read_stored
from core.model.card import read_card
from core.settings import Settings
from tests.pages.conftest import SHIPPED, Open, act_unseen, current_key, texts, wait_for
from tests.support.models import make_model

PAGE = "pages/evaluate.py"
ACCURACY = f"{100 * next(score.accuracy for score in read_card(SHIPPED).scores if score.dataset == 'mnist'):.2f} %"
"""Of the shipped model on MNIST's test images, as its card has it."""


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any data set."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("DIGITS_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def page(open_page: Open, no_data: Path) -> AppTest:
    """The page on a machine without any data set."""
    assert no_data.is_dir()
    return open_page(PAGE)


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(SHIPPED)["mnist"]


def commonest(answers: Predictions) -> tuple[int, int]:
    """What is confused most often: the true class, and what it is read as."""
    mistakes = answers.confusion * (1 - np.eye(len(answers.confusion), dtype=np.int64))
    true, read = np.unravel_index(int(mistakes.argmax()), mistakes.shape)
    return int(true), int(read)


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def open_part(page: AppTest, name: str) -> AppTest:
    """Open one of the page's tabs."""
    page.session_state["evaluate-part"] = name
    return page.run()


def rows(page: AppTest, key: str) -> list[dict[str, Any]]:
    """The rows of a table."""
    table = next(table for table in page.dataframe if table.proto.id.endswith(key))
    return [{str(name): value for name, value in row.items()} for row in table.value.to_dict("records")]


def damaged(page: AppTest) -> dict[str, str]:
    """The list of damaged models: reasons by name."""
    found: dict[str, str] = {}
    for table in page.table:
        if "What is wrong" in table.value:
            found |= dict(zip(table.value["Model"], table.value["What is wrong"], strict=True))
    return found


def save_answers(folder: Path, labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
    """Let a model's folder hold these answers to MNIST's test, and no others."""
    arrays: dict[str, Any] = {"mnist/labels": labels, "mnist/probabilities": probabilities}
    np.savez(folder / "evaluation.npz", **arrays)


def test_the_headline_stands_on_the_stored_answers(page: AppTest, mnist: Predictions) -> None:
    assert not page.exception
    assert page.selectbox(key="evaluate-data-digits").value == "mnist-test"
    found = metrics(page)
    assert found["Accuracy"] == ACCURACY
    assert found["Macro F1"] == f"{100 * sk.f1_score(mnist.labels, mnist.predicted, average='macro'):.2f} %"
    confident = mnist.confidence >= mnist.threshold
    assert found["Confidently wrong"] == f"{100 * (mnist.predicted != mnist.labels)[confident].mean():.2f} %"
    low, high = (100 * end for end in wilson_interval(int((mnist.predicted == mnist.labels).sum()), 10_000))
    assert f"{low:.2f} to {high:.2f} %, n\u00a0=\u00a010,000" in captions(page)
    assert damaged(page) == {}


def test_what_can_be_chosen_without_data(page: AppTest) -> None:
    assert page.selectbox(key="evaluate-data-digits").options == [
        "MNIST, test · stored",
        "Pen strokes, test · stored",
        "UNIPEN digits, test · stored",
        "UCI digits, test",
        "UCI digits, train",
    ]
    assert page.button(key="evaluate-again").disabled


def test_without_images_the_answers_are_listed_and_how_to_get_the_images(page: AppTest, mnist: Predictions) -> None:
    assert "python \\-m core data download mnist" in captions(page)
    true, read = commonest(mnist)
    page.pills(key="evaluate-commonest").set_value((true, read)).run()
    assert f"{true} read as {read}: {mnist.confusion[true, read]} images" in texts(page)
    found = rows(page, f"evaluate-cell-{true}-{read}-rows")
    wanted = np.flatnonzero((mnist.labels == true) & (mnist.predicted == read))
    assert sorted(row["image"] for row in found) == wanted.tolist()
    assert {(row["true"], row["read"]) for row in found} == {(str(true), str(read))}
    assert [row["sure"] for row in found] == sorted((row["sure"] for row in found), reverse=True)


def test_any_cell_can_be_chosen_by_its_classes(page: AppTest, mnist: Predictions) -> None:
    page.selectbox(key="evaluate-true").set_value(3).run()
    page.selectbox(key="evaluate-read-as").set_value(3).run()
    assert f"3 read as 3: {mnist.confusion[3, 3]:,} images" in texts(page)
    assert page.pills(key=current_key(page, "evaluate-commonest")).value is None
    page.selectbox(key="evaluate-read-as").set_value(0).run()
    assert "3 read as 0: 0 images" in texts(page)
    assert "None of the images is in this cell" in captions(page)


def test_what_the_choosers_showed_before_undoes_no_click(page: AppTest, mnist: Predictions) -> None:
    for cell in ((6, 0), (6, 1)):  # the second differs in one class, and neither is listed
        page.session_state["evaluate-cell"] = cell
        act_unseen(page, page.run)
        assert f"{cell[0]} read as {cell[1]}: {mnist.confusion[cell]} image" in texts(page)
    before = commonest(mnist)
    page.pills(key=current_key(page, "evaluate-commonest")).set_value(before).run()  # by a person
    assert f"{before[0]} read as {before[1]}: {mnist.confusion[before]} images" in texts(page)
    page.selectbox(key=current_key(page, "evaluate-read-as")).set_value(1).run()
    assert f"{before[0]} read as 1: {mnist.confusion[before[0], 1]} image" in texts(page)


def test_a_cell_that_another_charset_had_is_forgotten(page: AppTest, mnist: Predictions) -> None:
    page.session_state["evaluate-cell"] = (40, 3)
    page.run()
    assert not page.exception
    true, read = commonest(mnist)
    assert f"{true} read as {read}: {mnist.confusion[true, read]} images" in texts(page)


def test_controls_of_the_matrix_change_it(page: AppTest) -> None:
    def figure() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(page.get("plotly_chart")[0].proto.spec)
        return found

    before = figure()
    page.toggle(key="evaluate-errors").set_value(True).run()
    errors = figure()
    page.segmented_control(key="evaluate-unit").set_value("shares").run()
    assert before["data"] != errors["data"] != figure()["data"]
    assert "percentages of the true class" in captions(page)


def test_mistakes_are_all_those_of_the_stored_answers(page: AppTest, mnist: Predictions) -> None:
    open_part(page, "Mistakes")
    assert not page.exception
    assert [row["image"] for row in rows(page, "evaluate-mistakes--1-rows")] == sorted(
        np.flatnonzero(~mnist.right), key=lambda place: -mnist.confidence[place]
    )
    page.pills(key="evaluate-mistakes-of").set_value(7).run()
    assert {row["true"] for row in rows(page, "evaluate-mistakes-7-rows")} == {"7"}


def test_no_mistakes_are_a_success(open_page: Open, add_model: Callable[..., Path], no_data: Path) -> None:
    assert no_data.is_dir()
    folder = add_model()
    save_answers(folder, np.arange(10), np.eye(10))
    page = open_page(PAGE)
    assert not page.exception
    assert metrics(page)["Accuracy"] == "100.00 %"
    assert "Choose a cell" in page.info[0].value
    open_part(page, "Mistakes")
    assert "No mistakes" in page.success[0].value


def test_curves_are_those_of_the_history(page: AppTest) -> None:
    open_part(page, "Curves")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4
    assert f"The weights of epoch {read_card(SHIPPED).training['best_epoch']} were kept" in captions(page)
    assert "with smoothed labels" in captions(page)


def test_a_measurement_is_made_shown_and_kept(page: AppTest) -> None:
    page.selectbox(key="evaluate-data-digits").set_value("uci-digits-test").run()
    wait_for(page, lambda: "n\u00a0=\u00a0450" in captions(page))
    assert not page.exception
    for data in ("mnist-test", "uci-digits-test"):
        page.selectbox(key="evaluate-data-digits").set_value(data).run()
    assert "n\u00a0=\u00a0450" in captions(page)  # at once: it was kept


def test_images_show_where_the_data_are(open_page: Open, require_data: Callable[[str], Path]) -> None:
    require_data("MNIST/raw")
    page = open_page(PAGE)
    assert not page.exception
    assert "cannot be shown" not in captions(page)
    assert "MNIST, train (trained on)" in page.selectbox(key="evaluate-data-digits").options
    assert not page.button(key="evaluate-again").disabled


def test_images_of_another_version_are_not_shown(
    open_page: Open, add_model: Callable[..., Path], require_data: Callable[[str], Path]
) -> None:
    require_data("MNIST/raw")
    folder = add_model()
    with np.load(SHIPPED / "evaluation.npz") as arrays:
        labels, probabilities = arrays["mnist/labels"], arrays["mnist/probabilities"]
    save_answers(folder, np.roll(labels, 1), probabilities)
    page = open_page(PAGE)
    assert not page.exception
    assert "another version" in captions(page)


def test_a_model_without_stored_answers_asks_what_to_measure_it_on(
    open_page: Open, add_model: Callable[..., Path], no_data: Path
) -> None:
    assert no_data.is_dir()
    (add_model() / "evaluation.npz").unlink()
    page = open_page(PAGE)
    assert not page.exception
    assert page.selectbox(key="evaluate-data-digits").value is None
    assert "No stored answers of" in page.info[0].value
    assert "evaluation\\.npz is missing" in damaged(page)["digits"]
    assert "still reads" in damaged(page)["digits"]


def test_a_damaged_history_costs_the_curves_alone(open_page: Open, add_model: Callable[..., Path]) -> None:
    os.truncate(add_model() / "history.csv", 300)
    page = open_page(PAGE)
    assert metrics(page)["Accuracy"] == ACCURACY
    assert "history\\.csv is damaged" in damaged(page)["digits"]
    open_part(page, "Curves")
    assert not page.exception
    assert "no training curves" in page.info[0].value


def test_damaged_models_are_listed_and_the_others_go_on(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model("good")
    os.truncate(add_model("cut") / "model.safetensors", 1_000_000)
    (add_model("nameless") / "card.json").unlink()
    add_model("future", version=7)
    page = open_page(PAGE)
    assert not page.exception
    assert metrics(page)["Accuracy"] == ACCURACY
    assert page.selectbox(key="model").options == ["Digits"]
    found = damaged(page)
    assert set(found) == {"cut", "nameless", "future"}
    assert "cut off" in found["cut"]
    assert "version 7" in found["future"]
    assert len(page.warning) == 0  # they stand in the list, not above the page as well


def test_wrong_shapes_are_found_in_the_background(open_page: Open, add_model: Callable[..., Path]) -> None:
    add_model("good")
    add_model("shapes", architecture="classic")
    page = open_page(PAGE)
    wait_for(page, lambda: "shapes" in damaged(page))
    assert "tensors differ from the architecture" in damaged(page)["shapes"]
    assert set(damaged(page)) == {"shapes"}


def test_a_damaged_shipped_model_alone_has_a_way_out(open_page: Open, add_model: Callable[..., Path]) -> None:
    os.truncate(add_model() / "model.safetensors", 10)
    page = open_page(PAGE)
    assert not page.exception
    assert "no model to read with" in page.error[0].value
    assert "git checkout" in page.error[0].value
    assert "cut off" in damaged(page)["digits"]


def test_no_models_at_all(open_page: Open, library: Path) -> None:
    assert library.is_dir()
    page = open_page(PAGE)
    assert not page.exception
    assert "no model to read with" in page.error[0].value
    assert damaged(page) == {}


def test_one_chooser_says_which_model_is_evaluated_and_read_with(
    open_page: Open, add_model: Callable[..., Path]
) -> None:
    add_model("one")
    add_model("two")
    page = open_page(PAGE)
    assert [box.label for box in page.selectbox].count("Model") == 1
    assert page.selectbox(key="model").value == "one"
    page.selectbox(key="model").set_value("two").run()
    assert page.selectbox(key="model").value == "two"
    assert not page.exception
    page.switch_page("pages/draw.py").run()
    assert page.segmented_control(key="model").value == "two"


@pytest.fixture
def letters(open_page: Open, library: Path, no_data: Path) -> AppTest:
    """The page with a model of 47 classes that keeps answers to 940 images: one in four is read as a look-alike."""
    assert no_data.is_dir()
    make_model(Settings(library, library), "letters", charset="balanced")
    labels = np.tile(np.arange(47), 20)
    groups = [BALANCED.alike(character) for character in BALANCED.characters]
    read = np.array(
        [
            BALANCED.characters.index(groups[label][0] if place % 4 == 0 else BALANCED.characters[label])
            for place, label in enumerate(labels)
        ]
    )
    shares = 0.9 * np.eye(47)[read] + 0.1 / 47
    arrays: dict[str, Any] = {"emnist-balanced/labels": labels, "emnist-balanced/probabilities": shares}
    np.savez(library / "letters" / "evaluation.npz", **arrays)
    return open_page(PAGE)


def figure_of(page: AppTest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.get("plotly_chart")[0].proto.spec)
    return found


def test_letters_are_scored_by_kind_and_with_look_alikes_as_one(letters: AppTest) -> None:
    assert not letters.exception
    assert letters.selectbox(key="evaluate-data-balanced").value == "emnist-balanced-test"
    found = metrics(letters)
    assert found["Digits"] == "100.00 %"  # each is the first of its group
    assert found["Alike as one"] == "100.00 %"
    assert float(found["Capitals"].split()[0]) < 100
    assert float(found["Lower case"].split()[0]) < 100
    assert "n\u00a0=\u00a0200" in captions(letters)
    both = [metric.label for metric in letters.metric if "stands for both cases" in metric.help]
    assert both == ["Capitals"]


def test_the_matrix_of_many_classes_shows_errors_first_grouped_by_likeness(letters: AppTest) -> None:
    assert letters.toggle(key="evaluate-errors-many").value is True
    drawn = figure_of(letters)
    names = drawn["layout"]["yaxis"]["ticktext"]
    assert names[:4] == ["0", "Oo", "1", "Ii"]
    assert len(names) == 47
    frames = [shape for shape in drawn["layout"]["shapes"] if shape["line"]["width"] == 1]
    assert len(frames) == len(BALANCED.look_alikes)
    letters.segmented_control(key="evaluate-classes-shown-balanced").set_value("digits").run()
    assert figure_of(letters)["layout"]["yaxis"]["ticktext"] == [*"0123456789", "all"]
    letters.segmented_control(key="evaluate-classes-shown-balanced").set_value("worst").run()
    worst = figure_of(letters)["layout"]["yaxis"]["ticktext"]
    assert {"0", "Oo", "all"} <= set(worst)
    assert len(worst) == 17
    assert not letters.exception


@pytest.mark.parametrize("part", ["Mistakes", "Curves", "Classes", "Calibration", "PR and ROC", "Compare", "Download"])
def test_every_part_knows_letters(letters: AppTest, part: str) -> None:
    open_part(letters, part)
    assert not letters.exception
    if part == "Classes":
        assert set(letters.dataframe[0].value["class"]) == set(BALANCED.names)
