"""A line of writing as a picture of it: on paper, form or cheque, under some light, as a camera or scanner keeps it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.alphabet import STRUCK
from core.data.lines.camera import grain, light, record
from core.data.lines.hands import Hands
from core.data.lines.layers import to_layer
from core.data.lines.neighbours import add_neighbours
from core.data.lines.paper import press, put_on_paper
from core.data.lines.pieces import Mask
from core.data.lines.scribe import Scribe, Writing
from core.data.lines.strikes import strike_out
from core.data.lines.style import draw_style
from core.data.lines.texts import draw_text
from core.data.lines.visibility import is_visible

TALL = 80  # pixels of a composed line; its picture has between a fifth of that and all of it
WIDEST = 1200  # pixels of a composed line

_FULLEST = 0.98  # of the height that ink may have
_STRUCK_KINDS = frozenset({"whole", "decimal", "amount"})
_MOST_PICTURES = 6  # of a line, until all of its ink can be seen
_STRUCK_SHARE = 0.08  # of the lines of these kinds
_LEAST_HEIGHT = 11.0  # pixels of what is written in a picture: nobody can read less
_CLEAN_SHARE = 0.3  # of the pictures: even light, sharp


@dataclass(frozen=True)
class Line:
    """A picture of one line.

    Attributes:
        picture: grey, uint8 (H, W), of whatever size.
        text: what is to be read, in the alphabet's characters.
        kind: of `texts.KINDS`, "struck" or "given".
        middles: of each character of the text, as a share of the width: float32 (len(text),).
        ends: where its ink begins and ends, as shares of the width; 0 and 0 without ink.
        rows: where it begins and ends from above, as shares of the height; 0 and 0 without ink.
    """

    picture: NDArray[np.uint8]
    text: str
    kind: str
    middles: NDArray[np.float32]
    ends: tuple[float, float] = (0.0, 0.0)
    rows: tuple[float, float] = (0.0, 0.0)


def compose_line(hands: Hands, rng: Generator, text: str | None = None) -> Line:
    """Write a line and take a picture of it; a text that is given is written clean of strike-outs.

    Raises:
        ValueError: a character of the text given is not one of `scribe.WRITABLE`.
    """
    kind, wanted = draw_text(rng) if text is None else ("given", text)
    scribe = Scribe(hands, rng, draw_style(rng, TALL * rng.uniform(0.36, 0.86)))
    writing, label = scribe.write(wanted), wanted.replace(" ", "")
    if kind in _STRUCK_KINDS and rng.random() < _STRUCK_SHARE:
        kind = "struck"
        writing, label = _strike_out(writing, scribe)
    ink, middles = _place(writing, rng)
    return Line(_take_readable_picture(ink, hands, rng), label, kind, middles, _ends(ink, axis=1), _ends(ink, axis=0))


def _take_readable_picture(ink: Mask, hands: Hands, rng: Generator) -> NDArray[np.uint8]:
    """A picture in which all of the ink can be seen: of what cannot, a reader would only learn to guess."""
    for _ in range(_MOST_PICTURES):
        picture = take_picture(ink, hands, rng)
        if is_visible(ink, picture):
            return picture
    return np.asarray(255 - ink, np.uint8)


def _ends(ink: Mask, axis: int) -> tuple[float, float]:
    """Where ink begins and ends along an axis, as shares of its length; 0 and 0 without ink."""
    used, length = np.flatnonzero(ink.any(axis=1 - axis)), ink.shape[axis]
    return (float(used[0] / length), float((used[-1] + 1) / length)) if len(used) else (0.0, 0.0)


def _strike_out(writing: Writing, scribe: Scribe) -> tuple[Writing, str]:
    """The writing struck out as a whole, and often what it should have been behind it; and the label of both."""
    rng, height = scribe.pen.rng, scribe.pen.style.height
    struck = Writing(strike_out(writing.ink, scribe.pen.width, rng), [writing.ink.shape[1] / 2])
    if rng.random() >= 0.4:
        return struck, STRUCK
    behind = str(rng.integers(1, 10_000))
    return struck.followed_by(scribe.write(behind), height * rng.uniform(0.2, 0.8)), STRUCK + behind


def _place(writing: Writing, rng: Generator) -> tuple[Mask, NDArray[np.float32]]:
    """Ink on a line TALL pixels high, with margins, and its characters' middles; what does not fit is made smaller."""
    ink, factor = _fit(writing.ink)
    height, width = ink.shape
    top = int(rng.random() * (TALL - height))
    left, right = _draw_margin(rng), _draw_margin(rng)
    if not writing.middles:
        right += int(TALL * rng.uniform(0.3, 4))
    placed = np.zeros((TALL, min(WIDEST, left + width + right)), np.uint8)
    placed[top : top + height, left : left + width] = ink[:, : placed.shape[1] - left]
    middles = (np.array(writing.middles, np.float32) * factor + left) / placed.shape[1]
    return placed, np.clip(middles, 0, 1).astype(np.float32)


def _fit(ink: Mask) -> tuple[Mask, float]:
    """Ink that is not too large for a line, and the factor by which it was made smaller."""
    height, width = ink.shape
    factor = min(1.0, TALL * _FULLEST / height, (WIDEST - TALL) / width)
    if factor == 1:
        return ink, factor
    size = (max(1, int(width * factor)), max(1, int(height * factor)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8), factor


def _draw_margin(rng: Generator) -> int:
    """Pixels beside the ink: few, or up to two heights of the line."""
    few, any_number = rng.uniform(0.02, 0.25), rng.uniform(0, 2)
    return int(TALL * rng.choice([few, any_number], p=[0.75, 0.25]))


def take_picture(ink: Mask, hands: Hands, rng: Generator) -> NDArray[np.uint8]:
    """Ink, uint8 (H, W), as grey uint8 of the same size or smaller: on paper, among neighbours, in some light."""
    strokes = to_layer(ink)
    clean = rng.random() < _CLEAN_SHARE
    if not clean and rng.random() < 0.5:
        strokes = press(strokes, rng)
    if not clean and rng.random() < 0.5:
        strokes = add_neighbours(strokes, hands, rng)
    picture = put_on_paper(strokes, clean, rng)
    if not clean:
        picture = picture * light(ink.shape, rng) + grain(ink.shape, rng)
    return record(np.clip(picture, 0, 1), clean, _smallest_factor(ink), rng)


def _smallest_factor(ink: Mask) -> float:
    """By how much a line may be made smaller so that it can still be read."""
    rows = np.flatnonzero(ink.any(axis=1))
    return min(1.0, _LEAST_HEIGHT / (rows[-1] + 1 - rows[0])) if len(rows) else 0.0
