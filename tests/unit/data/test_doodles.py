"""Drawings that are no character: each kind draws something, and no kind is both for training and for measuring."""

import numpy as np
import pytest

from core.data import doodles, doodles_held_out
from core.data.doodle_lines import SIDE
from core.data.strokes_on_paper import fit

KINDS = doodles.TRAINING | doodles_held_out.HELD_OUT


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_something_by_its_seed(kind: str) -> None:
    draw = KINDS[kind]
    drawn = [draw(np.random.default_rng(seed)) for seed in range(25)]
    for seed, picture in enumerate(drawn):
        assert picture.shape == (SIDE, SIDE)
        assert picture.dtype == np.uint8
        assert (picture >= 48).sum() >= 10, seed
        assert (picture < 16).any(), "there is paper left"
        assert fit(picture).any()
        assert (picture == draw(np.random.default_rng(seed))).all()
    assert len({picture.tobytes() for picture in drawn}) >= 20


def test_kinds_to_measure_on_are_not_trained_on() -> None:
    assert not doodles.TRAINING.keys() & doodles_held_out.HELD_OUT.keys()
    assert not set(doodles.TRAINING.values()) & set(doodles_held_out.HELD_OUT.values())
    assert {"heart", "smiley"} <= doodles_held_out.HELD_OUT.keys()
    assert set(doodles.FORM_LIKE) <= doodles.TRAINING.keys()
