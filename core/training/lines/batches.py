"""Batches of lines for training: composed ones, and a few real ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from core.alphabet import LONG_SIGNS, encode
from core.data.lines.compose import compose_line
from core.data.lines.hands import Hands
from core.data.lines.photographed import PhotographedLine
from core.model.line_network import STRIDE
from core.vision.grey import Pixels
from core.vision.line import HEIGHT, around_ink, rows_of_ink, scaled_ink, to_line

COMPOSED = 8  # batches that are composed together, so that lines of like width share one
POOL = 2 * COMPOSED  # batches of a pool: each is shown once more, changed
_AROUND_INK = 0.4  # of the lines are cut to the rows of their ink: a reader is shown both
_LOST = 0.02  # of the height may be cut off of what is written
_IGNORED = -100


@dataclass(frozen=True)
class Example:
    """A line, uint8 (2, 40, W), with what it says.

    `middles` of the characters, and the `ends` of their ink, are not known of a real one; `weak` says that separators
    are left out of the text.
    """

    line: NDArray[np.uint8]
    text: str
    middles: NDArray[np.float32] | None = None
    ends: tuple[float, float] = (0.0, 0.0)
    weak: bool = False


@dataclass(frozen=True)
class Batch:
    """N lines as CTC wants them."""

    lines: Tensor  # uint8 (N, 2, 40, W)
    classes: Tensor  # int64, of all texts one after the other
    lengths: Tensor  # int64 (N,), of the texts
    frames: Tensor  # int64 (N,), of the lines
    marks: Tensor  # int64 (N, T): the class whose middle a frame is, 0 for none, -100 beside one or where it is unknown
    regions: Tensor  # int64 (N, T): of frames within something struck out, filled in or illegible its class, else -100
    weak: Tensor  # bool (N,)


class LinePools(Dataset[list[Batch]]):
    """Pools of batches by number: the same number gives the same pool, so that a training can be resumed."""

    def __init__(self, hands: Hands, real: Sequence[PhotographedLine], size: int, real_share: float, seed: int) -> None:
        self._hands, self._real, self._size, self._share, self._seed = hands, real, size, real_share, seed

    def __getitem__(self, index: int) -> list[Batch]:
        rng = np.random.default_rng([self._seed, index])
        examples = [self._draw(rng) for _ in range(COMPOSED * self._size)]
        examples.sort(key=lambda example: example.line.shape[2])
        starts = rng.permutation(COMPOSED) * self._size
        batches = [collate(examples[start : start + self._size]) for start in starts]
        return batches + [_again(batches[place], rng) for place in rng.permutation(len(batches))]

    def _draw(self, rng: Generator) -> Example:
        if self._real and rng.random() < self._share:
            real = self._real[int(rng.integers(len(self._real)))]
            picture = _maybe_cut(shake(real.picture, rng), rng)
            return Example(to_line(picture), real.text, weak=real.weak)
        line = compose_line(self._hands, rng)
        picture = _maybe_cut(line.picture, rng, line.rows)
        return Example(to_line(picture), line.text, line.middles, line.ends)


def _maybe_cut(picture: Pixels, rng: Generator, writing: tuple[float, float] | None = None) -> Pixels:
    """Some pictures cut to the rows of their ink, but none of which writing would be lost.

    Args:
        writing: from where to where something is written, as shares of the height, if that is known.
    """
    if rng.random() >= _AROUND_INK:
        return picture
    ink = scaled_ink(picture)
    first, last = rows_of_ink(ink)
    loses = writing is not None and (writing[0] < first - _LOST or writing[1] > last + _LOST)
    return picture if loses else around_ink(picture, ink)


def collate(examples: Sequence[Example]) -> Batch:
    lines = stack_lines([example.line for example in examples])
    frames = [example.line.shape[2] // STRIDE for example in examples]
    marks, regions = (np.full((len(lines), lines.shape[3] // STRIDE), _IGNORED, np.int64) for _ in range(2))
    texts = [encode(example.text) for example in examples]
    for row, region, example, count, text in zip(marks, regions, examples, frames, texts, strict=True):
        if example.middles is not None:
            _mark_middles(row[:count], text, example.middles)
            _mark_regions(region[:count], example.text, text, example.middles, example.ends)
    return Batch(
        torch.from_numpy(lines),
        torch.tensor([c for text in texts for c in text], dtype=torch.int64),
        torch.tensor([len(text) for text in texts]),
        torch.tensor(frames),
        torch.from_numpy(marks),
        torch.from_numpy(regions),
        torch.tensor([example.weak for example in examples]),
    )


def stack_lines(lines: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Lines (2, 40, W) of several widths as one batch (N, 2, 40, W): paper goes on to the right, without ink."""
    widest = max(line.shape[2] for line in lines)
    batch = np.zeros((len(lines), 2, HEIGHT, widest), np.uint8)
    for row, line in zip(batch, lines, strict=True):
        row[:, :, : line.shape[2]] = line
        row[0, :, line.shape[2] :] = line[0, :, -1:]
    return batch


