"""What stands in fields besides digits and signs: halves as one sign, what fills a field in, and words."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data.lines.hands import LETTERS
from core.data.lines.pen import Pen
from core.data.lines.pieces import Piece, join
from core.data.lines.printing import print_text
from core.data.lines.spacing import set_beside

Values = NDArray[np.float32]

_TALL_LETTERS, _TAILS = frozenset("bdfhklt"), frozenset("gjpqy")


# Halves


def draw_half(pen: Pen) -> Piece:
    """1, a stroke and 2 as one sign: slanted, level, or stacked; both digits small."""
    rng = pen.rng
    small = rng.uniform(0.35, 0.75)
    one, two = (pen.draw(pen.digit(digit), small, 0.0) for digit in "12")
    kind = rng.choice(["slanted", "level", "stacked"], p=[0.55, 0.25, 0.2])
    tall = rng.uniform(0.75, 1.25)
    bar = _stack(one, two, pen) if kind == "stacked" else _lean(one, two, tall, kind == "level", pen)
    return join([one, bar, two])


def _stack(one: Piece, two: Piece, pen: Pen) -> Piece:
    """Set 1 above and 2 below a bar, and draw it."""
    rng, unit = pen.rng, pen.style.height
    width = max(one.width, two.width) / unit * rng.uniform(1.0, 1.6)
    angle = rng.uniform(-0.05, 0.35)
    bar = pen.draw([np.array([[0, 0], [width, -angle * width]], np.float32) / pen.style.stretch], 1.0, 0.0)
    middle = -rng.uniform(0.4, 0.6) * unit
    bar.bottom += middle
    one.bottom = middle - rng.uniform(0.02, 0.15) * unit
    two.bottom = middle + two.height + rng.uniform(0.02, 0.15) * unit
    for piece in (one, two, bar):
        piece.x = -piece.width / 2 + rng.normal(0, 0.05) * unit
    return bar


def _lean(one: Piece, two: Piece, tall: float, level: bool, pen: Pen) -> Piece:
    """Set 1 left, mostly higher, and 2 right of a slash that is `tall` digits high, and draw it."""
    rng, unit = pen.rng, pen.style.height
    bar = pen.draw(pen.sign("/"), tall, rng.uniform(-0.2, 0.05))
    one.bottom = -(rng.uniform(0.0, 0.35) if level else rng.uniform(0.25, 0.7)) * unit
    two.bottom = rng.uniform(-0.2, 0.3) * unit
    overlap = rng.uniform(-0.1, 0.5)
    one.x = 0.0
    bar.x = one.width - overlap * bar.width * (0.3 if level else 0.8)
    two.x = bar.right - overlap * bar.width * (0.3 if level else 1.2)
    return bar


# What fills a field in so that nobody writes there


def draw_filling(pen: Pen) -> Piece:
    """A dash, a wave, a slash, or crosses."""
    kind = str(pen.rng.choice(["dash", "wave", "cross", "slash"], p=[0.4, 0.15, 0.3, 0.15]))
    return _draw_crosses(pen) if kind == "cross" else _draw_across(kind, pen)


def _draw_crosses(pen: Pen) -> Piece:
    rng = pen.rng
    pieces = [pen.draw(pen.sign("X"), rng.uniform(0.6, 1.6), 0.0)]
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        follower = pen.draw(pen.sign("X"), rng.uniform(0.6, 1.3), 0.0)
        follower.x = pieces[-1].x + pieces[-1].width * rng.uniform(0.8, 1.3)
        pieces.append(follower)
    return join(pieces)


def _draw_across(kind: str, pen: Pen) -> Piece:
    """One line of some digit heights' length: a dash, a wave or a slash."""
    rng = pen.rng
    length = rng.uniform(0.4, 5) if kind == "dash" else rng.uniform(1.2, 4)
    along = np.linspace(0, length, 24, dtype=np.float32)
    down = _COURSES[kind](along, rng)
    lift = rng.uniform(0.2, 0.6) if kind != "slash" else 0.0
    return pen.draw([np.stack([along, down - down.max()], axis=1).astype(np.float32)], 1.0, lift)


def _dash(along: Values, rng: Generator) -> Values:
    return along * rng.normal(0, 0.06) + rng.normal(0, 0.03) * np.sin(along / along[-1] * math.pi)


def _wave(along: Values, rng: Generator) -> Values:
    return rng.uniform(0.08, 0.3) * np.sin(along * rng.uniform(3, 8))


def _slash(along: Values, rng: Generator) -> Values:
    return -along * rng.uniform(0.7, 1.6)


_COURSES: dict[str, Callable[[Values, Generator], Values]] = {"dash": _dash, "wave": _wave, "slash": _slash}
"""From the way along a line to the way down, both in digit heights."""


# Writing that is no number


def draw_word(pen: Pen) -> Piece:
    """Letters in a row, a printed word, or a scribble."""
    kind = pen.rng.choice(["letters", "printed", "scribble"], p=[0.5, 0.25, 0.25])
    if kind == "printed" and pen.hands.faces:
        return _print_word(pen)
    if kind == "scribble":
        return pen.draw([_scribble(pen.rng)], pen.rng.uniform(0.7, 1.3), 0.0)
    return _write_word(pen)


def _print_word(pen: Pen) -> Piece:
    rng = pen.rng
    face = str(rng.choice(pen.hands.faces))
    word = "".join(LETTERS[index] for index in rng.integers(0, 26, int(rng.integers(2, 9))))
    return Piece(print_text(word if rng.random() < 0.6 else word.title(), face, pen.style.height * 0.9), 0.0, 0.0)


def _scribble(rng: Generator) -> Values:
    """A random walk to the right as one smooth stroke (N, 2), one digit high."""
    count = int(rng.integers(12, 50))
    along = np.cumsum(rng.normal(0.09, 0.25, count))
    points = np.stack([along, np.cumsum(rng.normal(0, 0.35, count))], axis=1)
    smooth = np.asarray(
        cv2.resize(points.astype(np.float32), (2, count * 5), interpolation=cv2.INTER_CUBIC), np.float32
    )
    smooth[:, 1] = (smooth[:, 1] - smooth[:, 1].min()) / max(float(np.ptp(smooth[:, 1])), 0.1) - 1
    return smooth


def _write_word(pen: Pen) -> Piece:
    rng = pen.rng
    capital = rng.random() < 0.25
    pieces: list[Piece] = []
    for index in range(int(rng.integers(2, 8))):
        letter = LETTERS[int(rng.integers(26))]
        letter = letter.upper() if capital or (index == 0 and rng.random() < 0.4) else letter
        piece = pen.draw(pen.sign(letter), *_extent(letter))
        if pieces:
            set_beside(pieces[-1], piece, 0.0, letter, pen)
        pieces.append(piece)
    return join(pieces)


def _extent(letter: str) -> tuple[float, float]:
    """How high a letter is, and how far above the base line it stands, in digit heights."""
    high = letter.isupper() or letter in _TALL_LETTERS or letter in _TAILS
    return (1.0 if high else 0.62), (-0.35 if letter in _TAILS else 0.0)
