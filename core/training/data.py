"""The images of a training: all its data sets, held whole as uint8, with the validation images apart."""

import hashlib
import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.charsets import Charset
from core.data import outliers
from core.data.datasets import Dataset, load
from core.data.register import get_source, is_mine
from core.errors import DataError
from core.explore.statistics import describe
from core.model.card import TrainingData
from core.model.inference import merge_forms
from core.model.library import list_models
from core.samples import store
from core.settings import Settings
from core.training.config import LEAST_IMAGES, TrainConfig


@dataclass(frozen=True)
class TrainingSet:
    """N images to train on and M to choose on, which are never trained on."""

    images: Tensor  # uint8 (N, 28, 28)
    labels: Tensor  # int64 (N,)
    validation_images: NDArray[np.uint8]  # (M, 28, 28)
    validation_labels: NDArray[np.int64]  # (M,)
    validation_sources: NDArray[np.str_]  # (M,), names of data sets
    charset: Charset  # what is to be read; it covers the charset of each data set
    classes: Charset  # what the labels and the network's first F outputs stand for: the charset, or its forms
    mean: float  # of the training pixels on the 0 to 1 scale
    std: float
    sources: tuple[TrainingData, ...]  # what was used, for the card
    class_subsets: dict[str, Charset] = field(default_factory=dict)  # of the data sets that do not tell all apart
    # (N,), indices in `sources`; empty without class subsets
    source_index: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.uint8))
    rejections: tuple[str, ...] = ()  # what else the network answers, in its last outputs: labels count on behind

    @property
    def outputs(self) -> int:
        return len(self.classes.characters) + len(self.rejections)

    def restrict(self, logits: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor | None]:
        """Restrict a network's answers to what the data set of each image tells apart.

        A data set of digits tells a 0 from an 8, and nothing of how either differs from an O. Where one merges both
        forms of a letter, the first stands for both, and the second takes no part.

        Returns:
            The logits, (len(chosen), ..., outputs), and the classes that an image cannot be of, bool (len(chosen),
            outputs); None where every data set has all classes.
        """
        return self._restrict(logits, self.source_index[chosen].long()) if self.class_subsets else (logits, None)

    def restrict_validation(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `restrict`, for the validation images, (M, outputs): minus infinity for what takes no part."""
        if not self.class_subsets:
            return logits
        index_of = {source.name: index for index, source in enumerate(self.sources)}
        sources = torch.tensor([index_of[name] for name in self.validation_sources])
        merged, masked_classes = self._restrict(torch.from_numpy(logits), sources)
        return np.asarray(merged.masked_fill(masked_classes, -math.inf).numpy())

    def _restrict(self, logits: Tensor, sources: Tensor) -> tuple[Tensor, Tensor]:
        merged = merge_forms(logits, self._merges_forms[sources], self.classes.pairs(self.charset))
        return merged, ~self._covered[sources]

    def as_characters(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Labels (N,) as indices in the charset: both forms of a letter are the same; rejections count on behind it."""
        rejections = len(self.charset.characters) + np.arange(len(self.rejections))
        return np.append(self.charset.indices_of(self.classes), rejections)[labels]

    @cached_property
    def _covered(self) -> Tensor:
        """Which classes each data set has, bool (sources, outputs); any image may be no character at all."""
        covered = torch.zeros(len(self.sources), self.outputs, dtype=torch.bool)
        covered[:, len(self.classes.characters) :] = True
        for row, source in zip(covered, self.sources, strict=True):
            row[self.classes.indices_of(self.class_subsets.get(source.name, self.classes))] = True
        return covered

    @cached_property
    def _merges_forms(self) -> Tensor:
        """Which data sets merge forms that the classes keep apart, bool (sources,)."""
        charsets = [self.class_subsets.get(source.name, self.classes) for source in self.sources]
        return torch.tensor([bool(self.classes.pairs(charset)) for charset in charsets])

    @cached_property
    def digest(self) -> str:
        """Hash of all images and labels in their order: a training can go on with these and no others."""
        digest = hashlib.sha256()
        for part in (self.images.numpy(), self.labels.numpy(), self.validation_images, self.validation_labels):
            digest.update(np.ascontiguousarray(part).data)
        return digest.hexdigest()


@dataclass(frozen=True)
class _Images:
    """Images (N, 28, 28), their labels (N,), and the index of the data set that each comes from, uint8 (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    source_index: NDArray[np.uint8]

    @classmethod
    def join(cls, parts: list[Dataset], classes: Charset) -> "_Images":
        labels = [np.array(classes.indices_of(part.charset), np.int64)[part.labels] for part in parts]
        index = np.repeat(np.arange(len(parts), dtype=np.uint8), [len(part.images) for part in parts])
        return cls(np.concatenate([part.images for part in parts]), np.concatenate(labels), index)

    def at(self, chosen: NDArray[np.int64]) -> "_Images":
        return _Images(self.images[chosen], self.labels[chosen], self.source_index[chosen])

    def append(self, images: NDArray[np.uint8], labels: NDArray[np.int64], source: int) -> "_Images":
        index = np.append(self.source_index, np.full(len(images), source, np.uint8))
        return _Images(np.concatenate([self.images, images]), np.append(self.labels, labels), index)


def load_training_set(config: TrainConfig, settings: Settings) -> TrainingSet:
    """Read the data sets of a configuration and set the validation images apart.

    Where a data set has a validation split (by writer), that is used; else a share is drawn by the seed.

    Raises:
        DataError: a data set is not there or damaged, or they hold too few images together.
        SampleError: the database of samples cannot be read.
    """
    parts = [_split(name, config, settings) for name in config.datasets]
    training, held_out = [part[0] for part in parts], [part[1] for part in parts]
    charset = config.charset
    start = next((entry.card for entry in list_models(settings) if entry.name == config.start), None)
    # A network that tells the forms of letters apart goes on doing so.
    classes = charset.forms if start and start.forms else config.classes
    shown = _Images.join(training, classes)
    if len(shown.images) < LEAST_IMAGES:
        titles = " and ".join(data.title for data in training)
        raise DataError(
            f"Too few images of {titles} are left to train on: {len(shown.images)}, beside the validation images. "
            f"At least {LEAST_IMAGES} are needed: add images, or another data set."
        )
    if config.images:
        shown = shown.at(np.random.default_rng(config.seed).permutation(len(shown.images))[: config.images])
    validation = _Images.join(held_out, classes)
    sources = [TrainingData(data.name, data.title, data.licence, len(data.images), data.sha256) for data in training]
    pixels = describe(shown.images, shown.labels, len(classes.characters))
    if config.outliers:
        shown, source = _with_outliers(shown, "train", config, classes, settings)
        validation, _ = _with_outliers(validation, "validation", config, classes, settings)
        sources.append(source)
    class_subsets = {data.name: data.charset for data in training if data.charset != classes}
    return TrainingSet(
        images=torch.from_numpy(shown.images),
        labels=torch.from_numpy(shown.labels),
        validation_images=validation.images,
        validation_labels=validation.labels,
        validation_sources=np.array([source.name for source in sources])[validation.source_index],
        charset=charset,
        classes=classes,
        mean=round(pixels.mean, 4),
        std=max(round(pixels.std, 4), 1e-4),
        sources=tuple(sources),
        class_subsets=class_subsets,
        source_index=torch.from_numpy(shown.source_index) if class_subsets else torch.zeros(0, dtype=torch.uint8),
        rejections=outliers.NAMES if config.outliers else (),
    )


def _with_outliers(
    images: _Images, split: str, config: TrainConfig, classes: Charset, settings: Settings
) -> tuple[_Images, TrainingData]:
    """The images with outliers behind them, and what the card says of these."""
    drawn, kinds = outliers.glyphs(config.charset, images.images, split, config.outliers, config.seed, settings)
    digest = hashlib.sha256(np.ascontiguousarray(drawn).data)
    digest.update(kinds.data)
    source = TrainingData(outliers.SOURCE, outliers.TITLE, outliers.LICENCE, len(drawn), digest.hexdigest())
    return images.append(drawn, kinds + len(classes.characters), len(config.datasets)), source


def _split(name: str, config: TrainConfig, settings: Settings) -> tuple[Dataset, Dataset]:
    """A data set's training images, and its validation images."""
    if is_mine(name):
        store.revision(settings)  # a database that is locked is not one without samples: it says what is wrong
    whole = load(name, "train", settings).framed(config.charset)
    if "validation" in get_source(name).splits:
        return whole, load(name, "validation", settings).framed(config.charset)
    held_out = validation_indices(whole.labels, config)
    return whole.at(np.setdiff1d(np.arange(len(whole.images)), held_out)), whole.at(held_out)


def validation_indices(labels: NDArray[np.int64], config: TrainConfig) -> NDArray[np.intp]:
    """Draw the validation images of a training split: indices (M,), ascending; M is at least 1.

    They are drawn by the configuration's seed, and where it balances the classes, they are as balanced, as far as no
    class loses more than twice the share, or half of its images: what is chosen on them suits what is trained for.
    Where that is not enough, the last image of a class goes last. The weighted draw is that of Efraimidis and Spirakis,
    "Weighted random sampling with a reservoir", 2006.
    """
    random, count = np.random.default_rng(config.seed), max(round(len(labels) * config.validation_share), 1)
    if not config.balance:
        return np.sort(random.permutation(len(labels))[:count])
    sizes = np.bincount(labels)[labels]
    order = np.argsort(random.exponential(size=len(labels)) * sizes**config.balance)
    drawn = pd.Series(labels[order]).groupby(labels[order]).cumcount().to_numpy() + 1  # of its class, with this one
    of_class = sizes[order]
    exceeded = (drawn > min(2 * config.validation_share, 0.5) * of_class, drawn == of_class)
    return np.sort(order[np.argsort(np.sum(exceeded, axis=0), kind="stable")][:count])
