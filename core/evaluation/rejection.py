"""How well a model refuses what is no character, and how many characters it refuses with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset
from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.metrics import wilson_interval
from core.evaluation.outlier_sets import OutlierSet, outlier_sets
from core.jobs import Progress, ignore
from core.model.prediction import Prediction, Verdict, kind
from core.settings import Settings
from core.text import interval, percent
from core.vision.grey import Pixels
from core.vision.normalise import Normalised

if TYPE_CHECKING:
    from core.model.inference import Recogniser

CHARACTERS = 5000  # of the data set, at most
LOST = 0.01  # the share of the characters that is given up where models are compared by what they still accept
NEW, ALL = "Kinds never learnt", "All"
HEADER = ("Kind", "Drawings", "AUROC", f"Accepted at {100 * LOST:.0f} % lost", "Refused", "Called confident")

_SEED = 0  # of the characters that are taken, and of the drawings in `measure_all`
_REFUSED = (Verdict.OTHER, Verdict.SEVERAL)
_SURE = (Verdict.CONFIDENT, Verdict.ALIKE)


@dataclass(frozen=True)
class Example:
    """An outlier with a model's answer."""

    kind: str
    glyph: Pixels
    answer: Prediction

    @property
    def refused(self) -> bool:
        """Whether the model gave no answer, as it should."""
        return self.answer.verdict in _REFUSED

    @property
    def sure(self) -> bool:
        """Whether it was taken for a character, or for one of some that look alike, without a warning."""
        return self.answer.verdict in _SURE


@dataclass(frozen=True)
class Figures:
    """How well outliers of one or several kinds are told from characters."""

    kind: str
    outliers: int
    auroc: float  # how often one of them has a higher refusal score than a character
    accepted: int  # by a threshold that at most LOST of the characters reach
    refused: int  # by the model's own threshold
    confident: int


