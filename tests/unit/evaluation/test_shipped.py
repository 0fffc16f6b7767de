"""The figures of the shipped models: exactly those of scikit-learn on the same stored predictions, on all of MNIST."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics as sk

from core.charsets import DIGITS
from core.evaluation import error_analysis
from core.evaluation.metrics import class_scores, negative_log_likelihood
from core.evaluation.predictions import Predictions, read_stored
from core.model.card import read_card
from core.settings import PROJECT_ROOT

MNIST_CLASS_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
CLOSE = 1e-9


KEPT = {"digits": ("mnist", "pen-strokes"), "characters": ("emnist-balanced", "pen-strokes")}


@pytest.fixture(scope="module", params=[(model, name) for model, names in KEPT.items() for name in names], ids="-".join)
def answers(request: pytest.FixtureRequest) -> Predictions:
    model, name = request.param
    return read_stored(PROJECT_ROOT / "models" / model)[name]


@pytest.fixture(scope="module")
def mnist() -> Predictions:
    return read_stored(PROJECT_ROOT / "models" / "digits")["mnist"]


def of_scikit_learn(answers: Predictions, average: str | None) -> list[NDArray[np.float64]]:
    found = sk.precision_recall_fscore_support(
        answers.labels,
        answers.predicted,
        average=average,
        labels=range(len(answers.charset.characters)),
        zero_division=0,
    )
    return [np.asarray(part, float) for part in found[:3]]


def test_the_confusion_matrix_is_that_of_all_of_mnist(mnist: Predictions) -> None:
    assert mnist.confusion.sum() == 10_000
    assert mnist.confusion.sum(axis=1).tolist() == MNIST_CLASS_COUNTS


def test_the_confusion_matrix_equals_scikit_learn(answers: Predictions) -> None:
    wanted = sk.confusion_matrix(answers.labels, answers.predicted, labels=range(len(answers.charset.characters)))
    assert answers.confusion.tolist() == wanted.tolist()


def test_accuracy_and_loss_equal_scikit_learn(answers: Predictions) -> None:
    assert answers.score().accuracy == pytest.approx(sk.accuracy_score(answers.labels, answers.predicted), abs=CLOSE)
    loss = sk.log_loss(answers.labels, answers.probabilities, labels=range(len(answers.charset.characters)))
    assert negative_log_likelihood(answers.probabilities, answers.labels) == pytest.approx(loss, abs=CLOSE)


def test_precision_recall_and_f1_of_every_class_equal_scikit_learn(answers: Predictions) -> None:
    ours, theirs = class_scores(answers.confusion), of_scikit_learn(answers, None)
    for mine, wanted in zip((ours.precision, ours.recall, ours.f1), theirs, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=0, atol=CLOSE)
    assert ours.support.tolist() == np.bincount(answers.labels, minlength=len(answers.charset.characters)).tolist()


def test_macro_means_equal_scikit_learn(answers: Predictions) -> None:
    ours, theirs = class_scores(answers.confusion), of_scikit_learn(answers, "macro")
    for mine, wanted in zip((ours.precision, ours.recall, ours.f1), theirs, strict=True):
        assert ours.macro(mine) == pytest.approx(float(wanted), abs=CLOSE)


def test_the_card_says_what_the_predictions_say(answers: Predictions) -> None:
    score = read_card(PROJECT_ROOT / "models" / answers.model).score(answers.dataset)
    assert score
    ours = answers.score()
    assert (ours.images, ours.accuracy) == (score.images, score.accuracy)
    assert (ours.low, ours.high, ours.confident) == pytest.approx((score.low, score.high, score.confident), abs=CLOSE)


def test_the_model_of_letters_and_digits_is_as_good_as_the_readme_says() -> None:
    """On the stand-in for EMNIST Balanced, and restricted to digits on pen strokes of unseen writers."""
    folder = PROJECT_ROOT / "models" / "characters"
    letters, digits = (read_stored(folder)[name] for name in KEPT["characters"])
    score = letters.score()
    assert (len(letters), len(digits)) == (9400, 1996)
    assert score.accuracy >= 0.9
    assert error_analysis.among_first_two(letters).accuracy >= 0.97
    assert score.ece <= 0.02
    assert digits.charset == DIGITS
    assert digits.score().accuracy >= 0.985
    capitals, small = (read_stored(folder)[f"unipen-{case}"].score().accuracy for case in ("capitals", "small-letters"))
    assert capitals >= 0.95
    assert small >= 0.93
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 8_500_000


def test_classes_that_never_occur_count_in_no_mean() -> None:
    # As scikit-learn does where it is not told the labels; class 2 is never there, class 1 never read.
    labels, predicted = np.array([0, 0, 1, 3]), np.array([0, 3, 0, 3])
    confusion = sk.confusion_matrix(labels, predicted, labels=range(4))
    ours = class_scores(confusion)
    wanted = sk.precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)
    assert [ours.macro(part) for part in (ours.precision, ours.recall, ours.f1)] == pytest.approx(wanted[:3], abs=CLOSE)
    assert ours.occurs.tolist() == [True, True, False, True]
    assert class_scores(np.zeros((2, 2), np.int64)).macro(np.zeros(2)) == 0