def _mark_middles(row: NDArray[np.int64], classes: Sequence[int], middles: NDArray[np.float32]) -> None:
    """Mark the frames of middles; those beside them may hold the character or not."""
    frames = np.minimum((middles * len(row)).astype(int), len(row) - 1)
    row[:] = 0
    row[np.maximum(frames - 1, 0)] = _IGNORED
    row[np.minimum(frames + 1, len(row) - 1)] = _IGNORED
    row[frames] = classes


def _mark_regions(
    region: NDArray[np.int64],
    text: str,
    classes: Sequence[int],
    middles: NDArray[np.float32],
    ends: tuple[float, float],
) -> None:
    """Mark the frames of signs that are as long as what they stand for.

    They stand at an end of the line: they reach as far to one side of their middle as to the other.
    """
    for place, sign in enumerate(text):
        if sign in LONG_SIGNS:
            middle = float(middles[place])
            half = middle - ends[0] if place == 0 else ends[1] - middle
            first, last = (int((middle + side * 0.9 * half) * len(region)) for side in (-1, 1))
            region[max(0, first) : last + 1] = classes[place]


def _again(batch: Batch, rng: Generator) -> Batch:
    """A batch once more, moved by a pixel or two, fainter or darker, and noisier: composing costs half of learning."""
    count, _, height, width = batch.lines.shape
    down, across = (int(rng.integers(-2, 3)) for _ in range(2))
    padded = F.pad(batch.lines.float(), [2] * 4, mode="replicate")
    moved = padded[:, :, 2 + down : 2 + down + height, 2 + across : 2 + across + width].numpy()
    gain, level = rng.uniform(0.7, 1.25, (count, 1, 1)), rng.uniform(-25, 25, (count, 1, 1))
    grey = (moved[:, 0] - 255) * gain + 255 + level
    ink = moved[:, 1] * rng.uniform(0.75, 1.2, (count, 1, 1))
    noise = rng.standard_normal(moved.shape, np.float32) * rng.uniform(0, 8, (count, 1, 1, 1))
    lines = np.clip(np.stack([grey, ink], axis=1) + noise, 0, 255).astype(np.uint8)
    return replace(batch, lines=torch.from_numpy(lines))


def shake(picture: Pixels, rng: Generator) -> Pixels:
    """A real line otherwise framed, slanted, scaled, lit and focused."""
    height = picture.shape[0]
    top, bottom = (int(rng.uniform(-0.12, 0.12) * height) for _ in range(2))
    left, right = (int(rng.uniform(-0.05, 0.3) * height) for _ in range(2))
    framed = _frame(picture, top, bottom, left, right)
    height, width = framed.shape
    slant, rise = float(rng.normal(0, 0.12)), float(rng.normal(0, 0.015))
    matrix = np.array([[1, slant, -slant * height / 2], [rise, 1, -rise * width / 2]], np.float32)
    tilted = cv2.warpAffine(framed, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    factor, stretch = float(np.exp(rng.uniform(-0.35, 0.2))), float(np.exp(rng.normal(0, 0.12)))
    size = (max(6, round(width * factor * stretch)), max(6, round(height * factor)))
    grey = cv2.resize(tilted, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    if rng.random() < 0.3:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.3, 1.2))), np.float32)
    noisy = grey * rng.uniform(0.6, 1.1) + rng.uniform(-20, 40) + rng.normal(0, 1, grey.shape) * rng.uniform(0, 8)
    lit = np.clip(noisy, 0, 255).astype(np.uint8)
    return np.asarray(255 - lit if rng.random() < 0.08 else lit, np.uint8)


def _frame(picture: Pixels, *margins: int) -> Pixels:
    """Margins above, below, left and right, in pixels: added by repeating the edge, or cut off where negative."""
    above, below, before, behind = (max(0, margin) for margin in margins)
    added = cv2.copyMakeBorder(picture, above, below, before, behind, cv2.BORDER_REPLICATE)
    top, bottom, left, right = (max(0, -margin) for margin in margins)
    return np.asarray(added[top : added.shape[0] - bottom, left : added.shape[1] - right], np.uint8)