@dataclass(frozen=True)
class Rejection:
    """The refusal scores of characters and outliers: the probabilities of no character and of several, added up."""

    charset: Charset
    threshold: float  # the score from which the model refuses
    characters: NDArray[np.float64]  # (N,), their scores
    sets: tuple[OutlierSet, ...]

    @property
    def characters_refused(self) -> int:
        return int((self.characters >= self.threshold).sum())

    @cached_property
    def outliers(self) -> NDArray[np.float64]:
        """The scores of all outliers, (M,)."""
        return np.concatenate([drawn.scores for drawn in self.sets])

    @cached_property
    def strict(self) -> float:
        """The lowest threshold among the scores that at most LOST of the characters reach; inf where none will do."""
        from sklearn.metrics import roc_curve

        lost, _, thresholds = roc_curve(*self._against(self.outliers), drop_intermediate=False)
        return float(thresholds[np.flatnonzero(lost <= LOST)[-1]])

    @cached_property
    def rows(self) -> tuple[Figures, ...]:
        """The figures of every kind, of those never learnt together where there are others too, and of all."""
        new = [drawn for drawn in self.sets if drawn.new]
        rows = [self._figures(drawn.kind, [drawn]) for drawn in self.sets]
        rows += [self._figures(NEW, new)] if 0 < len(new) < len(self.sets) else []
        return (*rows, self._figures(ALL, self.sets))

    def _figures(self, title: str, sets: Sequence[OutlierSet]) -> Figures:
        from sklearn.metrics import roc_auc_score

        scores, judged = np.concatenate([drawn.scores for drawn in sets]), examples(sets)
        return Figures(
            title,
            len(scores),
            float(roc_auc_score(*self._against(scores))),
            int((scores < self.strict).sum()),
            sum(example.refused for example in judged),
            sum(example.sure for example in judged),
        )

    def _against(self, outliers: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which are outliers, and the scores: of the characters, then of these."""
        scores = np.concatenate([self.characters, outliers])
        return np.arange(len(scores)) >= len(self.characters), scores


def sample(data: Dataset) -> Dataset:
    """Those with ink of a data set's characters, at most CHARACTERS of them; ConfigError where there are none."""
    indices = np.flatnonzero(data.images.any(axis=(1, 2)))
    if not len(indices):
        raise ConfigError(f"{data.title} has no characters to measure on.")
    if len(indices) > CHARACTERS:
        indices = np.sort(np.random.default_rng(_SEED).choice(indices, CHARACTERS, replace=False))
    return data.at(indices)


def measure_all(recogniser: "Recogniser", data: Dataset, settings: Settings, progress: Progress = ignore) -> Rejection:
    """Draw the outliers, always the same for the same images and settings, and `measure` a model on them."""
    chosen = sample(data)
    sets = outlier_sets(recogniser.charset, chosen.images, settings, _SEED)
    progress(0, 0)
    return measure(recogniser, chosen, sets, progress)


def measure(
    recogniser: "Recogniser", data: Dataset, sets: Sequence[OutlierSet], progress: Progress = ignore
) -> Rejection:
    """Let a model that knows outliers read some, as large as it reads characters, and a `sample` of those."""
    if not recogniser.card.knows_outliers:
        raise ConfigError(unknown(recogniser.charset))
    from core.model.inference import read_batches  # imports torch

    images = sample(data).framed(recogniser.charset).images
    total = len(images) + sum(len(drawn.glyphs) for drawn in sets)
    scores = read_batches(recogniser.rejections, images, lambda done, _: progress(done, total)).sum(axis=1)
    done, judged = len(images), []
    for drawn in sets:
        items = [Normalised(glyph, (), blank=not glyph.any()) for glyph in drawn.glyphs]
        judged.append(replace(drawn, answers=tuple(recogniser.predict(items))))
        done += len(items)
        progress(done, total)
    return Rejection(recogniser.charset, recogniser.card.rejection_threshold, np.minimum(scores, 1.0), tuple(judged))


def examples(sets: Sequence[OutlierSet]) -> list[Example]:
    """Outliers with what they were taken for, the worst first: confident, unsure, refused; in each the worst first."""
    every = [
        Example(drawn.kind, glyph, answer)
        for drawn in sets
        for glyph, answer in zip(drawn.glyphs, drawn.answers, strict=True)
    ]
    return sorted(every, key=_badness)


def _badness(example: Example) -> tuple[bool, bool, float]:
    answer = example.answer
    # Of look-alikes it counts how surely it is one of them.
    trust = answer.alike[1] * (1 - answer.rejection) if answer.verdict is Verdict.ALIKE else answer.confidence
    return example.refused, not example.sure, answer.rejection if example.refused else -trust


def unknown(charset: Charset) -> str:
    """What to say of a model that does not know outliers, as Markdown."""
    noun = kind(charset)
    return (
        f"This model does not know what is not a {noun}, and takes every drawing for one: train a model with the "
        "option `outliers` of the Train page above 0, or with `python -m core train … --outliers 0.25`, to have one "
        "that does."
    )


def in_words(measured: Rejection, images: str) -> str:
    """The result in two sentences; `images` says what the characters are: "MNIST, test"."""
    every, noun = measured.rows[-1], kind(measured.charset)
    refused, sure = _counted(every.refused, every.outliers), _counted(every.confident, every.outliers)
    lost = _counted(measured.characters_refused, len(measured.characters))
    return (
        f"Of {every.outliers:,} drawings that are not one {noun} the model refuses {refused}, and is confident of its "
        f"answer to {sure}. Of {len(measured.characters):,} real {noun}s ({images}) it refuses {lost}."
    )


def _counted(count: int, total: int) -> str:
    return f"{count:,} ({percent(count / total)}, 95 % interval {interval(*wilson_interval(count, total))})"


def to_cells(row: Figures) -> list[str]:
    """A row of the table in the order of HEADER; shares in % with their 95 % intervals."""
    counts = (row.accepted, row.refused, row.confident)
    return [row.kind, f"{row.outliers:,}", f"{row.auroc:.4f}", *(_share(count, row.outliers) for count in counts)]


def _share(count: int, total: int) -> str:
    return f"{percent(count / total, 1)} ({interval(*wilson_interval(count, total), 1).removesuffix(' %')})"
