"""A self-contained page about a model: it opens in any browser, without a network, and can be printed.

Its template escapes everything that comes from outside (names, titles, descriptions): a model may come from anybody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.offline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray

from core.charsets import get_charset
from core.charts.palette import CLASSES
from core.data.datasets import restriction
from core.evaluation import error_analysis, metrics
from core.evaluation.available import WARNINGS, leakage_of
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.report import figures, tables
from core.text import counted, interval, megabytes, percent
from core.vision.encode import data_url

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

MISTAKES_SHOWN = 40
CONFUSIONS_SHOWN = 10


@dataclass(frozen=True)
class Report:
    """What a report is made from; history and images are None where they are missing."""

    card: Card
    weights_bytes: int
    headlines: Sequence[Predictions]  # the answers to every test set that gets a line
    answers: Predictions  # those looked at closely
    history: "pd.DataFrame | None" = None
    images: NDArray[np.uint8] | None = None  # (N, 28, 28), those that were answered


def build(report: Report) -> bytes:
    """The report as an HTML file, some 5 MB: Plotly's script is inside, once."""
    card, answers = report.card, report.answers
    wrong = int((~answers.right).sum())
    most = min(wrong, MISTAKES_SHOWN)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.j2").render(
        card=card,
        facts=_facts(card, report.weights_bytes),
        headlines=[_headline(each, card) for each in report.headlines],
        warnings={_title(each, card): warning for each in report.headlines if (warning := _warning(each, card))},
        training=_training(report),
        best_epoch=figures.best_epoch(card),
        answers=answers,
        images=counted(len(answers), "image"),
        sentence=error_analysis.in_a_sentence(answers),
        warning=_warning(answers, card),
        kinds=[
            (share.title, f"{share.images:,}", percent(share.accuracy), interval(*share.interval))
            for share in error_analysis.shares(answers)
        ],
        figures=list(_figures(answers)),
        confusions=[
            (answers.character(cell.true), answers.character(cell.read), f"{cell.count:,}")
            for cell in error_analysis.commonest(answers.confusion, CONFUSIONS_SHOWN)
        ],
        classes=_classes(answers),
        counts=f"{wrong:,} of {len(answers):,} are wrong; {most} of them, the most confident first.",
        mistakes=list(_mistakes(report)),
        pictures=report.images is not None,
        settings={**card.training, "seed": card.seed, **card.versions, "weights, SHA-256": card.weights_sha256},
        plotly=plotly.offline.get_plotlyjs(),
    )
    return page.encode("utf-8")


def _facts(card: Card, weights_bytes: int) -> dict[str, str]:
    created = datetime.fromisoformat(card.created)
    sources = (f"{source.title}: {counted(source.images, 'image')} ({source.licence})" for source in card.sources)
    return {
        "Name": card.name,
        "Trained on": "; ".join(sources) or "not said",
        "Network": f"{card.architecture}, {card.parameters:,} parameters",
        "Size": megabytes(weights_bytes),
        "Made on": f"{created.day} {created:%B %Y}",
        "Temperature": f"{card.temperature:.4f}",
        "Confident from": percent(card.threshold),
    }


def _warning(answers: Predictions, card: Card) -> str:
    """What limits a score on images that were used in making the model; empty where they were not."""
    return WARNINGS.get(leakage_of(card, answers.dataset, answers.split, answers.title), "")


def _title(answers: Predictions, card: Card) -> str:
    restricted = restriction(answers.dataset, get_charset(card.charset))
    return ", ".join(filter(None, (answers.title, answers.split, restricted)))


def _headline(answers: Predictions, card: Card) -> tuple[str, ...]:
    score, scores = answers.score(), metrics.class_scores(answers.confusion)
    return (
        _title(answers, card),
        f"{score.images:,}",
        percent(score.accuracy),
        interval(score.low, score.high),
        f"{scores.macro(scores.f1):.4f}",
        f"{metrics.negative_log_likelihood(answers.probabilities, answers.labels):.4f}",
        f"{score.ece:.4f}",
        percent(score.confident),
        percent(score.confident_error),
    )


def _training(report: Report) -> list[dict[str, Any]]:
    if report.history is None or report.history.empty:
        return []
    curves = figures.training(report.history, figures.best_epoch(report.card))
    return [_figure(figure, title, f"training-{number}") for number, (title, figure) in enumerate(curves.items())]


def _figure(figure: "go.Figure", title: str, name: str, broad: bool = False) -> dict[str, Any]:
    """A figure on white paper; a broad one is as wide as the page."""
    figure.update_layout(template="plotly_white", paper_bgcolor="white")
    config = {"displaylogo": False, "responsive": True}
    html = figure.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=config)
    return {"title": title, "html": html, "broad": broad}


def _figures(answers: Predictions) -> Iterator[dict[str, Any]]:
    many = figures.has_many(answers)
    broad = "confusion-matrix" if many else "coverage"  # the others stand in pairs
    hardest = {"precision-recall", "roc"} if many else set()
    for artifact in figures.FIGURES:
        suffix = f" of the {len(CLASSES)} hardest classes" if artifact.name in hardest else ""
        yield _figure(artifact.make(answers), f"{artifact.title}{suffix}", artifact.name, artifact.name == broad)


def _classes(answers: Predictions) -> list[tuple[str, ...]]:
    return [
        (
            row["class"],
            *(percent(row[name]) for name in ("precision", "recall", "f1")),
            f"{row['images']:,}",
            f"{row['mistaken_for']} ({row['times']})" if row["times"] else "",
        )
        for row in tables.classes(answers).to_dict("records")
    ]


def _mistakes(report: Report) -> Iterator[dict[str, Any]]:
    answers = report.answers
    for index in error_analysis.hardest(answers)[:MISTAKES_SHOWN].tolist():
        read = "blank" if answers.blank[index] else answers.character(answers.predicted[index])
        yield {
            "index": index,
            "picture": None if report.images is None else data_url(report.images[index]),
            "words": f"is {answers.character(answers.labels[index])}, read as {read}",
            "confidence": percent(answers.confidence[index]),
        }
