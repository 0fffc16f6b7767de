import csv
import dataclasses
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from core.charsets import Charset
from core.evaluation.comparison import Compared
from core.evaluation.predictions import Predictions, read_stored
from core.model.card import read_card
from core.model.prediction import judge
from core.report import tables
from core.report.tables import Artifact
from core.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "models" / "digits"


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(SHIPPED)["mnist"]


def read_back(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("named", tables.TABLES, ids=lambda named: named.name)
def test_every_table_comes_back_from_csv_and_json(named: Artifact[pd.DataFrame], mnist: Predictions) -> None:
    table = named.make(mnist)
    rows = read_back(tables.to_csv(table))
    found = json.loads(tables.to_json(table, model="digits", table=named.name))
    assert (found["model"], found["table"]) == ("digits", named.name)
    assert len(rows) == len(found["rows"]) == len(table) > 0
    for name in table.columns:
        if table[name].dtype.kind == "f":
            numbers = [float(row[name] or "nan") for row in rows]
            np.testing.assert_array_equal(numbers, table[name])
            np.testing.assert_array_equal(np.array([row[name] for row in found["rows"]], float), table[name])
        else:
            assert [row[name] for row in rows] == [str(value) for value in table[name]]
            assert [row[name] for row in found["rows"]] == table[name].tolist()


def test_tables_stand_on_all_images(mnist: Predictions) -> None:
    assert tables.confusion(mnist).drop(columns="true").to_numpy().sum() == 10_000
    assert tables.confusions(mnist)["times"].sum() == (~mnist.right).sum() == len(tables.wrong_answers(mnist))
    assert tables.classes(mnist)["images"].tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert tables.headline(mnist)["accuracy"].item() == pytest.approx((mnist.predicted == mnist.labels).mean())
    assert not tables.wrong_answers(mnist)["right"].any()
    assert tables.wrong_answers(mnist)["confidence"].is_monotonic_decreasing


def test_the_class_table_names_the_commonest_mistake(mnist: Predictions) -> None:
    table = tables.classes(mnist).set_index("class")
    for true in range(10):
        others = np.bincount(mnist.predicted[(mnist.labels == true) & (mnist.predicted != true)], minlength=10)
        found, times = table.loc[str(true), ["mistaken_for", "times"]]
        assert times == others.max()
        assert others[int(str(found))] == times if found else not others.any()


def test_the_classification_report_is_that_of_scikit_learn(mnist: Predictions) -> None:
    expected = sk.classification_report(mnist.labels, mnist.predicted, digits=4)
    assert tables.classification_report(mnist) == expected


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
def test_the_report_of_few_classes_is_that_of_scikit_learn() -> None:
    three = Charset("three", "Three", ("a", "a long name", "c"))
    shares = np.array([[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    answers = Predictions("m", "d", "D", "test", three, np.array([0, 1, 1]), shares, 1.0, 0.5)
    expected = sk.classification_report(
        answers.labels, answers.predicted, labels=[0, 1], target_names=three.characters[:2], digits=2
    )
    assert tables.classification_report(answers, decimals=2) == expected


def test_what_looks_like_a_formula_is_made_harmless_and_a_number_is_not() -> None:
    table = pd.DataFrame({"=name": ["=1+1", "@x", "fine"], "number": [-1.5, np.nan, 2.0]})
    rows = read_back(tables.to_csv(table))
    assert [row["'=name"] for row in rows] == ["'=1+1", "'@x", "fine"]
    assert [row["number"] for row in rows] == ["-1.5", "", "2.0"]
    assert json.loads(tables.to_json(table))["rows"][1] == {"=name": "@x", "number": None}


def test_the_comparison_tests_each_model_against_the_first(mnist: Predictions) -> None:
    shares = mnist.probabilities.copy()
    shares[:10] = 0.1  # the first ten become blank
    card = read_card(SHIPPED)
    other = dataclasses.replace(mnist, model="other", probabilities=shares)
    table = tables.comparison([Compared(card, 2_000_000, mnist), Compared(card, 1_000_000, other, seconds=0.002)])
    assert table["only_first_right"].tolist() == [0, 10]
    assert table["only_this_right"].tolist() == [0, 0]
    assert table["mcnemar_p"].tolist() == pytest.approx([1.0, 2 / 2**10])
    assert table["size_mb"].tolist() == [2.0, 1.0]
    assert np.isnan(table["seconds_an_image"][0])


def test_an_archive_holds_its_files() -> None:
    with zipfile.ZipFile(io.BytesIO(tables.to_zip({"a.csv": b"1", "b.json": b"{}"}))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.csv": b"1", "b.json": b"{}"}


def test_the_verdicts_of_a_table_are_those_of_single_answers() -> None:
    answers = read_stored(PROJECT_ROOT / "models" / "characters")["emnist-balanced"]
    shares = answers.probabilities[::40]
    found = tables.predictions(answers)["verdict"].to_numpy()[::40]
    expected = [judge(answers.charset, one, blank=False, threshold=answers.threshold).verdict.value for one in shares]
    assert found.tolist() == expected
    assert set(expected) == {"confident", "alike", "unsure"}
