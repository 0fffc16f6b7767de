"""Photographs of handwriting, made up for the tests: a drawing on a sheet of paper with one kind of trouble each."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support.strokes import draw

SIZE = 400


class Sheet:
    """A drawing on a sheet of paper, to be spoilt by changing its parts.

    Attributes:
        drawing: the clean drawing, uint8 (H, W), black on white.
        ink: how much of each pixel is ink, (H, W, 1), 0 to 1.
        paper, colour: RGB, 0 to 1, of the paper (H, W, 3) and of the ink (3,).
        light: how bright each pixel is lit, (H, W), 0 to 1.
        x, y: each pixel's place, -1 to 1.
        blur, noise: of the camera; standard deviations in pixels and in grey levels.
    """

    def __init__(self, character: str, variant: int, pen: float) -> None:
        self.rng = np.random.default_rng(0)
        self.drawing = draw(character, SIZE, (120, 100, 180), pen, variant)
        self.ink = 1 - self.drawing[..., None] / 255
        self.paper = np.full((SIZE, SIZE, 3), 0.85)
        self.colour = np.full(3, 0.15)
        self.light = np.ones((SIZE, SIZE))
        self.y, self.x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
        self.blur, self.noise = 0.8, 2.0

    def photograph(self) -> NDArray[np.uint8]:
        """RGB, uint8 (H, W, 3)."""
        scene = (self.paper * (1 - self.ink) + self.colour * self.ink) * self.light[..., None] * 255
        scene = cv2.GaussianBlur(scene, (0, 0), self.blur) + self.rng.normal(0, self.noise, scene.shape)
        return np.clip(scene, 0, 255).astype(np.uint8)


def _gradient(sheet: Sheet) -> None:
    sheet.light = 0.65 + 0.35 * sheet.x


def _shadow(sheet: Sheet) -> None:
    sheet.light = np.where(sheet.x + 0.4 * sheet.y > 0.1, 0.45, 1.0)


def _lamp(sheet: Sheet) -> None:
    sheet.light = 1 - 0.35 * (sheet.x**2 + sheet.y**2)


def _ruled(sheet: Sheet) -> None:
    for row in range(18, SIZE, 36):
        sheet.paper[row : row + 2] = (0.4, 0.5, 0.75)


def _squared(sheet: Sheet) -> None:
    for start in range(18, SIZE, 36):
        sheet.paper[start : start + 2] = sheet.paper[:, start : start + 2] = (0.55, 0.65, 0.85)


def _pattern(sheet: Sheet) -> None:
    sheet.paper *= (1 - 0.2 * (np.sin(60 * sheet.y + 4 * np.sin(6 * sheet.x)) > 0))[..., None]


def _coloured(sheet: Sheet) -> None:
    sheet.paper[:], sheet.colour = (0.8, 0.35, 0.35), np.array([0.15, 0.68, 0.4])


def _pencil(sheet: Sheet) -> None:
    sheet.colour[:] = 0.66


def _blur(sheet: Sheet) -> None:
    sheet.blur = 6


def _noise(sheet: Sheet) -> None:
    sheet.noise = 25


def _specks(sheet: Sheet) -> None:
    for x, y in sheet.rng.integers(10, SIZE - 10, (25, 2)):
        cv2.circle(sheet.ink, (int(x), int(y)), 2, 1, -1)


def _neighbour(sheet: Sheet) -> None:
    sheet.ink[110:290, :70] = 1 - draw("3", 180, (-80, 15, 150), 16)[:, :70, None] / 255


def _chalk(sheet: Sheet) -> None:
    sheet.paper[:], sheet.colour[:] = (0.1, 0.25, 0.18), 0.8


def _table(sheet: Sheet) -> None:
    sheet.paper[:, :50] = (0.35, 0.2, 0.1)


_SPOIL: dict[str, Callable[[Sheet], None]] = {
    "gradient": _gradient,
    "shadow": _shadow,
    "lamp": _lamp,
    "ruled": _ruled,
    "squared": _squared,
    "pattern": _pattern,
    "coloured": _coloured,
    "pencil": _pencil,
    "blur": _blur,
    "noise": _noise,
    "specks": _specks,
    "neighbour": _neighbour,
    "chalk": _chalk,
    "table": _table,
}

TROUBLES = tuple(_SPOIL)


def photograph(character: str, trouble: str, variant: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Photograph a drawing with one kind of trouble.

    Returns:
        The photograph, RGB uint8 (400, 400, 3), and the clean drawing in it, uint8 (400, 400), black on white.
    """
    sheet = Sheet(character, variant, pen=7 if trouble == "pencil" else 16)
    _SPOIL[trouble](sheet)
    return sheet.photograph(), sheet.drawing
