"""Random draws for a batch of composed pictures, and the grid that they lie on."""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

from core.vision.views import PICTURE_SIDE

SIDE = PICTURE_SIDE

GRID = torch.stack(torch.meshgrid(*[torch.arange(SIDE) + 0.5] * 2, indexing="ij"))
"""Rows and columns of the middles of the pixels, float (2, SIDE, SIDE)."""


class Dice:
    """Draws of one generator, for a batch."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator = count, generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(self.count, *shape, generator=self.generator)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(self.count, *shape, generator=self.generator)

    def chance(self, share: float | Tensor, *shape: int) -> Tensor:
        """1 with this probability, else 0: float (N, ...)."""
        return (torch.rand(self.count, *shape, generator=self.generator) < share).float()

    def smooth(self, knots: int) -> Tensor:
        """Noise of a standard deviation near 1 that varies over a part of the picture: (N, SIDE, SIDE)."""
        return spread(self.normal(knots, knots))


@cache
def _cubic(knots: int, side: int) -> Tensor:
    """The matrix (side, knots) that interpolates between knots by a cubic: faster than a call for each picture."""
    return F.interpolate(torch.eye(knots)[None, None], (side, knots), mode="bicubic", align_corners=True)[0, 0]


def spread(knots: Tensor) -> Tensor:
    """Values at knots (..., K, K) interpolated to (..., SIDE, SIDE)."""
    matrix = _cubic(knots.shape[-1], SIDE)
    return matrix @ knots @ matrix.T


def where(flag: Tensor, yes: Tensor, no: Tensor) -> Tensor:
    """`yes` (N, ...) where the flag (N,) is above 0, else `no`."""
    return torch.where(flag.view(-1, *[1] * (yes.ndim - 1)) > 0, yes, no)


def tilt(layer: Tensor, dice: Dice, degrees: float) -> Tensor:
    """Turned a little, as the paper lies in the camera: layer (N, SIDE, SIDE)."""
    turn = dice.normal() * math.radians(degrees) * dice.chance(0.6)
    cos, sin, zero = torch.cos(turn), torch.sin(turn), torch.zeros_like(turn)
    matrix = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(matrix, [dice.count, 1, SIDE, SIDE], align_corners=False)
    return F.grid_sample(layer[:, None], grid, align_corners=False, padding_mode="border")[:, 0]
