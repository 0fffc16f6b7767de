"""Whether what was written can be seen in a picture of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.lines.visibility import is_visible

INK = np.zeros((40, 120), np.uint8)
INK[8:32, 20:24] = INK[8:32, 60:64] = 255
INK[28:32, 90:94] = 255  # a point


def on_paper(paper: NDArray[np.uint8], level: int) -> NDArray[np.uint8]:
    return np.where(INK > 0, level, paper).astype(np.uint8)


def hatched(depth: int) -> NDArray[np.uint8]:
    rows, columns = np.indices(INK.shape)
    return np.where((rows + columns) % 4 < 2, 200, 200 - depth).astype(np.uint8)


@pytest.mark.parametrize(
    ("picture", "seen"),
    [
        (on_paper(np.full_like(INK, 200), 90), True),
        (on_paper(np.full_like(INK, 60), 200), True),
        (on_paper(np.full_like(INK, 200), 190), False),
        (on_paper(hatched(20), 90), True),
        (on_paper(hatched(110), 90), False),  # as dark as what is printed around it
        (on_paper(np.full_like(INK, 200), 90)[::2, ::2], True),
    ],
)
def test_ink_is_seen_where_it_stands_out_of_what_is_around_it(picture: NDArray[np.uint8], seen: bool) -> None:
    assert is_visible(INK, picture) == seen


def test_every_part_must_be_seen() -> None:
    picture = on_paper(np.full_like(INK, 200), 90)
    picture[26:36, 86:98] = 200
    assert not is_visible(INK, picture), "the point is gone"
