"""The figures of an evaluation, each made from predictions alone."""

from typing import TYPE_CHECKING

from core.charts import calibration as charts
from core.charts import confusion_matrix
from core.charts.calibration import confidence_histogram
from core.charts.confusion_matrix import NUMBERED_CLASSES
from core.charts.one_vs_rest import precision_recall, roc
from core.charts.palette import CLASSES
from core.charts.training import learning_curve
from core.evaluation import calibration as reliability
from core.evaluation import one_vs_rest
from core.evaluation.calibration import Threshold
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.report.tables import Artifact

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_DRAWN = 400
# The coverage chart starts at the coverage of this threshold, or of a stricter one that is tried.
_STRICT = 0.999


def confusion(answers: Predictions) -> "go.Figure":
    """The confusion matrix, for light paper; of many classes the errors only, look-alikes beside each other."""
    charset, many = answers.charset, has_many(answers)
    order, groups = charset.similarity_indices if many else None, charset.look_alike_indices
    view = confusion_matrix.View(errors_only=many, order=order, groups=groups)
    figure = confusion_matrix.confusion(answers.confusion, charset.names, view)
    return figure.update_yaxes(title_text="True class (errors only)") if many else figure


def has_many(answers: Predictions) -> bool:
    """Whether there are too many classes for a figure to show everything."""
    return len(answers.charset.characters) > NUMBERED_CLASSES


def calibration(answers: Predictions) -> "go.Figure":
    """The reliability diagram, with the model's temperature and without."""
    both = (answers.probabilities, answers.before_temperature)
    return charts.reliability(*(reliability.calibration_bins(shares, answers.labels) for shares in both))


def confidence(answers: Predictions) -> "go.Figure":
    return confidence_histogram(answers.confidence, answers.right, answers.threshold)


def coverage(answers: Predictions, tried: Threshold | None = None) -> "go.Figure":
    """Coverage against error, with the model's threshold marked, and another one if it is tried."""
    current = reliability.at_threshold(answers.confidence, answers.right, answers.threshold)
    strict = max(_STRICT, tried.threshold if tried else 0.0)
    start = min(current.coverage, reliability.at_threshold(answers.confidence, answers.right, strict).coverage)
    return charts.coverage(
        reliability.coverage(answers.confidence, answers.right).thinned(_DRAWN),
        current,
        tried,
        max(0.0, start - 0.1 * (1 - start)),
    )


def _ranked(answers: Predictions) -> list[one_vs_rest.Ranking]:
    """The rankings of the classes; of many the hardest, as many as there are colours."""
    rankings = one_vs_rest.rank(answers.labels, answers.probabilities)
    return one_vs_rest.hardest(rankings, len(CLASSES)) if has_many(answers) else rankings


FIGURES = (
    Artifact("confusion-matrix", "Confusion matrix", confusion),
    Artifact("reliability", "Reliability", calibration),
    Artifact("confidence", "Confidence of right and wrong answers", confidence),
    Artifact("coverage", "Coverage and error", coverage),
    Artifact(
        "precision-recall",
        "Precision and recall",
        lambda answers: precision_recall(_ranked(answers), answers.charset.names),
    ),
    Artifact("roc", "ROC", lambda answers: roc(_ranked(answers), answers.charset.names)),
)


def best_epoch(card: Card) -> int | None:
    """The epoch whose weights were kept, where the card says so."""
    best = card.training.get("best_epoch")
    return best if isinstance(best, int) else None


def training(history: "pd.DataFrame", best: int | None, log: bool = True) -> "dict[str, go.Figure]":
    """The course of a training, of `core.model.records.read_history`, by title; of `best` the weights were kept.

    The loss is on a logarithmic axis where all of it is above 0, if `log`.
    """
    epochs, column = history["epoch"].to_numpy(), {name: history[name].to_numpy() for name in history}
    loss, accuracy = (
        {"training": column[f"train_{name}"], "validation": column[f"validation_{name}"]}
        for name in ("loss", "accuracy")
    )
    log = log and min(values.min() for values in loss.values()) > 0
    return {
        "Loss": learning_curve(epochs, loss, "Loss (mean −ln p)", best, log=log),
        "Accuracy": learning_curve(epochs, accuracy, "Accuracy (%)", best, shares=True),
        "Learning rate": learning_curve(epochs, {"learning rate": column["learning_rate"]}, "Learning rate", best),
        "Time": learning_curve(epochs, {"time": column["seconds"]}, "Time an epoch (s)", best),
    }
