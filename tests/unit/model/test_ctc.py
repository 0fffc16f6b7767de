"""What a line says by its frames' probabilities."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from core.model.ctc import find_spans, read_beams


def frames(seed: int, count: int, classes: int) -> NDArray[np.float64]:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(classes, 0.5), count)
    return np.asarray(probabilities)


def by_all_paths(probabilities: NDArray[np.float64]) -> dict[tuple[int, ...], float]:
    """The probability of every sequence, as the sum over all paths that spell it."""
    sums: dict[tuple[int, ...], float] = {}
    count, classes = probabilities.shape
    for path in product(range(classes), repeat=count):
        spelt = tuple(c for c, before in zip(path, (0, *path), strict=False) if c and c != before)
        sums[spelt] = sums.get(spelt, 0.0) + float(np.prod(probabilities[range(count), path]))
    return sums


@pytest.mark.parametrize("seed", range(5))
def test_beams_are_the_likeliest_sequences(seed: int) -> None:
    probabilities = frames(seed, 6, 3)
    expected = by_all_paths(probabilities)
    found = read_beams(probabilities, width=200)
    assert found[0][0] == max(expected, key=expected.__getitem__)
    for sequence, probability in found:
        assert probability == pytest.approx(expected[sequence], rel=0.02, abs=1e-3)


def test_the_same_class_twice_needs_a_blank_between() -> None:
    one, blank = [0.0, 1.0], [1.0, 0.0]
    assert read_beams(np.array([one, one, one]))[0][0] == (1,)
    assert read_beams(np.array([one, blank, one]))[0][0] == (1, 1)


def test_spans_are_where_the_classes_stand() -> None:
    probabilities = np.full((9, 4), 0.01)
    for frame, c in enumerate([0, 2, 2, 0, 3, 0, 0, 3, 0]):
        probabilities[frame, c] = 0.97
    assert find_spans(probabilities, (2, 3, 3)) == [(1, 3), (4, 5), (7, 8)]
    assert find_spans(probabilities, ()) == []
