"""The images most like another one, pixel by pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHUNK = 1000  # images: what is computed of them stays in the processor's cache


@dataclass(frozen=True)
class Neighbours:
    """The nearest images, nearest first; of equally near ones the first in the data set.

    Attributes:
        indices: int64 (K,), in the images that were searched.
        distances: float64 (K,), Euclidean, with pixels from 0 to 1.
    """

    indices: NDArray[np.int64]
    distances: NDArray[np.float64]


def nearest(image: NDArray[np.uint8], images: NDArray[np.uint8], count: int, without: int | None = None) -> Neighbours:
    """Find the images with the least Euclidean distance over all pixels; exact, all are compared.

    Args:
        image: uint8 (H, W).
        images: uint8 (N, H, W).
        count: how many to find.
        without: the index of an image to leave out: the image itself, where it is among them.

    Returns:
        `count` neighbours, fewer where there are fewer images.

    Raises:
        ValueError: the sizes differ.
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
    return Neighbours(order, np.sqrt(squares[order]) / 255)
