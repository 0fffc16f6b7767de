import dataclasses
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from core.charsets import Charset
from core.evaluation.available import WARNINGS, Leakage
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions, read_stored
from core.model.card import read_card
from core.model.records import read_history
from core.report import html
from core.report.html import Report, build
from core.settings import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "models" / "digits"
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


class Page(HTMLParser):
    """Tags, texts, and every address of a page; complains of tags that are closed in the wrong order."""

    VOID = ("meta", "img", "br", "link", "hr")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" not in self.open and "style" not in self.open:
            self.texts.append(data)

    def count(self, tag: str) -> int:
        return sum(found == tag for found, _ in self.tags)


@pytest.fixture(scope="module")
def report() -> Report:
    stored = read_stored(SHIPPED)
    images = np.random.default_rng(0).integers(0, 256, (len(stored["mnist"]), 28, 28)).astype(np.uint8)
    return Report(read_card(SHIPPED), 2_190_000, list(stored.values()), stored["mnist"], read_history(SHIPPED), images)


@pytest.fixture(scope="module")
def page(report: Report) -> Page:
    return Page(build(report).decode("utf-8"))


def test_it_needs_nothing_from_outside(page: Page) -> None:
    addresses = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")]
    assert addresses
    assert all(address and address.startswith("data:image/png;base64,") for address in addresses)
    assert page.count("link") == page.count("iframe") == 0


def test_plotly_is_in_it_once(report: Report) -> None:
    text = build(report).decode("utf-8")
    assert text.count("plotly.js v") == 1
    assert text.count("Plotly.newPlot(") >= 10


def test_it_says_what_the_card_and_the_answers_say(report: Report, page: Page) -> None:
    text = " ".join(page.texts)
    wrong = int((report.answers.predicted != report.answers.labels).sum())
    low, high = (100 * end for end in wilson_interval(10_000 - wrong, 10_000))
    figures = (f"{100 - wrong / 100:.2f} %", f"{low:.2f} to {high:.2f} %", f"{report.card.parameters:,} parameters")
    for words in ("Digits", *figures, "10,000", "1,996", "Pen strokes"):
        assert words in text
    assert f"{wrong} of 10,000 are wrong; {wrong} of them" in text
    assert page.count("img") == wrong
    assert page.count("figure") == 4 + 6


def test_it_says_what_the_images_were_used_for(report: Report, page: Page) -> None:
    assert not any(warning in page.texts for warning in WARNINGS.values())
    trained_on = dataclasses.replace(report.answers, split="train")
    told = Page(build(dataclasses.replace(report, headlines=[trained_on], answers=trained_on)).decode("utf-8"))
    assert told.texts.count(WARNINGS[Leakage.TRAINING]) == 2, "beside the figures, and where the answers are shown"
    assert "MNIST, train:" in told.texts


def test_of_many_classes_the_matrix_is_broad_and_the_hardest_are_drawn() -> None:
    folder = PROJECT_ROOT / "models" / "characters"
    stored = read_stored(folder)
    text = build(Report(read_card(folder), 3_730_000, list(stored.values()), stored["emnist-balanced"])).decode("utf-8")
    page = Page(text)
    assert "Precision and recall of the 10 hardest classes" in page.texts
    assert "ROC of the 10 hardest classes" in page.texts
    assert text.index('<figure class="broad"><figcaption>Confusion matrix') < text.index("True class (errors only)")


def test_without_images_and_history_it_says_so(report: Report) -> None:
    found = Page(build(dataclasses.replace(report, images=None, history=None)).decode("utf-8"))
    assert found.count("img") == 0
    assert found.count("figure") == 6
    assert "The pictures were not on the machine" in " ".join(found.texts)
    assert "Training" not in found.texts


def test_names_from_outside_are_only_text(report: Report) -> None:
    strange = Charset("strange", "Strange", ("</script><script>alert(3)</script>", "<b>", *"23456789"))
    answers = dataclasses.replace(report.answers, title=EVIL, charset=strange, model=EVIL, split=EVIL)
    source = dataclasses.replace(report.card.sources[0], title=EVIL, licence=EVIL)
    card = dataclasses.replace(
        report.card,
        title=EVIL,
        description=EVIL,
        architecture=EVIL,
        sources=(source,),
        training={EVIL: EVIL},
        versions={EVIL: EVIL},
        weights_sha256=EVIL,
    )
    plain = Page(build(report).decode("utf-8"))
    evil = Page(build(dataclasses.replace(report, card=card, answers=answers, headlines=[answers])).decode("utf-8"))
    assert evil.count("script") == plain.count("script")
    assert evil.count("img") == plain.count("img")
    assert EVIL in evil.texts
    assert not any("onerror" in attributes for _, attributes in evil.tags)


def test_a_model_without_a_mistake(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = report.answers
    right = np.eye(10)[answers.labels] * 0.91 + 0.009
    best: Predictions = dataclasses.replace(answers, probabilities=right)
    text = build(dataclasses.replace(report, answers=best, headlines=[best])).decode("utf-8")
    assert len(re.findall("There are none", text)) == 2
    monkeypatch.setattr(html, "MISTAKES_SHOWN", 5)
    few = Page(build(report).decode("utf-8"))
    assert few.count("img") == 5
