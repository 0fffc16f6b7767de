"""What a model makes of what is no character: how much of it is refused, and how many characters are lost by that."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset
from core.data import doodles, outliers, strokes_on_paper
from core.data.datasets import Dataset
from core.errors import ConfigError
from core.evaluation.metrics import wilson_interval
from core.jobs import Progress, ignore
from core.model.prediction import Prediction, Verdict, kind
from core.settings import Settings
from core.vision.grey import Pixels
from core.vision.normalise import Normalised, to_glyph

if TYPE_CHECKING:
    from core.model.inference import Recogniser

EACH = 200  # drawings of a kind
CHARACTERS = 5000  # of the data set, at most
LOST = 0.01  # the share of the characters that is given up where models are compared by what they still accept
NEW, ALL = "Kinds never learnt", "All"
HEADER = ("Kind", "Drawings", "AUROC", f"Accepted at {100 * LOST:.0f} % lost", "Refused", "Called confident")

_SEED = 0  # of the characters that are taken, and of the drawings in `measure_all`
_HANDS = 1000  # characters of which several are put together
_REFUSED = (Verdict.OTHER, Verdict.SEVERAL)
_SURE = (Verdict.CONFIDENT, Verdict.ALIKE)


@dataclass(frozen=True)
class OutlierSet:
    """Glyphs, uint8 (N, 28, 28), of one kind of what is no character; `new` where no network is trained on the kind."""

    kind: str
    glyphs: NDArray[np.uint8]
    new: bool = False


@dataclass(frozen=True)
class Judged:
    """A set of outliers, and what a model took each for."""

    outliers: OutlierSet
    answers: tuple[Prediction, ...]

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The probability of each to be no character, or several, (N,), 0 to 1."""
        return np.array([answer.rejection for answer in self.answers])


@dataclass(frozen=True)
class Example:
    """An outlier: its kind, its glyph, and what it was taken for."""

    kind: str
    glyph: Pixels
    answer: Prediction

    @property
    def refused(self) -> bool:
        """Whether the model gave no answer, as is right."""
        return self.answer.verdict in _REFUSED

    @property
    def sure(self) -> bool:
        """Whether it was taken for a character, or for one of some that look alike, without a warning."""
        return self.answer.verdict in _SURE


@dataclass(frozen=True)
class Figures:
    """How outliers of a kind, or of several, are told from characters.

    Attributes:
        outliers: how many there are.
        auroc: how often one of them has a higher refusal score than a character, 0 to 1.
        accepted: how many would not be refused by a threshold that at most LOST of the characters reach.
        refused, confident: how many are refused by the model's own threshold, and how many are called confident.
    """

    kind: str
    outliers: int
    auroc: float
    accepted: int
    refused: int
    confident: int


