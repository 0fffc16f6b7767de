"""The event files of a run for TensorBoard: scalars, histograms, pictures, the graph, options with their scores."""

import copy
import shutil
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from core.data.augment import augment
from core.evaluation.metrics import confusion_matrix
from core.model.inference import to_input
from core.runs.folder import BOARD_FOLDER
from core.training.config import TrainConfig
from core.training.step import Epoch, Step

if TYPE_CHECKING:
    from core.model.card import Card
    from core.training.data import TrainingSet
    from core.training.loop import Training

STEPS_BETWEEN = 10
SAMPLE = 32  # images
_CELL = 24  # pixels a side of a cell of the confusion matrix


class EventWriter:
    """Writes event files into a run's folder; what a killed worker wrote after its checkpoint is purged."""

    def __init__(self, folder: Path, training: "Training", data: "TrainingSet", config: TrainConfig) -> None:
        self._training, self._data, self._config = training, data, config
        done = training.steps_done
        if not done:  # what a worker wrote that was killed before its first checkpoint
            shutil.rmtree(folder / BOARD_FOLDER, ignore_errors=True)
        self._writer = SummaryWriter(str(folder / BOARD_FOLDER), purge_step=done + 1 if done else None)
        if not done:
            self._show_inputs()

    def _show_inputs(self) -> None:
        """Images as the network meets them, and the network itself. Leaves the training's random state as it was."""
        images = self._data.images[:SAMPLE].unsqueeze(1).float() / 255
        generator = torch.Generator().manual_seed(self._config.seed)
        self._writer.add_images("inputs", augment(images, self._config.augmentation, generator))
        with torch.random.fork_rng(), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # TensorBoard's graph is made by a way that torch will leave
            network = copy.deepcopy(self._training.network).eval()
            self._writer.add_graph(network, to_input(self._data.images[:2], self._data.mean, self._data.std))

    def record(self, event: Step | Epoch) -> None:
        done = self._training.steps_done
        if isinstance(event, Step):
            if done % STEPS_BETWEEN == 0:
                self._writer.add_scalar("loss/step", event.loss, done)
                self._writer.add_scalar("learning rate", event.learning_rate, done)
            return
        self._writer.add_scalars("loss", {"training": event.train_loss, "validation": event.validation_loss}, done)
        accuracies = {"training": event.train_accuracy, "validation": event.validation_accuracy}
        self._writer.add_scalars("accuracy", accuracies, done)
        for name, weights in self._training.network.named_parameters():
            self._writer.add_histogram(f"weights/{name}", weights, done)
            if weights.grad is not None:
                self._writer.add_histogram(f"gradients/{name}", weights.grad, done)
        self._writer.add_image("confusion", self._confusion(), done, dataformats="HW")
        self._writer.flush()

    def _confusion(self) -> NDArray[np.uint8]:
        """The validation confusion as a picture, row the true class: brighter for more, on a log scale."""
        logits, labels = self._training.validation_logits, self._data.validation_labels
        assert logits is not None
        counts = np.log1p(confusion_matrix(logits.argmax(axis=1), labels, self._data.outputs))
        picture = np.rint(255 * counts / max(counts.max(), 1e-9)).astype(np.uint8)
        return np.kron(picture, np.ones((_CELL, _CELL), np.uint8))

    def end(self, card: "Card") -> None:
        """Write the options with the scores they led to."""
        options = {
            name: value if isinstance(value, (bool, int, float, str)) else " ".join(value)
            for name, value in asdict(self._config).items()
        }
        scores = {f"accuracy on {score.title}": score.accuracy for score in card.scores}
        self._writer.add_hparams(options, scores, run_name=".")

    def close(self) -> None:
        self._writer.close()
