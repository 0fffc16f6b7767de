"""Doodles that no network is trained or chosen on: kinds to measure with, as `core.data.doodles` describes them."""

import cv2
import numpy as np

from core.data.doodle_lines import SIDE, any_width, blank, direction, draw_arc, draw_fill, draw_line
from core.data.doodles import Draw
from core.vision.grey import Pixels


def heart(random: np.random.Generator) -> Pixels:
    """A heart, outlined or filled."""
    t = np.linspace(0, 2 * np.pi, 60)
    down = -13 * np.cos(t) + 5 * np.cos(2 * t) + 2 * np.cos(3 * t) + np.cos(4 * t)
    points = np.stack([16 * np.sin(t) ** 3, down], axis=1)
    points = points * random.uniform(1.8, 2.5, 2) + SIDE / 2 + random.normal(0, 0.6, points.shape)
    canvas = blank()
    if random.random() < 0.4:
        draw_fill(canvas, points)
    else:
        draw_line(canvas, points, any_width(random), closed=True)
    return canvas


def smiley(random: np.random.Generator) -> Pixels:
    """A face: a circle, two eyes, a mouth."""
    canvas, pen = blank(), int(random.integers(2, 7))
    draw_arc(canvas, (48, 48), (int(random.integers(34, 43)), int(random.integers(34, 43))), pen)
    for side in (-1, 1):
        eye = 48 + side * int(random.integers(11, 17)), int(random.integers(34, 40))
        cv2.circle(canvas, eye, int(random.integers(2, 5)), 255, -1, cv2.LINE_AA)
    begin, height = (0, 54) if random.random() < 0.7 else (180, 70)
    mouth = int(random.integers(12, 22)), int(random.integers(8, 16))
    draw_arc(canvas, (48, height), mouth, pen, arc=(begin + 10, begin + 170))
    return canvas


def star(random: np.random.Generator) -> Pixels:
    """A star of five to seven points, drawn in one line or as an outline."""
    canvas, count = blank(), int(random.integers(5, 8))
    angles = -np.pi / 2 + np.arange(count * 2) * np.pi / count + random.normal(0, 0.05, count * 2)
    distance = np.where(np.arange(count * 2) % 2, random.uniform(14, 24), 42)
    points = SIDE / 2 + distance[:, None] * direction(angles)
    if count == 5 and random.random() < 0.5:
        points = points[::2][[0, 2, 4, 1, 3]]
    draw_line(canvas, points, int(random.integers(2, 7)), closed=True)
    return canvas


def house(random: np.random.Generator) -> Pixels:
    """A house with a roof, a door and a window."""
    canvas, pen = blank(), int(random.integers(2, 6))
    left, right, eaves = random.uniform(14, 22), random.uniform(74, 82), random.uniform(38, 50)
    draw_line(canvas, np.array([[left, 84], [left, eaves], [right, eaves], [right, 84]]), pen, closed=True)
    draw_line(canvas, np.array([[left, eaves], [48, 10], [right, eaves]]), pen)
    draw_line(canvas, np.array([[40, 84], [40, 64], [54, 64], [54, 84.0]]), pen)
    draw_line(canvas, np.array([[60, 56], [72, 56], [72, 66], [60, 66.0]]), pen, closed=True)
    return canvas


def spiral(random: np.random.Generator) -> Pixels:
    """A spiral of two to four turns."""
    turns = random.uniform(2.2, 4)
    t = np.linspace(0.3, 1, 90)
    angle = turns * 2 * np.pi * t * random.choice([-1, 1]) + random.uniform(0, 6)
    canvas = blank()
    draw_line(canvas, SIDE / 2 + 42 * t[:, None] * direction(angle), int(random.integers(2, 6)))
    return canvas


HELD_OUT: dict[str, Draw] = {draw.__name__: draw for draw in (heart, smiley, star, house, spiral)}
