"""Characters of one writer: pen strokes of UCI's and UNIPEN's writers, glyphs of MNIST and EMNIST, printed faces."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data import pen_strokes, unipen
from core.data.datasets import load
from core.errors import DataEmpty
from core.settings import Settings

Strokes = list[NDArray[np.float32]]
"""Points (N, 2) of each stroke: x to the right, y down, in heights of the character, its lower left at (0, 0)."""

SIGNS = ".,-/+=:$"
LETTERS = "abcdefghijklmnopqrstuvwxyz"

_Item = TypeVar("_Item")


def pick(several: Sequence[_Item], rng: Generator) -> _Item:
    """Any of several, all as likely."""
    return several[int(rng.integers(len(several)))]


@dataclass
class Hands:
    """What lines are written with.

    Attributes:
        writers: strokes of the digits of each writer who has written all ten.
        signs: strokes of signs, capitals and small letters, of all writers together.
        glyphs: uint8 (N, 28, 28) of each digit, white on black.
        faces: paths of fonts.
    """

    writers: Sequence[Mapping[str, list[Strokes]]]
    signs: Mapping[str, list[Strokes]]
    glyphs: Mapping[str, NDArray[np.uint8]]
    faces: Sequence[str] = field(default_factory=list)


def read_hands(settings: Settings, split: str, faces: Sequence[str] = ()) -> Hands:
    """Read the writers of a split: "train", "validation" or "test".

    Raises:
        DataMissing: the pen strokes, UNIPEN or MNIST are not there.
        DataEmpty: they lack a character.
        DataError: they are damaged.
    """
    glyphs = _read_glyphs(settings, split)  # first: it takes no time to see whether they are there
    hands = Hands(_read_writers(settings, split), _read_signs(settings, split), glyphs, list(faces))
    lacking = [label for label in (*SIGNS, *LETTERS, *LETTERS.upper()) if not hands.signs.get(label)]
    lacking += [digit for digit, drawn in glyphs.items() if not len(drawn) or not hands.writers]
    if lacking:
        raise DataEmpty(f"No lines can be composed for {split}: its writers and MNIST lack {' '.join(lacking)}.")
    return hands


def _read_writers(settings: Settings, split: str) -> list[dict[str, list[Strokes]]]:
    """The digits of each writer of the pen strokes and of UNIPEN who has written all ten."""
    by_writer: dict[str, dict[str, list[Strokes]]] = defaultdict(lambda: defaultdict(list))
    sources = {
        "uci": pen_strokes.read_strokes(settings.data_dir, split),
        "unipen": unipen.read_characters(settings.data_dir, "digits", split),
    }
    for source, characters in sources.items():
        for character in characters:
            if character.strokes:
                by_writer[f"{source}-{character.writer}"][character.label].append(upright(character.strokes))
    return [dict(digits) for digits in by_writer.values() if len(digits) == 10]


def _read_signs(settings: Settings, split: str) -> dict[str, list[Strokes]]:
    """UNIPEN's letters, and those of its signs that lines have."""
    signs: dict[str, list[Strokes]] = defaultdict(list)
    for kind in ("signs", "capitals", "small-letters"):
        for character in unipen.read_characters(settings.data_dir, kind, split):
            if character.strokes and (kind != "signs" or character.label in SIGNS):
                signs[character.label].append(upright(character.strokes))
    return dict(signs)


def _read_glyphs(settings: Settings, split: str) -> dict[str, NDArray[np.uint8]]:
    """MNIST's digits; the last tenth of its training images is for validation. EMNIST's share its test's pages."""
    data = load("mnist", "test" if split == "test" else "train", settings)
    images, labels = data.images, data.labels
    if split != "test":
        cut = len(images) * 9 // 10
        images, labels = (images[:cut], labels[:cut]) if split == "train" else (images[cut:], labels[cut:])
    return {str(digit): images[labels == digit] for digit in range(10)}


def upright(strokes: Sequence[Sequence[tuple[float, float]]]) -> Strokes:
    """Strokes of (x, y), y upwards, in units of the character's height (or of its width, where that is far larger)."""
    points = [np.array(stroke, np.float32).reshape(-1, 2) * (1, -1) for stroke in strokes]
    low = np.min([p.min(axis=0) for p in points], axis=0)
    high = np.max([p.max(axis=0) for p in points], axis=0)
    width, height = high - low
    size = max(height, width / 3, 1e-3)
    return [((p - (low[0], high[1])) / size).astype(np.float32) for p in points]
