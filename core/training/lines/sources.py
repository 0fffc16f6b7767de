"""What a reader of numbers learns from, for its card."""

import hashlib
from collections.abc import Sequence

from core.data import pen_strokes, unipen
from core.data.lines.hands import Hands
from core.data.lines.photographed import PhotographedLine
from core.data.register import get_source
from core.model.card import TrainingData
from core.settings import Settings

_CHEQUES = "orand-car-a", "Cheque amounts (ORAND-CAR-A)", "labels MIT: ORAND-CAR-2014, part A"
_CELLS = "sudoku", "Cells of photographed puzzles (sudoku-scanner)", "MIT: sudoku-scanner"


def line_sources(
    settings: Settings, hands: Hands, cheques: Sequence[PhotographedLine], cells: Sequence[PhotographedLine]
) -> tuple[TrainingData, ...]:
    """The data sets of lines, with how many characters or pictures of each are learnt from, each counted once."""
    photographed = ((_CHEQUES, cheques), (_CELLS, cells))
    return (
        *_of_strokes(settings, hands),
        _of_glyphs(settings, hands),
        *(TrainingData(*about, len(lines), _hash_pictures(lines)) for about, lines in photographed if lines),
    )


def _of_strokes(settings: Settings, hands: Hands) -> list[TrainingData]:
    """UCI's digits, all of whose writers have written all ten, and UNIPEN's characters by kind."""
    of_uci = sum(bool(digit.strokes) for digit in pen_strokes.read_strokes(settings.data_dir, "train"))
    drawn = sum(len(drawings) for writer in hands.writers for drawings in writer.values())
    counts = dict.fromkeys(unipen.KINDS, 0) | {"digits": drawn - of_uci}
    for label, drawings in hands.signs.items():
        counts[_kind_of(label)] += len(drawings)
    return [
        _of("pen-strokes", settings, of_uci, pen_strokes.STROKES_SHA256),
        *(_of_unipen(kind, count, settings) for kind, count in counts.items() if count),
    ]


def _kind_of(label: str) -> str:
    """Of the kinds of UNIPEN's characters the one of a label that is no digit."""
    if not label.isalpha():
        return "signs"
    return "capitals" if label.isupper() else "small-letters"


def _of_unipen(kind: str, count: int, settings: Settings) -> TrainingData:
    """Signs are no data set of the register: they have the words of the digits, with which they come."""
    digest = unipen.hash_file(settings.data_dir, kind)
    if kind in unipen.CHARSET_OF:
        return _of(f"unipen-{kind}", settings, count, digest)
    return TrainingData(f"unipen-{kind}", f"UNIPEN {kind}", get_source("unipen-digits").licence, count, digest)


def _of_glyphs(settings: Settings, hands: Hands) -> TrainingData:
    glyphs = [hands.glyphs[str(digit)] for digit in range(10)]
    digest = hashlib.sha256(b"".join(part.tobytes() for part in glyphs)).hexdigest()
    return _of("mnist", settings, sum(map(len, glyphs)), digest)


def _of(name: str, settings: Settings, count: int, sha256: str) -> TrainingData:
    source = get_source(name)
    return TrainingData(name, source.title_of(settings), source.licence, count, sha256)


def _hash_pictures(lines: Sequence[PhotographedLine]) -> str:
    return hashlib.sha256(b"".join(line.picture.tobytes() for line in lines)).hexdigest()
