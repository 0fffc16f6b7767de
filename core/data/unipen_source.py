"""UNIPEN's characters as data sets: each kind drawn as on the Draw page's canvas."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from core.charsets import Charset
from core.data import unipen, unipen_archive
from core.data.source import Pairs, Source
from core.data.strokes import PenCharacter, draw_glyphs
from core.jobs import Progress
from core.settings import Settings
from core.vision.normalise import to_glyph

DRAWINGS = {"train": 3, "validation": 2, "test": 1}  # times that each character is drawn

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
        return unipen.strokes_file(settings.data_dir, self.kind).is_file()

    def official(self, settings: Settings) -> bool:
        return unipen.is_official(settings.data_dir, self.kind)

    def count(self, split: str, settings: Settings) -> int:
        return DRAWINGS[split] * unipen.count(settings.data_dir, self.kind, split)

    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        characters = unipen.read_characters(settings.data_dir, self.kind, split) * DRAWINGS[split]
        labels = np.array([_label(character, self.charset) for character in characters], np.int64)
        drawn = [_with_dots(character) for character in characters]
        return draw_glyphs(drawn, split, lambda image: to_glyph(255 - image, self.charset.glyph_side), progress), labels

    def download(self, data_dir: Path, progress: Progress) -> None:
        unipen_archive.download(data_dir, progress)


def _label(character: PenCharacter, charset: Charset) -> int:
    if character.label not in charset.characters or not character.strokes:
        expected = f"a stroke or more of one of {' '.join(charset.characters)}"
        raise ValueError(f"expected {expected}, found {len(character.strokes)} of {character.label!r}")
    return charset.characters.index(character.label)


def _with_dots(character: PenCharacter) -> PenCharacter:
    """With every stroke of a single point as a line from there to there: a line of one point is not drawn."""
    return replace(character, strokes=tuple(stroke if len(stroke) > 1 else stroke * 2 for stroke in character.strokes))
