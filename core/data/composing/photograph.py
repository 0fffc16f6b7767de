"""The paper with all that is on it as a picture: levels and light, what lies around it, and the camera's part."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.composing.dice import GRID, SIDE, Dice, tilt, where
from core.data.composing.options import Paper
from core.data.composing.printed import rectangles


def on_paper(strokes: Tensor, alien: Tensor, printed: Tensor, box: Tensor, dice: Dice, options: Paper) -> Tensor:
    """Levels for paper and inks, the light on it, and what lies around the paper; (N, SIDE, SIDE), 0 to 1."""
    clean = dice.chance(options.clean)
    paper = where(clean, 1 - dice.uniform(0, 0.5) ** 2, dice.uniform(0.35, 1))
    depth = where(dice.chance(0.3), dice.uniform(0.08, 0.4), dice.uniform(0.4, 1)).view(-1, 1, 1)
    pressure = (1 + dice.smooth(5) * dice.uniform(0, 0.25, 1, 1) * (1 - clean).view(-1, 1, 1)).clamp(0.3, 1)
    other_depth = depth * where(dice.chance(0.6), torch.ones(dice.count), dice.uniform(0.4, 1.1)).view(-1, 1, 1)
    printed_depth = depth * where(dice.chance(0.45), torch.ones(dice.count), dice.uniform(0.2, 1.3)).view(-1, 1, 1)
    printed_depth = printed_depth.clamp(max=1)
    covered = 1 - (1 - strokes * depth * pressure) * (1 - alien * other_depth) * (1 - printed * printed_depth)
    halo = F.avg_pool2d(strokes[:, None], 5, 1, 2)[:, 0] * dice.uniform(0, 0.25, 1, 1) * dice.chance(0.2, 1, 1)
    light = _light(dice, options.shadow, clean)
    ghost = F.avg_pool2d(alien.flip(2)[:, None].roll(9, 3), 3, 1, 1)[:, 0] * dice.uniform(0, 0.2, 1, 1)
    ghost = ghost * (dice.chance(0.15) * (1 - clean)).view(-1, 1, 1)
    picture = paper.view(-1, 1, 1) * (1 - covered) * (1 - halo * depth) * (1 - ghost)
    picture = _surround(picture, box, clean, dice, options.surroundings)
    grain = sum(dice.smooth(knots) * dice.uniform(0, strength, 1, 1) for knots, strength in ((12, 0.03), (24, 0.04)))
    picture = picture * light + grain * ((1 - clean) * dice.chance(options.grain)).view(-1, 1, 1)
    return where(dice.chance(options.light_ink), 1 - picture, picture)


def _light(dice: Dice, share: float, clean: Tensor) -> Tensor:
    """Light over the picture, 0.25 to 1: a gradient, a soft shadow, the edge of a hard one."""
    angle = dice.uniform(0, 2 * math.pi, 1, 1)
    position = ((GRID[0] - SIDE / 2) * torch.sin(angle) + (GRID[1] - SIDE / 2) * torch.cos(angle)) / SIDE
    light = 1 - dice.uniform(0, 0.5, 1, 1) * (position + 0.5) * dice.chance(share, 1, 1)
    soft = torch.sigmoid(dice.smooth(3) * 2)
    light = light * (1 - dice.uniform(0, 0.6, 1, 1) * soft * dice.chance(share, 1, 1))
    sharp = torch.sigmoid((position - dice.uniform(-0.4, 0.4, 1, 1)) * torch.exp(dice.uniform(2.5, 5, 1, 1)))
    light = light * (1 - dice.uniform(0.1, 0.6, 1, 1) * sharp * dice.chance(share * 0.5, 1, 1))
    return where(clean, torch.ones_like(light), light.clamp(min=0.2))


def _surround(picture: Tensor, box: Tensor, clean: Tensor, dice: Dice, share: float) -> Tensor:
    """The paper as a rectangle around the box, and something of another level beyond it."""
    top, bottom, left, right = box.unbind(dim=1)
    size = torch.maximum(bottom - top, right - left).clamp(min=8)
    # A side that is far away makes bars; one bar alone, or two.
    margin = size[:, None] * dice.uniform(0.06, 0.8, 4) + 99 * dice.chance(0.3, 4)
    corners = torch.stack([top - margin[:, 0], bottom + margin[:, 1], left - margin[:, 2], right + margin[:, 3]], dim=1)
    inside = tilt(rectangles(corners[:, None]), dice, 5)
    level = where(dice.chance(0.6), dice.uniform(0, 0.35), dice.uniform(0.2, 1)).view(-1, 1, 1)
    rough = dice.smooth(20) * dice.uniform(0, 0.08, 1, 1) + dice.smooth(5) * dice.uniform(0, 0.1, 1, 1)
    beyond = (level + rough * (1 - clean).view(-1, 1, 1)).clamp(0, 1)
    # Another frame around the paper's own edge: a plot's axes, the rim of a box.
    rim = F.max_pool2d(inside[:, None], 3, 1, 1)[:, 0] - inside
    beyond = beyond * (1 - rim * dice.chance(0.2, 1, 1))
    return where(dice.chance(share), inside * picture + (1 - inside) * beyond, picture)


def record(picture: Tensor, dice: Dice, options: Paper) -> Tensor:
    """What a camera, a scanner or a file makes of it; 0 to 1."""
    picture = _coarsen(picture, dice, options.coarse)
    for radius, kernel in ((0.6, 3), (1.1, 5), (1.7, 7)):
        blurred = _blur(picture, radius, kernel)
        picture = where(dice.chance(options.blur / 3), blurred, picture)
    noise = dice.normal(SIDE, SIDE) * torch.exp(dice.uniform(math.log(0.003), math.log(0.08), 1, 1))
    picture = picture + noise * dice.chance(options.grain * 0.6, 1, 1)
    picture = _jpeg(picture.clamp(0, 1), dice, options.jpeg)
    middle = (picture.amax(dim=(1, 2)) + picture.amin(dim=(1, 2))) / 2 + dice.uniform(-0.08, 0.08)
    binary = torch.sigmoid((picture - middle[:, None, None]) * 40)
    return where(dice.chance(options.binary), binary, picture).clamp(0, 1)


def _blur(picture: Tensor, radius: float, kernel: int) -> Tensor:
    offset = torch.arange(kernel) - kernel // 2
    weights = torch.exp(-(offset**2) / (2 * radius**2))
    weights = weights / weights.sum()
    padded = F.pad(picture[:, None], [kernel // 2] * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))[:, 0]


def _coarsen(picture: Tensor, dice: Dice, share: float) -> Tensor:
    """Fewer pixels, and enlarged again: each half as likely by repeating pixels as smoothly."""
    for side in (14, 20, 28, 34):
        small = F.interpolate(picture[:, None], (side, side), mode="area")
        square = F.interpolate(small, (SIDE, SIDE), mode="nearest")[:, 0]
        smooth = F.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)[:, 0]
        smoothed = where(dice.chance(0.7), smooth, square)
        picture = where(dice.chance(share / 4 * (0.4 if side < 20 else 1.2)), smoothed, picture)
    return picture


def _jpeg(picture: Tensor, dice: Dice, share: float) -> Tensor:
    """Blocks of 8x8 pixels whose cosine transform is rounded, high frequencies more coarsely (Wallace 1992)."""
    index = torch.arange(8)
    basis = torch.cos((2 * index[None] + 1) * index[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    blocks = picture.view(-1, SIDE // 8, 8, SIDE // 8, 8).transpose(2, 3)
    step = (1 + index[:, None] + index[None]) * dice.uniform(0.002, 0.035, 1, 1, 1, 1)
    waves = basis @ blocks @ basis.T
    rounded = basis.T @ (torch.round(waves / step) * step) @ basis
    result = rounded.transpose(2, 3).reshape(-1, SIDE, SIDE)
    return where(dice.chance(share), result, picture)
