"""The fields of forms: boxes, trays, combs, lines to write on."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from tests.support.parts import Random, dark, light, mix, sheet
from tests.support.writing import (
    SMALLEST,
    Character,
    Ink,
    Pixels,
    fit,
    log_uniform,
    pen_width,
    to_ink,
    write,
)


def _line(shape: tuple[int, int], corners: Sequence[tuple[float, float]], width: float, closed: bool = False) -> Ink:
    """A line across and down through (x, y) corners, `width` pixels and at least one, in a picture of this shape."""
    ink = np.zeros(shape, np.uint8)
    points = [(round(x), round(y)) for x, y in corners]
    wide = max(1, round(width))
    half = (wide - 1) // 2
    for (x0, y0), (x1, y1) in pairwise([*points, points[0]] if closed else points):
        top, bottom, left, right = min(y0, y1) - half, max(y0, y1) - half, min(x0, x1) - half, max(x0, x1) - half
        ink[max(top, 0) : bottom + wide, max(left, 0) : right + wide] = 255
    return to_ink(ink)


def thin_box(random: Random, character: Character | None) -> Pixels:
    """A thin printed box around the character."""
    return _box(random, character, 0.004, 0.02)


def thick_box(random: Random, character: Character | None) -> Pixels:
    """A thick one."""
    return _box(random, character, 0.05, 0.14)


def _box(random: Random, character: Character | None, thinnest: float, thickest: float) -> Pixels:
    height, width = sheet(random, 34, 480)
    thick = max(1, round(min(height, width) * random.uniform(thinnest, thickest)))
    inner = np.pad(write(random, character, height, width, (0.5, 0.8)), thick)
    box = np.ones_like(inner)
    box[thick:-thick, thick:-thick] = 0
    around = [max(1, round(min(height, width) * share)) for share in random.uniform(0.03, 0.3, 4)]
    return _form(random, *(np.pad(layer, (around[:2], around[2:])) for layer in (inner, box)))


def _form(random: Random, ink: Ink, print_: Ink) -> Pixels:
    """A form with its print and a character's ink, three in ten times in colours: RGB then."""
    paper, black, print_level = light(random, 235), dark(random, 80), dark(random, 150)
    if random.random() < 0.7:
        return mix(paper, (print_, print_level), (ink, black))
    pens = [(30, 40, 150), (20, 20, 20), (60, 60, 70)]
    prints = [(200, 60, 50), (40, 130, 60), (60, 90, 190), (0, 0, 0)]
    pen, printed = pens[random.integers(len(pens))], prints[random.integers(len(prints))]
    return np.stack([mix(paper, (print_, printed[c]), (ink, pen[c])) for c in range(3)], axis=2)


def open_topped_field(random: Random, character: Character | None) -> Pixels:
    """A box without its upper line."""
    height, width = sheet(random, 40)
    ink = write(random, character, height, width, (0.45, 0.65))
    left, right = width * random.uniform(0.03, 0.12), width * random.uniform(0.88, 0.97)
    top, bottom = height * random.uniform(0.05, 0.4), height * random.uniform(0.86, 0.97)
    thick = min(height, width) * random.uniform(0.004, 0.03)
    tray = _line(ink.shape, [(left, top), (left, bottom), (right, bottom), (right, top)], thick)
    return _form(random, ink, np.where(ink > 0, 0, tray).astype(np.float32))


def answer_line(random: Random, character: Character | None) -> Pixels:
    """A line under the character, whole, dashed or dotted."""
    height, width = sheet(random, 40)
    upper = max(SMALLEST, round(height * 0.82))
    ink = np.zeros((height, width), np.float32)
    ink[:upper] = write(random, character, upper, width, (0.5, 0.8))
    empty = round(height * 0.75)
    lowest = empty if character is None else int(np.flatnonzero(ink.any(axis=1)).max(initial=0))
    thick = max(1, round(min(height, width) * random.uniform(0.004, 0.03)))
    row = min(height - thick, lowest + 2 + thick + round(height * random.uniform(0.01, 0.1)))
    line = np.zeros_like(ink)
    line[row : row + thick, round(width * random.uniform(0, 0.1)) : round(width * random.uniform(0.9, 1))] = 1
    if random.random() < 0.3:
        period = max(3, round(thick * random.uniform(2, 5)))
        line *= np.arange(width) % period < max(1, round(period * random.uniform(0.3, 0.7)))
    return _form(random, ink, line)


