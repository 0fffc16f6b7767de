"""Digits of straight strokes between six corners, as people write them on forms with guide dots, made by rule."""

import numpy as np

from core.data.source import Pairs, Source
from core.data.strokes_on_paper import any_pen, from_strokes
from core.jobs import Progress
from core.settings import Settings
from core.vision.grey import Pixels
from core.vision.normalise import to_glyph

COUNTS = {"train": 7000, "validation": 400}
_SEEDS = {"train": 11, "validation": 12}

# Corners are numbered like a telephone's keys, two to a row: 0 1 at the top, 2 3 in the middle, 4 5 at the bottom.
_PATHS: tuple[tuple[str, ...], ...] = (
    ("01540",),
    ("15",),
    ("013245",),
    ("0132,354", "0135,54,23"),
    ("023,15",),
    ("102354",),
    ("1024532", "024532"),
    ("015", "2015"),
    ("01540,23", "01320,35423"),
    ("320154", "32015", "1023,154"),
)


def draw_segments(label: int, random: np.random.Generator) -> Pixels:
    """An ink picture of a digit, uint8 (64, 64), its corners where a hand would miss them, its pen of any width."""
    width = random.uniform(0.4, 0.85)
    corners = np.array([[0, 2], [width, 2], [0, 1], [width, 1], [0, 0], [width, 0]]) * (1.5, 1)
    corners = corners + random.normal(0, 0.06, corners.shape)
    paths = _PATHS[label][random.integers(len(_PATHS[label]))].split(",")
    strokes = [[(corners[int(corner)] + random.normal(0, 0.025, 2)) * 100 for corner in path] for path in paths]
    slant = random.normal(0, 0.06)
    return from_strokes([[(x + slant * y, y) for x, y in stroke] for stroke in strokes], any_pen(random))


class SegmentDigits(Source):
    """As many of each digit, the same at every call, others in every split."""

    name = "segment-digits"
    title = "Digits of straight strokes"
    description = "7,400 digits from corner to corner, as on forms with guide dots: made by rule, to learn from."
    licence = "made by this program"
    splits = tuple(COUNTS)
    slow = True

    def present(self, _: Settings) -> bool:
        return True

    def count(self, split: str, _: Settings) -> int:
        return COUNTS[split]

    def read(self, split: str, _settings: Settings, _: Progress) -> Pairs:
        random = np.random.default_rng(_SEEDS[split])
        labels = np.arange(COUNTS[split], dtype=np.int64) % 10
        return np.stack([to_glyph(draw_segments(int(label), random)) for label in labels]), labels
