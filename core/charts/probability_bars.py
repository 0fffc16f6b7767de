"""The bars of an answer, as SVG: they are drawn again after every stroke, for which a Plotly figure would be slow."""

from collections.abc import Collection
from html import escape

import numpy as np
from numpy.typing import NDArray

from core.charsets import MANY, Charset
from core.charts.palette import BLUE, GREY, TEXT
from core.text import probability

_ROWS = 10  # of many classes
_WIDTH, _ROW, _BAR = 380, 24, 14
_LEFT, _LONGEST = 28, 282  # where bars start, and how long the bar of 100 % is
_FONT = "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


def probability_bars(
    charset: Charset,
    probabilities: NDArray[np.float64] | None,
    chosen: Collection[str],
    colour: str = BLUE,
    text: str = TEXT["light"],
) -> str:
    """A horizontal bar for every class as an SVG, in charset order; of many classes the most probable, best first.

    Args:
        probabilities: (C,); None for bars of no length in a picture of the same size.
        chosen: the classes whose bars are in `colour`; the others are grey.
        text: colour of the labels.
    """
    labelled, count = probabilities is not None, len(charset.characters)
    shares = np.zeros(count) if probabilities is None else probabilities
    order = list(range(count)) if count <= MANY else np.argsort(-shares, kind="stable")[:_ROWS].tolist()
    height = _ROW * len(order)
    rows = [
        _row(
            row,
            charset.names[index] if labelled or count <= MANY else "",
            float(shares[index]),
            colour if charset.characters[index] in chosen else GREY,
            labelled,
        )
        for row, index in enumerate(order)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="{_FONT}" font-size="14" fill="{text}">{"".join(rows)}</svg>'
    )


def _row(row: int, character: str, share: float, colour: str, labelled: bool) -> str:
    """Character, track, bar, and beside it the percentage where it is at least 0.1 %."""
    top = row * _ROW + (_ROW - _BAR) // 2
    base = row * _ROW + _ROW / 2 + 5
    length = max(2.0, _LONGEST * share) if labelled else 2.0
    words = f'<text x="{_LEFT + length + 6:.1f}" y="{base}">{escape(probability(share))}</text>'
    number = words if share >= 0.001 else ""
    return (
        f'<text x="11" y="{base}" text-anchor="middle" font-weight="600">{escape(character)}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{_LONGEST}" height="{_BAR}" rx="3" fill="{GREY}" fill-opacity="0.14"/>'
        f'<rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="3" fill="{colour}"/>{number}'
    )
