"""Images as points on a map, by their pixels or what a model makes of them: by PCA at once, by t-SNE in some time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import Dataset
from core.jobs import Progress, ignore

if TYPE_CHECKING:
    from core.model.inference import Recogniser

BLANK = -1
TSNE_COMPONENTS = 50
PERPLEXITY = 30.0
_TSNE_ROUNDS = 4
_TSNE_ROUND = 250


def draw_sample(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """The indices of `count` images, or of all where there are no more, in rising order, every class with its share."""
    if count >= len(labels):
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    classes, sizes = np.unique(labels, return_counts=True)
    wanted = sizes * count / len(labels)
    drawn = np.floor(wanted).astype(np.int64)
    # The largest remainders get what rounding down has left (Hamilton's method).
    drawn[np.argsort(drawn - wanted, kind="stable")[: count - drawn.sum()]] += 1
    pairs = zip(classes, drawn, strict=True)
    parts = [random.permutation(np.flatnonzero(labels == label))[:number] for label, number in pairs]
    return np.sort(np.concatenate(parts)).astype(np.int64)


@dataclass(frozen=True)
class Features:
    features: NDArray[np.float32]  # (N, D), the input of the last layer
    probabilities: NDArray[np.float64]  # (N, C), rows sum to 1
    predicted: NDArray[np.int64]  # (N,), the most probable class, or BLANK for an image without ink


def read_features(recogniser: "Recogniser", data: Dataset) -> Features:
    """Run a model over at least one image of characters that it reads; the answers are restricted to these."""
    from core.model.inference import read_batches  # imports torch

    features = read_batches(recogniser.features, data.framed(recogniser.charset).images)
    probabilities = recogniser.read_features(features, data.charset)
    predicted = np.where(data.images.any(axis=(1, 2)), probabilities.argmax(axis=1), BLANK)
    return Features(features, probabilities, predicted.astype(np.int64))


def pca(rows: NDArray[np.uint8] | NDArray[np.float32], components: int) -> tuple[NDArray[np.float32], float]:
    """Principal components (Pearson, "On lines and planes of closest fit", 1901) of N rows (N, ...) of D numbers.

    Returns:
        float32 (N, components), the directions with the largest variance first, each with its largest weight
        positive so that the map is the same every time, and zero beyond N or D; and the share of the variance that they
        hold, 0 to 1.
    """
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    flat = rows.reshape(len(rows), -1).astype(np.float32)
    model = PCA(min(components, *flat.shape), svd_solver="covariance_eigh")
    # Without variance there are no shares of it. On one core: on two busy ones OpenBLAS takes twenty times as long.
    with np.errstate(invalid="ignore"), threadpool_limits(1):
        reduced = model.fit_transform(flat)
    share = float(model.explained_variance_ratio_.sum())
    return np.pad(reduced, ((0, 0), (0, components - reduced.shape[1]))), 1.0 if np.isnan(share) else share


def tsne(rows: NDArray[np.uint8] | NDArray[np.float32], seed: int, progress: Progress = ignore) -> NDArray[np.float32]:
    """t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", 2008) of the first 50 principal components.

    It goes in rounds of 250 steps, each from where the last one ended, so that it can be followed and stopped; the
    first has the early exaggeration. It starts from the principal components, as Kobak and Berens advise in "The art of
    using t-SNE for single-cell transcriptomics", 2019. From at least 5 rows (N, ...) to float32 (N, 2).
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    reduced, _ = pca(rows, TSNE_COMPONENTS)
    points = reduced[:, :2] * (1e-4 / max(float(reduced[:, 0].std()), 1e-12))
    perplexity = min(PERPLEXITY, (len(reduced) - 1) / 3)
    # What scikit-learn takes by itself; after the exaggeration larger, as a round of this length has little momentum.
    step = max(len(reduced) / 48, 50.0)
    for done in range(_TSNE_ROUNDS):
        model = TSNE(
            perplexity=perplexity,
            early_exaggeration=1.0 if done else 12.0,
            init=points,
            max_iter=_TSNE_ROUND,
            random_state=seed,
            learning_rate=step * (4 if done else 1),
        )
        # On one core: it is a little slower, but leaves the others to the pages that people look at meanwhile.
        with threadpool_limits(1, "openmp"):
            points = np.asarray(model.fit_transform(reduced), np.float32)
        progress((done + 1) * _TSNE_ROUND, _TSNE_ROUNDS * _TSNE_ROUND)
    return points
