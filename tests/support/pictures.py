"""Whole kinds of pictures that programs of this kind read wrongly, a hundred of each as easily as one.

A kind is a function of a random generator and a character: the same seed gives the same picture. Sizes run from about
28 to 2,200 pixels. A kind of paper or form can be made empty, too, half of the time with a speck in it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.support import broken, fields, surroundings
from tests.support.parts import LARGEST, LARGEST_PAGE, Random, dark, light, mix, sheet, written_note
from tests.support.writing import (
    Character,
    Labelled,
    Pixels,
    fit,
    log_uniform,
    pen_width,
    place,
    to_ink,
    write,
)

TELLABLE = 40  # of 255, in the channel where two colours differ most
BLANK, OTHER, SEVERAL = "blank", "other", "several"
"""What is right where a picture does not show one character: the values of the verdicts."""

Make = Callable[[Random, Character | None], Pixels]


@dataclass(frozen=True)
class Kind:
    """A kind of pictures.

    Attributes:
        make: gives a grey (H, W) or an RGB (H, W, 3) picture.
        fault: the fault that it stands for, as FAULTS.md numbers them; empty for none.
        can_be_empty: whether `make` takes None for a character.
    """

    make: Make
    fault: str
    can_be_empty: bool = False


# Nothing wrong, to compare with; what is no character; what is several.


def plain(random: Random, character: Character | None) -> Pixels:
    """Black on white, or nearly so."""
    return written_note(random, character, LARGEST)


def black_on_white(random: Random, character: Character) -> Pixels:
    """Exactly that, uint8 (280, 280), with a pen's soft edges: what the forms of one drawing are made from."""
    return mix(255.0, (write(random, character, 280, 280, (0.35, 0.8)), 0.0))


def small_on_a_page(random: Random, character: Character | None) -> Pixels:
    """A character of a thirtieth to a tenth of a large page, anywhere on it; half of the pages are photographs."""
    height, width = np.rint(log_uniform(random, 900, LARGEST_PAGE) * random.uniform(0.7, 1, 2)).astype(int).tolist()
    page = np.full((height, width), light(random))
    if character is not None:
        side = min(height, width) * log_uniform(random, 0.035, 0.1)
        ink = fit(character, side, max(1.5, side * random.uniform(0.07, 0.14)))
        top, left = (int(random.integers(0, whole - part)) for whole, part in zip(page.shape, ink.shape, strict=True))
        region = page[top : top + ink.shape[0], left : left + ink.shape[1]]
        region += ink * (dark(random) - region)
    if random.random() < 0.5:
        page *= np.linspace(1, random.uniform(0.6, 1), width)
        page = cv2.GaussianBlur(page, (0, 0), 1) + random.normal(0, random.uniform(1, 4), page.shape)
    return np.asarray(np.clip(np.rint(page), 0, 255), np.uint8)


def dot(random: Random, _: Character | None = None) -> Pixels:
    """One dot, a twentieth of its page or so."""
    height, width = sheet(random)
    radius = max(1.5, min(height, width) * random.uniform(0.015, 0.06))
    ink = np.zeros((height, width), np.uint8)
    x, y = random.uniform(0.2, 0.8, 2) * (width, height)
    axes = np.rint(radius * random.uniform(0.85, 1.15, 2) * 8).astype(int).tolist()
    cv2.ellipse(ink, (round(x * 8), round(y * 8)), axes, 0, 0, 360, 255, -1, cv2.LINE_AA, shift=3)
    return mix(light(random), (to_ink(ink), dark(random)))


def line(random: Random, _: Character | None = None) -> Pixels:
    """One line that lies down or leans by at most 40 degrees, so that it is nobody's 1."""
    height, width = sheet(random)
    side = min(height, width)
    angle, reach = np.deg2rad(random.uniform(-40, 40)), side * random.uniform(0.15, 0.4)
    x, y = np.array([width, height]) / 2 + random.uniform(-0.08, 0.08, 2) * side
    across, down = reach * np.cos(angle), reach * np.sin(angle)
    bend = random.normal(0, 0.05) * reach
    stroke = np.array([[x - across, y - down], [x, y + bend], [x + across, y + down]])
    ink = np.zeros((height, width), np.uint8)
    dots = np.rint(stroke * 8).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [dots], False, 255, round(pen_width(random, side, 0.02, 0.08)), cv2.LINE_AA, shift=3)
    return mix(light(random), (to_ink(ink), dark(random)))


