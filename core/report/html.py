"""One self-contained page about a model: it opens in any browser, without a network, and can be printed.

Everything that comes from outside (names, titles, descriptions) is escaped: a model may come from anybody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import plotly.offline
from numpy.typing import NDArray

from core.charsets import get_charset
from core.charts.palette import CLASSES
from core.data.datasets import restriction
from core.evaluation import error_analysis, metrics
from core.evaluation.available import WARNINGS, leakage_of
from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.report import figures, tables
from core.vision.encode import data_url

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

MISTAKES_SHOWN = 40
CONFUSIONS_SHOWN = 10
_HEADLINES = (
    "data set",
    "images",
    "right",
    "95 % interval",
    "macro F1",
    "loss",
    "ECE",
    "confident",
    "wrong among those",
)


@dataclass(frozen=True)
class Report:
    """What a report is made from.

    Attributes:
        card: the model's card.
        weights_bytes: size of its weights file.
        headlines: its answers to every test set that shall have a line; `answers` are those looked at closely.
        history: the course of its training; None where it is missing.
        images: uint8 (N, 28, 28) in the order of `answers`; None where they are not here.
    """

    card: Card
    weights_bytes: int
    headlines: Sequence[Predictions]
    answers: Predictions
    history: "pd.DataFrame | None" = None
    images: NDArray[np.uint8] | None = None


def build(report: Report) -> bytes:
    """The report as an HTML file, some 5 MB: Plotly's script is inside, once."""
    card, answers = report.card, report.answers
    title = f"{card.title or card.name}: report of a model"
    body = [
        f"<h1>{escape(card.title or card.name)}</h1>",
        f"<p>{escape(card.description)}</p>" if card.description else "",
        _facts(card, report.weights_bytes),
        _section("How good it is", _headlines(report.headlines, card)),
        _training(report),
        f"<h2>On {escape(answers.title)}, {escape(answers.split)}: {len(answers):,} images</h2>",
        _warning(card, answers),
        _kinds(answers),
        _figures(answers),
        _section("By class", _classes(answers), level=3),
        _section("Hardest mistakes", _mistakes(report), level=3),
        _settings(card),
    ]
    return _PAGE.format(
        title=escape(title), style=_STYLE, plotly=plotly.offline.get_plotlyjs(), body="\n".join(filter(None, body))
    ).encode("utf-8")


def _section(title: str, content: str, level: int = 2) -> str:
    return f"<section><h{level}>{escape(title)}</h{level}>\n{content}</section>" if content else ""


def _facts(card: Card, weights_bytes: int) -> str:
    created = datetime.fromisoformat(card.created)
    sources = (f"{source.title}: {source.images:,} images ({source.licence})" for source in card.sources)
    return _definitions(
        {
            "Name": card.name,
            "Trained on": "; ".join(sources) or "not said",
            "Network": f"{card.architecture}, {card.parameters:,} parameters",
            "Size": f"{weights_bytes / 1e6:.2f} MB",
            "Made on": f"{created.day} {created:%B %Y}",
            "Temperature": f"{card.temperature:.4f}",
            "Confident from": _percent(card.threshold),
        }
    )


def _definitions(facts: dict[str, str]) -> str:
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    return f"<dl>{''.join(rows)}</dl>\n"


def _warning(card: Card, answers: Predictions) -> str:
    """What is to be said where the images were used for the making of the model."""
    warning = WARNINGS.get(leakage_of(card, answers.dataset, answers.split, answers.title))
    return f"<p><strong>{escape(warning)}</strong></p>\n" if warning else ""


def _headlines(headlines: Sequence[Predictions], card: Card) -> str:
    charset, rows, warnings = get_charset(card.charset), [], []
    for answers in headlines:
        score, scores = answers.score(), metrics.class_scores(answers.confusion)
        name = ", ".join(filter(None, (score.title, answers.split, restriction(answers.dataset, charset))))
        if warning := _warning(card, answers):
            warnings.append(f"<p>{escape(name)}:</p>{warning}")
        loss = metrics.negative_log_likelihood(answers.probabilities, answers.labels)
        rows.append(
            (
                name,
                f"{score.images:,}",
                _percent(score.accuracy),
                f"{100 * score.low:.2f} to {100 * score.high:.2f} %",
                f"{scores.macro(scores.f1):.4f}",
                f"{loss:.4f}",
                f"{score.ece:.4f}",
                _percent(score.confident),
                _percent(score.confident_error),
            )
        )
    return _table(_HEADLINES, rows) + "".join(warnings)


def _kinds(answers: Predictions) -> str:
    rows = [
        (one.title, f"{one.images:,}", _percent(one.accuracy), f"{100 * low:.2f} to {100 * high:.2f} %")
        for one in error_analysis.shares(answers)
        for low, high in (one.interval,)
    ]
    return _section("By kind", _table(("of", "images", "right", "95 % interval"), rows), level=3) if rows else ""


def _training(report: Report) -> str:
    if report.history is None or report.history.empty:
        return ""
    best = figures.best_epoch(report.card)
    kept = f"<p>The weights of epoch {best} were kept.</p>" if best is not None else ""
    return _section("Training", kept + _charts(figures.training(report.history, best), "training"))


