"""Ink that is struck out keeps what it had, and is covered from end to end."""

import numpy as np

from core.data.lines.strikes import strike_out


def test_ink_is_struck_out_from_end_to_end() -> None:
    ink = np.zeros((40, 120), np.uint8)
    ink[10:30, 50:60] = 200
    for seed in range(30):
        struck = strike_out(ink, 3, np.random.default_rng(seed))
        assert struck.shape == ink.shape
        assert (struck >= ink).all()
        across = np.flatnonzero((struck > 128).any(axis=0))
        assert np.ptp(across) > 60
        assert (struck > 128).sum() > (ink > 128).sum() + 100
    assert ink.max() == 200, "the ink given is left as it is"
