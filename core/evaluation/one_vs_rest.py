"""One class against the rest: precision-recall and ROC curves with their areas, as scikit-learn computes them."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWN = 300


@dataclass(frozen=True)
class Curve:
    """A curve and the area that sums it up.

    Attributes:
        x, y: float64 (M,), 0 to 1, in the order of falling thresholds.
        threshold: float64 (M,): answers with a probability of at least this count as the class; inf for none of them.
        area: 0 to 1; nan where it is not defined.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    threshold: NDArray[np.float64]
    area: float


@dataclass(frozen=True)
class Ranking:
    """How well the probability of a class puts its images before the others.

    Attributes:
        place: of the class in the charset.
        images: how many images are of the class.
        precision_recall: recall to the right, precision upwards; the area is the average precision.
        roc: false positive rate to the right, true positive rate upwards.
    """

    place: int
    images: int
    precision_recall: Curve
    roc: Curve


def rank(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[Ranking]:
    """A ranking for every class that has images, but not all of them: for another nothing is defined.

    Args:
        labels: (N,), 0 to C - 1.
        probabilities: (N, C).
    """
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    return [
        _rank(place, labels == place, probabilities[:, place])
        for place in range(probabilities.shape[1])
        if 0 < counts[place] < len(labels)
    ]


def hardest(rankings: Sequence[Ranking], count: int) -> list[Ranking]:
    """Those of the classes with the least average precision, so many at most, in the order of the classes."""
    worst = sorted(rankings, key=lambda one: one.precision_recall.area)[:count]
    return sorted(worst, key=lambda one: one.place)


def _rank(place: int, positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Ranking:
    from sklearn import metrics

    precision, recall, thresholds = metrics.precision_recall_curve(positive, scores)
    # scikit-learn begins with the lowest threshold and ends with a point of none.
    found = Curve(
        recall[::-1],
        precision[::-1],
        np.append(thresholds, np.inf)[::-1],
        float(metrics.average_precision_score(positive, scores)),
    )
    false, true, thresholds = metrics.roc_curve(positive, scores)
    roc = Curve(false, true, thresholds, float(metrics.roc_auc_score(positive, scores)))
    return Ranking(place, int(positive.sum()), thinned(found), thinned(roc))


def thinned(curve: Curve, most: int = DRAWN) -> Curve:
    """The same curve with fewer points: the corners stay, and what lies nearly on a straight line goes.

    Again and again the point that is farthest from what is kept so far is kept as well (Douglas and Peucker,
    "Algorithms for the reduction of the number of points", 1973).
    """
    kept = [0, len(curve.x) - 1]
    waiting: list[tuple[float, int, int, int]] = []

    def divide(start: int, end: int) -> None:
        if end - start > 1:
            distances = _distances(curve.x[start : end + 1], curve.y[start : end + 1])
            place = int(distances.argmax())
            if distances[place] > 1e-9:
                heapq.heappush(waiting, (-float(distances[place]), start + place, start, end))

    divide(*kept)
    while waiting and len(kept) < most:
        _, place, start, end = heapq.heappop(waiting)
        kept.append(place)
        divide(start, place)
        divide(place, end)
    places = np.unique(kept)
    return Curve(curve.x[places], curve.y[places], curve.threshold[places], curve.area)


def _distances(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each point is from the straight line between the first and the last."""
    across, up = x[-1] - x[0], y[-1] - y[0]
    length = np.hypot(across, up)
    if length == 0:
        return np.hypot(x - x[0], y - y[0])
    return np.abs(across * (y - y[0]) - up * (x - x[0])) / length
