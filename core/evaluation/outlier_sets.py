"""Drawings of what is no character, by kind, to measure what a model makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset
from core.data import doodles, doodles_held_out, outliers, strokes_on_paper
from core.model.prediction import Prediction, kind
from core.settings import Settings
from core.vision.grey import Pixels
from core.vision.normalise import to_glyph

EACH = 200  # drawings of a kind
_HANDS = 1000  # characters of which several are put together


@dataclass(frozen=True)
class OutlierSet:
    """Drawings of one kind of what is no character, and a model's answers to them where it has read them."""

    kind: str
    glyphs: NDArray[np.uint8]  # (N, 28, 28)
    new: bool = False  # no network is trained on the kind
    answers: tuple[Prediction, ...] = ()

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The probability of each to be no character, or several, (N,), 0 to 1."""
        return np.array([answer.rejection for answer in self.answers])


def outlier_sets(
    charset: Charset, characters: NDArray[np.uint8], settings: Settings, seed: int
) -> tuple[OutlierSet, ...]:
    """Draw what is no character of a charset; each set is the same whichever others there are.

    Of the characters, glyphs (N, 28, 28) with ink, several are put in a row. Signs and letters are those of UNIPEN.
    """
    sets = [
        OutlierSet(name.capitalize(), _drawn([draw], charset, _seeded(seed, name)), new=True)
        for name, draw in doodles_held_out.HELD_OUT.items()
    ]
    sets.append(
        OutlierSet("Dot or line", _drawn([doodles.dots, doodles.bars], charset, _seeded(seed, "dots and lines")))
    )
    written = outliers.written(charset, "test", settings)
    for name, is_letter in (("Sign", False), ("Letter", True)):
        chosen = [character for character in written if character.label.isalpha() is is_letter]
        random = _seeded(seed, name)
        inks = [outliers.from_pen(chosen[index], random) for index in random.permutation(len(chosen))[:EACH]]
        sets += [OutlierSet(name, _glyphs(inks, charset))] if inks else []
    random = _seeded(seed, "several")
    few = [strokes_on_paper.from_glyph(characters[index]) for index in random.integers(len(characters), size=_HANDS)]
    rows = outliers.several(few, EACH, random)
    return (*sets, OutlierSet(f"Several {kind(charset)}s", _glyphs(rows, charset)))


def _seeded(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode())])


def _drawn(draws: Sequence[doodles.Draw], charset: Charset, random: np.random.Generator) -> NDArray[np.uint8]:
    return _glyphs([strokes_on_paper.fit(draws[index % len(draws)](random)) for index in range(EACH)], charset)


def _glyphs(inks: Sequence[Pixels], charset: Charset) -> NDArray[np.uint8]:
    return np.stack([to_glyph(picture, charset.glyph_side) for picture in inks])
