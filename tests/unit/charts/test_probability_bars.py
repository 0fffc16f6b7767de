"""The bars of an answer."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from core.charsets import BALANCED, Charset
from core.charts.palette import AMBER, GREY
from core.charts.probability_bars import probability_bars
from core.text import probability

SPACE = {"svg": "http://www.w3.org/2000/svg"}


def some(characters: str) -> Charset:
    return Charset("some", "Some", tuple(characters))


def bars(svg: str) -> list[tuple[float, str]]:
    """Length and colour of every bar, from the top; the track behind each is left out."""
    rectangles = ET.fromstring(svg).findall("svg:rect", SPACE)[1::2]
    return [(float(one.attrib["width"]), one.attrib["fill"]) for one in rectangles]


def words(svg: str) -> list[str]:
    """All labels, from the top."""
    return [one.text or "" for one in ET.fromstring(svg).findall("svg:text", SPACE)]


def test_a_bar_for_every_class_as_long_as_its_probability() -> None:
    found = bars(probability_bars(some("0123"), np.array([0.0, 0.25, 0.5, 0.25]), ["2"], AMBER))
    assert len(found) == 4
    assert found[2][0] == pytest.approx(2 * found[1][0])
    assert found[0][0] < 3


def test_only_the_chosen_bar_has_the_colour() -> None:
    assert [fill for _, fill in bars(probability_bars(some("012"), np.array([0.1, 0.2, 0.7]), ["1"], AMBER))] == [
        GREY,
        AMBER,
        GREY,
    ]


def test_classes_and_percentages_are_written() -> None:
    assert words(probability_bars(some("01"), np.array([0.031, 0.969]), ["1"])) == ["0", "3.1 %", "1", "96.9 %"]


def test_without_probabilities_the_picture_has_the_same_size_and_no_numbers() -> None:
    empty, full = probability_bars(some("01"), None, []), probability_bars(some("01"), np.array([0.0, 1.0]), ["1"])
    assert ET.fromstring(empty).attrib["viewBox"] == ET.fromstring(full).attrib["viewBox"]
    assert words(empty) == ["0", "1"]
    assert len({length for length, _ in bars(empty)}) == 1


def test_of_many_classes_the_most_probable_are_there_best_first() -> None:
    shares = np.linspace(0, 1, 47) / 23.5
    found = words(probability_bars(BALANCED, shares, ["t"]))
    assert found[::2] == ["t", "r", "q", "n", "h", "g", "f", "e", "d", "b"]
    assert words(probability_bars(BALANCED, shares[::-1].copy(), ["0"]))[::2] == list("0123456789")
    merged = np.eye(47)[BALANCED.characters.index("C")]
    assert words(probability_bars(BALANCED, merged, ["C"]))[:2] == ["Cc", ">99.9 %"]
    empty = probability_bars(BALANCED, None, [])
    assert words(empty) == [""] * 10
    assert len(bars(empty)) == 10


def test_characters_are_escaped() -> None:
    assert words(probability_bars(some("<&"), np.array([0.5, 0.5]), ["<"]))[::2] == ["<", "&"]


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, ">99.9 %"), (0.99996, ">99.9 %"), (0.989, "98.9 %"), (0.0004, "<0.1 %"), (0.001, "0.1 %")]
)
def test_percent_claims_no_more_than_is_known(share: float, text: str) -> None:
    assert probability(share) == text
