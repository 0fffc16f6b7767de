"""How large the characters of glyphs are."""

import numpy as np
from numpy.typing import NDArray


def longer_sides(glyphs: NDArray[np.uint8]) -> set[int]:
    """The longer sides in pixels that occur among glyphs (N, 28, 28) with ink."""
    rows, columns = (glyphs.any(axis=axis).sum(axis=1) for axis in (2, 1))
    return set(np.maximum(rows, columns).tolist()) - {0}
