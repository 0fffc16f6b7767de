"""The perspective that sets writing without rules upright: from how its rows and columns part the sheet.

As pages are straightened by the turn at which their projection has the sharpest profile (Postl, "Detection of linear
oblique structures and skew scan in digitized documents", 1986), here for both directions, each with an even change.
"""

import numpy as np
from numpy.typing import NDArray

from core.sheets.lines import Box, usual_height
from core.sheets.upright import View, as_it_is, view_of

_TURNS = np.linspace(-9, 9, 37)  # degrees, then finer ones
_FINER = np.linspace(-0.5, 0.5, 9)
_CHANGES = np.linspace(-4, 4, 9)  # degrees from one end of the sheet to the other
_LEAST = 12  # pieces of writing
_MOST = 800
_BIN = 0.2  # of the usual height
_PRICE = 0.01  # of a profile's sharpness is each degree of turn or of change to gain


def view_of_writing(boxes: list[Box], shape: tuple[int, ...]) -> View:
    """The view in which rows are level and columns upright; as it is where little is written.

    Args:
        boxes: connected ink.
        shape: height and width of the sheet, in pixels.
    """
    if len(boxes) < _LEAST:
        return as_it_is(shape)
    usual = usual_height(boxes)
    tall = [box for box in boxes if 0.4 * usual < max(box.height, box.width) and box.height < 3 * usual][:_MOST]
    if len(tall) < _LEAST:
        return as_it_is(shape)
    size = np.array([shape[1], shape[0]], np.float64)
    low = np.array([[box.left, box.top] for box in tall], np.float64)
    high = np.array([[box.right, box.bottom] for box in tall], np.float64)
    middles = (low + high) / 2 - size / 2
    spans = (high - low) / 2
    level = _sharpest(middles[:, 1], middles[:, 0], middles[:, 1] / size[1], 0.5 * spans[:, 1], _BIN * usual)
    # An upright line that leans clockwise goes to the left on its way down.
    lean = _sharpest(middles[:, 0], -middles[:, 1], middles[:, 0] / size[0], spans[:, 0], _BIN * usual)
    if max(abs(value) for value in (*level, *lean)) < 0.1:
        return as_it_is(shape)
    return view_of(level, lean, (shape[1], shape[0]))


def _sharpest(
    at: NDArray[np.float64],
    along: NDArray[np.float64],
    place: NDArray[np.float64],
    half: NDArray[np.float64],
    step: float,
) -> tuple[float, float]:
    """The turn in the middle and its change, degrees, at which pieces that reach `half` to both sides lie together."""
    best = (0.0, 0.0)
    for turns, changes in ((_TURNS, _CHANGES), (_FINER, np.linspace(-0.5, 0.5, 5))):
        tried = [(best[0] + turn, best[1] + change) for turn in turns for change in changes]
        scores = [_sharpness(at - along * np.tan(np.radians(a + b * place)), half, step) for a, b in tried]
        prices = [1 - _PRICE * (abs(a) + abs(b)) for a, b in tried]
        best = tried[int(np.argmax(np.array(scores) * prices))]
    return best


def _sharpness(at: NDArray[np.float64], half: NDArray[np.float64], step: float) -> float:
    """How unevenly a profile is covered: the mean square of how many pieces lie at each place."""
    low = float((at - half).min()) - step
    first = ((at - half - low) / step).astype(int)
    last = ((at + half - low) / step).astype(int) + 1
    length = int(last.max()) + 1
    covered = np.cumsum(np.bincount(first, minlength=length) - np.bincount(last, minlength=length))
    return float((covered.astype(np.float64) ** 2).sum())
