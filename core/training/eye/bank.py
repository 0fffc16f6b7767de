"""The ink that an eye learns from: characters of every source that is here, drawn anew, and what is no character."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from torch import Tensor

from core.charsets import BALANCED, DIGITS, Charset
from core.data import doodles, emnist, outliers, pen_strokes, segments, strokes_on_paper, unipen
from core.data.register import get_source
from core.errors import DataMissing
from core.jobs import ignore
from core.model.prediction import REJECTIONS
from core.settings import Settings
from core.vision.grey import Pixels

DRAWN = {"train": 4, "validation": 1}  # times that each character of pen strokes is drawn, with another pen each time
OTHER = {"train": 26_000, "validation": 1_500}  # pictures of no character; of several there are half as many
_SEGMENTS = {"train": 16_000, "validation": 300}
_SEEDS = {"train": 5, "validation": 6}
_VALIDATION_EVERY = 20  # of the scanned training images, every so many-eth is for validation


@dataclass(frozen=True)
class InkBank:
    """Ink pictures of N characters, and of what is none, to compose from; see `core.data.strokes_on_paper`."""

    charset: Charset
    classes: Charset  # what the first F outputs of the eye stand for: the charset, or its forms
    characters: Tensor  # uint8 (N, 64, 64)
    labels: Tensor  # int64 (N,), indices in `classes`
    other: Tensor  # uint8 (M, 64, 64), of no character
    several: Tensor  # uint8 (M, 64, 64), of more than one
    held: Tensor  # bool (N, F + 3), which outputs each character's source tells apart; empty where all do
    merged: Tensor  # bool (N,), whether it merges forms of letters that are apart in `classes`
    doubtful: Tensor  # bool (N,), whether some of the labels of a character's source are wrong

    @property
    def outputs(self) -> int:
        return len(self.classes.characters) + len(REJECTIONS)

    def targets(self, kinds: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Labels, held, merged and doubtful of pictures.

        Args:
            kinds: int64 (K,): 0 for a character, 1 to 3 for the REJECTIONS.
            chosen: int64 (K,), index of the character; of any where a picture shows none.
        """
        is_character = kinds == 0
        labels = torch.where(is_character, self.labels[chosen], len(self.classes.characters) - 1 + kinds)
        held = self.held[chosen] | ~is_character[:, None] if len(self.held) else self.held
        return labels, held, self.merged[chosen] & is_character, self.doubtful[chosen] & is_character


def load_ink_bank(charset: Charset, split: str, settings: Settings) -> InkBank:
    """Make the bank of DIGITS or BALANCED from what lies in the data folder: MNIST or EMNIST, and pen strokes.

    The splits, "train" and "validation", are of different writers. DataMissing where there is no MNIST, or EMNIST.
    """
    random, count = np.random.default_rng(_SEEDS[split]), OTHER[split]
    sources, charsets, pictures, answers = zip(*_parts(charset, split, random, settings), strict=True)
    classes = charset.outputs_for(charsets)
    indices = [classes.indices_of(part) for part in charsets]
    held = np.zeros((len(sources), len(classes.characters) + len(REJECTIONS)), bool)
    held[:, len(classes.characters) :] = True
    for row, covered in zip(held, indices, strict=True):
        row[covered] = True
    inks = list(chain.from_iterable(pictures))
    source_index = np.repeat(np.arange(len(sources)), [len(part) for part in answers])
    labels = [index[answer] for index, part in zip(indices, answers, strict=True) for answer in part]
    return InkBank(
        charset,
        classes,
        torch.from_numpy(np.stack(inks)),
        torch.tensor(labels, dtype=torch.int64),
        torch.from_numpy(np.stack(outliers.other(charset, split, count, random, settings, doodles.FORM_LIKE))),
        torch.from_numpy(np.stack(outliers.several(inks, count // 2, random))),
        torch.zeros(0, 0, dtype=torch.bool) if held.all() else torch.from_numpy(held[source_index]),
        torch.tensor([bool(classes.pairs(part)) for part in charsets])[source_index],
        torch.tensor([get_source(name).doubtful for name in sources])[source_index],
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
        digits = pen_strokes.read_strokes(settings.data_dir, split) * DRAWN[split]
        drawn = [outliers.from_pen(digit, random) for digit in digits]
        yield "pen-strokes", DIGITS, drawn, [int(digit.label) for digit in digits]
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
