"""A data set in numbers: its counts, and how its characters look: mean, spread, and how much room their ink takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.vision.normalise import FAINTEST_INK

INK = 128  # from this value on a pixel is counted as ink: more of it is covered than not
_CHUNK = 4096  # images
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Statistics:
    """Counts of images and of pixel values, and what follows from them."""

    counts: NDArray[np.int64]  # (C,), images of every class, also of those without any
    histogram: NDArray[np.int64]  # (256,), pixels of every value in all images
    size: tuple[int, int]  # height and width of the images in pixels

    @property
    def images(self) -> int:
        return int(self.counts.sum())

    @property
    def classes(self) -> int:
        """How many have an image."""
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
        return int(self.histogram.sum())


def describe(images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int) -> Statistics:
    """Count images, uint8 (N, H, W), and their pixels; ValueError where there are none."""
    if not len(images):
        raise ValueError("there are no images to describe")
    histogram = np.zeros(256, np.int64)
    for start in range(0, len(images), _CHUNK):
        histogram += np.bincount(images[start : start + _CHUNK].ravel(), minlength=256)
    return Statistics(np.bincount(labels, minlength=classes), histogram, (images.shape[1], images.shape[2]))


@dataclass(frozen=True)
class ClassImages:
    """The mean and the spread of every class, pixel by pixel."""

    counts: NDArray[np.int64]  # (C,), images of each class; the pictures of a class without any are all zero
    mean: NDArray[np.float64]  # (C, H, W), 0 (paper in every image) to 255 (full ink in every image)
    spread: NDArray[np.float64]  # (C, H, W), the standard deviation over the images of the class, 0 to 127.5


@dataclass(frozen=True)
class Sizes:
    """How much room the ink of every image takes, (N,); all zero for an image without ink."""

    ink: NDArray[np.float64]  # share of the pixels that is ink, 0 to 1; a half dark pixel counts half
    height: NDArray[np.int64]  # of the smallest rectangle that holds all visible ink, in pixels
    width: NDArray[np.int64]


@dataclass(frozen=True)
class Quantiles:
    """Five quantiles of a measure for every class, float64 (C,) each; nan for a class without images."""

    lowest: NDArray[np.float64]
    quarter: NDArray[np.float64]
    median: NDArray[np.float64]
    three_quarters: NDArray[np.float64]
    highest: NDArray[np.float64]


def class_images(images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int) -> ClassImages:
    pixels = images.reshape(len(images), -1)
    sums = np.zeros((2, classes, pixels.shape[1]))
    for start in range(0, len(pixels), _CHUNK):
        part = pixels[start : start + _CHUNK].astype(np.float32)
        member = (labels[start : start + _CHUNK] == np.arange(classes)[:, None]).astype(np.float32)
        # Sums of whole numbers below 2 ** 24 are exact in float32; those of squares are not, but nearly.
        sums[0] += member @ part
        sums[1] += member @ (part * part)
    counts = np.bincount(labels, minlength=classes)
    mean, square = sums / np.maximum(counts, 1)[:, None]
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    shape = (classes, *images.shape[1:])
    return ClassImages(counts.astype(np.int64), mean.reshape(shape), spread.reshape(shape))


def sizes(images: NDArray[np.uint8]) -> Sizes:
    """Ink, height and width of every image, uint8 (N, H, W)."""
    parts = [_sizes(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    ink, height, width = (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else ([], [], [])
    return Sizes(np.asarray(ink, np.float64), np.asarray(height, np.int64), np.asarray(width, np.int64))


def _sizes(images: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    count, rows, columns = images.shape
    ink = images.reshape(count, -1).sum(axis=1, dtype=np.uint32) / (255 * rows * columns)
    # Images last: a maximum over rows or columns then runs along memory, some ten times as fast.
    last = np.ascontiguousarray(images.reshape(count, -1).T).reshape(rows, columns, count)
    return ink, _extent(last.max(axis=1)), _extent(last.max(axis=0))


def _extent(darkest: NDArray[np.uint8]) -> NDArray[np.intp]:
    """From the first to the last row or column with ink, (rows, N) to (N,)."""
    inked = darkest >= FAINTEST_INK
    return np.where(inked.any(axis=0), len(inked) - inked.argmax(axis=0) - inked[::-1].argmax(axis=0), 0)


def quantiles(values: NDArray[np.float64] | NDArray[np.int64], labels: NDArray[np.int64], classes: int) -> Quantiles:
    """The quantiles 5, 25, 50, 75 and 95 % of a measure (N,) for each class."""
    table = np.full((classes, len(_LEVELS)), np.nan)
    for label in np.unique(labels):
        table[label] = np.quantile(values[labels == label], _LEVELS)
    return Quantiles(*table.T)
