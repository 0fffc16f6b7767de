"""Paper with something dark around it, or a dark box in it, and bitmaps in plots."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.parts import LARGEST, Random, dark, lattice, light, sheet, written_note
from tests.support.writing import (
    SMALLEST,
    Character,
    Ink,
    Pixels,
    fit,
    pen_width,
    place,
    to_ink,
    write,
)

Colours = NDArray[np.float32]

_PENS = ((30.0, 30.0, 35.0), (35.0, 40.0, 110.0), (60.0, 60.0, 65.0), (110.0, 30.0, 40.0))  # RGB
_SQUARES_DARKER = 45  # levels, of squared paper's lines


def _set_in(note: Pixels, margins: Sequence[int], level: float) -> Pixels:
    """A note with so many pixels of another level above, below, left and right of it."""
    top, bottom, left, right = margins
    return np.pad(note, ((top, bottom), (left, right)), constant_values=round(level))


def note_on_black(random: Random, character: Character | None) -> Pixels:
    """A white note on a black or dark table, all levels flat."""
    note = written_note(random, character, 400)
    side = max(note.shape)
    margins = np.maximum(2, side * random.uniform(0.08, 0.5) * random.uniform(0.6, 1.4, 4)).astype(int)
    return _set_in(note, margins.tolist(), dark(random))


def dark_box(random: Random, character: Character | None) -> Pixels:
    """A dark box in a light page, with a light character in it."""
    note = written_note(random, character, 400, light_ink=True)
    side = max(note.shape)
    margins = np.maximum(2, side * random.uniform(0.08, 0.5) * random.uniform(0.6, 1.4, 4)).astype(int)
    return _set_in(note, margins.tolist(), light(random))


def bars_above_below(random: Random, character: Character | None) -> Pixels:
    """Black bars above and below, as around a film."""
    note = written_note(random, character, 400)
    top, bottom = np.maximum(2, note.shape[0] * random.uniform(0.08, 0.5) * random.uniform(0.7, 1.3, 2)).astype(int)
    return _set_in(note, (int(top), int(bottom), 0, 0), dark(random))


def bars_beside(random: Random, character: Character | None) -> Pixels:
    """Black bars left and right, as around a picture of a telephone held upright."""
    note = written_note(random, character, 400)
    left, right = np.maximum(2, note.shape[1] * random.uniform(0.08, 0.5) * random.uniform(0.7, 1.3, 2)).astype(int)
    return _set_in(note, (0, 0, int(left), int(right)), dark(random))


def thin_frame(random: Random, character: Character | None) -> Pixels:
    """A thin line around the picture, on its very edge or just inside."""
    note = written_note(random, character, LARGEST)
    height, width = note.shape
    inset = round(min(height, width) * float(random.choice([0.0, random.uniform(0, 0.08)])))
    thick = max(1, round(min(height, width) * random.uniform(0.003, 0.02)))
    level = round(dark(random, 120))
    framed = note.copy()
    inside = framed[inset : height - inset, inset : width - inset]
    for edge in (np.s_[:thick], np.s_[-thick:], np.s_[:, :thick], np.s_[:, -thick:]):
        inside[edge] = level
    return framed


def photographed_note(random: Random, character: Character | None) -> Pixels:
    """A photograph, RGB: a note on a dark table with a grain, uneven light, often a shadow, blur and noise."""
    height, width = sheet(random, 96)
    corners, note_side = _note_corners(random, height, width)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.rint(corners * 8).astype(np.int32), 255, cv2.LINE_AA, shift=3)
    over = to_ink(mask)[..., None]
    table = random.uniform(22, 70) * (1 + random.normal(0, 0.15, 3)) * _grain(random, height, width, (0.12, 0.08))
    page = _page(random, character, note_side, height, width) * _grain(random, height, width, (0.012, 0.012))
    scene = (table + (page - table) * over) * _light_on(random, height, width)
    blurred = cv2.GaussianBlur(scene, (0, 0), max(0.4, random.uniform(0.001, 0.005) * min(height, width)))
    noise = random.standard_normal(scene.shape, np.float32) * np.float32(random.uniform(1, 6))
    return np.asarray(np.clip(blurred + noise, 0, 255), np.uint8)


def _page(random: Random, character: Character | None, note_side: float, height: int, width: int) -> Colours:
    """The note without its light, as if it filled the picture."""
    paper = random.uniform(165, 240) * (1 + random.normal(0, 0.04, 3))
    pen = np.array(_PENS[random.integers(len(_PENS))])
    lines = np.zeros((height, width), np.float32)
    if random.random() < 0.3:
        lines = _squares(random, height, width, note_side)
    room = max(SMALLEST, round(note_side * 0.9))
    ink = place(random, write(random, character, room, room), height, width, 0.0)[..., None]
    page = paper - _SQUARES_DARKER * lines[..., None]
    return np.asarray(page + (pen - page) * ink, np.float32)


def _note_corners(random: Random, height: int, width: int) -> tuple[NDArray[np.float64], float]:
    """Corners (4, 2) of a note about the middle, turned a little, and its shorter side in pixels."""
    half = np.array([width, height]) * random.uniform(0.28, 0.44, 2)
    angle = np.deg2rad(random.normal(0, 3))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return (square * half) @ turn.T + np.array([width, height]) / 2, float(2 * half.min())


def _squares(random: Random, height: int, width: int, note_side: float) -> Ink:
    """The lines of squared paper."""
    ink = np.zeros((height, width), np.float32)
    pitch, thick = max(8, round(note_side * random.uniform(0.15, 0.3))), max(1, round(note_side / 150))
    for offset in range(thick):
        ink[int(random.integers(pitch)) + offset :: pitch] = 1
        ink[:, int(random.integers(pitch)) + offset :: pitch] = 1
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), max(0.5, thick / 2)), np.float32)


def _grain(random: Random, height: int, width: int, depths: Sequence[float]) -> Colours:
    """Factors about 1, (H, W, 1): noise at ever coarser scales, with such standard deviations."""
    grain = np.ones((height, width), np.float32)
    for level, depth in enumerate(depths):
        shape = (max(2, height // 4**level // 2), max(2, width // 4**level // 2))
        noise = random.standard_normal(shape, np.float32) * np.float32(depth)
        grain += cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)
    return grain[..., None]


def _light_on(random: Random, height: int, width: int) -> Colours:
    """Factors of at most 1, (H, W, 1): light falls off to one side, half of the time a shadow lies over a part."""
    down, right = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    angle = random.uniform(0, 2 * np.pi)
    light = 1 - random.uniform(0, 0.18) * (1 + down * np.sin(angle) + right * np.cos(angle))
    if random.random() < 0.5:
        angle = random.uniform(0, 2 * np.pi)
        edge = down * np.sin(angle) + right * np.cos(angle) - random.uniform(-0.6, 0.6)
        light = light * (1 - random.uniform(0.15, 0.45) / (1 + np.exp(-edge / random.uniform(0.02, 0.3))))
    return np.asarray(light[..., None], np.float32)


def plot_black_box(random: Random, character: Character | None) -> Pixels:
    """A plot of a bitmap, white on black, with ticks and their numbers, on a white page."""
    return _plot(random, character, ink_is_light=True)


def plot_white_box(random: Random, character: Character | None) -> Pixels:
    """A plot of a bitmap, black on white, in a frame with ticks and their numbers."""
    return _plot(random, character, ink_is_light=False)


def plot_white_grid(random: Random, character: Character | None) -> Pixels:
    """F2: a plot of a bitmap, black on white, without a frame, its cells apart by white lines."""
    return _plot(random, character, ink_is_light=False, grid=True)


def _plot(random: Random, character: Character | None, ink_is_light: bool, grid: bool = False) -> Pixels:
    cell = int(random.integers(4, 17))
    side = 28 * cell
    room = max(14, round(side * random.uniform(0.12, 0.2)))
    beside = room + int(random.integers(0, max(1, LARGEST - side - 2 * room) // 2 + 1))
    bitmap = _bitmap(random, character)
    ink = cv2.resize(
        bitmap, (side, side), interpolation=cv2.INTER_NEAREST if random.random() < 0.8 else cv2.INTER_CUBIC
    )
    if grid:
        ink = ink * (1 - lattice((side, side), cell, max(1, round(cell * 0.1))))
    box = 255 * (ink if ink_is_light else 1 - ink)
    page = np.full((side + 2 * room, side + 2 * beside), 255, np.uint8)
    page[room : room + side, beside : beside + side] = np.clip(np.rint(box), 0, 255)
    if not grid:
        line = max(1, cell // 8)
        cv2.rectangle(page, (beside, room), (beside + side - 1, room + side - 1), 0, line)
    _ticks(page, room, beside, cell, ticks=not grid)
    return page


def _bitmap(random: Random, character: Character | None) -> Ink:
    """A character as MNIST has them, (28, 28)."""
    if character is None:
        return np.zeros((28, 28), np.float32)
    return place(random, fit(character, 20, pen_width(random, 20, 0.09, 0.14)), 28, 28, 0.2)


def _ticks(page: Pixels, room: int, beside: int, cell: int, ticks: bool) -> None:
    """Numbers along the left and the lower edge of a bitmap of 28 cells, every five cells."""
    side, size, long = 28 * cell, max(0.25, cell / 28), max(2, cell // 3)
    for number in range(0, 28, 5):
        at = round((number + 0.5) * cell)
        (wide, high), _ = cv2.getTextSize(str(number), cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        if ticks:
            cv2.line(page, (beside - long, room + at), (beside - 1, room + at), 0, 1)
            cv2.line(page, (beside + at, room + side), (beside + at, room + side + long - 1), 0, 1)
        left_of, below = (
            (beside - long - 3 - wide, room + at + high // 2),
            (beside + at - wide // 2, room + side + long),
        )
        for x, y in (left_of, (below[0], below[1] + 3 + high)):
            cv2.putText(page, str(number), (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 0, 1, cv2.LINE_AA)
