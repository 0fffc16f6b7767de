"""The images most like another one, pixel by pixel."""

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1000  # images: what is computed of them stays in the processor's cache


def nearest(
    image: NDArray[np.uint8], images: NDArray[np.uint8], count: int, without: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the images (N, H, W) with the least Euclidean distance to one (H, W) over all pixels, but for one of them.

    Returns:
        The indices and distances, with pixels from 0 to 1, of `count` neighbours or as many as there are, nearest
        first; of equally near ones the first in the data set.
    """
    if image.shape != images.shape[1:]:
        raise ValueError(f"expected an image of {images.shape[1:]}, got {image.shape}")
    squares = np.empty(len(images), np.int64)
    flat, target = images.reshape(len(images), image.size), image.reshape(-1).astype(np.int16)
    for start in range(0, len(images), _CHUNK):
        # At most 784 x 255^2, some 51 million: whole numbers, so that no rounding decides who is nearer.
        difference = (flat[start : start + _CHUNK] - target).astype(np.int32)
        squares[start : start + _CHUNK] = np.einsum("ij,ij->i", difference, difference)
    if without is not None:
        squares[without] = np.iinfo(np.int64).max
    nearest_count = max(0, min(count, len(images) - (without is not None)))
    order = np.argsort(squares, kind="stable")[:nearest_count]
    return order, np.sqrt(squares[order]) / 255
