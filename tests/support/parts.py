"""What the kinds of pictures are put together from."""

import numpy as np
from numpy.typing import NDArray

from tests.support.writing import (
    Character,
    Ink,
    Pixels,
    log_uniform,
    write,
)

LARGEST = 800  # longer side of any picture but a page, pixels
LARGEST_PAGE = 2200

Random = np.random.Generator


def mix(paper: float | NDArray[np.float32], *layers: tuple[Ink, float]) -> Pixels:
    """Grey: each layer of ink, in its level of 0 to 255, over those before it."""
    levels = np.broadcast_to(np.asarray(paper, np.float32), layers[0][0].shape)
    for ink, level in layers:
        levels = levels + (level - levels) * ink
    return np.asarray(np.clip(np.rint(levels), 0, 255), np.uint8)


def dark(random: Random, most: float = 60) -> float:
    """Black, or as often another dark level."""
    return 0.0 if random.random() < 0.5 else float(random.uniform(0, most))


def light(random: Random, least: float = 215) -> float:
    """White, or as often another light level."""
    return 255.0 if random.random() < 0.5 else float(random.uniform(least, 255))


def sheet(random: Random, least: int = 28, most: int = LARGEST, ratio: float = 1.5) -> tuple[int, int]:
    """Height and width of a sheet, the longer `most` at most and the shorter `least` at least."""
    side = log_uniform(random, least, most)
    other = max(least, side / random.uniform(1, ratio))
    return (round(side), round(other)) if random.random() < 0.5 else (round(other), round(side))


def written_note(random: Random, character: Character | None, most: int, light_ink: bool = False) -> Pixels:
    """A character on a sheet of its own."""
    height, width = sheet(random, 28, most)
    paper, pen = light(random), dark(random)
    if light_ink:
        paper, pen = pen, paper
    return mix(paper, (write(random, character, height, width), pen))


def lattice(shape: tuple[int, ...], pitch: float, thick: float, degrees: float = 0) -> Ink:
    """Lines across and down, `pitch` pixels apart, turned by an angle: 1 on a line."""
    down, right = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle = np.deg2rad(degrees)
    turned = (down * np.cos(angle) - right * np.sin(angle), down * np.sin(angle) + right * np.cos(angle))
    return np.asarray(np.maximum(*(axis % pitch < thick for axis in turned)), np.float32)
