"""What is on the paper besides handwriting: rulings, the fields of forms, dots and specks."""

import math

import torch
from torch import Tensor

from core.data.composing.dice import GRID, SIDE, Dice, tilt, where


def punctuation(box: Tensor, dice: Dice, share: float) -> Tensor:
    """A dot behind the character, low; and specks anywhere, none larger than a fortieth of the side."""
    top, bottom, _, right = box.unbind(dim=1)
    height = bottom - top
    middle = torch.stack([bottom - height * dice.uniform(-0.05, 0.35), right + height * dice.uniform(0.06, 0.3)], dim=1)
    layer = disc(middle, height * dice.uniform(0.03, 0.08)) * dice.chance(share, 1, 1)
    for _ in range(3):
        speck = disc(dice.uniform(0, SIDE, 2), dice.uniform(0.1, 0.6))
        layer = torch.maximum(layer, speck * dice.chance(share, 1, 1))
    return layer


def ruling(dice: Dice, share: float) -> Tensor:
    """Lines across, down or both over the whole picture, at equal distances, whole or dotted."""
    distance, thick = torch.exp(dice.uniform(math.log(5), math.log(60))), dice.uniform(0.2, 1.6)
    layers = []
    for axis in (0, 1):
        position = GRID[axis][None] + dice.uniform(0, 60, 1, 1)
        away = (torch.remainder(position, distance[:, None, None]) - distance[:, None, None] / 2).abs()
        line = (thick[:, None, None] / 2 + 0.5 - away).clamp(0, 1) * thick.clamp(max=1)[:, None, None]
        dash = torch.remainder(GRID[1 - axis][None] + dice.uniform(0, 6, 1, 1), dice.uniform(2, 6, 1, 1)) < 1.5
        layers.append(line * where(dice.chance(0.15), dash.float(), torch.ones_like(line)))
    kind = dice.uniform(0, 1, 1, 1)
    both = torch.where(kind < 0.45, layers[0], torch.where(kind < 0.6, layers[1], torch.maximum(*layers)))
    return tilt(both, dice, 4) * dice.chance(share, 1, 1)


def field(box: Tensor, dice: Dice, share: float) -> Tensor:
    """The field of a form around the box: any of its four sides, neighbouring fields, an answer line, guide dots."""
    top, bottom, left, right = box.unbind(dim=1)
    size = torch.maximum(bottom - top, right - left).clamp(min=10)
    margin = dice.uniform(-0.02, 0.5, 4) * size[:, None]
    margin = where(dice.chance(0.5), margin[:, :1].expand(-1, 4), margin)
    up, down, west, east = top - margin[:, 0], bottom + margin[:, 1], left - margin[:, 2], right + margin[:, 3]
    square = dice.chance(0.5)  # a box for any character is not as narrow as a 1
    lack = ((down - up) * dice.uniform(0.6, 1) - (east - west)).clamp(min=0) / 2 * square
    west, east = west - lack, east + lack
    thick = where(dice.chance(0.2), dice.uniform(2, 7), dice.uniform(0.4, 2.4))
    hair = thick / 2
    sides = [
        torch.stack([up - thick, up, west - thick, east + thick], dim=1),
        torch.stack([down, down + thick, west - thick, east + thick], dim=1),
        torch.stack([up - thick, down + thick, west - thick, west], dim=1),
        torch.stack([up - thick, down + thick, east, east + thick], dim=1),
    ]
    width = east - west
    for side in (-1, 1):  # the next fields of a comb, or boxes of their own
        apart = dice.uniform(0, 0.4) * width * dice.chance(0.5)
        begin = east + apart if side > 0 else west - apart - width
        edge = begin + (width if side > 0 else 0)
        sides += [
            torch.stack([up - thick, up, begin, begin + width], dim=1),
            torch.stack([down, down + thick, begin, begin + width], dim=1),
            torch.stack([up - thick, down + thick, edge - hair, edge + hair], dim=1),
        ]
    kind = dice.uniform(0, 1, 1)
    has = torch.zeros(dice.count, len(sides))
    has[:, :4] = (kind < 0.55).float()  # a box
    has[:, 4:] = (kind < 0.2).float()  # among others
    has[:, 1:4] += ((kind >= 0.55) & (kind < 0.7)).float()  # a tray
    has[:, 1:2] += ((kind >= 0.7) & (kind < 0.9)).float()  # an answer line
    has[:, 2:4] += (kind >= 0.9).float()  # the sides of a comb
    layer = rectangles(torch.where(has[:, :, None] > 0, torch.stack(sides, dim=1), -99.0))
    dotted = dice.chance(0.35, 1, 1)
    radius = size * dice.uniform(0.015, 0.06)
    inset, rows = dice.uniform(0.15, 0.35), dice.chance(0.5, 1, 1)
    for row in (-1, 0, 1):
        for column in (-1, 1):
            y = (up + down) / 2 + (0.5 - inset) * (down - up) * row
            x = (west + east) / 2 + (0.5 - inset) * width * column
            dot = disc(torch.stack([y, x], dim=1), radius) * dotted
            layer = torch.maximum(layer, dot if row else dot * rows)
    return tilt(layer, dice, 3) * dice.chance(share, 1, 1)


def rectangles(corners: Tensor) -> Tensor:
    """The union of filled upright rectangles (N, K, 4): rows from and to, columns from and to, in pixels."""
    position = torch.arange(SIDE) + 0.5
    low, high = corners[..., 0::2, None], corners[..., 1::2, None]
    profile = (torch.minimum(position - low, high - position) + 0.5).clamp(0, 1)  # (N, K, 2, SIDE)
    profile = torch.minimum(profile, (high - low).clamp(0, 1))  # thinner than a pixel: as much fainter
    layer = torch.zeros(len(corners), SIDE, SIDE)
    for down, across in (pair.unbind(dim=1) for pair in profile.unbind(dim=1)):
        layer = torch.maximum(layer, down[:, :, None] * across[:, None])
    return layer


def disc(middle: Tensor, radius: Tensor) -> Tensor:
    """Filled discs with soft edges: centres (N, 2) and radii (N,) in pixels."""
    distance = (GRID - middle[:, :, None, None]).square().sum(dim=1).sqrt()
    return (radius[:, None, None] + 0.5 - distance).clamp(0, 1)
