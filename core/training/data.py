"""What a training works on: the images of all its data sets, held whole as uint8."""

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
from core.model.library import list_models
from core.model.outputs import merge_forms
from core.samples import store
from core.settings import Settings
from core.training.config import LEAST_IMAGES, TrainConfig


@dataclass(frozen=True)
class TrainingSet:
    """Images to train on and images to choose on.

    Attributes:
        images, labels: uint8 (N, 28, 28) and int64 (N,) tensors.
        validation_images, validation_labels: the same as numpy arrays; never trained on.
        validation_sets: name of the data set that each validation image comes from, (M,).
        charset: what is to be read; it holds the charset of each data set.
        classes: what the labels and the network's first outputs stand for: the charset, or its forms.
        mean, std: of the training pixels on the 0 to 1 scale.
        sources: what was used, for the card.
        narrow: the charsets of the data sets that do not tell all classes apart, by name.
        sets: places in `sources`, uint8 (N,): the data set of each image; empty where none is narrow.
        rejections: what the network answers besides characters, its last outputs; labels count on behind the classes.
    """

    images: Tensor
    labels: Tensor
    validation_images: NDArray[np.uint8]
    validation_labels: NDArray[np.int64]
    validation_sets: NDArray[np.str_]
    charset: Charset
    classes: Charset
    mean: float
    std: float
    sources: tuple[TrainingData, ...]
    narrow: dict[str, Charset] = field(default_factory=dict)
    sets: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.uint8))
    rejections: tuple[str, ...] = ()

    @property
    def outputs(self) -> int:
        """How many outputs a network of it has."""
        return len(self.classes.characters) + len(self.rejections)

    def asked(self, logits: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor | None]:
        """What a network says of some images, as far as their data sets tell it apart.

        A data set of digits tells a 0 from an 8, and nothing of how either differs from an O. Where one merges both
        forms of a letter, the first stands for both, and the second takes no part.

        Args:
            logits: float (len(chosen), ..., F).
            chosen: places of the images.

        Returns:
            The logits, and bool (len(chosen), F), the classes that an image cannot be of; None where every data set
            has all classes.
        """
        return self._asked(logits, self.sets[chosen].long()) if self.narrow else (logits, None)

    def validation_asked(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """What a network says of the validation images, (M, F), as `asked`: minus infinity for what takes no part."""
        if not self.narrow:
            return logits
        places = {source.name: place for place, source in enumerate(self.sources)}
        sets = torch.tensor([places[name] for name in self.validation_sets])
        asked, masked_classes = self._asked(torch.from_numpy(logits), sets)
        return np.asarray(asked.masked_fill(masked_classes, -math.inf).numpy())

    def _asked(self, logits: Tensor, sets: Tensor) -> tuple[Tensor, Tensor]:
        return merge_forms(logits, self._merging[sets], self.classes.pairs(self.charset)), ~self._held[sets]

    def as_characters(self, labels: NDArray[np.int64]) -> NDArray[np.int64]:
        """Labels (N,) as indices in the charset: both forms of a letter are the same; rejections count on behind it."""
        rejections = len(self.charset.characters) + np.arange(len(self.rejections))
        return np.append(self.charset.indices_of(self.classes), rejections)[labels]

    @cached_property
    def _held(self) -> Tensor:
        """Which classes each data set has, bool (sources, F); every image is asked whether it is a character at all."""
        held = torch.zeros(len(self.sources), self.outputs, dtype=torch.bool)
        held[:, len(self.classes.characters) :] = True
        for row, source in zip(held, self.sources, strict=True):
            row[self.classes.indices_of(self.narrow.get(source.name, self.classes))] = True
        return held

    @cached_property
    def _merging(self) -> Tensor:
        """Which data sets merge forms that are apart here, bool (sources,)."""
        charsets = [self.narrow.get(source.name, self.classes) for source in self.sources]
        return torch.tensor([bool(self.classes.pairs(charset)) for charset in charsets])

    @cached_property
    def digest(self) -> str:
        """Hash of all images and labels in their order: a training can go on with these and no others."""
        found = hashlib.sha256()
        for part in (self.images.numpy(), self.labels.numpy(), self.validation_images, self.validation_labels):
            found.update(np.ascontiguousarray(part).data)
        return found.hexdigest()


def load_training_set(config: TrainConfig, settings: Settings) -> TrainingSet:
    """Read the data sets of a configuration and set the validation images aside.

    Where a data set has a validation split (by writer), that is used; else a share is drawn by the seed.

    Raises:
        DataMissing, DataError: a data set is not there or damaged, or they hold too few images together.
        SampleError: the database of samples cannot be read.
    """
    parts = [_split(name, config, settings) for name in config.datasets]
    charset = config.charset
    classes = charset.forms if _starts_from_forms(config, settings) else config.classes
    training, validation = [part[0] for part in parts], [part[1] for part in parts]
    images, labels = _join(training, classes)
    sets = np.repeat(np.arange(len(training), dtype=np.uint8), [len(data.images) for data in training])
    if len(images) < LEAST_IMAGES:
        titles = " and ".join(data.title for data in training)
        raise DataError(
            f"Of {titles} too few images are left to train on: {len(images)}, beside those set aside to choose on. "
            f"At least {LEAST_IMAGES} are needed: add images, or another data set."
        )
    if config.images:
        chosen = np.random.default_rng(config.seed).permutation(len(images))[: config.images]
        images, labels, sets = images[chosen], labels[chosen], sets[chosen]
    validation_images, validation_labels = _join(validation, classes)
    validation_sets = np.repeat([data.name for data in validation], [len(data.images) for data in validation])
    sources = [TrainingData(data.name, data.title, data.licence, len(data.images), data.sha256) for data in training]
    pixels = describe(images, labels, len(classes.characters))
    if config.outliers:
        shown, kinds = outliers.glyphs(charset, images, "train", config.outliers, config.seed, settings)
        sources.append(_as_source(shown, kinds))
        sets = np.append(sets, np.full(len(shown), len(training), np.uint8))
        images, labels = np.concatenate([images, shown]), np.append(labels, kinds + len(classes.characters))
        shown, kinds = outliers.glyphs(charset, validation_images, "validation", config.outliers, config.seed, settings)
        validation_sets = np.append(validation_sets, np.repeat(outliers.SOURCE, len(shown)))
        validation_images = np.concatenate([validation_images, shown])
        validation_labels = np.append(validation_labels, kinds + len(classes.characters))
    narrow = {data.name: data.charset for data in training if data.charset != classes}
    return TrainingSet(
        torch.from_numpy(images),
        torch.from_numpy(labels),
        validation_images,
        validation_labels,
        validation_sets,
        charset,
        classes,
        round(pixels.mean, 4),
        max(round(pixels.std, 4), 1e-4),
        tuple(sources),
        narrow,
        torch.from_numpy(sets) if narrow else torch.zeros(0, dtype=torch.uint8),
        outliers.NAMES if config.outliers else (),
    )


def _starts_from_forms(config: TrainConfig, settings: Settings) -> bool:
    """Whether the training begins with a network that tells the forms of letters apart: it goes on doing so."""
    return any(entry.name == config.start and entry.card and entry.card.forms for entry in list_models(settings))


def _as_source(shown: NDArray[np.uint8], kinds: NDArray[np.int64]) -> TrainingData:
    """What the card says of outliers."""
    digest = hashlib.sha256(np.ascontiguousarray(shown).data)
    digest.update(kinds.data)
    return TrainingData(outliers.SOURCE, outliers.TITLE, outliers.LICENCE, len(shown), digest.hexdigest())


def _split(name: str, config: TrainConfig, settings: Settings) -> tuple[Dataset, Dataset]:
    if is_mine(name):
        store.revision(settings)  # a database that is locked is not one without samples: it says what is wrong
    whole = load(name, "train", settings).framed(config.charset)
    if "validation" in get_source(name).splits:
        return whole, load(name, "validation", settings).framed(config.charset)
    aside = validation_places(whole.labels, config)
    return whole.at(np.setdiff1d(np.arange(len(whole.images)), aside)), whole.at(aside)


def validation_places(labels: NDArray[np.int64], config: TrainConfig) -> NDArray[np.intp]:
    """Which images of a training split are set aside to choose on: places (M,), rising; M is at least 1.

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
    shares = (drawn > min(2 * config.validation_share, 0.5) * of_class, drawn == of_class)
    return np.sort(order[np.argsort(np.sum(shares, axis=0), kind="stable")][:count])


def _join(parts: list[Dataset], classes: Charset) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The images of all, and their labels as places in one charset."""
    labels = [np.array(classes.indices_of(part.charset), np.int64)[part.labels] for part in parts]
    return np.concatenate([part.images for part in parts]), np.concatenate(labels)
