"""Ink on paper, forms printed around it, and neighbours that reach in."""

import numpy as np

from core.data.lines.form import print_form
from core.data.lines.layers import Layer
from core.data.lines.neighbours import add_neighbours
from core.data.lines.paper import press, put_on_paper
from tests.support.hands import small_hands

SEEDS = range(120)


def written() -> Layer:
    """A block of ink in the middle of a line."""
    strokes = np.zeros((80, 200), np.float32)
    strokes[30:60, 80:120] = 1
    return strokes


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_pen_leaves_no_ink_where_it_has_not_been() -> None:
    strokes = written()
    for seed in SEEDS:
        pressed = press(strokes, rng(seed))
        assert pressed.dtype == np.float32
        assert ((pressed >= 0.05 * strokes) & (pressed <= strokes)).all()


def test_ink_is_darker_than_its_paper() -> None:
    for seed in SEEDS:
        for clean in (True, False):
            with_ink, without = (put_on_paper(strokes, clean, rng(seed)) for strokes in (written(), 0 * written()))
            assert with_ink.dtype == np.float32
            assert 0 <= with_ink.min() <= with_ink.max() <= 1
            level = np.median(with_ink[30:60, 80:120])
            assert level < 0.95 * np.median(with_ink)
            assert without[30:60, 80:120].mean() > level


def test_forms_are_mostly_not_there_and_never_a_margin_over_the_writing() -> None:
    printed = [print_form(written(), rng(seed)) for seed in SEEDS]
    assert 0.35 < np.mean([not form.any() for form in printed]) < 0.75
    for form in printed:
        assert form.shape == (80, 200)
        assert form.dtype == np.float32
        assert set(np.unique(form[[0, -1]])) <= set(np.linspace(0, 1, 256, dtype=np.float32))
        assert form[30:60, 80:119].mean() < 0.6


def test_a_form_without_writing_is_a_form() -> None:
    assert any(print_form(0 * written(), rng(seed)).any() for seed in range(20))


def test_neighbours_reach_in_from_the_edges_alone() -> None:
    """But for specks, which are few."""
    strokes, amounts = written(), []
    for seed in SEEDS:
        both = add_neighbours(strokes, small_hands(), rng(seed))
        assert (both >= strokes).all()
        added = both - strokes > 0.3
        assert added[13:-13, 10:-10].sum() <= 3 * 9
        amounts.append(added.sum())
    assert np.mean(np.array(amounts) > 20) > 0.4
