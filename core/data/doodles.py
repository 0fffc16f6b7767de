"""Drawings that are no character, made by rule: what a network must learn to refuse.

A kind is a function of a random generator that draws white ink on black, uint8 (96, 96). Vertical lines, rings and
ticks are left out, since they are somebody's 1, 0 and 7.
"""

from collections.abc import Callable

import cv2
import numpy as np

from core.data.doodle_lines import (
    SIDE,
    Points,
    any_width,
    blank,
    direction,
    draw_arc,
    draw_fill,
    draw_line,
    ring,
    smooth,
)
from core.vision.grey import Pixels

Draw = Callable[[np.random.Generator], Pixels]


def scribble(random: np.random.Generator) -> Pixels:
    """A smooth line that goes to and fro."""
    canvas = blank()
    corners = int(random.integers(9, 34))
    points = random.uniform(12, SIDE - 12, (corners, 2))
    if random.random() < 0.5:  # as one crosses something out: from side to side, downwards
        points[:, 0] = np.where(np.arange(corners) % 2, 14, SIDE - 14) + random.normal(0, 6, corners)
        points[:, 1] = np.linspace(16, SIDE - 16, corners) + random.normal(0, 4, corners)
        points = points[:, ::-1] if random.random() < 0.5 else points
    draw_line(canvas, smooth(np.clip(points, 6, SIDE - 6)), any_width(random))
    return canvas


def script(random: np.random.Generator) -> Pixels:
    """Four to ten short strokes, as of a script that nobody here reads."""
    canvas, pen = blank(), int(random.integers(2, 7))
    for _ in range(int(random.integers(4, 11))):
        start = random.uniform(10, SIDE - 10, 2)
        reach = random.uniform(14, 46)
        angle = random.choice([0, np.pi / 2, np.pi / 4, -np.pi / 4]) + random.normal(0, 0.12)
        end = start + reach * direction(angle)
        middle = (start + end) / 2 + random.normal(0, reach * random.choice([0.02, 0.25]), 2)
        draw_line(canvas, smooth(np.clip(np.stack([start, middle, end]), 5, SIDE - 5)), pen)
    return canvas


def blob(random: np.random.Generator) -> Pixels:
    """A filled shape with a smooth edge, an ellipse among them: a stain, or the hole of a 0 taken for ink."""
    canvas = blank()
    points = ring(random, int(random.integers(5, 12)), random.uniform(12, 40), 42)
    points = (points - SIDE / 2) * random.uniform(0.5, 1, 2) + SIDE / 2
    draw_fill(canvas, smooth(points, closed=True))
    return canvas


def polygon(random: np.random.Generator) -> Pixels:
    """An outline of three corners, or a filled shape of three to six: an outline of four is somebody's 0."""
    canvas = blank()
    if random.random() < 0.5:
        draw_fill(canvas, _spread(random, int(random.integers(3, 7))))
    else:
        draw_line(canvas, _spread(random, 3), any_width(random), closed=True)
    return canvas


def _spread(random: np.random.Generator, corners: int) -> Points:
    """Corners all around the middle, none of which is left to one side: a sliver is somebody's 1."""
    angles = (np.arange(corners) + random.uniform(-0.25, 0.25, corners)) * 2 * np.pi / corners + random.uniform(0, 7)
    return SIDE / 2 + random.uniform(30, 44, corners)[:, None] * direction(angles)


def cross(random: np.random.Generator) -> Pixels:
    """Two to four lines through one point: a cross, a plus, an asterisk."""
    canvas, pen, count = blank(), any_width(random), int(random.integers(2, 5))
    start = random.uniform(0, np.pi)
    for angle in start + np.arange(count) * np.pi / count + random.normal(0, 0.12, count):
        reach = random.uniform(28, 42) * direction(angle)
        bend = random.normal(0, 2, 2)
        draw_line(canvas, smooth(np.stack([SIDE / 2 - reach, SIDE / 2 + bend, SIDE / 2 + reach])), pen)
    return canvas


def bars(random: np.random.Generator) -> Pixels:
    """Lines side by side that lie down or lean by half a right angle: a dash, an equals sign, hatching."""
    canvas, pen, count = blank(), any_width(random), int(random.choice([1, 1, 2, 3, 4, 6]))
    angle, reach = random.uniform(-np.pi / 4, np.pi / 4) * random.random(), random.uniform(28, 42)
    along = direction(angle)
    gap = random.uniform(pen + 4, max(pen + 5, 70 / count))
    for offset in np.arange(count) - (count - 1) / 2:
        middle = SIDE / 2 + offset * gap * np.array([-along[1], along[0]])
        ends = np.stack([middle - reach * along, middle + random.normal(0, 2, 2), middle + reach * along])
        draw_line(canvas, smooth(np.clip(ends, 4, SIDE - 4)), pen)
    if count > 1 and random.random() < 0.3:
        canvas = np.ascontiguousarray(canvas.T)  # two or more that stand: hatching, a fence
    return canvas