@dataclass(frozen=True)
class Rejection:
    """The refusal scores of characters and of outliers: the probability of no character and that of several, together.

    Attributes:
        charset: what is a character.
        threshold: the model's own, from which it refuses.
        characters: float64 (N,), the scores of characters.
        sets: the outliers by kind.
    """

    charset: Charset
    threshold: float
    characters: NDArray[np.float64]
    sets: tuple[Judged, ...]

    @property
    def characters_refused(self) -> int:
        """How many characters the model refuses."""
        return int((self.characters >= self.threshold).sum())

    @cached_property
    def outliers(self) -> NDArray[np.float64]:
        """The scores of all outliers, (M,)."""
        return np.concatenate([one.scores for one in self.sets])

    @cached_property
    def strict(self) -> float:
        """The lowest threshold among the scores that at most LOST of the characters reach; inf where none will do."""
        from sklearn.metrics import roc_curve

        lost, _, thresholds = roc_curve(*self._against(self.outliers), drop_intermediate=False)
        return float(thresholds[np.flatnonzero(lost <= LOST)[-1]])

    @cached_property
    def rows(self) -> tuple[Figures, ...]:
        """The figures of every kind, of those never learnt together where there are others too, and of all."""
        new = [one for one in self.sets if one.outliers.new]
        found = [self._figures(one.outliers.kind, [one]) for one in self.sets]
        found += [self._figures(NEW, new)] if 0 < len(new) < len(self.sets) else []
        return (*found, self._figures(ALL, self.sets))

    def _figures(self, title: str, sets: Sequence[Judged]) -> Figures:
        from sklearn.metrics import roc_auc_score

        scores, judged = np.concatenate([one.scores for one in sets]), examples(sets)
        return Figures(
            title,
            len(scores),
            float(roc_auc_score(*self._against(scores))),
            int((scores < self.strict).sum()),
            sum(one.refused for one in judged),
            sum(one.sure for one in judged),
        )

    def _against(self, outliers: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which are outliers, and the scores: of the characters, then of these."""
        scores = np.concatenate([self.characters, outliers])
        return np.arange(len(scores)) >= len(self.characters), scores


def outlier_sets(
    charset: Charset, characters: NDArray[np.uint8], settings: Settings, seed: int
) -> tuple[OutlierSet, ...]:
    """Draw what is no character of a charset; a set is the same whichever others there are.

    Args:
        charset: what is a character.
        characters: uint8 (N, 28, 28), glyphs with ink, at least one, of which several are put in a row.
        settings: where UNIPEN may lie: without it there are no signs and letters.
        seed: of all randomness.
    """
    found = [
        OutlierSet(name.capitalize(), _drawn([draw], charset, _seeded(seed, name)), new=True)
        for name, draw in doodles.HELD_OUT.items()
    ]
    found.append(
        OutlierSet("Dot or line", _drawn([doodles.dots, doodles.bars], charset, _seeded(seed, "dots and lines")))
    )
    written = outliers.written(charset, "test", settings)
    for name, is_letter in (("Sign", False), ("Letter", True)):
        chosen = [one for one in written if one.label.isalpha() is is_letter]
        random = _seeded(seed, name)
        inks = [outliers.from_pen(chosen[place], random) for place in random.permutation(len(chosen))[:EACH]]
        found += [OutlierSet(name, _glyphs(inks, charset))] if inks else []
    random = _seeded(seed, "several")
    few = [strokes_on_paper.from_glyph(characters[place]) for place in random.integers(len(characters), size=_HANDS)]
    rows = outliers.several(few, EACH, random)
    return (*found, OutlierSet(f"Several {kind(charset)}s", _glyphs(rows, charset)))


def _seeded(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode())])


def _drawn(draws: Sequence[doodles.Draw], charset: Charset, random: np.random.Generator) -> NDArray[np.uint8]:
    return _glyphs([strokes_on_paper.fit(draws[place % len(draws)](random)) for place in range(EACH)], charset)


def _glyphs(inks: Sequence[Pixels], charset: Charset) -> NDArray[np.uint8]:
    return np.stack([to_glyph(picture, charset.glyph_side) for picture in inks])


def sample(data: Dataset) -> Dataset:
    """The characters of a data set to measure on: those with ink, of more than CHARACTERS as many by a seed.

    Raises:
        ConfigError: there are none.
    """
    places = np.flatnonzero(data.images.any(axis=(1, 2)))
    if not len(places):
        raise ConfigError(f"{data.title} has no characters to measure on.")
    if len(places) > CHARACTERS:
        places = np.sort(np.random.default_rng(_SEED).choice(places, CHARACTERS, replace=False))
    return data.at(places)


def measure_all(recogniser: "Recogniser", data: Dataset, settings: Settings, progress: Progress = ignore) -> Rejection:
    """Draw the outliers, always the same for the same images and settings, and measure a model; see `measure`."""
    chosen = sample(data)
    sets = outlier_sets(recogniser.charset, chosen.images, settings, _SEED)
    progress(0, 0)
    return measure(recogniser, chosen, sets, progress)


def measure(
    recogniser: "Recogniser", data: Dataset, sets: Sequence[OutlierSet], progress: Progress = ignore
) -> Rejection:
    """Let a model read characters, and what is none.

    Args:
        recogniser: a model that knows outliers.
        data: images of characters that it reads; of many a part is taken, see `sample`.
        sets: the outliers, with characters as large as the model reads them.
        progress: told how many glyphs are read, and how many there are.

    Raises:
        ConfigError: the model does not know outliers, or the data set is empty.
    """
    if not recogniser.card.knows_outliers:
        raise ConfigError(unknown(recogniser.charset))
    from core.model.inference import read_batches  # imports torch

    images = sample(data).framed(recogniser.charset).images
    total = len(images) + sum(len(one.glyphs) for one in sets)
    scores = read_batches(recogniser.rejections, images, lambda done, _: progress(done, total)).sum(axis=1)
    done, judged = len(images), []
    for one in sets:
        items = [Normalised(glyph, (), blank=not glyph.any()) for glyph in one.glyphs]
        judged.append(Judged(one, tuple(recogniser.predict(items))))
        done += len(items)
        progress(done, total)
    return Rejection(recogniser.charset, recogniser.card.rejection_threshold, np.minimum(scores, 1.0), tuple(judged))


def examples(sets: Sequence[Judged]) -> list[Example]:
    """Outliers with what they were taken for, the worst first: those called confident, the surest at the front, then
    others that were taken for a character, and at last those refused, the least clearly refused at the front.
    """
    found = [
        Example(one.outliers.kind, glyph, answer)
        for one in sets
        for glyph, answer in zip(one.outliers.glyphs, one.answers, strict=True)
    ]
    return sorted(
        found, key=lambda one: (one.refused, not one.sure, one.answer.rejection if one.refused else -_trust(one.answer))
    )


def _trust(answer: Prediction) -> float:
    """How sure an answer is; where look-alikes are surely one of them, that."""
    return answer.alike[1] * (1 - answer.rejection) if answer.verdict is Verdict.ALIKE else answer.confidence


def unknown(charset: Charset) -> str:
    """What to say of a model that does not know outliers, as Markdown."""
    one = kind(charset)
    return (
        f"This model does not know what is not a {one}, and takes every drawing for one: train a model with the option "
        "`outliers` of the Train page above 0, or with `python -m core train … --outliers 0.25`, to have one that does."
    )


def in_words(found: Rejection, images: str) -> str:
    """What came of it, in two sentences.

    Args:
        images: what the characters are: "MNIST, test".
    """
    every, one = found.rows[-1], kind(found.charset)
    refused, sure = _counted(every.refused, every.outliers), _counted(every.confident, every.outliers)
    lost = _counted(found.characters_refused, len(found.characters))
    return (
        f"Of {every.outliers:,} drawings that are not one {one} the model refuses {refused}, and is confident of its "
        f"answer to {sure}. Of {len(found.characters):,} real {one}s ({images}) it refuses {lost}."
    )


def _counted(count: int, total: int) -> str:
    low, high = wilson_interval(count, total)
    return f"{count:,} ({100 * count / total:.2f} %, 95 % interval {100 * low:.2f} to {100 * high:.2f} %)"


def to_cells(row: Figures) -> list[str]:
    """A row of the table in the order of HEADER; shares in % with their 95 % intervals."""
    counts = (row.accepted, row.refused, row.confident)
    return [row.kind, f"{row.outliers:,}", f"{row.auroc:.4f}", *(_share(count, row.outliers) for count in counts)]


def _share(count: int, total: int) -> str:
    low, high = wilson_interval(count, total)
    return f"{100 * count / total:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
