"""Reading the data sets of the register, and what holds of several together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.charsets import CHARSETS, DIGITS, Charset
from core.data.register import SOURCES, get_source, is_mine, samples_of
from core.errors import ConfigError, DataEmpty, DataError, DataMissing
from core.jobs import Progress, ignore
from core.settings import Settings, check_writable
from core.vision.normalise import to_glyph


@dataclass(frozen=True)
class Dataset:
    """Images ready for a network, with their labels."""

    name: str
    title: str
    split: str
    licence: str
    charset: Charset
    images: NDArray[np.uint8]  # glyphs (N, 28, 28); one that was found blank is all zero
    labels: NDArray[np.int64]  # (N,), indices in `charset.characters`

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256(np.ascontiguousarray(self.images).data)
        digest.update(np.ascontiguousarray(self.labels).data)
        return digest.hexdigest()

    def at(self, indices: NDArray[np.intp]) -> "Dataset":
        return replace(self, images=self.images[indices], labels=self.labels[indices])

    def framed(self, charset: Charset) -> "Dataset":
        """With characters as large as in the glyphs of another charset, whose models are to read them."""
        if charset.glyph_side == self.charset.glyph_side:
            return self
        images = [to_glyph(image, charset.glyph_side) for image in self.images]
        return replace(self, images=np.stack(images) if images else self.images)


def load(name: str, split: str, settings: Settings, progress: Progress = ignore) -> Dataset:
    """Read a split of a data set, with progress where its images have to be drawn.

    ConfigError where there is none of that name, DataMissing where it is not here, DataError where it is damaged.
    """
    source = get_source(name)
    if split not in source.splits:
        raise ConfigError(f"{source.title} has no split {split!r}. It has: {', '.join(source.splits)}.")
    folder = settings.data_dir / source.folder
    if not source.present(settings):
        remedy = f"Fetch it with: python -m core data download {name}" if source.downloadable else source.instructions
        if damage := source.damage(settings):
            raise DataError(f"{source.title} in {folder} is damaged: {damage}. {remedy}")
        raise DataMissing(f"{source.title} is not in {folder}. {remedy}")
    try:
        images, labels = source.read(split, settings, progress)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise DataError(f"{source.title} in {folder} is damaged: {error}.") from error
    if not len(labels):
        raise DataEmpty(f"{source.title} in {folder} holds no images for {split}.")
    return Dataset(name, source.title_of(settings), split, source.licence, source.charset, images, labels)


def count(name: str, split: str, settings: Settings) -> int:
    """How many images a split has; where they have to be drawn or framed, without doing that. It raises as `load`."""
    source = get_source(name)
    known = source.count(split, settings) if split in source.splits and source.present(settings) else None
    return len(load(name, split, settings).labels) if known is None else known


def restriction(dataset: str, charset: Charset) -> str:
    """How a model of this charset is scored on a data set of fewer characters: "read as digits only"; else empty."""
    narrower = SOURCES[dataset].charset if dataset in SOURCES else charset
    return f"read as {narrower.title.lower()} only" if narrower != charset else ""


def charset_of(names: Sequence[str]) -> Charset:
    """What a model reads that learns from data sets together: the charset of one of them, which holds the others'.

    Raises:
        ConfigError: there is none of a name, no charset holds the others, no model is made for the one that does, or
            they are made of the same pages.
    """
    sources = [get_source(name) for name in names]
    covering = (source for source in sources if all(source.charset.covers(other.charset) for other in sources))
    widest = next(covering, max(sources, key=lambda source: len(source.charset.characters)))
    if other := next((source for source in sources if not widest.charset.covers(source.charset)), None):
        raise ConfigError(
            f"{widest.title} holds {widest.charset.title.lower()}, and {other.title} {other.charset.title.lower()}, "
            "which are not among them as classes of their own: a model cannot learn from both."
        )
    if widest.charset.name not in CHARSETS:
        raise ConfigError(
            f"{widest.title} holds {widest.charset.title.lower()} alone, which no model is made for: choose a data set "
            "of letters and digits beside it, such as EMNIST Balanced."
        )
    for source in sources:
        if other := next((other for other in sources if other.name in source.overlaps_with), None):
            raise ConfigError(
                f"{source.title} and {other.title} are made of the same pages: a test image of the one may be a "
                "training image of the other, and no score would be honest. Choose one of them."
            )
    return widest.charset


def download(name: str, settings: Settings, progress: Progress) -> None:
    """Fetch a data set unless it is present; ConfigError where it has no download, DataError where that fails."""
    check_writable(settings, "downloaded")
    source = get_source(name)
    if not source.downloadable or not source.present(settings):
        source.download(settings.data_dir, progress)


def listed(settings: Settings) -> dict[str, bool]:
    """The data sets to list and whether each is present; of the user's samples those that exist, or else of digits."""
    present = {name: source.present(settings) for name, source in SOURCES.items()}
    return {name: here for name, here in present.items() if here or not is_mine(name) or name == samples_of(DIGITS)}