def _charts(drawn: "dict[str, go.Figure]", name: str) -> str:
    parts = (_chart(figure, title, f"{name}-{place}") for place, (title, figure) in enumerate(drawn.items()))
    return f'<div class="charts">{"".join(parts)}</div>\n'


def _chart(figure: "go.Figure", title: str, name: str, kind: str = "") -> str:
    """A figure on white paper; of the kind "broad" it is as wide as the page."""
    figure.update_layout(template="plotly_white", paper_bgcolor="white")
    inside = figure.to_html(
        full_html=False, include_plotlyjs=False, div_id=name, config={"displaylogo": False, "responsive": True}
    )
    return f'<figure class="{kind}"><figcaption>{escape(title)}</figcaption>{inside}</figure>'


def _figures(answers: Predictions) -> str:
    """Every figure of the answers, the commonest confusions beside their matrix."""
    many = figures.has_many(answers)
    broad = "confusion-matrix" if many else "coverage"  # the others stand in pairs
    hardest = {"precision-recall", "roc"} if many else set()
    parts = []
    for one in figures.FIGURES:
        title = f"{one.title} of the {len(CLASSES)} hardest classes" if one.name in hardest else one.title
        parts.append(_chart(one.make(answers), title, one.name, "broad" if one.name == broad else ""))
        if one.name == "confusion-matrix":
            parts.append(_section("Commonest confusions", _confusions(answers), level=3))
    return f'<div class="charts">{"".join(parts)}</div>\n'


def _confusions(answers: Predictions) -> str:
    found = error_analysis.commonest(answers.confusion, CONFUSIONS_SHOWN)
    if not found:
        return "<p>There are none.</p>\n"
    rows = [(answers.character(one.true), answers.character(one.read), f"{one.count:,}") for one in found]
    return _table(("is", "read as", "images"), rows)


def _classes(answers: Predictions) -> str:
    rows = [
        (
            str(row["class"]),
            *(_percent(row[name]) for name in ("precision", "recall", "f1")),
            f"{row['images']:,}",
            f"{row['mistaken_for']} ({row['times']})" if row["times"] else "",
        )
        for row in tables.classes(answers).to_dict("records")
    ]
    return _table(("class", "precision", "recall", "F1", "images", "most often read as"), rows)


def _mistakes(report: Report) -> str:
    answers, places = report.answers, error_analysis.hardest(report.answers)
    if not len(places):
        return "<p>There are none.</p>\n"
    shown = places[:MISTAKES_SHOWN]
    said = f"<p>{len(places):,} of {len(answers):,} are wrong; {len(shown):,} of them, the most confident first.</p>\n"
    parts = []
    for place in shown:
        read = "blank" if answers.blank[place] else answers.character(int(answers.predicted[place]))
        words = f"is {answers.character(int(answers.labels[place]))}, read as {read}"
        picture = f'<img src="{data_url(report.images[place])}" alt="">' if report.images is not None else ""
        parts.append(
            f"<li>{picture}{escape(words)}<small>{_percent(answers.confidence[place])}<br>image {place}</small>"
        )
    note = "" if report.images is not None else "<p>The pictures were not on the machine that made this report.</p>\n"
    return f'{said}{note}<ul class="mistakes">{"</li>".join(parts)}</li></ul>\n'


def _settings(card: Card) -> str:
    made = {**card.training, "seed": card.seed, **card.versions, "weights, SHA-256": card.weights_sha256}
    inside = _definitions({str(name): str(value) for name, value in made.items()})
    return f"<details><summary>Settings of the training, and versions</summary>{inside}</details>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table></div>\n'


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


_STYLE = """
:root { color-scheme: light dark; --ink: #1d2333; --soft: #69728a; --paper: #fff; --line: #d5dae6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf3; --soft: #98a2bb; --paper: #11141c; --line: #363d4e; } }
@media print { :root { --ink: #000; --soft: #444; --paper: #fff; --line: #bbb; }
  figure, tr, li { break-inside: avoid; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1100px;
  margin: 0 auto; padding: 1rem; }
h1 { font-size: 2rem; margin: 0.5rem 0; } h2 { font-size: 1.5rem; margin-top: 2.5rem; }
h1, dd, li, p { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.5rem; }
dt, small, figcaption { color: var(--soft); } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.3rem 0.8rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; } th, td:first-child { white-space: normal; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr)); gap: 1rem; }
figure, .charts section { margin: 0; min-width: 0; } .broad { grid-column: 1 / -1; }
h3 { margin: 1.5rem 0 0.5rem; } .charts h3 { margin-top: 0.5rem; } figcaption { margin: 0.5rem 0 0.25rem; }
figure > div { background: #fff; border-radius: 8px; overflow: hidden; }
.mistakes { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(110px, 1fr));
  gap: 1rem; }
.mistakes img { width: 84px; height: 84px; image-rendering: pixelated; display: block; border-radius: 6px; }
.mistakes small { display: block; }
details { margin: 2rem 0; } summary { cursor: pointer; }
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
<script>{plotly}</script>
</head>
<body>
{body}
<p><small>Made by Digit Lab. Intervals are 95 % Wilson; ECE is the expected calibration error over 15 bins.</small></p>
</body>
</html>
"""
