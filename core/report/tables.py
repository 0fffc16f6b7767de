"""The tables of an evaluation. Shares are 0 to 1, classes are characters."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from core import spreadsheet
from core.evaluation import calibration as reliability
from core.evaluation import error_analysis, metrics, one_vs_rest
from core.evaluation.comparison import Compared, mcnemar
from core.evaluation.one_vs_rest import Ranking
from core.evaluation.predictions import Predictions

Made = TypeVar("Made")


@dataclass(frozen=True)
class Artifact(Generic[Made]):
    """A table or a figure that can be made from any predictions; `name` is that of its file, without an ending."""

    name: str
    title: str
    make: Callable[[Predictions], Made]


def headline(answers: Predictions) -> pd.DataFrame:
    """One row: the figures at the top of the page."""
    scores = metrics.class_scores(answers.confusion)
    macro = {f"macro_{name}": scores.macro(getattr(scores, name)) for name in ("precision", "recall", "f1")}
    loss = {"loss": metrics.negative_log_likelihood(answers.probabilities, answers.labels)}
    facts = {name: getattr(answers, name) for name in ("model", "split", "temperature", "threshold")}
    return pd.DataFrame([asdict(answers.score()) | macro | loss | facts])


def classes(answers: Predictions) -> pd.DataFrame:
    """A row for every class: precision, recall, F1, number of images, and what it is most often mistaken for."""
    scores, characters = metrics.class_scores(answers.confusion), answers.charset.names
    wrong = error_analysis.off_diagonal(answers.confusion)
    often, answer = wrong.max(axis=1), wrong.argmax(axis=1)
    return pd.DataFrame(
        {
            "class": characters,
            "precision": scores.precision,
            "recall": scores.recall,
            "f1": scores.f1,
            "images": scores.support,
            "mistaken_for": [characters[index] if count else "" for index, count in zip(answer, often, strict=True)],
            "times": often,
        }
    )


def classification_report(answers: Predictions, decimals: int = 4) -> str:
    """Precision, recall and F1 of the classes that occur, as text; a blank counts as the first class."""
    from sklearn import metrics as sk

    classes = np.flatnonzero(metrics.class_scores(answers.confusion).occurs)
    report = sk.classification_report(
        answers.labels,
        answers.predicted,
        labels=classes,
        target_names=[answers.character(int(index)) for index in classes],
        digits=decimals,
        zero_division=0,
    )
    return str(report)


def shares(answers: Predictions) -> pd.DataFrame:
    """A row for all images, and for each kind of character: right answers with their 95 % interval."""
    every = error_analysis.Share("All", len(answers), int(answers.right.sum()))
    rows = [
        (share.title, share.images, share.right, share.accuracy, *share.interval)
        for share in (every, *error_analysis.shares(answers))
    ]
    return pd.DataFrame(rows, columns=["what", "images", "right", "accuracy", "low", "high"])


def confusion(answers: Predictions) -> pd.DataFrame:
    """The confusion matrix: a row for every true class, a column for every answer."""
    characters = answers.charset.names
    table = pd.DataFrame(answers.confusion, columns=[f"read_as_{character}" for character in characters])
    table.insert(0, "true", list(characters))
    return table


def confusions(answers: Predictions) -> pd.DataFrame:
    """Which class was read as which other, the commonest first."""
    rows = [
        (answers.character(cell.true), answers.character(cell.read), cell.count)
        for cell in error_analysis.commonest(answers.confusion, answers.confusion.size)
    ]
    return pd.DataFrame(rows, columns=["true", "read_as", "times"])


def predictions(answers: Predictions) -> pd.DataFrame:
    """A row for every image: its true class, the answer, how sure it is, and every probability."""
    characters = np.array(answers.charset.names)
    table = pd.DataFrame(
        {
            "image": np.arange(len(answers)),
            "true": characters[answers.labels],
            "answer": np.where(answers.blank, "", characters[answers.predicted]),
            "confidence": np.where(answers.blank, 0.0, answers.confidence),
            "verdict": answers.verdicts,
            "right": answers.right,
        }
    )
    shares = pd.DataFrame(answers.probabilities, columns=[f"p_{character}" for character in characters])
    return pd.concat([table, shares], axis=1)


def wrong_answers(answers: Predictions) -> pd.DataFrame:
    """The rows of `predictions` with a wrong answer, the most confident first."""
    return predictions(answers).iloc[error_analysis.hardest(answers)].reset_index(drop=True)


def calibration(answers: Predictions) -> pd.DataFrame:
    """The bins of the reliability diagram, with the temperature and without."""
    variants = {"with temperature": answers.probabilities, "without temperature": answers.before_temperature}
    bins = {kind: reliability.calibration_bins(shares, answers.labels) for kind, shares in variants.items()}
    parts = [pd.DataFrame({"probabilities": kind, **asdict(part)}) for kind, part in bins.items()]
    return pd.concat(parts, ignore_index=True)


def coverage(answers: Predictions) -> pd.DataFrame:
    """For every threshold that makes a difference: how many answers are confident, and how many of those are wrong."""
    curve = reliability.coverage(answers.confidence, answers.right)
    table = pd.DataFrame({"threshold": curve.threshold, "confident": curve.confident, "wrong": curve.wrong})
    return table.assign(coverage=curve.confident / curve.images, error=curve.wrong / curve.confident)


def areas(rankings: Sequence[Ranking], characters: Sequence[str]) -> pd.DataFrame:
    """The areas under the curves of each class."""
    rows = [
        (characters[ranking.index], ranking.images, ranking.precision_recall.area, ranking.roc.area)
        for ranking in rankings
    ]
    return pd.DataFrame(rows, columns=["class", "images", "average_precision", "roc_area"])


def comparison(models: Sequence[Compared]) -> pd.DataFrame:
    """A row for every model: its scores, its make, and McNemar's test against the first."""
    rows = []
    for model in models:
        score, scores = model.answers.score(), metrics.class_scores(model.answers.confusion)
        test = mcnemar(models[0].answers.right, model.answers.right)
        rows.append(
            {
                "model": model.card.name,
                "title": model.card.title,
                "dataset": score.dataset,
                "split": model.answers.split,
                "images": score.images,
                "accuracy": score.accuracy,
                "low": score.low,
                "high": score.high,
                "macro_f1": scores.macro(scores.f1),
                "ece": score.ece,
                "confident": score.confident,
                "confident_error": score.confident_error,
                "architecture": model.card.architecture,
                "parameters": model.card.parameters,
                "size_mb": model.weights_bytes / 1e6,
                "seconds_an_image": np.nan if model.seconds is None else model.seconds,
                "trained_on": ", ".join(source.title for source in model.card.sources),
                "only_first_right": test.first,
                "only_this_right": test.second,
                "mcnemar_p": test.p,
            }
        )
    return pd.DataFrame(rows)


