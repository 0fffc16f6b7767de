"""The characters of a line, cut apart: for a second opinion on each, and to show them."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from core.vision.grey import Pixels

_FAINT = 90  # of 255: ink below this does not tie components together
_SPECK = 0.004  # of the squared height: smaller components are dust


def cut_characters(ink: Pixels, middles: Sequence[float]) -> list[Pixels]:
    """The ink of each character of a line.

    Components of ink belong to the character whose middle they are nearest to; one that reaches over the middles of
    two is cut where it is thinnest between them.

    Args:
        ink: of one line, uint8 (80, W), white on black (`core.vision.line.scaled_ink`).
        middles: of the characters, from left to right, as shares of the width.

    Returns:
        Ink, uint8 (80, w), white on black, of the same height each; without any white where nothing is left of one.
    """
    if not middles:
        return []
    columns = [middle * ink.shape[1] for middle in middles]
    edges = [0, *_cuts(ink, columns), ink.shape[1]]
    count, labels, stats, centres = cv2.connectedComponentsWithStats((ink >= _FAINT).astype(np.uint8), connectivity=8)
    cut = [np.zeros_like(ink) for _ in middles]
    for label in range(1, count):
        left, _, width, _, area = (int(value) for value in stats[label])
        if area < _SPECK * ink.shape[0] ** 2:
            continue
        own = labels == label
        over = [i for i, column in enumerate(columns) if left <= column < left + width]
        if len(over) <= 1:
            owner = over[0] if over else int(np.argmin(np.abs(np.array(columns) - centres[label][0])))
            cut[owner][own] = ink[own]
            continue
        for i in range(over[0], over[-1] + 1):
            start = edges[i] if i > over[0] else 0
            end = edges[i + 1] if i < over[-1] else ink.shape[1]
            part = own[:, start:end]
            cut[i][:, start:end][part] = ink[:, start:end][part]
    return [_narrow(part) for part in cut]


def _cuts(ink: Pixels, columns: Sequence[float]) -> list[int]:
    """Between each two middles the column with the least ink, the middle one of several."""
    amount = ink.sum(axis=0, dtype=np.float64)
    cuts = []
    for left, right in pairwise(columns):
        start, end = int(left) + 1, max(int(left) + 2, int(right))
        middle = (start + end - 1) / 2
        towards = 0.05 * amount.max() * np.abs(np.arange(start, end) - middle) / max(end - start, 1)
        cuts.append(start + int(np.argmin(amount[start:end] + towards)) if end <= len(amount) else start)
    return cuts


def _narrow(part: Pixels) -> Pixels:
    used = np.flatnonzero(part.any(axis=0))
    return part[:, used[0] : used[-1] + 1] if len(used) else part[:, :1]
