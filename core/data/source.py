"""What the program knows of a data set, and how any pictures become its glyphs."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.charsets import DIGITS, Charset
from core.errors import ConfigError
from core.jobs import Progress, ignore
from core.settings import Settings
from core.vision.normalise import normalise

Pairs = tuple[NDArray[np.uint8], NDArray[np.int64]]
"""Glyphs (N, 28, 28) and labels (N,)."""

BATCH = 100  # images between two reports of progress


class Source(ABC):
    """A data set of the register."""

    name: str
    title: str
    description: str
    licence: str
    splits: tuple[str, ...] = ("train", "test")  # without "validation", a training holds out some images of "train"
    folder: str = ""  # in the data folder; empty where no files belong to it
    charset: Charset = DIGITS
    download_bytes: int = 0  # 0 where there is no download, or its size is unknown
    instructions: str = ""  # what to put into the folder of a data set that cannot be downloaded
    slow: bool = False  # reading it draws its images, which takes half a minute or more for a training split
    doubtful: bool = False  # some labels are known to be wrong: it is not used for calibration
    overlaps_with: tuple[str, ...] = ()  # made from the same pages: their training images may be its test images

    @abstractmethod
    def present(self, settings: Settings) -> bool:
        """Whether all of its files are on this machine."""

    @abstractmethod
    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        """Read a split; any OSError, ValueError, RuntimeError or KeyError says that its files are damaged."""

    def count(self, _split: str, _settings: Settings) -> int | None:
        """The number of images in a split, where it is known without reading them."""
        return None

    def damage(self, _settings: Settings) -> str | None:
        """What is wrong with its files, if some are present but not all of them are sound."""
        return None

    def official(self, _settings: Settings) -> bool:
        """Whether its files look like the published ones."""
        return True

    def download(self, _data_dir: Path, _progress: Progress) -> None:
        """Download its files; ConfigError where it has no download, DataError where one fails."""
        raise ConfigError(f"{self.title} cannot be fetched by this program. {self.description}")

    @property
    def downloadable(self) -> bool:
        return type(self).download is not Source.download

    def title_of(self, settings: Settings) -> str:
        """The title of the files on this machine: other images under the same file names are a stand-in."""
        return self.title if self.official(settings) else f"{self.title} (stand-in)"


def to_glyphs(pictures: Iterable[Any], progress: Progress = ignore, total: int = 0) -> NDArray[np.uint8]:
    """Send pictures, as `normalise` takes them, through the whole pipeline: glyphs (N, 28, 28), zero where blank."""
    return map_to_glyphs(lambda picture: normalise(picture).glyph, pictures, progress, total)


def map_to_glyphs(
    make: Callable[[Any], NDArray[np.uint8]], items: Iterable[Any], progress: Progress, total: int
) -> NDArray[np.uint8]:
    """Make a glyph of each item, on all cores: (N, 28, 28) in their order. An exception from `progress` ends it."""
    glyphs: list[NDArray[np.uint8]] = []
    remaining = iter(items)
    pool = ThreadPoolExecutor()  # OpenCV releases the interpreter lock
    try:
        # In batches: to hand over a single image takes longer than to frame it.
        batches = iter(lambda: list(islice(remaining, BATCH)), [])
        for made in pool.map(lambda batch: list(map(make, batch)), batches):
            glyphs += made
            progress(len(glyphs), total)
    finally:
        pool.shutdown(cancel_futures=True)
    return np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