TABLES = (
    Artifact("headline", "Headline figures", headline),
    Artifact("confusion-matrix", "Confusion matrix", confusion),
    Artifact("confusions", "Commonest confusions", confusions),
    Artifact("kinds", "Scores by kind of character", shares),
    Artifact("classes", "Scores by class", classes),
    Artifact(
        "areas",
        "Areas under PR and ROC",
        lambda answers: areas(one_vs_rest.rank(answers.labels, answers.probabilities), answers.charset.names),
    ),
    Artifact("calibration", "Calibration bins", calibration),
    Artifact("coverage", "Coverage and error", coverage),
    Artifact("mistakes", "Wrong answers", wrong_answers),
    Artifact("predictions", "All answers", predictions),
)


def to_csv(table: pd.DataFrame) -> bytes:
    """A table for a spreadsheet; see `spreadsheet.to_csv`. A number that is not defined is an empty cell."""
    return spreadsheet.to_csv([str(name) for name in table.columns], _rows(table))


def to_json(table: pd.DataFrame, /, **about: object) -> bytes:
    """A table as JSON: what it is `about`, and `rows`, each with its columns by name; what is not defined is null."""
    names = [str(name) for name in table.columns]
    rows = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in _rows(table)]
    head = "".join(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in about.items())
    body = ",\n".join(rows)
    return f'{{{head}"rows": [\n{body}\n]}}\n'.encode()


def to_zip(files: Mapping[str, bytes]) -> bytes:
    """Files by name as one ZIP archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return archive.getvalue()


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    """The cells as Python's own types, row by row, None for nan."""
    columns = [table[name].tolist() for name in table.columns]
    return [[None if cell != cell else cell for cell in row] for row in zip(*columns, strict=True)]
