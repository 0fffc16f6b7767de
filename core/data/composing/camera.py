"""What a camera, a scanner or a file makes of a picture."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from core.data.composing.dice import SIDE, Dice, where
from core.data.composing.options import Paper


def record(picture: Tensor, dice: Dice, options: Paper) -> Tensor:
    """What a camera, a scanner or a file makes of it; 0 to 1."""
    picture = _coarsen(picture, dice, options.coarse)
    for radius, kernel in ((0.6, 3), (1.1, 5), (1.7, 7)):
        blurred = _blur(picture, radius, kernel)
        picture = where(dice.chance(options.blur / 3), blurred, picture)
    noise = dice.normal(SIDE, SIDE) * torch.exp(dice.uniform(math.log(0.003), math.log(0.08), 1, 1))
    picture = picture + noise * dice.chance(options.grain * 0.6).view(-1, 1, 1)
    picture = _jpeg(picture.clamp(0, 1), dice, options.jpeg)
    middle = (picture.amax(dim=(1, 2)) + picture.amin(dim=(1, 2))) / 2 + dice.uniform(-0.08, 0.08)
    binary = torch.sigmoid((picture - middle.view(-1, 1, 1)) * 40)
    return where(dice.chance(options.binary), binary, picture).clamp(0, 1)


def _blur(picture: Tensor, radius: float, kernel: int) -> Tensor:
    place = torch.arange(kernel) - kernel // 2
    weights = torch.exp(-(place**2) / (2 * radius**2))
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
    place = torch.arange(8)
    basis = torch.cos((2 * place[None] + 1) * place[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    blocks = picture.view(-1, SIDE // 8, 8, SIDE // 8, 8).transpose(2, 3)
    step = (1 + place[:, None] + place[None]) * dice.uniform(0.002, 0.035, 1, 1, 1, 1)
    waves = basis @ blocks @ basis.T
    rounded = basis.T @ (torch.round(waves / step) * step) @ basis
    result = rounded.transpose(2, 3).reshape(-1, SIDE, SIDE)
    return where(dice.chance(share), result, picture)
