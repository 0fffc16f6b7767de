"""Digits of straight strokes: as many of each, the same at every call, and other ones in every split."""

from pathlib import Path

import numpy as np
import pytest

from core.data.datasets import count
from core.data.segments import COUNTS, SegmentDigits, draw_segments
from core.data.source import Pairs
from core.jobs import ignore
from core.settings import Settings


def read_segments(split: str) -> Pairs:
    return SegmentDigits().read(split, Settings(Path(), Path()), ignore)


def test_as_many_of_each_digit_and_the_same_at_every_call() -> None:
    glyphs, labels = read_segments("validation")
    assert glyphs.shape == (COUNTS["validation"], 28, 28)
    assert glyphs.dtype == np.uint8
    assert np.bincount(labels).tolist() == [COUNTS["validation"] // 10] * 10
    again, _ = read_segments("validation")
    assert (glyphs == again).all()
    assert len(np.unique(glyphs, axis=0)) == len(glyphs), "every drawing is another one"
    assert (glyphs.max(axis=(1, 2)) > 200).all()


def test_no_drawing_is_in_two_splits() -> None:
    train, validation = (
        {glyph.tobytes() for glyph, label in zip(*read_segments(split), strict=True) if label != 1} for split in COUNTS
    )
    assert not train & validation, "only upright 1s may be the same by chance"


def test_images_are_counted_without_being_drawn(settings: Settings) -> None:
    assert [count("segment-digits", split, settings) for split in COUNTS] == list(COUNTS.values())


@pytest.mark.parametrize("label", range(10))
def test_a_digit_has_strokes_where_it_should(label: int) -> None:
    pictures = np.stack([draw_segments(label, np.random.default_rng(seed)) for seed in range(20)])
    assert pictures.shape == (20, 64, 64)
    ink = (pictures > 64).mean(axis=0)
    assert (ink[28:36, 26:38].mean() > 0.15) == (label not in (0, 7)), "a bar in the middle, or a 1"
    assert (ink[:24].sum() > 1.2 * ink[40:].sum()) == (label in (4, 7, 9)), "more above than below"
    assert (ink[40:].sum() > 1.2 * ink[:24].sum()) == (label == 6)
