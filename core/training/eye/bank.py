"""The ink that an eye learns from: characters of every source that is here, drawn anew, and what is no character."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.charsets import BALANCED, DIGITS, Charset
from core.data import doodles, emnist, outliers, pen_strokes, segments, strokes_on_paper, unipen
from core.data.register import get_source
from core.errors import DataMissing
from core.jobs import ignore
from core.model.blend import REJECTIONS
from core.settings import Settings
from core.vision.grey import Pixels

DRAWN = {"train": 4, "validation": 1}  # times that each character of pen strokes is drawn, with another pen each time
OTHER = {"train": 26_000, "validation": 1_500}  # pictures of no character; of several there are half as many
_SEGMENTS = {"train": 16_000, "validation": 300}
_SEEDS = {"train": 5, "validation": 6}
_VALIDATION_EVERY = 20  # of the scanned training images, every so many-eth is for validation


@dataclass(frozen=True)
class InkBank:
    """Ink pictures to compose from; see `core.data.strokes_on_paper`.

    Attributes:
        classes: what the first outputs of the eye stand for: the charset, or its forms.
        characters, labels: uint8 (N, 64, 64) and int64 (N,), indices in `classes`.
        other, several: uint8 (M, 64, 64), of no character and of more than one.
        held: bool (N, F + 3), which outputs each character's source tells apart; empty where all do.
        merged: bool (N,), whether it merges forms of letters that are apart in `classes`.
        doubtful: bool (N,), whether some of the labels of a character's source are wrong.
    """

    charset: Charset
    classes: Charset
    characters: Tensor
    labels: Tensor
    other: Tensor
    several: Tensor
    held: Tensor
    merged: Tensor
    doubtful: Tensor

    @property
    def outputs(self) -> int:
        """Outputs of the eye: the classes, and what else it may answer."""
        return len(self.classes.characters) + len(REJECTIONS)


def load_ink_bank(charset: Charset, split: str, settings: Settings) -> InkBank:
    """Make the bank of a charset from what lies in the data folder: MNIST or EMNIST, and pen strokes.

    Args:
        charset: DIGITS or BALANCED.
        split: "train" or "validation", of other writers.

    Raises:
        DataMissing: there is neither MNIST (for digits) nor EMNIST (for letters).
        DataError: a data set is damaged.
    """
    random = np.random.default_rng(_SEEDS[split])
    inks: list[Pixels] = []
    labels: list[int] = []
    held: list[NDArray[np.bool_]] = []
    merged: list[bool] = []
    doubtful: list[bool] = []
    every = list(_parts(charset, split, random, settings))
    classes = charset.outputs_for(part for _, part, *_ in every)
    for source, part, pictures, answers in every:
        indices = classes.indices_of(part)
        row = np.zeros(len(classes.characters) + len(REJECTIONS), bool)
        row[[*indices, *range(len(classes.characters), len(row))]] = True
        inks += pictures
        labels += [indices[answer] for answer in answers]
        held += [row] * len(answers)
        merged += [bool(classes.pairs(part))] * len(answers)
        doubtful += [get_source(source).doubtful] * len(answers)
    characters = np.stack(inks)
    narrow = not all(row.all() for row in held)
    count = OTHER[split]
    return InkBank(
        charset,
        classes,
        torch.from_numpy(characters),
        torch.tensor(labels, dtype=torch.int64),
        torch.from_numpy(np.stack(outliers.other(charset, split, count, random, settings, doodles.FORM_LIKE))),
        torch.from_numpy(np.stack(outliers.several(inks, count // 2, random))),
        torch.from_numpy(np.stack(held)) if narrow else torch.zeros(0, 0, dtype=torch.bool),
        torch.tensor(merged),
        torch.tensor(doubtful),
    )


_Part = tuple[str, Charset, list[Pixels], list[int]]


def _parts(charset: Charset, split: str, random: np.random.Generator, settings: Settings) -> Iterator[_Part]:
    """Each source's name and charset, its ink pictures and their indices in the charset."""
    yield _scanned(charset, split, settings)
    kinds = {"digits": DIGITS} if charset == DIGITS else unipen.CHARSET_OF
    for kind, part in kinds.items():
        if unipen.strokes_file(settings.data_dir, kind).is_file():
            written = unipen.read_characters(settings.data_dir, kind, split) * DRAWN[split]
            answers = [part.characters.index(character.label) for character in written]
            yield f"unipen-{kind}", part, [outliers.from_pen(character, random) for character in written], answers
    if pen_strokes.strokes_file(settings.data_dir).is_file():
        writers = set(pen_strokes.writers_of(split))
        digits = [digit for digit in pen_strokes.read_strokes(settings.data_dir) if digit.writer in writers] * DRAWN[
            split
        ]
        drawn = [outliers.from_pen(digit, random) for digit in digits]
        yield "pen-strokes", DIGITS, drawn, [digit.label for digit in digits]
    made = [index % len(DIGITS.characters) for index in range(_SEGMENTS[split])]
    yield "segment-digits", DIGITS, [segments.draw_segments(label, random) for label in made], made


def _scanned(charset: Charset, split: str, settings: Settings) -> _Part:
    """MNIST's or EMNIST's training images, without their test images."""
    if charset == DIGITS:
        if not get_source("mnist").present(settings):
            raise DataMissing("An eye for digits learns from MNIST. Fetch it with: python -m core data download mnist")
        pictures, labels = get_source("mnist").read("train", settings, ignore)
    else:
        part = emnist.PARTS["balanced"]
        if charset != BALANCED or not part.present(settings):
            raise DataMissing(
                "An eye for letters and digits learns from EMNIST Balanced. Fetch it with: "
                "python -m core data download emnist-balanced"
            )
        pictures, labels = part.pictures("train", settings.data_dir)
    held_out = np.arange(len(labels)) % _VALIDATION_EVERY == 0
    chosen = np.flatnonzero(held_out if split == "validation" else ~held_out)
    source = "mnist" if charset == DIGITS else "emnist-balanced"
    return source, charset, [strokes_on_paper.from_glyph(pictures[i]) for i in chosen], [int(labels[i]) for i in chosen]
