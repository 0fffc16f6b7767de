"""What a reader of numbers learns from, for its card."""

import hashlib
from collections.abc import Sequence

from core.data import pen_strokes, unipen
from core.data.lines.hands import Hands
from core.data.lines.photographed import PhotographedLine
from core.data.register import get_source
from core.data.source import Source
from core.model.card import TrainingData

_UNIPEN = "unipen-digits"


def line_sources(hands: Hands, real: Sequence[PhotographedLine]) -> tuple[TrainingData, ...]:
    """The data sets of lines, with how many characters or lines of each are learnt from."""
    glyphs = [hands.glyphs[str(digit)] for digit in range(10)]
    digest = hashlib.sha256(b"".join(part.tobytes() for part in glyphs)).hexdigest()
    strokes = sum(len(several) for writer in hands.writers for several in writer.values())
    signs = sum(map(len, hands.signs.values()))
    sources = [
        _of(get_source(pen_strokes.PenStrokes.name), strokes, pen_strokes.STROKES_SHA256),
        _of(get_source(_UNIPEN), strokes + signs, "".join(unipen.CONTENT_SHA256[kind] for kind in unipen.KINDS)),
        _of(get_source("mnist"), sum(map(len, glyphs)), digest),
    ]
    if real:
        pictures = hashlib.sha256(b"".join(line.picture.tobytes() for line in real)).hexdigest()
        sources.append(TrainingData("orand-car-a", "ORAND-CAR-A (cheque amounts)", "labels MIT", len(real), pictures))
    return tuple(sources)


def _of(source: Source, count: int, sha256: str) -> TrainingData:
    return TrainingData(source.name, source.title, source.licence, count, sha256)
