"""Synthetic photographs, scans and drawings: ink put on paper with what lies around it in real pictures.

Made a batch at a time, for a network that reads the picture itself and marks the ink of the character in it. Every
nuisance is an option; all randomness is that of one generator.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.data.ink import LONGER
from core.data.ink import SIDE as INK_SIDE
from core.vision.views import PICTURE_SIDE as SIDE

_GRID = torch.stack(torch.meshgrid(*[torch.arange(SIDE) + 0.5] * 2, indexing="ij"))  # rows and columns, pixels


@dataclass(frozen=True)
class Paper:
    """How likely each nuisance is, 0 to 1.

    Attributes:
        small: the character takes a tenth to four tenths of the picture's side instead of more.
        tight: it fills the frame, squeezed into it.
        neighbours: other characters, cut by the frame.
        punctuation: a dot or a comma behind the character, or some specks.
        ruling: lines across, down or both, whole or dotted.
        field: the printed field of a form: a box, a comb, a tray, an answer line, guide dots.
        gaps: the stroke is broken, faint in parts, or crossed by lines of paper.
        surroundings: the paper ends within the picture: a note on a table, a dark box on a page, bars.
        clean: drawn by a program: flat paper, no grain, no shadow.
        shadow: of each of three kinds of uneven light.
        grain: noise of the paper and the camera.
        blur: out of focus or shaken.
        coarse: fewer pixels than the network sees.
        jpeg: compressed so that it shows.
        binary: of two levels.
        light_ink: light ink on dark paper.
    """

    small: float = 0.2
    tight: float = 0.12
    neighbours: float = 0.3
    punctuation: float = 0.2
    ruling: float = 0.3
    field: float = 0.25
    gaps: float = 0.12
    surroundings: float = 0.22
    clean: float = 0.3
    shadow: float = 0.3
    grain: float = 0.6
    blur: float = 0.5
    coarse: float = 0.25
    jpeg: float = 0.35
    binary: float = 0.08
    light_ink: float = 0.3


# What is left of paper where the ink was found badly: there is no field around the character and no edge of the paper,
# since it has been cut out, and most of the light has been levelled. Light ink would come out as dark ink does.
_LEFT_OVER = Paper(field=0.0, surroundings=0.0, shadow=0.1, grain=0.4, light_ink=0.0)
_PAPER_SHARE = 0.8  # of a glyph's pixels are below the level that is taken for paper, as a quarter of them are ink


class _Dice:
    """Draws of one generator, for a batch."""

    def __init__(self, count: int, generator: torch.Generator) -> None:
        self.count, self.generator = count, generator

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(self.count, *shape, generator=self.generator)

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(self.count, *shape, generator=self.generator)

    def chance(self, share: float) -> Tensor:
        """1 with this probability, else 0: float (N,)."""
        return (torch.rand(self.count, generator=self.generator) < share).float()

    def smooth(self, knots: int) -> Tensor:
        """Noise of a standard deviation near 1 that varies over a part of the picture: (N, SIDE, SIDE)."""
        return _spread(self.normal(knots, knots))


@cache
def _cubic(knots: int, side: int) -> Tensor:
    """The matrix (side, knots) that interpolates between knots by a cubic: faster than a call for each picture."""
    return F.interpolate(torch.eye(knots)[None, None], (side, knots), mode="bicubic", align_corners=True)[0, 0]


def _spread(knots: Tensor) -> Tensor:
    """Values at knots (..., K, K) interpolated to (..., SIDE, SIDE)."""
    matrix = _cubic(knots.shape[-1], SIDE)
    return matrix @ knots @ matrix.T


def compose(
    ink: Tensor, others: Tensor, empty: Tensor, options: Paper, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Put ink pictures on paper.

    Args:
        ink: float (N, 64, 64), 0 to 1; see `core.data.ink`.
        others: float (N, 2, 64, 64), characters that may be neighbours.
        empty: bool (N,), leave the ink away: there is only the paper and what is printed on it.
        options: how likely each nuisance is.
        generator: the source of all randomness; the same state gives the same batch.

    Returns:
        Grey pictures, float (N, 48, 48), 0 (black) to 1 (white), and the share of each pixel that the ink covers,
        whole where the picture shows it broken, float (N, 48, 48).
    """
    dice = _Dice(len(ink), generator)
    strokes, box = _write(ink, dice, options)
    strokes = strokes * ~empty[:, None, None]
    alien = _neighbours(others, box, dice, options.neighbours * (1 - empty.float()))
    alien = torch.maximum(alien, _punctuation(box, dice, options.punctuation))
    printed = torch.maximum(_ruling(dice, options.ruling), _field(box, dice, options.field))
    picture = _on_paper(_break(strokes, dice, options.gaps), alien, printed, box, dice, options)
    return _record(picture, dice, options), strokes


