"""A data set in numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

INK = 128  # from this value on a pixel is counted as ink: more of it is covered than not
_CHUNK = 4000  # images


@dataclass(frozen=True)
class Statistics:
    """Counts of images and of pixel values, and what follows from them.

    Attributes:
        counts: int64 (C,), images of every class, also of those without any.
        histogram: int64 (256,), pixels of every value in all images.
        size: height and width of the images in pixels.
    """

    counts: NDArray[np.int64]
    histogram: NDArray[np.int64]
    size: tuple[int, int]

    @property
    def images(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    @property
    def classes(self) -> int:
        """How many classes have an image."""
        return int(np.count_nonzero(self.counts))

    @property
    def mean(self) -> float:
        """Mean of all pixels, 0 (paper) to 1 (ink)."""
        return float(self.histogram @ np.arange(256) / self.pixels / 255)

    @property
    def std(self) -> float:
        """Standard deviation of all pixels on the same scale, of the whole population."""
        return float(np.sqrt(self.histogram @ (np.arange(256) / 255 - self.mean) ** 2 / self.pixels))

    @property
    def ink(self) -> float:
        """Share of pixels of at least `INK`, 0 to 1."""
        return float(self.histogram[INK:].sum() / self.pixels)

    @property
    def paper(self) -> float:
        """Share of pixels that are 0, 0 to 1."""
        return float(self.histogram[0] / self.pixels)

    @property
    def pixels(self) -> int:
        """How many there are in all images."""
        return int(self.histogram.sum())


def describe(images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int) -> Statistics:
    """Count images and pixels.

    Args:
        images: uint8 (N, H, W), N at least 1.
        labels: int64 (N,), each below `classes`.
        classes: how many there could be.

    Raises:
        ValueError: there are no images.
    """
    if not len(images):
        raise ValueError("there are no images to describe")
    histogram = np.zeros(256, np.int64)
    for start in range(0, len(images), _CHUNK):
        histogram += np.bincount(images[start : start + _CHUNK].ravel(), minlength=256)
    return Statistics(np.bincount(labels, minlength=classes), histogram, (images.shape[1], images.shape[2]))
