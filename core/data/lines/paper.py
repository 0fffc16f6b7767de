"""The paper of a line, and how ink lies on it."""

import math

import numpy as np
from numpy.random import Generator

from core.data.lines.form import print_form
from core.data.lines.layers import Layer, Shape, smooth_noise


def press(strokes: Layer, rng: Generator) -> Layer:
    """Strokes as a pen leaves them: with faint parts, and with holes as of a ballpoint or a pencil."""
    level = 1 - rng.uniform(0, 0.35) * np.clip(smooth_noise(strokes.shape, 30, rng), 0, 1.5)
    if rng.random() < 0.35:
        level = level * np.clip(1.6 - rng.uniform(0.4, 1.2) * np.abs(smooth_noise(strokes.shape, 2.5, rng)), 0.1, 1)
    return strokes * np.clip(level, 0.05, 1).astype(np.float32)


def put_on_paper(strokes: Layer, clean: bool, rng: Generator) -> Layer:
    """Strokes on paper of some level with what is printed on it: (H, W), 0 black to 1 white."""
    paper = 1 - rng.uniform(0, 0.5) ** 2 if clean else rng.uniform(0.35, 1.0)
    depth = rng.uniform(0.2, 1.0) if rng.random() < 0.85 else rng.uniform(0.1, 0.25)
    picture = np.full(strokes.shape, paper, np.float32)
    if rng.random() < 0.3:
        picture *= _guilloche(strokes.shape, rng)
    picture *= 1 - print_form(strokes, rng) * depth * rng.uniform(0.25, 1.1)
    picture *= 1 - np.clip(strokes * depth, 0, 1)
    return picture


def _guilloche(shape: Shape, rng: Generator) -> Layer:
    """The pattern of a cheque, some families of lines or dots: a factor of the paper's level."""
    level = np.ones(shape, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        lines = _waved_lines(shape, rng)
        level *= 1 - lines * rng.uniform(0.04, 0.36)
    return level


def _waved_lines(shape: Shape, rng: Generator) -> Layer:
    """Waved lines at equal distances, whole or dotted: 1 on a line."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle, distance = rng.uniform(-math.pi, math.pi), rng.uniform(4, 16)
    wave = rng.uniform(0, 12) * np.sin((columns * math.cos(angle) + rows) / rng.uniform(12, 90) + rng.uniform(0, 6))
    phase = (rows * math.cos(angle) + columns * math.sin(angle) + wave) / distance
    width = rng.uniform(0.06, 0.25)
    lines = np.clip((width - np.abs(phase - np.round(phase))) * distance + 0.5, 0, 1)
    if rng.random() < 0.2:
        lines = lines * (np.sin(columns / rng.uniform(1, 4)) > 0)
    return np.asarray(lines, np.float32)
