"""Which images are looked at, and in which order."""

import numpy as np
from numpy.typing import NDArray


def browse_order(labels: NDArray[np.int64], wanted: NDArray[np.int64] | None, seed: int | None) -> NDArray[np.int64]:
    """The indices of the wanted images in the order in which they are shown.

    Args:
        labels: int64 (N,).
        wanted: the classes to show; None for all.
        seed: shuffles them; the same seed gives the same order, and each class keeps its own part of it. None leaves
            them as they are stored.

    Returns:
        int64, at most (N,).
    """
    order = np.arange(len(labels)) if seed is None else np.random.default_rng(seed).permutation(len(labels))
    return order if wanted is None else order[np.isin(labels[order], wanted)]