def preview(
    ink: NDArray[np.uint8], others: NDArray[np.uint8], options: Paper, count: int, seed: int
) -> NDArray[np.uint8]:
    """One ink picture on paper, as a training would meet it.

    Args:
        ink: uint8 (64, 64); see `core.data.ink`.
        others: uint8 (M, 64, 64), characters that may be neighbours; at least one.
        options: how likely each nuisance is.
        count: how many pictures, at least 1.
        seed: the same seed, ink and options give the same pictures.

    Returns:
        Grey, uint8 (count, 48, 48).
    """
    generator = torch.Generator().manual_seed(seed)
    near = torch.from_numpy(others)[torch.randint(len(others), (count, 2), generator=generator)]
    one = torch.from_numpy(ink).expand(count, INK_SIDE, INK_SIDE)
    pictures, _ = compose(
        one.float() / 255, near.float() / 255, torch.zeros(count, dtype=torch.bool), options, generator
    )
    return np.asarray((pictures * 255).round().byte().numpy())


def glyphs_on_paper(images: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Show some glyphs as they would be had their ink been found badly on paper, where they are and as large.

    Args:
        images: float (N, 1, H, W), 0 (paper) to 1 (ink).
        share: of the images that are changed, 0 to 1.
        generator: the source of all randomness; the same state gives the same batch.

    Returns:
        A new tensor of the same shape and range.
    """
    chosen = torch.rand(len(images), generator=generator) < share
    if not chosen.any():
        return images
    glyphs = images[chosen]
    dice = _Dice(len(glyphs), generator)
    strokes = F.interpolate(glyphs, (SIDE, SIDE), mode="bicubic", align_corners=False)[:, 0].clamp(0, 1)
    box = _box(strokes)
    others = _large(glyphs)[torch.randint(dice.count, (dice.count, 2), generator=generator)]
    alien = _neighbours(others, box, dice, torch.tensor(_LEFT_OVER.neighbours))
    alien = torch.maximum(alien, _punctuation(box, dice, _LEFT_OVER.punctuation))
    ruling = _ruling(dice, _LEFT_OVER.ruling)
    picture = _on_paper(_break(strokes, dice, _LEFT_OVER.gaps), alien, ruling, box, dice, _LEFT_OVER)
    small = F.interpolate(_record(picture, dice, _LEFT_OVER)[:, None], glyphs.shape[-2:], mode="area")
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


def _where(flag: Tensor, yes: Tensor, no: Tensor) -> Tensor:
    return torch.where(flag.view(-1, *[1] * (yes.ndim - 1)) > 0, yes, no)


def _write(ink: Tensor, dice: _Dice, options: Paper) -> tuple[Tensor, Tensor]:
    """The main ink in its place and size, and its box: rows from and to, columns from and to, pixels (N, 4)."""
    size = _where(dice.chance(options.small), torch.exp(dice.uniform(math.log(7), math.log(20))), dice.uniform(19, 45))
    ratio = torch.exp(dice.uniform(-0.35, 0.35))
    scale = torch.stack([size * ratio.clamp(max=1), size / ratio.clamp(min=1)], dim=1)  # down, across
    tight = dice.chance(options.tight)
    extent = _extent(ink)  # of the ink in its picture, down and across, 0 to 1
    filled = torch.stack([dice.uniform(42, 49), dice.uniform(42, 49)], dim=1) / extent.clamp(min=0.3)
    half = _where(dice.chance(0.5), filled, filled.amin(dim=1, keepdim=True).expand(-1, 2))
    scale = _where(tight, half, scale)
    turn = dice.normal() * math.radians(7)
    slant = _where(dice.chance(0.3), dice.uniform(-0.2, 0.8), dice.normal() * 0.15)
    slant = slant * (1 - 0.7 * tight)
    reach = scale * extent / 2
    room = (SIDE / 2 - reach).clamp(min=0)
    loose = _where(dice.chance(0.35), torch.ones(dice.count, 1), torch.full((dice.count, 1), 0.35))
    middle = SIDE / 2 + dice.uniform(-1, 1, 2) * room * loose
    strokes = _stamp(ink, scale, middle, turn, slant, dice)
    strokes = _thicken(strokes, dice)
    return strokes, torch.stack([middle - reach, middle + reach], dim=2).flatten(1)


def _extent(ink: Tensor) -> Tensor:
    """The ink's height and width as shares of the longer side a full ink picture has, (N, 2)."""
    rows = (ink.amax(dim=2) > 0.3).sum(dim=1)
    columns = (ink.amax(dim=1) > 0.3).sum(dim=1)
    return torch.stack([rows, columns], dim=1).clamp(min=1) / LONGER


def _stamp(ink: Tensor, scale: Tensor, middle: Tensor, turn: Tensor, slant: Tensor, dice: _Dice | None) -> Tensor:
    """Ink pictures drawn at a size, a place, an angle and a slant, (N, SIDE, SIDE); elastic where there are dice."""
    factor = LONGER / scale  # ink pixels a pixel, down and across
    zero = torch.zeros_like(turn)
    matrix = torch.stack([torch.cos(turn) + zero, torch.sin(turn), -torch.sin(turn), torch.cos(turn)], dim=1).view(
        -1, 2, 2
    )
    away = _GRID.flatten(1).T - middle[:, None]  # (N, pixels, 2)
    away = away @ matrix
    down, across = away.unbind(dim=2)
    across = across + slant[:, None] * down
    points = torch.stack([across * factor[:, 1:], down * factor[:, :1]], dim=2) * (2 / INK_SIDE)
    grid = points.view(-1, SIDE, SIDE, 2)
    if dice is not None:
        bend = dice.normal(2, 5, 5) * dice.uniform(0, 0.045, 1, 1, 1)
        grid = grid + _spread(bend).permute(0, 2, 3, 1)
    result = torch.empty(len(ink), SIDE, SIDE)
    level = torch.log2(factor.amin(dim=1).clamp(min=1)).round().long().clamp(max=3)
    pyramid = ink[:, None]
    for wanted in range(
        4
    ):  # smaller copies first made smaller whole, or thin strokes would be lost between the samples
        chosen = level == wanted
        if chosen.any():
            result[chosen] = F.grid_sample(pyramid[chosen], grid[chosen], align_corners=False)[:, 0]
        pyramid = F.avg_pool2d(pyramid, 2)
    return result


def _thicken(strokes: Tensor, dice: _Dice) -> Tensor:
    """Strokes moved at their edges, by -0.5 to +1.5 pixels, mostly not at all."""
    amount = dice.uniform(-0.5, 1.5, 1, 1) * dice.chance(0.5).view(-1, 1, 1)
    thick = F.max_pool2d(strokes[:, None], 3, 1, 1)[:, 0]
    thicker = F.max_pool2d(thick[:, None], 3, 1, 1)[:, 0]
    thin = -F.max_pool2d(-strokes[:, None], 3, 1, 1)[:, 0]
    out = torch.lerp(torch.lerp(strokes, thick, amount.clamp(0, 1)), thicker, (amount - 1).clamp(0, 1))
    return torch.where(amount < 0, torch.lerp(strokes, thin, -amount.clamp(max=0) * 0.8), out)


def _neighbours(others: Tensor, box: Tensor, dice: _Dice, share: Tensor) -> Tensor:
    """Characters left and right of the box, or above and below it, mostly cut by the frame."""
    top, bottom, left, right = box.unbind(dim=1)
    layer = torch.zeros(dice.count, SIDE, SIDE)
    rows = dice.chance(0.85)
    height = _where(rows, bottom - top, right - left).clamp(min=8)
    for side in (0, 1):
        size = height * dice.uniform(0.8, 1.25)
        gap = dice.uniform(-0.02, 0.35) * height + size * 0.3
        before, after = _where(rows, left, top) - gap, _where(rows, right, bottom) + gap
        along = after if side else before
        # Where a whole neighbour would be seen it is moved out, until the frame cuts it.
        along = torch.maximum(along, SIDE - 0.15 * size) if side else torch.minimum(along, 0.15 * size)
        across = _where(rows, top + bottom, left + right) / 2 + dice.normal() * 0.08 * height
        middle = torch.stack([_where(rows, across, along), _where(rows, along, across)], dim=1)
        turn, slant = dice.normal() * 0.08, dice.normal() * 0.2
        stamped = _stamp(others[:, side], size[:, None].expand(-1, 2), middle, turn, slant, None)
        there = (torch.rand(dice.count, generator=dice.generator) < share * 0.7).float()
        layer = torch.maximum(layer, stamped * there.view(-1, 1, 1))
    return layer


def _disc(middle: Tensor, radius: Tensor) -> Tensor:
    """Filled discs with soft edges: centres (N, 2) and radii (N,) in pixels."""
    distance = (_GRID - middle[:, :, None, None]).square().sum(dim=1).sqrt()
    return (radius[:, None, None] + 0.5 - distance).clamp(0, 1)


def _punctuation(box: Tensor, dice: _Dice, share: float) -> Tensor:
    """A dot behind the character, low; and specks anywhere, none larger than a fortieth of the side."""
    top, bottom, _, right = box.unbind(dim=1)
    height = bottom - top
    middle = torch.stack([bottom - height * dice.uniform(-0.05, 0.35), right + height * dice.uniform(0.06, 0.3)], dim=1)
    layer = _disc(middle, height * dice.uniform(0.03, 0.08)) * dice.chance(share).view(-1, 1, 1)
    for _ in range(3):
        speck = _disc(dice.uniform(0, SIDE, 2), dice.uniform(0.1, 0.6))
        layer = torch.maximum(layer, speck * dice.chance(share).view(-1, 1, 1))
    return layer


def _rectangles(corners: Tensor) -> Tensor:
    """The union of filled upright rectangles (N, K, 4): rows from and to, columns from and to, in pixels."""
    place = torch.arange(SIDE) + 0.5
    low, high = corners[..., 0::2, None], corners[..., 1::2, None]
    profile = (torch.minimum(place - low, high - place) + 0.5).clamp(0, 1)  # (N, K, 2, SIDE)
    profile = torch.minimum(profile, (high - low).clamp(0, 1))  # thinner than a pixel: as much fainter
    layer = torch.zeros(len(corners), SIDE, SIDE)
    for down, across in (pair.unbind(dim=1) for pair in profile.unbind(dim=1)):
        layer = torch.maximum(layer, down[:, :, None] * across[:, None])
    return layer


def _tilt(layer: Tensor, dice: _Dice, degrees: float) -> Tensor:
    """Turned a little, as the paper lies in the camera: layer (N, SIDE, SIDE)."""
    turn = dice.normal() * math.radians(degrees) * dice.chance(0.6)
    cos, sin, zero = torch.cos(turn), torch.sin(turn), torch.zeros_like(turn)
    matrix = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(matrix, [dice.count, 1, SIDE, SIDE], align_corners=False)
    return F.grid_sample(layer[:, None], grid, align_corners=False, padding_mode="border")[:, 0]


def _ruling(dice: _Dice, share: float) -> Tensor:
    """Lines across, down or both over the whole picture, at equal distances, whole or dotted."""
    distance, thick = torch.exp(dice.uniform(math.log(5), math.log(60))), dice.uniform(0.2, 1.6)
    layers = []
    for axis in (0, 1):
        place = _GRID[axis][None] + dice.uniform(0, 60, 1, 1)
        away = (torch.remainder(place, distance[:, None, None]) - distance[:, None, None] / 2).abs()
        line = (thick[:, None, None] / 2 + 0.5 - away).clamp(0, 1) * thick.clamp(max=1)[:, None, None]
        dash = torch.remainder(_GRID[1 - axis][None] + dice.uniform(0, 6, 1, 1), dice.uniform(2, 6, 1, 1)) < 1.5
        layers.append(line * _where(dice.chance(0.15), dash.float(), torch.ones_like(line)))
    kind = dice.uniform(0, 1).view(-1, 1, 1)
    both = torch.where(kind < 0.45, layers[0], torch.where(kind < 0.6, layers[1], torch.maximum(*layers)))
    return _tilt(both, dice, 4) * dice.chance(share).view(-1, 1, 1)


def _field(box: Tensor, dice: _Dice, share: float) -> Tensor:
    """The field of a form around the box: any of its four sides, neighbouring fields, an answer line, guide dots."""
    top, bottom, left, right = box.unbind(dim=1)
    size = torch.maximum(bottom - top, right - left).clamp(min=10)
    margin = dice.uniform(-0.02, 0.5, 4) * size[:, None]
    same = dice.chance(0.5)[:, None]
    margin = torch.where(same > 0, margin[:, :1].expand(-1, 4), margin)
    up, down, west, east = top - margin[:, 0], bottom + margin[:, 1], left - margin[:, 2], right + margin[:, 3]
    square = dice.chance(0.5)  # a box for any character is not as narrow as a 1
    lack = ((down - up) * dice.uniform(0.6, 1) - (east - west)).clamp(min=0) / 2 * square
    west, east = west - lack, east + lack
    thick = _where(dice.chance(0.2), dice.uniform(2, 7), dice.uniform(0.4, 2.4))
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
        sides.append(torch.stack([up - thick, up, begin, begin + width], dim=1))
        sides.append(torch.stack([down, down + thick, begin, begin + width], dim=1))
        edge = begin + (width if side > 0 else 0)
        sides.append(torch.stack([up - thick, down + thick, edge - hair, edge + hair], dim=1))
    kind = dice.uniform(0, 1)
    has = torch.zeros(dice.count, len(sides))
    has[:, :4] = (kind < 0.55).float()[:, None]  # a box
    has[:, 4:] = (kind < 0.2).float()[:, None]  # among others
    tray = (kind >= 0.55) & (kind < 0.7)
    has[:, 1:4] += tray.float()[:, None]
    has[:, 1] += ((kind >= 0.7) & (kind < 0.9)).float()  # an answer line
    has[:, 2:4] += (kind >= 0.9).float()[:, None]  # the sides of a comb
    corners = torch.stack(sides, dim=1)
    layer = _rectangles(corners * has.clamp(max=1)[:, :, None] - 99 * (1 - has.clamp(max=1)[:, :, None]))
    dotted = dice.chance(0.35).view(-1, 1, 1)
    radius = size * dice.uniform(0.015, 0.06)
    inset, rows = dice.uniform(0.15, 0.35), dice.chance(0.5)
    for row in (-1, 0, 1):
        for column in (-1, 1):
            middle = torch.stack(
                [
                    (up + down) / 2 + (0.5 - inset) * (down - up) * row,
                    (west + east) / 2 + (0.5 - inset) * width * column,
                ],
                dim=1,
            )
            layer = torch.maximum(
                layer, _disc(middle, radius) * dotted * (rows if row == 0 else 1 + 0 * rows).view(-1, 1, 1)
            )
    return _tilt(layer, dice, 3) * dice.chance(share).view(-1, 1, 1)


def _break(strokes: Tensor, dice: _Dice, share: float) -> Tensor:
    """The stroke as it is seen: with holes, faint parts, or lines of paper across it."""
    holes = torch.sigmoid((dice.smooth(14) + dice.uniform(0.4, 1.6, 1, 1)) * 6)
    faint = torch.sigmoid(dice.smooth(4) * 3 + 0.5) * dice.uniform(0.3, 0.8, 1, 1) + 0.2
    distance, thick = dice.uniform(4, 14, 1, 1), dice.uniform(0.5, 1.8, 1, 1)
    lines = torch.ones_like(strokes)
    for axis in (0, 1):
        away = (torch.remainder(_GRID[axis][None] + dice.uniform(0, 14, 1, 1), distance) - distance / 2).abs()
        lines = lines * (1 - (thick / 2 + 0.5 - away).clamp(0, 1))
    for kind in (holes, faint, lines):
        strokes = _where(dice.chance(share * 0.5), strokes * kind.clamp(0, 1), strokes)
    return strokes


def _on_paper(strokes: Tensor, alien: Tensor, printed: Tensor, box: Tensor, dice: _Dice, options: Paper) -> Tensor:
    """Levels for paper and inks, the light on it, and what lies around the paper; (N, SIDE, SIDE), 0 to 1."""
    clean = dice.chance(options.clean)
    paper = _where(clean, 1 - dice.uniform(0, 0.5) ** 2, dice.uniform(0.35, 1))
    depth = _where(dice.chance(0.3), dice.uniform(0.08, 0.4), dice.uniform(0.4, 1)).view(-1, 1, 1)
    pressure = (1 + dice.smooth(5) * dice.uniform(0, 0.25, 1, 1) * (1 - clean).view(-1, 1, 1)).clamp(0.3, 1)
    other_depth = depth * _where(dice.chance(0.6), torch.ones(dice.count), dice.uniform(0.4, 1.1)).view(-1, 1, 1)
    printed_depth = depth * _where(dice.chance(0.45), torch.ones(dice.count), dice.uniform(0.2, 1.3)).view(-1, 1, 1)
    covered = 1 - (1 - strokes * depth * pressure) * (1 - alien * other_depth) * (
        1 - printed * printed_depth.clamp(max=1)
    )
    halo = F.avg_pool2d(strokes[:, None], 5, 1, 2)[:, 0] * dice.uniform(0, 0.25, 1, 1) * dice.chance(0.2).view(-1, 1, 1)
    light = _light(dice, options.shadow, clean)
    ghost = F.avg_pool2d(alien.flip(2)[:, None].roll(9, 3), 3, 1, 1)[:, 0] * dice.uniform(0, 0.2, 1, 1)
    ghost = ghost * (dice.chance(0.15) * (1 - clean)).view(-1, 1, 1)
    picture = paper.view(-1, 1, 1) * (1 - covered) * (1 - halo * depth) * (1 - ghost)
    picture = _surround(picture, box, clean, dice, options.surroundings)
    grain = sum(dice.smooth(knots) * dice.uniform(0, strength, 1, 1) for knots, strength in ((12, 0.03), (24, 0.04)))
    picture = picture * light + grain * ((1 - clean) * dice.chance(options.grain)).view(-1, 1, 1)
    return _where(dice.chance(options.light_ink), 1 - picture, picture)


def _light(dice: _Dice, share: float, clean: Tensor) -> Tensor:
    """Light over the picture, 0.25 to 1: a gradient, a soft shadow, the edge of a hard one."""
    angle = dice.uniform(0, 2 * math.pi, 1, 1)
    place = ((_GRID[0] - SIDE / 2) * torch.sin(angle) + (_GRID[1] - SIDE / 2) * torch.cos(angle)) / SIDE
    light = 1 - dice.uniform(0, 0.5, 1, 1) * (place + 0.5) * dice.chance(share).view(-1, 1, 1)
    soft = torch.sigmoid(dice.smooth(3) * 2)
    light = light * (1 - dice.uniform(0, 0.6, 1, 1) * soft * dice.chance(share).view(-1, 1, 1))
    sharp = torch.sigmoid((place - dice.uniform(-0.4, 0.4, 1, 1)) * torch.exp(dice.uniform(2.5, 5, 1, 1)))
    light = light * (1 - dice.uniform(0.1, 0.6, 1, 1) * sharp * dice.chance(share * 0.5).view(-1, 1, 1))
    return _where(clean, torch.ones_like(light), light.clamp(min=0.2))


def _surround(picture: Tensor, box: Tensor, clean: Tensor, dice: _Dice, share: float) -> Tensor:
    """The paper as a rectangle around the box, and something of another level beyond it."""
    top, bottom, left, right = box.unbind(dim=1)
    size = torch.maximum(bottom - top, right - left).clamp(min=8)
    margin = size[:, None] * dice.uniform(0.06, 0.8, 4)
    # A side that is far away makes bars; one bar alone, or two.
    margin = margin + 99 * (torch.rand(dice.count, 4, generator=dice.generator) < 0.3)
    corners = torch.stack([top - margin[:, 0], bottom + margin[:, 1], left - margin[:, 2], right + margin[:, 3]], dim=1)
    inside = _tilt(_rectangles(corners[:, None]), dice, 5)
    level = _where(dice.chance(0.6), dice.uniform(0, 0.35), dice.uniform(0.2, 1)).view(-1, 1, 1)
    rough = dice.smooth(20) * dice.uniform(0, 0.08, 1, 1) + dice.smooth(5) * dice.uniform(0, 0.1, 1, 1)
    beyond = (level + rough * (1 - clean).view(-1, 1, 1)).clamp(0, 1)
    # Another frame around the paper's own edge: a plot's axes, the rim of a box.
    rim = F.max_pool2d(inside[:, None], 3, 1, 1)[:, 0] - inside
    beyond = beyond * (1 - rim * dice.chance(0.2).view(-1, 1, 1))
    return _where(dice.chance(share), inside * picture + (1 - inside) * beyond, picture)


def _record(picture: Tensor, dice: _Dice, options: Paper) -> Tensor:
    """What a camera, a scanner or a file makes of it; 0 to 1."""
    picture = _coarsen(picture, dice, options.coarse)
    for radius, kernel in ((0.6, 3), (1.1, 5), (1.7, 7)):
        blurred = _blur(picture, radius, kernel)
        picture = _where(dice.chance(options.blur / 3), blurred, picture)
    noise = dice.normal(SIDE, SIDE) * torch.exp(dice.uniform(math.log(0.003), math.log(0.08), 1, 1))
    picture = picture + noise * dice.chance(options.grain * 0.6).view(-1, 1, 1)
    picture = _jpeg(picture.clamp(0, 1), dice, options.jpeg)
    middle = (picture.amax(dim=(1, 2)) + picture.amin(dim=(1, 2))) / 2 + dice.uniform(-0.08, 0.08)
    binary = torch.sigmoid((picture - middle.view(-1, 1, 1)) * 40)
    return _where(dice.chance(options.binary), binary, picture).clamp(0, 1)


def _blur(picture: Tensor, radius: float, kernel: int) -> Tensor:
    place = torch.arange(kernel) - kernel // 2
    weights = torch.exp(-(place**2) / (2 * radius**2))
    weights = weights / weights.sum()
    padded = F.pad(picture[:, None], [kernel // 2] * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))[:, 0]


def _coarsen(picture: Tensor, dice: _Dice, share: float) -> Tensor:
    """Fewer pixels, and enlarged again: each half as likely by repeating pixels as smoothly."""
    for side in (14, 20, 28, 34):
        small = F.interpolate(picture[:, None], (side, side), mode="area")
        square = F.interpolate(small, (SIDE, SIDE), mode="nearest")[:, 0]
        smooth = F.interpolate(small, (SIDE, SIDE), mode="bilinear", align_corners=False)[:, 0]
        smoothed = _where(dice.chance(0.7), smooth, square)
        picture = _where(dice.chance(share / 4 * (0.4 if side < 20 else 1.2)), smoothed, picture)
    return picture


def _jpeg(picture: Tensor, dice: _Dice, share: float) -> Tensor:
    """Blocks of 8x8 pixels whose cosine transform is rounded, high frequencies more coarsely (Wallace 1992)."""
    place = torch.arange(8)
    basis = torch.cos((2 * place[None] + 1) * place[:, None] * math.pi / 16) / 2
    basis[0] /= math.sqrt(2)
    blocks = picture.view(-1, SIDE // 8, 8, SIDE // 8, 8).transpose(2, 3)
    step = (1 + place[:, None] + place[None]) * dice.uniform(0.002, 0.035, 1, 1, 1, 1)
    waves = basis @ blocks @ basis.T
    rounded = basis.T @ (torch.round(waves / step) * step) @ basis
    result = rounded.transpose(2, 3).reshape(-1, SIDE, SIDE)
    return _where(dice.chance(share), result, picture)
