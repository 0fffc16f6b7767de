import numpy as np
import pytest
from sklearn import metrics as sk

from core.evaluation.one_vs_rest import Curve, rank, thinned
from core.evaluation.predictions import read_stored
from core.settings import PROJECT_ROOT
from tests.unit.evaluation.test_metrics import random_answers


def test_areas_equal_scikit_learn() -> None:
    probabilities, labels = random_answers(3)
    found = rank(labels, probabilities)
    assert [one.index for one in found] == list(range(10))
    for one in found:
        positive, scores = labels == one.index, probabilities[:, one.index]
        assert one.images == positive.sum()
        assert one.precision_recall.area == pytest.approx(sk.average_precision_score(positive, scores), abs=1e-9)
        assert one.roc.area == pytest.approx(sk.roc_auc_score(positive, scores), abs=1e-9)


def test_the_drawn_curves_are_those_of_scikit_learn() -> None:
    probabilities, labels = random_answers(4, count=80)
    one = rank(labels, probabilities)[2]
    positive, scores = labels == 2, probabilities[:, 2]
    false, true, _ = sk.roc_curve(positive, scores)
    assert sk.auc(one.roc.x, one.roc.y) == pytest.approx(sk.auc(false, true), abs=1e-3)
    precision, recall, _ = sk.precision_recall_curve(positive, scores)
    assert sk.auc(one.precision_recall.x, one.precision_recall.y) == pytest.approx(sk.auc(recall, precision), abs=1e-3)


def test_a_threshold_gives_its_point() -> None:
    answers = read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]
    one = rank(answers.labels, answers.probabilities)[4]
    positive, scores = answers.labels == 4, answers.probabilities[:, 4]
    curve = one.precision_recall
    assert np.isinf(curve.threshold[0])
    for recall, precision, threshold in zip(curve.x[1:], curve.y[1:], curve.threshold[1:], strict=True):
        taken = scores >= threshold
        assert precision == pytest.approx((taken & positive).sum() / taken.sum())
        assert recall == pytest.approx((taken & positive).sum() / positive.sum())


def test_thinned_curves_are_short_and_near() -> None:
    probabilities, labels = random_answers(5, count=20_000)
    for one in rank(labels, probabilities)[:3]:
        positive, scores = labels == one.index, probabilities[:, one.index]
        false, true, _ = sk.roc_curve(positive, scores)
        assert len(one.roc.x) <= 300
        assert np.abs(np.interp(false, one.roc.x, one.roc.y) - true).max() < 0.01
        assert (one.roc.x[[0, -1]].tolist(), one.roc.y[[0, -1]].tolist()) == ([0, 1], [0, 1])


def test_thinning_keeps_corners_and_drops_what_is_straight() -> None:
    x, y = np.array([0, 0, 0, 0.5, 1]), np.array([0, 0.5, 1, 1, 1])
    found = thinned(Curve(x, y, np.arange(5.0), 1.0), 0.0)
    assert (found.x.tolist(), found.y.tolist(), found.threshold.tolist()) == ([0, 0, 1], [0, 1, 1], [0, 2, 4])
    spike = thinned(Curve(np.array([0.0, 0.5, 1.0, 0.0]), np.array([0.0, 0.0, 0.0, 0.0]), np.arange(4.0), 0.0), 1.0)
    assert spike.x.tolist() == [0, 1, 0]


def test_a_good_model_has_short_curves_that_are_drawn_the_same() -> None:
    answers = read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]
    for one in rank(answers.labels, answers.probabilities):
        positive, scores = answers.labels == one.index, answers.probabilities[:, one.index]
        precision, recall, _ = sk.precision_recall_curve(positive, scores)
        assert len(one.precision_recall.x) <= 100
        drawn = sk.auc(one.precision_recall.x, one.precision_recall.y)
        assert drawn == pytest.approx(sk.auc(recall, precision), abs=1e-5)


def test_classes_without_images_or_without_others_have_no_curve() -> None:
    probabilities, _ = random_answers(6, count=4)
    assert [one.index for one in rank(np.array([1, 1, 5, 5]), probabilities)] == [1, 5]
    assert rank(np.array([3, 3, 3, 3]), probabilities) == []
