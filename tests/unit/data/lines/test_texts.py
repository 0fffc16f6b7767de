"""What lines say: only what can be read, in the shares that are meant, and no digit more often than another."""

from collections import Counter

import numpy as np
import pytest
from scipy.stats import chisquare

from core.alphabet import STRUCK, encode
from core.data.lines.texts import KINDS, draw_text

Drawn = list[tuple[str, str]]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    rng = np.random.default_rng(1)
    return [draw_text(rng) for _ in range(6000)]


def test_shares_add_up() -> None:
    assert sum(KINDS.values()) == pytest.approx(1)


def test_kinds_have_their_shares(drawn: Drawn) -> None:
    counts = Counter(kind for kind, _ in drawn)
    expected = [share * len(drawn) for share in KINDS.values()]
    assert chisquare([counts[kind] for kind in KINDS], expected).pvalue > 0.001


def test_texts_can_be_read(drawn: Drawn) -> None:
    for _, text in drawn:
        assert STRUCK not in text
        assert len(encode(text.replace(" ", ""))) == len(text.replace(" ", ""))


def test_digits_are_uniform_but_for_the_zeros_of_amounts(drawn: Drawn) -> None:
    others = Counter("".join(text for kind, text in drawn if kind != "amount"))
    assert chisquare([others[digit] for digit in "0123456789"]).pvalue > 0.001
    amounts = Counter("".join(text for kind, text in drawn if kind == "amount"))
    assert chisquare([amounts[digit] for digit in "123456789"]).pvalue > 0.001
    assert amounts["0"] > 1.5 * amounts["1"]


def test_digits_are_uniform_in_the_first_place_too(drawn: Drawn) -> None:
    firsts = Counter(text[0] for kind, text in drawn if kind in ("whole", "decimal", "date", "sum"))
    assert chisquare([firsts[digit] for digit in "0123456789"]).pvalue > 0.001


def test_every_character_is_written(drawn: Drawn) -> None:
    assert set("0123456789.,-/½+×=:$") <= set("".join(text for _, text in drawn))


def test_a_blank_line_says_nothing(drawn: Drawn) -> None:
    assert {text for kind, text in drawn if kind == "blank"} == {""}
    assert all(text for kind, text in drawn if kind != "blank")
