"""One class against the rest: precision-recall and ROC curves with their areas, as scikit-learn computes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# A chart shows its curves near the corner of a perfect one, enlarged up to 200 times: both are less than a pixel.
_TOLERANCE, _TOLERANCE_BY_DISTANCE = 1e-5, 0.005


@dataclass(frozen=True)
class Curve:
    """A curve and the area under it, 0 to 1; the points (M,) in the order of falling thresholds."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    threshold: NDArray[np.float64]  # probability from which an answer counts as the class; inf for none of them
    area: float


@dataclass(frozen=True)
class Ranking:
    """How well the probability of a class puts its images before the others."""

    index: int  # of the class
    images: int  # of the class
    precision_recall: Curve  # recall to the right, precision upwards; the area is the average precision
    roc: Curve  # false positive rate to the right, true positive rate upwards


def rank(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[Ranking]:
    """A ranking for every class that has some, but not all of the images: for others nothing is defined."""
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    return [
        _rank(index, labels == index, probabilities[:, index])
        for index in np.flatnonzero((counts > 0) & (counts < len(labels))).tolist()
    ]


def hardest(rankings: Sequence[Ranking], count: int) -> list[Ranking]:
    """The classes with the lowest average precision, at most `count`, in the order of the classes."""
    worst = sorted(rankings, key=lambda ranking: ranking.precision_recall.area)[:count]
    return sorted(worst, key=lambda ranking: ranking.index)


def _rank(index: int, positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Ranking:
    from sklearn import metrics

    precision, recall, thresholds = metrics.precision_recall_curve(positive, scores)
    # scikit-learn begins with the lowest threshold and ends with a point of none.
    precision_recall = Curve(
        recall[::-1],
        precision[::-1],
        np.append(thresholds, np.inf)[::-1],
        float(metrics.average_precision_score(positive, scores)),
    )
    false, true, thresholds = metrics.roc_curve(positive, scores)
    roc = Curve(false, true, thresholds, float(metrics.roc_auc_score(positive, scores)))
    return Ranking(index, int(positive.sum()), thinned(precision_recall, 1.0), thinned(roc, 0.0))


def thinned(curve: Curve, corner: float) -> Curve:
    """The same curve without the points on straight lines (Douglas and Peucker, 1973).

    scikit-learn's `drop_intermediate` is not enough: it keeps every image of a class that is read without an error.
    A perfect curve has its corner at (corner, 1).
    """
    tolerance = max(_TOLERANCE, _TOLERANCE_BY_DISTANCE * float(np.hypot(curve.x - corner, curve.y - 1).min()))
    points = np.column_stack([curve.x, curve.y]).astype(np.float32)
    corners = cv2.approxPolyDP(points, tolerance, closed=False).reshape(-1, 2)
    kept = np.isin(points.view(np.complex64), corners.view(np.complex64)).ravel()  # a point as one number
    return Curve(curve.x[kept], curve.y[kept], curve.threshold[kept], curve.area)
