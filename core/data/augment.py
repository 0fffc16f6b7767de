"""Random changes to training images, a whole batch at a time, so that the network meets more hands than it has."""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.data.composing.composer import glyphs_on_paper

ELASTIC_GRID = 5  # knots a side of the displacement field: about 7 pixels apart, as smooth as Simard's sigma of 4
_GEOMETRY = ("rotation", "scale", "shift", "shear", "elastic", "stretch")  # done in one resampling


@dataclass(frozen=True)
class Augmentation:
    """The largest change of each kind; every image draws its own strength between none and this."""

    rotation: float = 0.0  # degrees to either side, 0 to 45
    scale: float = 0.0  # share by which width and height each grow or shrink, 0 to 0.5
    shift: float = 0.0  # pixels to either side, 0 to 8
    shear: float = 0.0  # degrees of slant to either side, 0 to 45
    elastic: float = 0.0  # standard deviation of the smooth displacement, in pixels, 0 to 3
    stroke_width: float = 0.0  # pixels by which a stroke's edge moves out, and up to half a pixel in, 0 to 2
    stretch: float = 0.0  # share by which width grows beyond `scale`, 0 to 1: as in narrow scans that fill their frame
    paper: float = 0.0  # share of the images shown as what is left of paper (neighbours, rulings, grain, blur), 0 to 1


def augment(images: Tensor, strength: Augmentation, generator: torch.Generator) -> Tensor:
    """Change every image of a batch at random: float (N, 1, H, W), 0 (paper) to 1 (ink), to a new tensor of the same.

    The geometry (affine and elastic in one resampling) follows Simard, Steinkraus and Platt, "Best practices for
    convolutional neural networks applied to visual document analysis", 2003.
    """
    if any(getattr(strength, name) for name in _GEOMETRY):
        grid = F.affine_grid(_affine(images, strength, generator), list(images.shape), align_corners=False)
        if strength.elastic:
            grid = grid + _elastic(images, strength.elastic, generator)
        images = F.grid_sample(images, grid, align_corners=False)
    if strength.stroke_width:
        images = _change_stroke_width(images, strength.stroke_width, generator)
    if strength.paper:
        images = glyphs_on_paper(images, strength.paper, generator)
    return images


def preview(glyph: NDArray[np.uint8], strength: Augmentation, count: int, seed: int) -> NDArray[np.uint8]:
    """Changed versions of one glyph, as a training would meet them: uint8 (28, 28) to uint8 (count, 28, 28)."""
    image = torch.from_numpy(np.ascontiguousarray(glyph)).float() / 255
    batch = image.expand(count, 1, *glyph.shape)
    changed = augment(batch, strength, torch.Generator().manual_seed(seed))
    return np.asarray((changed[:, 0] * 255).round().clamp(0, 255).byte().numpy())


def _uniform(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator) * 2 - 1


def _affine(images: Tensor, strength: Augmentation, generator: torch.Generator) -> Tensor:
    """Matrices (N, 2, 3) that map an output pixel to where it is read from, in the -1..1 units of affine_grid."""
    count, size = images.shape[0], images.shape[-1]
    angle = _uniform(count, generator) * math.radians(strength.rotation)
    slant = torch.tan(_uniform(count, generator) * math.radians(strength.shear))
    width = (1 + _uniform(count, generator) * strength.scale) * _stretch(images, strength.stretch, generator)
    height = 1 + _uniform(count, generator) * strength.scale
    matrix = torch.zeros(count, 2, 3)
    matrix[:, 0, 0] = torch.cos(angle) / width
    matrix[:, 0, 1] = (slant - torch.sin(angle)) / height
    matrix[:, 1, 0] = torch.sin(angle) / width
    matrix[:, 1, 1] = torch.cos(angle) / height
    pixel = 2 / size
    matrix[:, 0, 2] = _uniform(count, generator) * strength.shift * pixel
    matrix[:, 1, 2] = _uniform(count, generator) * strength.shift * pixel
    return matrix


def _stretch(images: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Factors (N,) of 1 to 1 + `share`, large ones rare, none so large that the ink leaves the picture."""
    factor = 1 + torch.rand(len(images), generator=generator) ** 2 * share
    ink_width = (images.amax(dim=(1, 2)) > 0.3).sum(dim=1).clamp(min=1)
    return torch.minimum(factor, (0.9 * images.shape[-1] / ink_width).clamp(min=1))


def _elastic(images: Tensor, pixels: float, generator: torch.Generator) -> Tensor:
    """Smooth displacements (N, H, W, 2) in the -1..1 units of grid_sample."""
    count, size = images.shape[0], images.shape[-1]
    strength = pixels * torch.rand(count, 1, 1, 1, generator=generator)
    knots = torch.randn(count, 2, ELASTIC_GRID, ELASTIC_GRID, generator=generator) * strength
    field = F.interpolate(knots, size=images.shape[-2:], mode="bicubic", align_corners=True)
    return field.permute(0, 2, 3, 1) * (2 / size)


def _change_stroke_width(images: Tensor, pixels: float, generator: torch.Generator) -> Tensor:
    """Move the strokes' edges by grey dilation (out) or erosion (in), a 3x3 neighbourhood for every pixel."""
    amount = (_uniform(len(images), generator) * pixels).view(-1, 1, 1, 1)
    # Strong changes are rare, and thin strokes must not break.
    amount = (amount * amount.abs().clamp(max=1)).clamp(min=-0.5)
    thinner = -F.max_pool2d(-images, 3, stride=1, padding=1)
    thicker = F.max_pool2d(images, 3, stride=1, padding=1)
    thickest = F.max_pool2d(thicker, 3, stride=1, padding=1)
    out = torch.lerp(torch.lerp(images, thicker, amount.clamp(0, 1)), thickest, (amount - 1).clamp(0, 1))
    return torch.where(amount < 0, torch.lerp(images, thinner, -amount.clamp(max=0)), out)
