"""What a model makes of images inside, before it decides."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.datasets import Dataset

if TYPE_CHECKING:
    from core.model.inference import Recogniser

BLANK = -1


@dataclass(frozen=True)
class Features:
    """What a model makes of images.

    Attributes:
        features: float32 (N, D), the input of its last layer.
        probabilities: float64 (N, C), rows sum to 1.
        predicted: int64 (N,), the most probable class, or BLANK for an image without ink.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float64]
    predicted: NDArray[np.int64]


def read_features(recogniser: "Recogniser", data: Dataset) -> Features:
    """Run a model over images: the features, and the answers that follow from them.

    Args:
        recogniser: the model.
        data: at least one image of characters that the model reads; the answers are restricted to them.
    """
    from core.model.inference import read_batches  # imports torch

    features = read_batches(recogniser.features, data.framed(recogniser.charset).images)
    probabilities = recogniser.read_features(features, data.charset)
    predicted = np.where(data.images.any(axis=(1, 2)), probabilities.argmax(axis=1), BLANK)
    return Features(features, probabilities, predicted.astype(np.int64))
