"""Writing struck out: by lines across it, a zigzag, or a scribble all over."""

import numpy as np
from numpy.random import Generator

from core.data.lines.layers import draw_line
from core.data.lines.pieces import Mask


def strike_out(ink: Mask, pen: int, rng: Generator) -> Mask:
    """The same ink, struck out with a pen so many pixels wide."""
    struck = ink.copy()
    kind = str(rng.choice(["lines", "zigzag", "scribble"], p=[0.5, 0.3, 0.2]))
    if kind == "lines":
        _draw_lines(struck, pen, rng)
    else:
        _draw_turns(struck, pen, 0.2 if kind == "zigzag" else 0.8, rng)
    return struck


def _draw_lines(ink: Mask, pen: int, rng: Generator) -> None:
    height, width = ink.shape
    for _ in range(int(rng.choice([1, 1, 2, 3]))):
        start, end = rng.uniform(0.2, 0.8, 2) * height
        draw_line(ink, [(0, start), (width, end)], pen)


def _draw_turns(ink: Mask, pen: int, disorder: float, rng: Generator) -> None:
    """Draw a line up and down whose turns are as far from their places as `disorder` says, in heights of the ink."""
    height, width = ink.shape
    turns = max(3, round(width / height * rng.uniform(2, 6)))
    along = np.linspace(0, width, turns) + rng.normal(0, disorder, turns) * height
    down = np.where(np.arange(turns) % 2, rng.uniform(0.6, 1, turns), rng.uniform(0, 0.4, turns)) * height
    draw_line(ink, list(zip(along, down, strict=True)), pen)
