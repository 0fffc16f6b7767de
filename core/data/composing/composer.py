"""Synthetic photographs, scans and drawings: ink put on paper with what lies around it in real pictures.

Made a batch at a time, for a network that reads the picture itself and marks the ink of the character in it. The same
state of the generator gives the same batch."""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.data.composing.dice import SIDE, Dice
from core.data.composing.options import Paper
from core.data.composing.photograph import on_paper, record
from core.data.composing.printed import field, punctuation, ruling
from core.data.composing.written import break_up, neighbours, write
from core.data.strokes_on_paper import LONGER
from core.data.strokes_on_paper import SIDE as INK_SIDE

# What is left of paper where the ink was found badly: there is no field around the character and no edge of the paper,
# since it has been cut out, and most of the light has been levelled. Light ink would come out as dark ink does.
_LEFT_OVER = Paper(field=0.0, surroundings=0.0, shadow=0.1, grain=0.4, light_ink=0.0)
_PAPER_SHARE = 0.8  # of a glyph's pixels are below the level that is taken for paper, as a quarter of them are ink


def compose(
    ink: Tensor, others: Tensor, empty: Tensor, options: Paper, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Put ink pictures on paper.

    Args:
        ink: float (N, 64, 64), 0 to 1; see `core.data.strokes_on_paper`.
        others: float (N, 2, 64, 64), characters that may be neighbours.
        empty: bool (N,), leave the ink away: there is only the paper and what is printed on it.

    Returns:
        Grey pictures, float (N, 48, 48), 0 (black) to 1 (white), and the share of each pixel that the ink covers,
        whole where the picture shows it broken, float (N, 48, 48).
    """
    dice = Dice(len(ink), generator)
    strokes, box = write(ink, dice, options)
    strokes = strokes * ~empty[:, None, None]
    near = neighbours(others, box, dice, options.neighbours * (1 - empty.float()))
    return _photograph(strokes, near, box, dice, options), strokes


def _photograph(strokes: Tensor, near: Tensor, box: Tensor, dice: Dice, options: Paper) -> Tensor:
    """Strokes and their neighbours with all else that is on the paper, as a camera shows them: (N, 48, 48)."""
    near = torch.maximum(near, punctuation(box, dice, options.punctuation))
    printed = ruling(dice, options.ruling)
    if options is not _LEFT_OVER:
        printed = torch.maximum(printed, field(box, dice, options.field))
    picture = on_paper(break_up(strokes, dice, options.gaps), near, printed, box, dice, options)
    return record(picture, dice, options)


def preview(
    ink: NDArray[np.uint8], others: NDArray[np.uint8], options: Paper, count: int, seed: int
) -> NDArray[np.uint8]:
    """One ink picture, uint8 (64, 64), on paper, as a training would meet it: grey, uint8 (count, 48, 48).

    The `others`, uint8 (M, 64, 64), at least one, are characters that may be neighbours.
    """
    generator = torch.Generator().manual_seed(seed)
    near = torch.from_numpy(others)[torch.randint(len(others), (count, 2), generator=generator)]
    inks = torch.from_numpy(ink).expand(count, INK_SIDE, INK_SIDE)
    empty = torch.zeros(count, dtype=torch.bool)
    pictures, _ = compose(inks.float() / 255, near.float() / 255, empty, options, generator)
    return np.asarray((pictures * 255).round().byte().numpy())


def glyphs_on_paper(images: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Show a share of the glyphs as they would be had their ink been found badly on paper, where they are and as large.

    From float (N, 1, H, W), 0 (paper) to 1 (ink), to the same.
    """
    chosen = torch.rand(len(images), generator=generator) < share
    if not chosen.any():
        return images
    glyphs = images[chosen]
    dice = Dice(len(glyphs), generator)
    strokes = F.interpolate(glyphs, (SIDE, SIDE), mode="bicubic", align_corners=False)[:, 0].clamp(0, 1)
    box = _box(strokes)
    others = _large(glyphs)[torch.randint(dice.count, (dice.count, 2), generator=generator)]
    near = neighbours(others, box, dice, torch.tensor(_LEFT_OVER.neighbours))
    pictures = _photograph(strokes, near, box, dice, _LEFT_OVER)
    small = F.interpolate(pictures[:, None], glyphs.shape[-2:], mode="area")
    result = images.clone()
    result[chosen] = _find_ink(small)
    return result


def _find_ink(pictures: Tensor) -> Tensor:
    """Ink by a plain rule, 0 to 1: what is darker than most pixels are, the darkest of it whole; (N, 1, H, W)."""
    flat = pictures.flatten(1)
    paper = flat.kthvalue(round(_PAPER_SHARE * flat.shape[1]), dim=1).values.view(-1, 1, 1, 1)
    contrast = (paper - pictures.amin(dim=(1, 2, 3), keepdim=True)).clamp(min=0.02)
    return ((paper - pictures) / contrast).clamp(0, 1)


def _box(strokes: Tensor) -> Tensor:
    """Where ink is: rows from and to, columns from and to, (N, 4); the whole side where there is none."""
    ends = []
    for axis in (2, 1):
        has = (strokes.amax(dim=axis) > 0.3).float()
        ends += [has.argmax(dim=1), has.shape[1] - has.flip(1).argmax(dim=1)]
    return torch.stack(ends, dim=1).float()


def _large(glyphs: Tensor) -> Tensor:
    """Glyphs (N, 1, H, W) as ink pictures: float (N, 64, 64), the longer side 60 pixels, in the middle."""
    side = glyphs.shape[-1]
    top, bottom, left, right = (_box(glyphs[:, 0]) / side * 2 - 1).unbind(dim=1)
    half = torch.maximum(bottom - top, right - left) / 2 * (INK_SIDE / LONGER)
    zero = torch.zeros_like(half)
    matrix = torch.stack([half, zero, (left + right) / 2, zero, half, (top + bottom) / 2], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(matrix, [len(glyphs), 1, INK_SIDE, INK_SIDE], align_corners=False)
    return F.grid_sample(glyphs, grid, align_corners=False)[:, 0]
