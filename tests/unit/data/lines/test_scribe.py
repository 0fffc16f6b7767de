"""Texts in one hand: every character is written, in its order, and about three in ten pairs of digits touch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.alphabet import ALPHABET, FILLED, ILLEGIBLE, STRUCK
from core.data.lines.hands import Hands
from core.data.lines.scribe import Scribe, Writing
from core.data.lines.style import Style, draw_style
from core.data.lines.texts import draw_text
from tests.support.hands import PLAIN, count_parts, small_hands, write_font


def scribe(seed: int = 0, style: Style = PLAIN, hands: Hands | None = None) -> Scribe:
    return Scribe(hands or small_hands(), np.random.default_rng(seed), style)


@pytest.mark.parametrize("text", ["1", "11", "1111", "3333333"])
def test_characters_stand_apart_in_a_neat_hand(text: str) -> None:
    for seed in range(8):
        assert count_parts(scribe(seed).write(text).ink) == len(text)


@pytest.mark.parametrize("character", sorted(set(ALPHABET) - {STRUCK}))
def test_every_character_can_be_written(character: str) -> None:
    for seed in range(20):
        writing = scribe(seed).write(character)
        assert writing.ink.max() > 128
        assert len(writing.middles) == 1
        assert 0 < writing.middles[0] < writing.ink.shape[1]


def test_a_text_without_characters_is_paper() -> None:
    for text in ("", " "):
        writing = scribe().write(text)
        assert not writing.ink.any()
        assert writing.middles == []


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="got 'ab'"):
        scribe().write("1ba")
    with pytest.raises(ValueError, match=STRUCK):
        scribe().write(STRUCK)


def test_middles_lie_from_left_to_right_within_the_ink() -> None:
    rng = np.random.default_rng(2)
    for _ in range(300):
        _, text = draw_text(rng)
        writing = Scribe(small_hands(), rng, draw_style(rng, rng.uniform(20, 70))).write(text)
        middles = [0.0, *writing.middles, float(writing.ink.shape[1])]
        assert len(writing.middles) == len(text.replace(" ", ""))
        assert middles == sorted(middles), text


def test_middles_are_where_the_characters_are() -> None:
    for seed in range(8):
        writing = scribe(seed).write("1111")
        columns = np.flatnonzero((writing.ink > 80).any(axis=0))
        groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
        middles = [(group[0] + group[-1]) / 2 for group in groups]
        assert np.allclose(middles, writing.middles, atol=3)


def test_a_space_is_a_wider_gap() -> None:
    apart, together = scribe(5).write("1 1").middles, scribe(5).write("11").middles
    assert apart[1] - apart[0] > together[1] - together[0] + 0.25 * PLAIN.height


def test_three_in_ten_pairs_touch() -> None:
    """Counted by the parts of the ink: each pair that touches makes one part less. Loops of ink are not parts."""
    rng = np.random.default_rng(6)
    one_part = "01236789"  # in every way in which the small hands write them
    pairs = touching = 0
    for _ in range(400):
        text = "".join(rng.choice(list(one_part), 4))
        style = replace(draw_style(rng, 60.0), ligatures=0.0)
        touching += max(0, 4 - count_parts(Scribe(small_hands(), rng, style).write(text).ink))
        pairs += 3
    assert 0.2 < touching / pairs < 0.4


def test_ligatures_join_what_stands_apart() -> None:
    joined = sum(count_parts(scribe(seed, replace(PLAIN, ligatures=1.0)).write("11").ink) == 1 for seed in range(40))
    assert joined > 25, "all but those of glyphs, whose strokes are not known"


def test_halves_and_fillings_and_words_differ_from_one_time_to_the_next() -> None:
    for character in ("½", FILLED, ILLEGIBLE):
        shapes = {scribe(seed).write(character).ink.shape for seed in range(20)}
        assert len(shapes) > 10


def test_a_half_is_smaller_than_its_digits_would_be() -> None:
    widths = [scribe(seed).write("½").ink.shape[1] for seed in range(30)]
    assert np.median(widths) < 2 * PLAIN.height


def test_print_is_written_where_there_are_fonts(tmp_path: Path) -> None:
    hands = replace(small_hands(), faces=[write_font(tmp_path)])
    printed = [one for one in (scribe(seed, hands=hands) for seed in range(150)) if one.face]
    assert 1 <= len(printed) <= 20
    writing = printed[0].write("12 3")
    assert writing.ink.max() > 128
    assert len(writing.middles) == 3
    assert count_parts(writing.ink) == 3


def test_writings_side_by_side_stand_on_one_line() -> None:
    small, large = Writing(np.full((10, 5), 255, np.uint8), [2.5]), Writing(np.full((30, 8), 255, np.uint8), [4.0])
    both = small.followed_by(large, 6.2)
    assert both.ink.shape == (30, 19)
    assert both.middles == [2.5, 15.0]
    assert both.ink[-1, :5].all()
    assert not both.ink[:20, :11].any()
    assert not both.ink[:, 5:11].any()
