"""UNIPEN's characters as data sets: each kind drawn as on the Draw page's canvas."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.charsets import Charset
from core.data import unipen, unipen_archive
from core.data.pen_strokes import draw
from core.data.source import DRAW_SEED, Pairs, Source, map_to_glyphs
from core.jobs import Progress
from core.settings import Settings
from core.vision.normalise import to_glyph

DRAWINGS = {"train": 3, "validation": 2, "test": 1}
"""How often each character is drawn."""

_DESCRIPTIONS = {
    "digits": "12,940 digits of 429 writers of many countries",
    "capitals": "22,526 capitals of 1,105 writers of many countries",
    "small-letters": "48,821 small letters of 1,697 writers of many countries",
}


class Unipen(Source):
    """Characters of one kind, each drawn several times for training, once for the test.

    The drawings are clean: no ink is searched for in them, so that dots and far strokes stay.
    """

    licence = "CC BY 4.0: International Unipen Foundation, UNIPEN train-R01/V07 (Zenodo 1195803)"
    splits = unipen.SPLITS
    folder = unipen.FOLDER
    download_bytes = unipen_archive.DOWNLOAD_BYTES
    slow = True
    doubtful = True  # of the digits some four in a thousand are cut, or another digit than their label

    def __init__(self, kind: str) -> None:
        self.kind, self.charset = kind, unipen.CHARSET_OF[kind]
        self.name, self.title = f"unipen-{kind}", f"UNIPEN {kind.replace('-', ' ')}"
        self.description = (
            f"{_DESCRIPTIONS[kind]} as pen strokes, drawn at random size, place and pen width (UNIPEN). One download "
            "brings digits, capitals and small letters."
        )

    def present(self, settings: Settings) -> bool:
        """Whether there is a file of strokes."""
        return unipen.strokes_file(settings.data_dir, self.kind).is_file()

    def official(self, settings: Settings) -> bool:
        """Whether the strokes are those that this project was measured on."""
        return unipen.is_official(settings.data_dir, self.kind)

    def count(self, split: str, settings: Settings) -> int:
        """The number of drawings in a split."""
        return DRAWINGS[split] * unipen.count(settings.data_dir, self.kind, split)

    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        """Draw the characters of the split's writers."""
        characters = unipen.read_characters(settings.data_dir, self.kind, split) * DRAWINGS[split]
        labels = np.array([_label(character, self.charset) for character in characters], np.int64)
        seeds = np.random.SeedSequence(DRAW_SEED[split]).spawn(len(characters))

        def drawing(item: tuple[unipen.UnipenCharacter, np.random.SeedSequence]) -> NDArray[np.uint8]:
            character, seed = item
            return to_glyph(255 - draw(character, np.random.default_rng(seed)), self.charset.glyph_side)

        drawn = zip(map(_with_dots, characters), seeds, strict=True)
        return map_to_glyphs(drawing, drawn, progress, len(characters)), labels

    def download(self, data_dir: Path, progress: Progress) -> None:
        """Fetch all kinds from UNIPEN's archive."""
        unipen_archive.download(data_dir, progress)


def _label(character: unipen.UnipenCharacter, charset: Charset) -> int:
    if character.label not in charset.characters or not character.strokes:
        raise ValueError(
            f"expected a stroke or more of one of {' '.join(charset.characters)}, found {len(character.strokes)} "
            f"of {character.label!r}"
        )
    return charset.characters.index(character.label)


def _with_dots(character: unipen.UnipenCharacter) -> unipen.UnipenCharacter:
    """With every stroke of a single point as a line from there to there: a line of one point is not drawn."""
    return replace(character, strokes=tuple(stroke if len(stroke) > 1 else stroke * 2 for stroke in character.strokes))
