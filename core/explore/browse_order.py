"""Which images are looked at, and in which order."""

import numpy as np
from numpy.typing import NDArray


def browse_order(labels: NDArray[np.int64], wanted: NDArray[np.int64] | None, seed: int | None) -> NDArray[np.int64]:
    """The indices of the images of the wanted classes, or of all, as they are stored or shuffled by a seed."""
    order = np.arange(len(labels)) if seed is None else np.random.default_rng(seed).permutation(len(labels))
    return order if wanted is None else order[np.isin(labels[order], wanted)]