def middle_of_three_boxes(random: Random, character: Character | None) -> Pixels:
    """Three boxes side by side, the outer ones empty; apart, or with their sides in common."""
    side = round(log_uniform(random, 36, 240))
    thick = max(1, round(side * random.uniform(0.005, 0.03)))
    gap = round(side * random.uniform(0.03, 0.15)) if random.random() < 0.6 else 0
    tall = round(side * random.uniform(1, 1.3))
    around = max(1, round(side * random.uniform(0.02, 0.15)))
    shape = (tall + 2 * around, 3 * side + 2 * gap + 2 * around)
    boxes, ink = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for number in range(3):
        left = around + number * (side + gap)
        corners = [(left, around), (left + side - thick, around), (left + side - thick, around + tall - thick),
                   (left, around + tall - thick)]  # fmt: skip
        boxes = np.maximum(boxes, _line(shape, corners, thick, closed=True))
    inner = write(random, character, tall - 4 * thick, side - 4 * thick, (0.5, 0.8))
    ink[around + 2 * thick :, around + side + gap + 2 * thick :][: inner.shape[0], : inner.shape[1]] = inner
    return _form(random, ink, boxes)


def comb(random: Random, character: Character | None) -> Pixels:
    """A line with teeth, one or three cells, the character in the middle one."""
    side, cells = round(log_uniform(random, 36, 240)), int(random.choice([1, 3]))
    tall, around = round(side * random.uniform(1, 1.4)), max(2, round(side * 0.1))
    thick = max(1, round(side * random.uniform(0.005, 0.03)))
    shape = (tall + 2 * around, cells * side + 2 * around)
    base, tip = around + tall - thick, around + tall * random.uniform(0.2, 0.85)
    teeth = _line(shape, [(around, base), (around + cells * side, base)], thick)
    for number in range(cells + 1):
        teeth = np.maximum(teeth, _line(shape, [(around + number * side, tip), (around + number * side, base)], thick))
    inner = write(random, character, tall - 4 * thick, side - 4 * thick, (0.5, 0.8))
    ink = np.zeros(shape, np.float32)
    ink[around + thick :, around + (cells // 2) * side + 2 * thick :][: inner.shape[0], : inner.shape[1]] = inner
    return _form(random, ink, teeth)


def guide_dots(random: Random, character: Character | None) -> Pixels:
    """A box with six dots in it, two columns of three, by which people write their digits as a calculator shows them.

    The character is stretched to the dots, as they ask for. Most are small grey scans, a little blurred.
    """
    scan = random.random() < 0.6
    wide = round(log_uniform(random, 34, 90 if scan else 360))
    tall, thick = round(wide * random.uniform(1.2, 1.6)), max(1, round(wide * random.uniform(0.015, 0.04)))
    left, right = wide * 0.27, wide * 0.73
    rows = (tall * 0.22, tall * 0.5, tall * 0.78)
    dots = np.zeros((tall, wide), np.uint8)
    radius = max(0.8, wide * random.uniform(0.02, 0.035))
    for x in (left, right):
        for y in rows:
            cv2.circle(dots, (round(x * 8), round(y * 8)), round(radius * 8), 255, -1, cv2.LINE_AA, shift=3)
    corners = [(0.0, 0.0), (wide - thick, 0.0), (wide - thick, tall - thick), (0.0, tall - thick)]
    printed = np.maximum(to_ink(dots), _line((tall, wide), corners, thick, closed=True))
    ink = _speck_or_stretched(random, character, (left, rows[0], right, rows[2]), tall, wide)
    around = [max(2, round(wide * share)) for share in random.uniform(0.05, 0.35, 4)]
    ink, printed = (np.pad(layer, (around[:2], around[2:])) for layer in (ink, printed))
    return _scanned(random, ink, printed) if scan else _form(random, ink, printed)


def _scanned(random: Random, ink: Ink, printed: Ink) -> Pixels:
    """Grey on grey, print and ink of about the same level, blurred and with some noise."""
    paper = random.uniform(140, 215)
    print_level, ink_level = paper - random.uniform(60, 120, 2)
    clean = mix(paper, (printed, print_level), (ink, ink_level))
    blurred = cv2.GaussianBlur(clean.astype(np.float32), (0, 0), random.uniform(0.6, 1.2))
    noise = random.normal(0, random.uniform(0.5, 3), clean.shape)
    return np.asarray(np.clip(np.rint(blurred + noise), 0, 255), np.uint8)


def _speck_or_stretched(
    random: Random, character: Character | None, room: tuple[float, float, float, float], tall: int, wide: int
) -> Ink:
    """A character that fills left, top, right and bottom give or take a pen; one that is very narrow stays so."""
    if character is None:
        return write(random, None, tall, wide)
    left, top, right, bottom = room
    high, pen = bottom - top, pen_width(random, bottom - top, 0.08, 0.13)
    narrow = fit(character, high, pen)
    broad = (right - left + pen if narrow.shape[1] > 0.3 * narrow.shape[0] else narrow.shape[1]) / narrow.shape[1]
    size = (max(1, round(narrow.shape[1] * broad)), round(high + pen))
    ink = np.asarray(cv2.resize(narrow, size, interpolation=cv2.INTER_LINEAR), np.float32)
    placed = np.zeros((tall, wide), np.float32)
    x, y = (round((low + far - length) / 2) for low, far, length in ((left, right, size[0]), (top, bottom, size[1])))
    placed[y : y + size[1], x : x + size[0]] = ink[:, : wide - x]
    return placed
