"""What is no character, and what is several: shown to a network in training, so that it learns to say so.

Outlier exposure of Hendrycks, Mazeika and Dietterich, "Deep anomaly detection with outlier exposure", 2019, with the
outliers as classes of their own.
"""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from core.charsets import BALANCED, DIGITS, Charset
from core.data import doodles, emnist, strokes_on_paper, unipen
from core.data.strokes import PenCharacter
from core.settings import Settings
from core.vision.grey import Pixels
from core.vision.normalise import to_glyph

NAMES = ("other", "several")
"""What a network that knows outliers answers besides its characters, in the order of its last outputs."""

SOURCE, TITLE = "outliers", "Drawings that are no character"
LICENCE = "made by rule; signs and letters: CC BY 4.0 (UNIPEN), public domain (EMNIST)"
_HANDS = 4000  # characters of which several are put together
# What looks like a digit in somebody's hand stays out: an O, an l, a B, a lone bracket, a tick.
_LETTERS = frozenset("ADEHKMNPRVWXadefhkmnpvwx")
_SIGNS = frozenset((*".-+:;*=><?$%#&_@^~`", '"', '\\"'))
_LETTER_LIKE_SIGNS = frozenset("+<>^")  # a t, a c or an L, a V: out where letters are characters
_WRITTEN_SHARE = 0.5  # of the outliers, where there are UNIPEN's
_SEVERAL_SHARE = 0.3


def other(
    charset: Charset,
    split: str,
    count: int,
    random: np.random.Generator,
    settings: Settings,
    leave_out: Container[str] = (),
) -> list[Pixels]:
    """Ink pictures of what is no character of a charset: doodles, and signs and letters as far as they are here.

    Where letters are characters, no doodles that are like one are drawn; those to `leave_out` never are.
    """
    pool = written(charset, split, settings)
    scanned = _scanned(charset, split, settings)
    of_written = round(count * _WRITTEN_SHARE) if pool else 0
    of_scanned = of_written // 3 if len(scanned) else 0
    inks: list[Pixels] = []
    if pool:
        inks += [from_pen(pool[index], random) for index in random.integers(len(pool), size=of_written - of_scanned)]
    if of_scanned:
        chosen = random.integers(len(scanned), size=of_scanned)
        inks += [strokes_on_paper.from_glyph(glyph) for glyph in scanned[chosen]]
    like_letters = () if charset == DIGITS else doodles.LETTER_LIKE
    draws = [draw for name, draw in doodles.TRAINING.items() if name not in leave_out and name not in like_letters]
    inks += [strokes_on_paper.fit(draws[index % len(draws)](random)) for index in range(count - len(inks))]
    return [inks[index] for index in random.permutation(len(inks))]


def several(inks: Sequence[Pixels], count: int, random: np.random.Generator) -> list[Pixels]:
    """Two to four of some characters' ink pictures in a row, as ink pictures."""
    rows = (random.integers(len(inks), size=size) for size in random.choice([2, 2, 2, 3, 4], size=count))
    return [strokes_on_paper.row_of([inks[index] for index in row], random) for row in rows]


def from_pen(character: PenCharacter, random: np.random.Generator) -> Pixels:
    """A character's strokes as an ink picture, with a pen of any width, rarely a broad nib."""
    pen, nib = strokes_on_paper.any_pen(random), float(random.choice([0, 0, 0, 0.8]))
    return strokes_on_paper.from_strokes(character.strokes, pen, nib)


def written(charset: Charset, split: str, settings: Settings) -> list[PenCharacter]:
    """The signs and letters by the writers of a split that are no characters of a charset; none without UNIPEN."""
    if charset == DIGITS:
        kinds = {"signs": _SIGNS, "capitals": _LETTERS, "small-letters": _LETTERS}
    else:
        kinds = {"signs": _SIGNS - _LETTER_LIKE_SIGNS}
    return [
        character
        for kind, wanted in kinds.items()
        if unipen.strokes_file(settings.data_dir, kind).is_file()
        for character in unipen.read_characters(settings.data_dir, kind, split)
        if character.label in wanted
    ]


def _scanned(charset: Charset, split: str, settings: Settings) -> NDArray[np.uint8]:
    """Letters of EMNIST's training images: every tenth for validation."""
    part = emnist.PARTS["balanced"]
    if charset != DIGITS or split == "test" or not part.present(settings):
        return np.zeros((0, 28, 28), np.uint8)
    pictures, labels = part.pictures("train", settings.data_dir)
    wanted = [
        BALANCED.characters.index(name) for name in _LETTERS.intersection(BALANCED.characters) - {*BALANCED.merged}
    ]
    chosen = np.isin(labels, wanted) & ((np.arange(len(labels)) % 10 == 0) == (split == "validation"))
    return pictures[chosen]


def glyphs(
    charset: Charset, images: NDArray[np.uint8], split: str, share: float, seed: int, settings: Settings
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Outliers to be shown beside the images of characters, uint8 (N, 28, 28), as a share of their number.

    Returns:
        Glyphs, uint8 (M, 28, 28), and for each its index in NAMES, int64 (M,).
    """
    random = np.random.default_rng([seed, unipen.SPLITS.index(split)])
    count = max(2, round(share * len(images)))
    of_several = round(_SEVERAL_SHARE * count)
    chosen = random.integers(len(images), size=min(_HANDS, count))
    few = [strokes_on_paper.from_glyph(glyph) for glyph in images[chosen]]
    inks = other(charset, split, count - of_several, random, settings) + several(few, of_several, random)
    shown = np.stack([to_glyph(picture, charset.glyph_side) for picture in inks])
    return shown, np.repeat(np.arange(2, dtype=np.int64), (count - of_several, of_several))