def grid(random: np.random.Generator) -> Pixels:
    """Lines across and down, or a table's corner."""
    canvas, pen = blank(), int(random.integers(1, 6))
    for way in (1, -1):
        for line in random.permutation(np.linspace(8, SIDE - 8, int(random.integers(3, 7))))[: random.integers(2, 7)]:
            draw_line(canvas, np.array([[6.0, line], [SIDE - 6.0, line]])[:, ::way], pen)
    return canvas


def dots(random: np.random.Generator) -> Pixels:
    """A dot, mostly one, as round as a pen makes it."""
    canvas, count = blank(), int(random.choice([1, 1, 1, 2, 3, 5, 9]))
    for _ in range(count):
        middle = SIDE / 2 + random.uniform(-36, 36, 2) * (count > 1)
        axes = random.uniform(4, 9) * random.uniform(0.8, 1.25, 2)
        draw_arc(canvas, middle, axes, -1, turn=float(random.uniform(0, 180)))
    return canvas


def texture(random: np.random.Generator) -> Pixels:
    """Noise of one grain, over all or part of the frame, a threshold through it: cloth, a wall, a shadow's edge."""
    grain = int(random.choice([6, 10, 16, 24, 40]))
    coarse = random.normal(0, 1, (grain, max(2, round(grain * random.uniform(0.25, 1)))))
    noise = cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    soft = 1 / (1 + np.exp(-(noise - random.uniform(-0.6, 1.0)) * random.uniform(1.5, 12)))
    canvas = np.asarray(np.clip(soft * 255, 0, 255), np.uint8)
    if random.random() < 0.6:
        mask = blob(random) if random.random() < 0.7 else polygon(random)
        canvas = np.asarray(cv2.multiply(canvas, mask, scale=1 / 255), np.uint8)
    return canvas if canvas.max() > 60 else scribble(random)


def arrow(random: np.random.Generator) -> Pixels:
    """A line with a head at one end or at both."""
    canvas, pen, angle = blank(), any_width(random), random.uniform(0, 2 * np.pi)
    tail, tip = SIDE / 2 - 38 * direction(angle), SIDE / 2 + 38 * direction(angle)
    draw_line(canvas, smooth(np.stack([tail, SIDE / 2 + random.normal(0, 4, 2), tip])), pen)
    for point, way in ((tip, angle), (tail, angle + np.pi))[: 2 if random.random() < 0.25 else 1]:
        spread, reach = random.uniform(0.4, 0.9), random.uniform(14, 26)
        for side in (-spread, spread):
            draw_line(canvas, np.stack([point, point - reach * direction(way + side)]), pen)
    return canvas


def zigzag(random: np.random.Generator) -> Pixels:
    """A line of four to nine corners up and down, pointed or as a wave."""
    canvas, corners = blank(), int(random.integers(5, 10))
    heights = np.where(np.arange(corners) % 2, 24.0, SIDE - 24.0)
    points = np.stack([np.linspace(10, SIDE - 10, corners), heights], axis=1)
    points += random.normal(0, 3, points.shape)
    draw_line(canvas, smooth(points) if random.random() < 0.5 else points, any_width(random))
    return np.ascontiguousarray(canvas.T) if random.random() < 0.3 else canvas


def nested(random: np.random.Generator) -> Pixels:
    """An outline with something in it: rings, a crossed circle. No bar or dot alone: a 0 may have one."""
    canvas, pen = blank(), int(random.integers(2, 6))
    outline = ring(random, int(random.integers(4, 13)), 38, 44)
    draw_line(canvas, smooth(outline, closed=True) if random.random() < 0.6 else outline, pen, closed=True)
    for _ in range(int(random.integers(1, 4))):
        inner = (cross, polygon, scribble, zigzag)[random.integers(4)](random)
        side = int(random.integers(18, 46))
        left, top = random.integers(18, SIDE - 18 - side + 1, 2)
        part = canvas[top : top + side, left : left + side]
        np.maximum(part, cv2.resize(inner, part.shape[::-1], interpolation=cv2.INTER_AREA), out=part)
    return canvas


def field(random: np.random.Generator) -> Pixels:
    """The printed field of a form with nothing in it: a box, a comb, a tray open at the top."""
    canvas, pen = blank(), int(random.integers(1, 9))
    width, height = np.sort(random.uniform(24, 44, 2))[::-1]  # a box that is higher than wide is somebody's 0
    corners = SIDE / 2 + np.array([[-width, -height], [-width, height], [width, height], [width, -height]])
    draw_line(canvas, corners, pen, closed=bool(random.random() < 0.6))
    for _ in range(int(random.choice([0, 0, 1, 2, 3]))):
        line = SIDE / 2 + random.uniform(-width, width)
        draw_line(canvas, np.array([[line, SIDE / 2 - height], [line, SIDE / 2 + height]]), pen)
    return canvas


TRAINING: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (scribble, script, blob, polygon, cross, bars, grid, dots, texture, arrow, zigzag, nested, field)
}
FORM_LIKE = ("field", "grid", "nested")
"""Those that a form may look like: a printed field with nothing in it yet, or with an angular 0."""
LETTER_LIKE = ("cross", "zigzag", "grid", "field")
"""Those that are somebody's letter: an X, a W, an H, a U."""
