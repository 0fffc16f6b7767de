"""Pictures of lines: their labels, their sizes, every kind of them; and points that can be seen."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from core.alphabet import ALPHABET, STRUCK
from core.data.lines.compose import TALL, WIDEST, Line, compose_line, take_picture
from core.data.lines.scribe import Scribe
from core.data.lines.style import draw_style
from core.data.lines.texts import KINDS
from tests.support.hands import small_hands

HANDS = small_hands()


@pytest.fixture(scope="module")
def lines() -> Sequence[Line]:
    rng = np.random.default_rng(3)
    return [compose_line(HANDS, rng) for _ in range(360)]


def test_every_kind_is_composed(lines: Sequence[Line]) -> None:
    counts = Counter(line.kind for line in lines)
    assert set(counts) == {*KINDS, "struck"}
    assert counts["whole"] == pytest.approx(0.94 * KINDS["whole"] * len(lines), rel=0.25)


def test_labels_are_texts_of_the_alphabet(lines: Sequence[Line]) -> None:
    for line in lines:
        assert set(line.text) <= set(ALPHABET)
        assert (STRUCK in line.text) == (line.kind == "struck")


def test_middles_belong_to_the_text_from_left_to_right(lines: Sequence[Line]) -> None:
    for line in lines:
        assert line.middles.dtype == np.float32
        assert line.middles.shape == (len(line.text),)
        assert ((line.middles >= 0) & (line.middles <= 1)).all()
        assert (np.diff(line.middles) >= 0).all()


def test_writing_is_between_its_ends_and_rows(lines: Sequence[Line]) -> None:
    for line in lines:
        for first, last in (line.ends, line.rows):
            assert 0 <= first <= last <= 1
            assert (last > first) == bool(line.text), "where something is to be read there is ink"


def test_pictures_are_grey_and_as_large_as_said(lines: Sequence[Line]) -> None:
    for line in lines:
        assert line.picture.dtype == np.uint8
        height, width = line.picture.shape
        assert TALL * 0.2 - 1 <= height <= TALL
        assert 4 <= width <= WIDEST
        assert np.ptp(line.picture) > 0 or line.kind == "blank"


def test_what_was_struck_out_may_be_followed_by_a_number(lines: Sequence[Line]) -> None:
    behind = [line.text.removeprefix(STRUCK) for line in lines if line.kind == "struck"]
    assert "" in behind
    assert any(text.isdecimal() for text in behind)


def test_the_same_seed_gives_the_same_line() -> None:
    for seed in range(5):
        first, second = (compose_line(HANDS, np.random.default_rng(seed)) for _ in range(2))
        assert np.array_equal(first.picture, second.picture)
        assert np.array_equal(first.middles, second.middles)
        assert (first.text, first.kind) == (second.text, second.kind)


def test_a_text_given_is_what_is_written() -> None:
    for seed in range(20):
        line = compose_line(HANDS, np.random.default_rng(seed), "12.5 -")
        assert (line.text, line.kind) == ("12.5-", "given")
        assert len(line.middles) == 5
    other = compose_line(HANDS, np.random.default_rng(0), "12.6 -")
    assert not np.array_equal(compose_line(HANDS, np.random.default_rng(0), "12.5 -").picture, other.picture)


def test_a_text_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="'x'"):
        compose_line(HANDS, np.random.default_rng(0), "1x")


def test_a_text_of_any_length_fits() -> None:
    line = compose_line(HANDS, np.random.default_rng(0), "0123456789" * 8)
    assert line.picture.shape[1] <= WIDEST
    assert len(line.middles) == 80


def point_and_digit(rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A stroke with a point behind it as a line of ink, uint8 (80, W), and the same without the point."""
    point = Scribe(HANDS, rng, draw_style(rng, TALL * rng.uniform(0.36, 0.86))).write(".").ink
    without = np.zeros((TALL, 60 + point.shape[1]), np.uint8)
    without[10:70, 20:24] = 255
    ink = without.copy()
    ink[70 - len(point) : 70, 40 : 40 + point.shape[1]] = point
    return ink, without


def test_decimal_points_can_be_seen() -> None:
    """Photographed alike with and without its point, a line's pictures differ."""
    differences = []
    for seed in range(150):
        both = point_and_digit(np.random.default_rng([1, seed]))
        pictures = [take_picture(ink, HANDS, np.random.default_rng([2, seed])).astype(int) for ink in both]
        differences.append(np.abs(pictures[0] - pictures[1]).max())
    assert np.mean(np.array(differences) >= 8) >= 0.95
    assert np.median(differences) >= 40
