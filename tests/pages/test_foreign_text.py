"""What somebody else's model says of itself stays text on every page: no picture, link or emphasis comes of it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open

HOSTILE = "![x](https://evil.example/x.png)"
SCORE = {
    "dataset": "mnist",
    "title": HOSTILE,
    "images": 10000,
    "accuracy": 0.99,
    "low": 0.98,
    "high": 1.0,
    "ece": 0.003,
    "confident": 0.98,
    "confident_error": 0.001,
}
SOURCE = {"name": "own", "title": HOSTILE, "licence": HOSTILE, "images": 54000, "sha256": "0" * 64}
NO_MARKDOWN = ("selectbox", "text_input", "text_area", "code")  # they show what they are given


def markdown(page: AppTest) -> str:
    """All that the page shows as Markdown."""
    elements = (element for element in page._tree if element.type not in NO_MARKDOWN)
    return "\n".join(str(element.proto) for element in elements if hasattr(element, "proto"))


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("", ""),
        ("pages/train.py", "Models"),
        *(("pages/evaluate.py", part) for part in ("Confusion", "Mistakes", "Classes", "Download")),
    ],
)
def test_a_foreign_model_shows_its_words_and_nothing_else(
    add_model: Callable[..., Path], open_page: Open, path: str, part: str
) -> None:
    add_model(description=HOSTILE, scores=[SCORE, SCORE | {"dataset": "own"}], sources=[SOURCE])
    add_model("damaged", charset=HOSTILE)
    add_model("odd", architecture=HOSTILE)
    page = open_page(path)
    page.session_state["evaluate-part" if "evaluate" in path else "train-part"] = part
    page.run()
    assert not page.exception
    assert "evil" in markdown(page)
    assert not re.search(r"(?<!\\)\]\(https", markdown(page)), "an image or a link"
