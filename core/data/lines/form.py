"""What is printed around a number: rulings, an underline, sides of a box or of a comb, a dark margin."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from core.data.lines.layers import Layer, draw_line, to_layer

_WRITTEN = 0.3  # of the ink from which a pixel counts as written on


def print_form(strokes: Layer, rng: Generator) -> Layer:
    """What is printed where these strokes are written: (H, W), 0 to 1; mostly nothing."""
    form = _Form(strokes, rng)
    form.print_answer_line()
    form.print_grid()
    form.print_box()
    form.print_underline()
    printed = to_layer(form.canvas)
    if rng.random() < 0.04:
        _darken_margin(printed, form.columns, rng)
    return printed


class _Form:
    """Draws the lines of a form, all of one width and one tilt; each of them is rarely there."""

    def __init__(self, strokes: Layer, rng: Generator) -> None:
        self.rng, self.canvas = rng, np.zeros(strokes.shape, np.uint8)
        self.height, self.width = strokes.shape
        self.rows, self.columns = (np.flatnonzero(strokes.max(axis=axis) > _WRITTEN) for axis in (1, 0))
        self.pen = int(rng.integers(1, 5))
        self.tilt = rng.normal(0, 0.012) * self.width

    def print_answer_line(self) -> None:
        """A ruling below, and sometimes another one above."""
        if self.rng.random() >= 0.22:
            return
        row = self.rng.uniform(0.72, 1.0) * self.height
        self._line(0, row, self.width, row + self.tilt)
        if self.rng.random() < 0.4:
            above = row - self.height * self.rng.uniform(0.7, 0.95)
            self._line(0, above, self.width, row - self.height * 0.8 + self.tilt)

    def print_grid(self) -> None:
        """Rulings at equal distances, mostly both ways."""
        if self.rng.random() >= 0.06:
            return
        distance = self.rng.uniform(8, 40)
        for row in np.arange(self.rng.uniform(0, distance), self.height, distance):
            self._line(0, row, self.width, row + self.tilt)
        if self.rng.random() < 0.6:
            for column in np.arange(self.rng.uniform(0, distance), self.width, distance):
                self._line(column, 0, column, self.height)

    def print_box(self) -> None:
        """Some sides of a box near the edges of the picture."""
        if self.rng.random() >= 0.25:
            return
        left, top, right, bottom = self.rng.uniform(0, 0.1, 4) * self.height * (1, 1, -1, -1)
        right, bottom = self.width + right, self.height + bottom
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        for index, seen in enumerate(self.rng.random(4) < 0.7):
            if seen:
                self._line(*corners[index], *corners[(index + 1) % 4])

    def print_underline(self) -> None:
        """A line close below what is written, or through its feet."""
        if not len(self.columns) or self.rng.random() >= 0.08:
            return
        row = self.rows[-1] + self.rng.uniform(0.0, 0.12) * self.height
        over = self.rng.uniform(-0.1, 0.3, 2) * self.height
        self._line(self.columns[0] - over[0], row, self.columns[-1] + over[1], row + self.rng.normal(0, 2))

    def _line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        draw_line(self.canvas, [(x, y), (to_x, to_y)], self.pen)


def _darken_margin(printed: Layer, columns: NDArray[np.intp], rng: Generator) -> None:
    """Blacken one end, as the border of a scan; not where it is written."""
    width = printed.shape[1]
    end = int(rng.uniform(0.05, 0.5) * printed.shape[0])
    printed[:, slice(0, end) if rng.random() < 0.5 else slice(width - end, width)] = 1
    if len(columns):
        printed[:, columns[0] : columns[-1]] = 0