def row_of(random: Random, characters: Iterable[Character]) -> Pixels:
    """Some characters side by side, as a number."""
    side = log_uniform(random, 28, 220)
    share = random.uniform(0.07, 0.13)
    row = [fit(one, side * random.uniform(0.85, 1.1), max(1.3, share * side)) for one in characters]
    height = round(1.6 * side)
    gaps = [
        np.zeros((height, max(2, round(side * random.uniform(0.05, 0.3)))), np.float32) for _ in range(len(row) + 1)
    ]
    tall = [place(random, ink, height, ink.shape[1], 0.3) for ink in row]
    ink = np.concatenate([part for pair in zip(gaps, tall, strict=False) for part in pair] + [gaps[-1]], axis=1)
    return mix(light(random), (np.pad(ink, round(side * random.uniform(0, 0.3))), dark(random)))


# Colours.


def colour_pair(random: Random) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Paper and ink, RGB 0 to 255 each, that differ by at least 40 in some channel; half of them by hardly more."""
    close = random.random() < 0.5
    while True:
        paper, ink = random.integers(0, 256, (2, 3))
        if close:
            ink = np.clip(paper + random.integers(-TELLABLE - 15, TELLABLE + 16, 3), 0, 255)
        if np.abs(paper - ink).max() >= TELLABLE:
            return paper, ink


def in_colours(picture: Pixels, paper: NDArray[np.int64], ink: NDArray[np.int64]) -> Pixels:
    """A grey picture, black on white, in two colours: RGB (H, W, 3)."""
    share = 1 - to_ink(picture)[..., None]
    return np.asarray(np.rint(paper + (ink - paper) * share), np.uint8)


def two_colours(random: Random, character: Character | None) -> Pixels:
    """Ink and paper of any two colours that a person can tell apart."""
    return in_colours(mix(255.0, (write(random, character, *sheet(random)), 0.0)), *colour_pair(random))


KINDS: dict[str, Kind] = {
    "plain": Kind(plain, "", True),
    "note-on-black": Kind(surroundings.note_on_black, "F1", True),
    "dark-box": Kind(surroundings.dark_box, "F1", True),
    "bars-above-below": Kind(surroundings.bars_above_below, "F1", True),
    "bars-beside": Kind(surroundings.bars_beside, "F1", True),
    "thin-frame": Kind(surroundings.thin_frame, "F1", True),
    "photographed-note": Kind(surroundings.photographed_note, "F1", True),
    "plot-black-box": Kind(surroundings.plot_black_box, "F1", True),
    "plot-white-box": Kind(surroundings.plot_white_box, "F1", True),
    "broken-strokes": Kind(broken.broken_strokes, "F2"),
    "dashed-strokes": Kind(broken.dashed_strokes, "F2"),
    "coarse-strokes": Kind(broken.coarse_strokes, "F2"),
    "white-grid": Kind(broken.white_grid, "F2"),
    "plot-white-grid": Kind(surroundings.plot_white_grid, "F2"),
    "grey-and-black": Kind(broken.grey_and_black, "F2"),
    "faint-strokes": Kind(broken.faint_strokes, "F2"),
    "thin-box": Kind(fields.thin_box, "F12", True),
    "thick-box": Kind(fields.thick_box, "F12", True),
    "open-topped-field": Kind(fields.open_topped_field, "F12", True),
    "answer-line": Kind(fields.answer_line, "F12", True),
    "middle-of-three-boxes": Kind(fields.middle_of_three_boxes, "F12", True),
    "comb": Kind(fields.comb, "F12", True),
    "guide-dots": Kind(fields.guide_dots, "F12", True),
    "two-colours": Kind(two_colours, "", True),
    "small-on-a-page": Kind(small_on_a_page, "", True),
}
"""Pictures of one character, by name."""
NOT_CHARACTERS: dict[str, Kind] = {"dot": Kind(dot, "F10", True), "line": Kind(line, "F10", True)}
"""Pictures of none, whose right answer is OTHER."""


def shown(random: Random, kind: str, character: Labelled) -> tuple[Pixels, str]:
    """A picture of a kind, and what is right: kinds of KINDS, of NOT_CHARACTERS, and `empty-` before those of KINDS.

    Raises:
        KeyError: there is no such kind, or it cannot be empty.
    """
    if kind in NOT_CHARACTERS:
        return NOT_CHARACTERS[kind].make(random, None), OTHER
    if kind in EMPTY:
        return KINDS[kind.removeprefix("empty-")].make(random, None), BLANK
    return KINDS[kind].make(random, character.character), character.label


EMPTY: tuple[str, ...] = tuple(f"empty-{name}" for name, kind in KINDS.items() if kind.can_be_empty)
"""The names of the empty versions."""
