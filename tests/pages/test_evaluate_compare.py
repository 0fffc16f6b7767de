"""The parts Compare and Download of the Evaluate page: one model, two, and one without stored answers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cached
from core.evaluation.available import WARNINGS, Leakage
from core.evaluation.comparison import Difference, McNemar
from core.evaluation.predictions import evaluate, read_stored
from core.model.card import read_card
from core.model.library import list_models
from core.settings import PROJECT_ROOT, get_settings
from pages.components.evaluate.compare import difference_in_words
from pages.components.evaluate.selection import Subject
from pages.components.text import escape
from tests.pages.conftest import SHIPPED, Open, texts, wait_for
from tests.pages.test_evaluate_calibration import open_part
from tests.support.emnist import write_emnist
from tests.support.glyphs import longer_sides
from tests.support.models import spoil

AddModel = Callable[..., Path]
MINE_TITLE = "<script>Mine</script>"
MINE = escape(MINE_TITLE)
PAGE = "pages/evaluate.py"


@pytest.fixture
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any data set."""
    monkeypatch.setenv("DIGITS_DATA_DIR", str(tmp_path))


@pytest.fixture
def two(add_model: AddModel, no_data: None) -> Path:  # noqa: ARG001 - a fixture for its effect
    """A library with the shipped model and `mine`, which is wrong on the first six images, all sevens to it no more."""
    add_model()
    folder = add_model("mine", title=MINE_TITLE)
    spoil(folder, 6)
    return folder


def mistakes() -> int:
    """How many of MNIST's test images the shipped model reads wrongly; none of the first six."""
    stored = read_stored(SHIPPED)["mnist"]
    return int((stored.predicted != stored.labels).sum())


def side_by_side(page: AppTest) -> dict[str, dict[str, str]]:
    """The comparison: figures by title, by model."""
    table = next(table.value for table in page.table if "Macro F1" in table.value.to_numpy())
    rows = table.set_index(table.columns[0])
    return {str(name).strip("*"): {str(title): str(cell) for title, cell in rows[name].items()} for name in rows}


def test_one_model_alone_says_how_to_get_another(open_page: Open, add_model: AddModel, no_data: None) -> None:  # noqa: ARG001 - for its effect
    add_model()
    page = open_part(open_page(PAGE), "Compare")
    assert "There is no other model that reads digits" in page.info[0].value
    assert page.code[0].value == "python -m core train --preset quick --name mine --datasets mnist"


def test_two_models_stand_side_by_side(open_page: Open, two: Path) -> None:
    page = open_part(open_page(PAGE), "Compare")
    assert page.multiselect[0].value == ["mine"]
    found = side_by_side(page)
    card, wrong = read_card(SHIPPED), mistakes()
    assert found["Digits"]["Right"] == f"{100 - wrong / 100:.2f} %"
    assert found[MINE]["Right"] == f"{100 - (wrong + 6) / 100:.2f} %"
    assert found[MINE]["Parameters"] == f"{card.parameters:,}"
    assert found[MINE]["Time for an image"] == "–"
    assert f"Only “Digits” is right on **6** images, only “{MINE}” on **0**." in texts(page)
    assert "“Digits” is better, by more than chance (p = 0.031)" in texts(page)
    assert two.is_dir()


def test_without_the_images_the_differences_are_a_table(open_page: Open, two: Path) -> None:
    page = open_part(open_page(PAGE), "Compare")
    table = page.dataframe[-1].value
    assert sorted(table["image"]) == list(range(6))
    assert "The images cannot be shown" in "".join(info.value for info in page.info)
    kinds = page.button_group(key="evaluate-difference-digits-mine-mnist-test")
    kinds.set_value(Difference.BOTH_WRONG).run()
    assert not page.exception
    assert len(page.dataframe[-1].value) == mistakes()
    assert two.is_dir()


def test_the_time_is_measured_when_asked_for(open_page: Open, two: Path) -> None:
    page = open_part(open_page(PAGE), "Compare")
    page.button(key="evaluate-time").click().run()
    assert not page.exception
    assert side_by_side(page)[MINE]["Time for an image"].endswith(" ms")
    assert two.is_dir()


def test_a_model_without_stored_answers_and_no_images_says_so(open_page: Open, two: Path) -> None:
    (two / "evaluation.npz").unlink()
    page = open_part(open_page(PAGE), "Compare")
    assert page.multiselect[0].value == []
    page.multiselect[0].set_value(["mine"]).run()
    assert not page.exception
    assert "has no stored answers to these images" in "".join(info.value for info in page.info)


def test_answers_to_other_images_are_not_compared(open_page: Open, two: Path) -> None:
    with np.load(two / "evaluation.npz") as file:
        arrays = dict(file)
    labels = arrays["mnist/labels"].copy()
    labels[0] = (labels[0] + 1) % 10
    np.savez(two / "evaluation.npz", **(arrays | {"mnist/labels": labels}))
    page = open_part(open_page(PAGE), "Compare")
    assert page.multiselect[0].value == []


def test_a_model_that_was_deleted_is_no_longer_chosen(open_page: Open, two: Path) -> None:
    page = open_part(open_page(PAGE), "Compare")
    two.rename(two.with_name(".gone"))
    page.run()
    assert not page.exception
    assert "There is no other model" in page.info[0].value


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (McNemar(0, 0, 1.0), "right on the same images"),
        (McNemar(5, 3, 0.7266), "no more than chance (p = 0.73)"),
        (McNemar(1, 8, 0.0391), "“b\\_1” is better, by more than chance (p = 0.039)"),
        (McNemar(60, 2, 1e-12), "“a” is better, by more than chance (p < 0.001)"),
    ],
)
def test_a_difference_in_words(test: McNemar, words: str) -> None:
    assert words in difference_in_words("a", "b_1", test)


