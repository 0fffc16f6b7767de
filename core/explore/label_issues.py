"""Labels that are likely to be wrong: those that the image itself speaks against (confident learning)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.explore.embedding import pca
from core.jobs import Progress, ignore

NEIGHBOURS = 10
HEADER = ("image", "label", "suggested", "probability of label", "probability of suggested", "flagged")
_COMPONENTS = 50
_BLOCK = 1000  # images between two reports of progress


@dataclass(frozen=True)
class LabelIssues:
    """Images whose label is doubted, the most doubted first; arrays (M,)."""

    indices: NDArray[np.int64]  # in the data set
    suggested: NDArray[np.int64]  # the class that is likeliest, whatever the label
    given_share: NDArray[np.float64]  # the probability of the given label, 0 to 1: its self-confidence
    suggested_share: NDArray[np.float64]  # the probability of the suggested class
    flagged: NDArray[np.bool_]  # whether confident learning takes the label for wrong; these come first
    flagged_total: int  # in the whole data set

    def __len__(self) -> int:
        return len(self.indices)


def to_rows(issues: LabelIssues, labels: NDArray[np.int64], characters: Sequence[str]) -> list[list[object]]:
    """A row for each, of the columns in HEADER."""
    arrays = (issues.indices, issues.suggested, issues.given_share, issues.suggested_share, issues.flagged)
    return [
        [index, characters[labels[index]], characters[best], round(given, 6), round(share, 6), "yes" if flag else "no"]
        for index, best, given, share, flag in zip(*(array.tolist() for array in arrays), strict=True)
    ]


def find_label_issues(labels: NDArray[np.int64], probabilities: NDArray[np.float64], most: int = 200) -> LabelIssues:
    """Rank labels (N,) by how little probabilities (N, C) believe them, of something that has not learnt from them.

    Flagged are those that confident learning counts as wrong (Northcutt, Jiang and Chuang, "Confident learning:
    estimating uncertainty in dataset labels", JAIR 2021), as cleanlab does it. After them come the others.
    """
    given = probabilities[np.arange(len(labels)), labels]
    suggested, highest = probabilities.argmax(axis=1), probabilities.max(axis=1)
    flagged = _flag(labels, probabilities)
    # Neighbours often give a label no vote at all: among those the ones they agree on most come first.
    order = np.lexsort((-highest, given, ~flagged))[:most]
    return LabelIssues(
        order.astype(np.int64),
        suggested[order].astype(np.int64),
        given[order],
        highest[order],
        flagged[order],
        int(flagged.sum()),
    )


def _flag(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which labels (N,) confident learning takes for wrong; none where there is only one class to tell apart."""
    flagged = np.zeros(len(labels), bool)
    present = np.unique(labels)
    if len(present) < 2:
        return flagged
    from cleanlab.filter import find_label_issues

    # Only classes that occur: the method rests on a threshold for each.
    restricted = probabilities[:, present] + 1e-12
    restricted /= restricted.sum(axis=1, keepdims=True)
    indices = find_label_issues(
        np.searchsorted(present, labels), restricted, return_indices_ranked_by="self_confidence", n_jobs=1
    )
    flagged[indices] = True
    # An image whose likeliest class is the label itself is not called wrong.
    return flagged & (probabilities.argmax(axis=1) != labels)


def neighbour_probabilities(
    images: NDArray[np.uint8], labels: NDArray[np.int64], classes: int, progress: Progress = ignore
) -> NDArray[np.float64]:
    """For every image, uint8 (N, H, W), N at least 2, what the labels of its ten nearest neighbours say.

    Nearest neighbours (Cover and Hart 1967) among the first 50 principal components of the pixels, weighted by one
    over their distance, after Dudani, "The distance-weighted k-nearest-neighbor rule", 1976. The image's own label
    plays no part. The result is float64 (N, classes), its rows sum to 1.
    """
    from sklearn.neighbors import NearestNeighbors
    from threadpoolctl import threadpool_limits

    rows, _ = pca(images, _COMPONENTS)
    count = min(NEIGHBOURS, len(rows) - 1)
    search = NearestNeighbors(n_neighbors=count + 1, algorithm="brute").fit(rows)
    result = np.zeros((len(rows), classes))
    for start in range(0, len(rows), _BLOCK):
        indices = np.arange(start, min(start + _BLOCK, len(rows)))[:, None]
        with threadpool_limits(1):  # the other cores are the pages'
            distances, near = search.kneighbors(rows[start : start + _BLOCK])
        others = near != indices
        others[others.all(axis=1), -1] = False  # it has more twins than neighbours are asked for
        near, weight = near[others].reshape(-1, count), 1 / np.maximum(distances[others].reshape(-1, count), 1.0)
        np.add.at(result, (indices, labels[near]), weight / weight.sum(axis=1, keepdims=True))
        progress(int(indices[-1, 0]) + 1, len(rows))
    return result
