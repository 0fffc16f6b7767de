"""Strokes that are not whole, or not of one level."""

import cv2
import numpy as np

from tests.support.parts import Random, dark, lattice, light, mix, sheet
from tests.support.writing import (
    Character,
    Ink,
    Pixels,
    Strokes,
    along,
    fit,
    pen_width,
    pieces,
    place,
    to_ink,
    write,
)


def broken_strokes(random: Random, character: Character | None) -> Pixels:
    """Two to five gaps along the pen's way, each wider than half the pen; a glyph is cut through instead."""
    assert character is not None
    height, width = sheet(random, 40)
    side = min(height, width) * float(random.uniform(0.55, 0.85))
    count = int(random.integers(2, 6))
    if not isinstance(character, tuple):
        ink = fit(character, side, 0) * (1 - _cuts(random, fit(character, side, 0).shape, count))
        return mix(light(random), (place(random, np.asarray(ink, np.float32), height, width), dark(random)))
    pen = pen_width(random, side, 0.05, 0.1)
    lines = along(character)
    keep = np.ones(sum(map(len, lines)), np.bool_)
    gap = (pen + max(1.0, pen * random.uniform(0.5, 1.0))) / side / 0.01  # in points of `along`, round ends included
    for middle in random.uniform(0.05, 0.95, count) * len(keep):
        keep[max(0, round(middle - gap / 2)) : round(middle + gap / 2)] = False
    return _on_sheet(random, pieces(lines, keep) or lines, side, pen, height, width)


def _cuts(random: Random, shape: tuple[int, int], count: int) -> Ink:
    """Straight cuts across, (H, W): 1 where the ink is taken away."""
    cut, side = np.zeros(shape, np.uint8), max(shape)
    for _ in range(count):
        middle, angle = random.uniform(0.15, 0.85, 2) * shape[::-1], random.uniform(0, np.pi)
        reach = 2 * side * np.array([np.cos(angle), np.sin(angle)])
        start, end = (np.rint((middle + sign * reach) * 8).astype(int).tolist() for sign in (-1, 1))
        cv2.line(cut, start, end, 255, max(1, round(side * random.uniform(0.025, 0.045))), cv2.LINE_AA, shift=3)
    return to_ink(cut)


def _on_sheet(random: Random, strokes: Strokes, side: float, pen: float, height: int, width: int) -> Pixels:
    return mix(light(random), (place(random, fit(strokes, side, pen), height, width), dark(random)))


def dashed_strokes(random: Random, character: Character | None) -> Pixels:
    """A dashed or dotted line; a glyph is cut by two sets of lines that lean."""
    assert character is not None
    height, width = sheet(random, 64)
    side = min(height, width) * float(random.uniform(0.65, 0.9))
    if not isinstance(character, tuple):
        ink = fit(character, side, 0)
        ink = ink * (
            1 - lattice(ink.shape, side * random.uniform(0.14, 0.2), max(1.0, side * 0.02), random.uniform(0, 90))
        )
        return mix(light(random), (place(random, ink, height, width), dark(random)))
    pen = pen_width(random, side, 0.04, 0.07)
    lines = along(character)
    dash, gap = random.uniform(0.0, 2.5) * pen, pen + max(1.0, pen * random.uniform(0.4, 0.9))
    on, period = max(1, round(dash / side / 0.01)), max(2, round((dash + gap) / side / 0.01))
    keep = np.concatenate([np.arange(len(line)) % period < on for line in lines])
    return _on_sheet(random, pieces(lines, keep), side, pen, height, width)


def coarse_strokes(random: Random, character: Character | None) -> Pixels:
    """A thin line made small by leaving pixels out, as bad programs do: bits of all levels of grey, some apart."""
    assert character is not None
    side = int(random.integers(20, 33))
    finer = 8
    fine = fit(character, side * finer, random.uniform(0.7, 1.0) * finer)
    if not isinstance(character, tuple):
        fine = np.asarray(np.clip((cv2.GaussianBlur(fine, (0, 0), finer / 2) - 0.55) * 4, 0, 1), np.float32)
    bits = fine[finer // 2 :: finer, finer // 2 :: finer]
    bits = np.asarray(bits * random.uniform(0.35, 1, bits.shape), np.float32)
    room = side + int(random.integers(4, 14))
    bitmap = mix(255.0, (place(random, bits, room, room), 0.0))
    times = int(random.choice([1, 1, 1, 4, 10]))
    return np.asarray(np.kron(bitmap, np.ones((times, times), np.uint8)), np.uint8)


def white_grid(random: Random, character: Character | None) -> Pixels:
    """White lines across and down over the character, as if cut into tiles."""
    assert character is not None
    height, width = sheet(random, 48)
    paper, pen = light(random), dark(random)
    ink = write(random, character, height, width, (0.6, 0.9))
    side = min(height, width)
    pitch, thick = max(5.0, side * random.uniform(0.05, 0.2)), max(1, round(side * random.uniform(0, 0.012)))
    lines = lattice((height, width), pitch, thick)
    return mix(paper, (ink, pen), (lines, paper))


def grey_and_black(random: Random, character: Character | None) -> Pixels:
    """One part of the character grey, the other black: by the pen's way, or to either side of a line."""
    assert character is not None
    height, width = sheet(random)
    side = min(height, width) * float(random.uniform(0.55, 0.85))
    pen = pen_width(random, side)
    character = along(character) if isinstance(character, tuple) else character
    ink = fit(character, side, pen)
    part = _part(random, character, ink, side, pen)
    grey, paper = random.uniform(100, 185), light(random, 235)
    whole, black = (place(random, layer, height, width, 0.0) for layer in (ink, np.minimum(part, ink)))
    return mix(paper, (whole, grey), (black, dark(random)))


def _part(random: Random, character: Character, ink: Ink, side: float, pen: float) -> Ink:
    """A part of some ink, in the same rectangle."""
    share = random.uniform(0.3, 0.7)
    if isinstance(character, tuple) and random.random() < 0.6:
        whole = np.concatenate(character)
        first = pieces(character, np.arange(len(whole)) < share * len(whole))
        corners = tuple(np.repeat(point[None], 2, axis=0) for point in (whole.min(axis=0), whole.max(axis=0)))
        # The corners keep the rectangle the same; where there is no ink they add none.
        return np.minimum(fit((*first, *corners), side, pen), ink)
    axis = int(random.integers(2))
    below = np.arange(ink.shape[axis]) < share * ink.shape[axis]
    return np.asarray(ink * (below[:, None] if axis == 0 else below[None]), np.float32)


def faint_strokes(random: Random, character: Character | None) -> Pixels:
    """Ink that is hardly darker than its paper, 20 to 70 of 255, with at most a trace of noise."""
    assert character is not None
    height, width = sheet(random)
    paper = random.uniform(200, 255)
    picture = mix(paper, (write(random, character, height, width), paper - random.uniform(20, 70)))
    if random.random() < 0.5:
        return picture
    noise = random.normal(0, random.uniform(0.3, 2), picture.shape)
    return np.asarray(np.clip(np.rint(picture + noise), 0, 255), np.uint8)