def downloads(page: AppTest) -> set[str]:
    return {str(button.proto.id).rpartition("evaluate-file-")[2] for button in page.get("download_button")}


def test_everything_can_be_taken_away(open_page: Open, two: Path) -> None:
    page = open_part(open_page(PAGE), "Download")
    found = downloads(page)
    tables = ("headline", "confusion-matrix", "confusions", "classes", "areas", "calibration", "coverage", "mistakes")
    for name in (*tables, "predictions", "history", "comparison"):
        assert {f"digits-mnist-test-{name}.csv", f"digits-mnist-test-{name}.json"} <= found
    for name in ("confusion-matrix", "reliability", "confidence", "coverage", "precision-recall", "roc", "report"):
        assert f"digits-mnist-test-{name}.html" in found
    assert "digits-mnist-test-training-loss.html" in found
    assert two.is_dir()


def test_without_history_and_another_model_there_is_less(open_page: Open, add_model: AddModel, no_data: None) -> None:  # noqa: ARG001 - for its effect
    (add_model() / "history.csv").unlink()
    found = downloads(open_part(open_page(PAGE), "Download"))
    assert "digits-mnist-test-classes.csv" in found
    assert not {name for name in found if "history" in name or "training" in name or "comparison" in name}


@pytest.mark.parametrize("part", ["Classes", "Calibration", "PR and ROC", "Compare", "Download"])
def test_a_damaged_card_beside_it_disturbs_no_part(open_page: Open, two: Path, part: str) -> None:
    card = json.loads((two / "card.json").read_text(encoding="utf-8"))
    (two / "card.json").write_text(json.dumps(card | {"version": 99}), encoding="utf-8")
    open_part(open_page(PAGE), part)


def test_another_model_is_measured_where_the_images_are_here(open_page: Open, two: Path) -> None:
    page = open_page(PAGE)
    page.selectbox(key="evaluate-data-digits").set_value("uci-digits-test").run()
    wait_for(page, lambda: any(tab.label == "Compare" for tab in page.tabs))
    open_part(page, "Compare").multiselect[0].set_value(["mine"]).run()
    wait_for(page, lambda: len(page.table) > 0)
    assert side_by_side(page)[MINE]["Images"] == "450"
    assert "right on the same images" in texts(page)
    assert two.is_dir()


def test_a_score_on_training_images_is_called_so(
    open_page: Open,
    add_model: AddModel,
    no_data: None,  # noqa: ARG001 - for its effect
) -> None:
    add_model()
    learnt = {"name": "uci-digits", "title": "UCI digits", "licence": "CC BY 4.0", "images": 1347, "sha256": "00"}
    add_model("mine", sources=[learnt])
    page = open_page(PAGE)
    page.selectbox(key="evaluate-data-digits").set_value("uci-digits-train").run()
    wait_for(page, lambda: any(tab.label == "Compare" for tab in page.tabs))
    open_part(page, "Compare").multiselect[0].set_value(["mine"]).run()
    wait_for(page, lambda: len(page.table) > 0)
    assert [warning.value for warning in page.warning] == [rf"“Digits \(mine\)”: {WARNINGS[Leakage.TRAINING]}"]


def test_another_copy_of_the_images_is_not_measured_in_their_place(open_page: Open, two: Path, tmp_path: Path) -> None:
    """The first model keeps answers to the official images; those on this machine are a stand-in."""
    folder = two.parent / "digits"
    with np.load(folder / "evaluation.npz") as file:
        arrays = dict(file)
    arrays |= {name.replace("mnist/", "emnist-digits/"): array for name, array in arrays.items() if "mnist/" in name}
    np.savez(folder / "evaluation.npz", **arrays)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (score,) = (score for score in card["scores"] if score["dataset"] == "mnist")
    card["scores"].append(score | {"dataset": "emnist-digits", "title": "EMNIST Digits"})
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    write_emnist(tmp_path, "digits", each=2)
    page = open_page(PAGE)
    page.selectbox(key="evaluate-data-digits").set_value("emnist-digits-test").run()
    open_part(page, "Compare").multiselect[0].set_value(["mine"]).run()
    assert not page.exception
    assert f"“{MINE}” has no stored answers to these images of EMNIST Digits" in "".join(
        info.value for info in page.info
    )


def test_a_model_of_more_characters_is_compared_on_those_of_the_images(
    open_page: Open,
    add_model: AddModel,
    library: Path,
    no_data: None,  # noqa: ARG001 - for its effect
) -> None:
    add_model()
    shutil.copytree(PROJECT_ROOT / "models" / "characters", library / "characters")
    page = open_part(open_page(PAGE), "Compare")
    page.selectbox(key="evaluate-data-digits").set_value("pen-strokes-test").run()
    page.multiselect[0].set_value(["characters"]).run()
    assert not page.exception
    assert set(side_by_side(page)) == {"Digits", "Letters and digits"}


@pytest.mark.usefixtures("no_data", "digits_are_read", "letters")
def test_an_image_in_detail_is_what_the_network_saw() -> None:
    """Digits stand larger before a model of letters than in their data set."""
    data, (entry,) = cached.dataset("uci-digits", "test"), list_models(get_settings())
    subject = Subject(entry, evaluate(cached.recogniser("characters"), data))
    seen = subject.seen(3)
    assert subject.images is not None
    assert seen is not None
    assert (longer_sides(subject.images[3:4]), longer_sides(seen[None])) == ({20}, {24})
