"""Ink of what stands around a line: slivers of other writing at its edges, and specks."""

import cv2
import numpy as np
from numpy.random import Generator

from core.data.lines.hands import Hands
from core.data.lines.layers import Layer, to_layer
from core.data.lines.pieces import Mask
from core.data.lines.scribe import Scribe
from core.data.lines.style import draw_style


def add_neighbours(strokes: Layer, hands: Hands, rng: Generator) -> Layer:
    """Strokes with ink of the lines above and below, slivers of neighbours at the ends, and specks."""
    layer = np.zeros(strokes.shape, np.uint8)
    height = len(layer)
    scribe = Scribe(hands, rng, draw_style(rng, height * rng.uniform(0.4, 0.9)))
    for side in ("above", "below", "left", "right"):
        if rng.random() < 0.3:
            ink = scribe.write("".join(map(str, rng.integers(0, 10, int(rng.integers(1, 6)))))).ink
            upright = side in ("above", "below")
            edge, beyond = (layer, ink) if upright else (layer.T, ink.T)
            reach = int(rng.uniform(0.02, 0.16 if upright else 0.12) * height)
            _reach_in(edge, beyond, side in ("below", "right"), reach, rng)
    _add_specks(layer, rng)
    return np.maximum(strokes, to_layer(layer))


def _reach_in(layer: Mask, ink: Mask, from_below: bool, reach: int, rng: Generator) -> None:
    """Let ink reach into the layer by so many pixels from above or from below."""
    deep = min(max(1, reach), len(layer), len(ink))
    wide = min(layer.shape[1], ink.shape[1])
    start = int(rng.uniform(0, max(1, layer.shape[1] - wide)))
    rows = slice(len(layer) - deep, None) if from_below else slice(deep)
    layer[rows, start : start + wide] = ink[:deep, :wide] if from_below else ink[len(ink) - deep :, :wide]


def _add_specks(layer: Mask, rng: Generator) -> None:
    for _ in range(int(rng.choice([0, 0, 1, 3]))):
        centre = (int(rng.uniform(0, layer.shape[1])), int(rng.uniform(0, layer.shape[0])))
        cv2.circle(layer, centre, int(rng.integers(0, 2)), int(rng.integers(60, 255)), -1, cv2.LINE_AA)
