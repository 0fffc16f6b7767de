"""What is written on the paper: the character itself, and others beside it."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.composing.dice import GRID, SIDE, Dice, spread, where
from core.data.composing.options import Paper
from core.data.strokes_on_paper import LONGER
from core.data.strokes_on_paper import SIDE as INK_SIDE


def write(ink: Tensor, dice: Dice, options: Paper) -> tuple[Tensor, Tensor]:
    """The main ink in its place and size, and its box: rows from and to, columns from and to, pixels (N, 4)."""
    size = where(dice.chance(options.small), torch.exp(dice.uniform(math.log(7), math.log(20))), dice.uniform(19, 45))
    ratio = torch.exp(dice.uniform(-0.35, 0.35))
    scale = torch.stack([size * ratio.clamp(max=1), size / ratio.clamp(min=1)], dim=1)  # down, across
    tight = dice.chance(options.tight)
    extent = _extent(ink)  # of the ink in its picture, down and across, 0 to 1
    filled = torch.stack([dice.uniform(42, 49), dice.uniform(42, 49)], dim=1) / extent.clamp(min=0.3)
    half = where(dice.chance(0.5), filled, filled.amin(dim=1, keepdim=True).expand(-1, 2))
    scale = where(tight, half, scale)
    turn = dice.normal() * math.radians(7)
    slant = where(dice.chance(0.3), dice.uniform(-0.2, 0.8), dice.normal() * 0.15)
    slant = slant * (1 - 0.7 * tight)
    reach = scale * extent / 2
    room = (SIDE / 2 - reach).clamp(min=0)
    loose = where(dice.chance(0.35), torch.ones(dice.count, 1), torch.full((dice.count, 1), 0.35))
    middle = SIDE / 2 + dice.uniform(-1, 1, 2) * room * loose
    strokes = _thicken(stamp(ink, scale, middle, turn, slant, dice), dice)
    return strokes, torch.stack([middle - reach, middle + reach], dim=2).flatten(1)


def _extent(ink: Tensor) -> Tensor:
    """The ink's height and width as shares of the longer side a full ink picture has, (N, 2)."""
    rows = (ink.amax(dim=2) > 0.3).sum(dim=1)
    columns = (ink.amax(dim=1) > 0.3).sum(dim=1)
    return torch.stack([rows, columns], dim=1).clamp(min=1) / LONGER


def stamp(ink: Tensor, scale: Tensor, middle: Tensor, turn: Tensor, slant: Tensor, dice: Dice | None) -> Tensor:
    """Ink pictures drawn at a size, a place, an angle and a slant, (N, SIDE, SIDE); elastic where there are dice."""
    factor = LONGER / scale  # ink pixels a pixel, down and across
    cos, sin = torch.cos(turn), torch.sin(turn)
    matrix = torch.stack([cos, sin, -sin, cos], dim=1).view(-1, 2, 2)
    away = GRID.flatten(1).T - middle[:, None]  # (N, pixels, 2)
    down, across = (away @ matrix).unbind(dim=2)
    across = across + slant[:, None] * down
    points = torch.stack([across * factor[:, 1:], down * factor[:, :1]], dim=2) * (2 / INK_SIDE)
    grid = points.view(-1, SIDE, SIDE, 2)
    if dice is not None:
        bend = dice.normal(2, 5, 5) * dice.uniform(0, 0.045, 1, 1, 1)
        grid = grid + spread(bend).permute(0, 2, 3, 1)
    result = torch.empty(len(ink), SIDE, SIDE)
    level = torch.log2(factor.amin(dim=1).clamp(min=1)).round().long().clamp(max=3)
    pyramid = ink[:, None]
    for wanted in range(4):  # small copies are made smaller whole first, or thin strokes would fall between the samples
        chosen = level == wanted
        if chosen.any():
            result[chosen] = F.grid_sample(pyramid[chosen], grid[chosen], align_corners=False)[:, 0]
        pyramid = F.avg_pool2d(pyramid, 2)
    return result


def _thicken(strokes: Tensor, dice: Dice) -> Tensor:
    """Strokes moved at their edges, by -0.5 to +1.5 pixels, mostly not at all."""
    amount = dice.uniform(-0.5, 1.5, 1, 1) * dice.chance(0.5, 1, 1)
    thick = F.max_pool2d(strokes[:, None], 3, 1, 1)[:, 0]
    thicker = F.max_pool2d(thick[:, None], 3, 1, 1)[:, 0]
    thin = -F.max_pool2d(-strokes[:, None], 3, 1, 1)[:, 0]
    out = torch.lerp(torch.lerp(strokes, thick, amount.clamp(0, 1)), thicker, (amount - 1).clamp(0, 1))
    return torch.where(amount < 0, torch.lerp(strokes, thin, -amount.clamp(max=0) * 0.8), out)


def break_up(strokes: Tensor, dice: Dice, share: float) -> Tensor:
    """The stroke as it is seen: with holes, faint parts, or lines of paper across it."""
    holes = torch.sigmoid((dice.smooth(14) + dice.uniform(0.4, 1.6, 1, 1)) * 6)
    faint = torch.sigmoid(dice.smooth(4) * 3 + 0.5) * dice.uniform(0.3, 0.8, 1, 1) + 0.2
    distance, thick = dice.uniform(4, 14, 1, 1), dice.uniform(0.5, 1.8, 1, 1)
    lines = torch.ones_like(strokes)
    for axis in (0, 1):
        away = (torch.remainder(GRID[axis][None] + dice.uniform(0, 14, 1, 1), distance) - distance / 2).abs()
        lines = lines * (1 - (thick / 2 + 0.5 - away).clamp(0, 1))
    for kind in (holes, faint, lines):
        strokes = where(dice.chance(share * 0.5), strokes * kind.clamp(0, 1), strokes)
    return strokes


def neighbours(others: Tensor, box: Tensor, dice: Dice, share: Tensor) -> Tensor:
    """Characters left and right of the box, or above and below it, mostly cut by the frame."""
    top, bottom, left, right = box.unbind(dim=1)
    layer = torch.zeros(dice.count, SIDE, SIDE)
    rows = dice.chance(0.85)
    height = where(rows, bottom - top, right - left).clamp(min=8)
    for side in (0, 1):
        size = height * dice.uniform(0.8, 1.25)
        gap = dice.uniform(-0.02, 0.35) * height + size * 0.3
        before, after = where(rows, left, top) - gap, where(rows, right, bottom) + gap
        along = after if side else before
        # Where a whole neighbour would be seen it is moved out, until the frame cuts it.
        along = torch.maximum(along, SIDE - 0.15 * size) if side else torch.minimum(along, 0.15 * size)
        across = where(rows, top + bottom, left + right) / 2 + dice.normal() * 0.08 * height
        middle = torch.stack([where(rows, across, along), where(rows, along, across)], dim=1)
        turn, slant = dice.normal() * 0.08, dice.normal() * 0.2
        stamped = stamp(others[:, side], size[:, None].expand(-1, 2), middle, turn, slant, None)
        layer = torch.maximum(layer, stamped * dice.chance(share * 0.7)[:, None, None])
    return layer
