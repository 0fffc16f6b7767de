"""How one line is written: the size, slant, spacing and pen of its hand."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator


@dataclass(frozen=True)
class Style:
    """How one line is written; lengths in digit heights.

    Attributes:
        height: of a digit in pixels.
        pen: width of the stroke.
        slant: x per y upwards.
        stretch: width over the natural width.
        gap: between characters; `spread` is its deviation.
        touching: share of the pairs of digits that touch or overlap.
        zero: height of zeros.
        wobble: deviation of sizes and of the base line.
        rise: of the base line, y per x.
        ligatures: share of the pairs whose strokes are joined.
    """

    height: float
    pen: float
    slant: float
    stretch: float
    gap: float
    spread: float
    touching: float
    zero: float
    wobble: float
    rise: float
    ligatures: float


def draw_style(rng: Generator, height: float) -> Style:
    """A way of writing digits `height` pixels high; about three in ten pairs touch over all lines."""
    return Style(
        height=height,
        pen=float(np.exp(rng.uniform(math.log(0.035), math.log(0.17)))),
        slant=rng.normal(0.12, 0.2),
        stretch=float(np.exp(rng.normal(0, 0.18))),
        gap=rng.uniform(0.04, 0.5),
        spread=rng.uniform(0.02, 0.12),
        touching=float(rng.choice([0.0, 0.1, 0.6, 0.9], p=[0.4, 0.25, 0.2, 0.15])),
        zero=rng.uniform(0.6, 1.0) if rng.random() < 0.35 else 1.0,
        wobble=rng.uniform(0.01, 0.09),
        rise=rng.normal(0, 0.03),
        ligatures=float(rng.choice([0.0, 0.15, 0.5], p=[0.8, 0.13, 0.07])),
    )
