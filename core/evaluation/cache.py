"""Evaluations that were made, kept while the program runs, so that the same model is not run on the same data twice."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.data.datasets import Dataset
from core.evaluation.evaluate import evaluate
from core.evaluation.predictions import Predictions
from core.jobs import Progress, ignore

if TYPE_CHECKING:
    from core.model.inference import Recogniser

KEPT = 8


class Measurements:
    """The latest evaluations, keyed by what decides the answers: weights, temperature, threshold and data."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Predictions] = OrderedDict()
        self._lock = threading.Lock()

    def evaluate(self, recogniser: "Recogniser", data: Dataset, progress: Progress = ignore) -> Predictions:
        """Measure a model on a data set, or find what was measured before; see `evaluate.evaluate`."""
        card = recogniser.card
        made = (card.name, card.weights_sha256, card.mean, card.std, card.temperature, card.threshold)
        key = (*made, data.name, data.split, data.sha256)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        answers = evaluate(recogniser, data, progress)
        with self._lock:
            self._kept[key] = answers
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answers
