"""What a worker writes into its run's folder: metrics, status, answers, checkpoints, and events for TensorBoard."""

import copy
import io
import json
import logging
import pickle
import shutil
import time
import warnings
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from core.data.augment import augment
from core.errors import RunError
from core.evaluation.metrics import confusion_matrix
from core.files import replace_file
from core.model.architectures import count_parameters
from core.model.card import Card
from core.model.inference import to_input
from core.runs import folder as run_files
from core.runs.folder import Status, metric_lines, write_status
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.loop import Training
from core.training.step import Epoch, Step

CHECKPOINT_SECONDS = 10.0
STATUS_SECONDS = 0.5
WRONG_KEPT = 60
STEPS_BETWEEN = 10  # of those that TensorBoard is told
SAMPLE = 32  # images
_CELL = 24  # pixels a side of a cell of the confusion matrix
WAY_OUT = "Start the training over: it begins again at its first step."

log = logging.getLogger("worker")


class Recorder:
    """Writes the events of a training into the run's folder."""

    def __init__(
        self, folder: Path, training: Training, config: TrainConfig, data: TrainingSet, status: Status
    ) -> None:
        self._folder, self._training, self._config, self._data = folder, training, config, data
        self.status = replace(self._now(status), parameters=count_parameters(training.network))
        self._lines: list[str] = []
        self._written = self._saved = time.monotonic()
        self._cut_back()

    def _cut_back(self) -> None:
        """Drop the events after the checkpoint from which the training goes on: they come again."""
        reached = (self._training.epoch, self._training.step)
        kept = []
        for kind, row in metric_lines(self._folder):
            position = (row["epoch"], 0) if kind == "epoch" else (row["epoch"] - 1, row["step"])
            if position <= reached:
                kept.append(json.dumps([kind, row]) + "\n")
        replace_file(self._folder / run_files.METRICS_FILE, "".join(kept).encode("utf-8"))

    def _now(self, status: Status) -> Status:
        training = self._training
        return replace(status, epoch=training.epoch, step=training.step, best_epoch=training.best_epoch)

    def record(self, event: Step | Epoch) -> None:
        """Note an event. Steps are written twice a second, epochs at once."""
        self._lines.append(json.dumps(["epoch" if isinstance(event, Epoch) else "step", asdict(event)]) + "\n")
        self.status = self._now(self.status)
        if isinstance(event, Step):
            self.status = replace(self.status, steps=event.steps, images_per_second=event.images_per_second)
        else:
            log.info("epoch %d: validation accuracy %.4f", event.epoch, event.validation_accuracy)
            self._write_validation()
        now = time.monotonic()
        if isinstance(event, Epoch) or now - self._written >= STATUS_SECONDS:
            self.status = replace(self.status, seconds=self.status.seconds + now - self._written)
            self._written = now
            self._flush()
        if isinstance(event, Epoch) or now - self._saved >= CHECKPOINT_SECONDS:
            self.checkpoint()

    def _flush(self) -> None:
        with (self._folder / run_files.METRICS_FILE).open("a", encoding="utf-8") as file:
            file.writelines(self._lines)
        self._lines = []
        write_status(self._folder, self.status)

    def checkpoint(self) -> None:
        """Keep all that is needed to go on from here, with the configuration and the images that it belongs to."""
        self._flush()
        state = {"config": asdict(self._config), "images": self._data.digest, "seconds": self.status.seconds}
        packed = io.BytesIO()
        torch.save(state | {"training": self._training.state()}, packed)
        replace_file(self._folder / run_files.CHECKPOINT_FILE, packed.getvalue())
        self._saved = time.monotonic()

    def _write_validation(self) -> None:
        """The answers of the epoch that ended last, and some of the pictures that were read wrong."""
        logits = self._training.validation_logits
        assert logits is not None
        labels, predicted = map(self._data.as_characters, (self._data.validation_labels, logits.argmax(axis=1)))
        wrong = np.flatnonzero(predicted != labels)[:WRONG_KEPT]
        packed = io.BytesIO()
        np.savez_compressed(
            packed, labels=labels, predicted=predicted, wrong=wrong, images=self._data.validation_images[wrong]
        )
        replace_file(self._folder / run_files.VALIDATION_FILE, packed.getvalue())


def restore_checkpoint(folder: Path, training: Training, config: TrainConfig, data: TrainingSet) -> float:
    """Let a training that has not begun go on from its run's checkpoint, if there is one; the seconds spent so far.

    Raises:
        RunError: the checkpoint is damaged, or belongs to another configuration or to other images.
    """
    path = folder / run_files.CHECKPOINT_FILE
    if not path.exists():
        return 0.0
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
        before, images, seconds = state["config"], state["images"], float(state["seconds"])
        _check_same(before, images, config, data)
        training.load_state(state["training"])
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise RunError(f"{run_files.CHECKPOINT_FILE} is damaged, so the training cannot go on. {WAY_OUT}") from error
    log.info("going on after epoch %d, step %d", training.epoch, training.step)
    return seconds


def _check_same(before: dict[str, Any], images: str, config: TrainConfig, data: TrainingSet) -> None:
    """To go on with other options or other images would end in a model that no configuration describes."""
    now = asdict(config)
    before = asdict(TrainConfig()) | before  # an earlier version had fewer options, and did as their defaults do
    if changed := sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)):
        raise RunError(
            f"{run_files.CHECKPOINT_FILE} is that of a training with other options ({', '.join(changed)}), "
            f"so this one cannot go on from it. {WAY_OUT}"
        )
    if images != data.digest:
        titles = " and ".join(source.title for source in data.sources)
        raise RunError(
            f"{titles}: the images are no longer those that the training began with, so it cannot go on with them: "
            "the files have changed, or another version of this program frames them differently. "
            "Restore the former ones and resume, or start the training over with those of now."
        )


class EventWriter:
    """Writes event files into a run's folder; what a killed worker wrote after its checkpoint is purged."""

    def __init__(self, folder: Path, training: Training, config: TrainConfig, data: TrainingSet) -> None:
        self._training, self._data, self._config = training, data, config
        done = training.steps_done
        if not done:  # what a worker wrote that was killed before its first checkpoint
            shutil.rmtree(folder / run_files.BOARD_FOLDER, ignore_errors=True)
        self._writer = SummaryWriter(str(folder / run_files.BOARD_FOLDER), purge_step=done + 1 if done else None)
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

    def end(self, card: Card) -> None:
        """Write the options with the scores they led to."""
        options = {
            name: value if isinstance(value, (bool, int, float, str)) else " ".join(value)
            for name, value in asdict(self._config).items()
        }
        scores = {f"accuracy on {score.title}": score.accuracy for score in card.scores}
        self._writer.add_hparams(options, scores, run_name=".")

    def close(self) -> None:
        self._writer.close()
