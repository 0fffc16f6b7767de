"""A camera that takes pictures of drawn sheets: from the side, of bent paper, on a table, in some light."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.support.sheets import Pixels, Points, TrueSheet


@dataclass(frozen=True)
class Camera:
    """How a page is photographed.

    Attributes:
        turn: degrees, clockwise.
        tilt: by how much of their length the four corners may be off, drawn for each.
        bend: how far the page bulges, as a share of its size: level lines, then upright ones.
        desk: share of the picture around the page, on each side.
        shadow: by how much the light falls off; `edge` that of a shadow with a sharp edge.
        blur, noise: pixels and levels; `quality` of the JPEG, 0 for none; `side` is the picture's longer side.
    """

    turn: float = 0.0
    tilt: float = 0.0
    bend: tuple[float, float] = (0.0, 0.0)
    desk: float = 0.0
    shadow: float = 0.0
    edge: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int = 0
    side: int = 0


def photograph(sheet: TrueSheet, camera: Camera, rng: Generator) -> TrueSheet:
    """A flat page as a camera sees it; the fields' corners move with it."""
    height, width = sheet.picture.shape[:2]
    matrix, size = _projection((width, height), camera, rng)
    phase = rng.uniform(0, np.pi, 2)

    def bent(points: Points, sign: int) -> Points:
        """Level lines as arcs, then upright ones; backwards in the other order."""
        moved = points.copy()
        for axis in (1, 0) if sign > 0 else (0, 1):
            other = (width, height)[1 - axis]
            wave = np.sin(np.pi * moved[..., 1 - axis] / other * 1.3 + phase[axis])
            moved[..., axis] += sign * camera.bend[1 - axis] * (width, height)[axis] * wave
        return moved

    grid = np.stack(np.meshgrid(np.arange(size[0]), np.arange(size[1])), axis=-1).astype(np.float64)
    flat = cv2.perspectiveTransform(grid.reshape(1, -1, 2), np.linalg.inv(matrix)).reshape(grid.shape)
    source = bent(np.asarray(flat, np.float64), -1).astype(np.float32)
    desk = _desk(size, rng) if camera.desk else np.full((size[1], size[0], 3), sheet.picture[2, 2], np.uint8)
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    page = cv2.GaussianBlur(sheet.picture, (0, 0), 0.5 / scale) if scale < 0.8 else sheet.picture
    picture = cv2.remap(
        page,
        np.ascontiguousarray(source[..., 0]),
        np.ascontiguousarray(source[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float32)
    inside = ((source >= 0) & (source < (width, height))).all(axis=-1).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(np.asarray(inside), (0, 0), 1), np.float32)[..., None]
    picture = picture * soft + desk * (1 - soft)

    def seen(quad: Points) -> Points:
        points = cv2.perspectiveTransform(bent(np.asarray(quad, np.float64), 1)[None], matrix)
        return np.asarray(points[0], np.float64)

    fields = tuple(replace(one, quad=seen(one.quad)) for one in sheet.fields)
    return TrueSheet(_record(picture, camera, rng), fields, sheet.kind)


def _projection(size: tuple[int, int], camera: Camera, rng: Generator) -> tuple[Points, tuple[int, int]]:
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    angle = np.radians(camera.turn)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    seen = corners @ turn + rng.uniform(-camera.tilt, camera.tilt, (4, 2)) * size
    low, high = seen.min(axis=0), seen.max(axis=0)
    extent = high - low
    seen = seen - low + camera.desk * extent
    extent = extent * (1 + 2 * camera.desk)
    factor = camera.side / extent.max() if camera.side else 1.0
    target = (seen * factor).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return np.asarray(matrix, np.float64), (int(extent[0] * factor), int(extent[1] * factor))


def _desk(size: tuple[int, int], rng: Generator) -> Pixels:
    """A table under the page: one colour, grain of wood or of cloth, dots."""
    width, height = size
    colour = rng.uniform(30, 200, 3) * rng.uniform(0.5, 1)
    desk = np.full((height, width, 3), colour, np.float32)
    knots = (int(rng.integers(4, 80)), int(rng.integers(4, 80)))
    grain = cv2.resize(rng.normal(0, 1, knots).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    desk += grain[..., None] * rng.uniform(0, 22)
    if rng.random() < 0.2:
        for x, y in rng.uniform(0, 1, (40, 2)) * size:
            cv2.circle(desk, (int(x), int(y)), int(max(size) / 60), (40.0, 130.0, 130.0), -1)
    return np.clip(desk, 0, 255).astype(np.uint8)


def _record(picture: NDArray[np.float32], camera: Camera, rng: Generator) -> Pixels:
    height, width = picture.shape[:2]
    knots = rng.uniform(0, 1, (4, 4)).astype(np.float32)
    light = 1 - camera.shadow * np.clip(cv2.resize(knots, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    if camera.edge:
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        slope, at = rng.normal(0, 1), rng.uniform(0.2, 0.8)
        side = (columns / width - at) + slope * (rows / height - 0.5)
        light *= 1 - camera.edge / (1 + np.exp(-np.clip(side * 150, -50, 50)))
    picture = picture * light[..., None]
    if camera.blur:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), camera.blur), np.float32)
    picture = picture + rng.standard_normal((height, width, 1), np.float32) * camera.noise
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    if camera.quality:
        _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, camera.quality])
        pixels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return pixels
