"""What a worker writes into its run's folder while it trains: metrics, status, validation answers, checkpoints."""

import io
import json
import logging
import pickle
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.errors import RunError
from core.files import replace_file
from core.model.architectures import count_parameters
from core.runs.folder import CHECKPOINT_FILE, METRICS_FILE, VALIDATION_FILE, Status, metric_lines, write_status
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.loop import Training
from core.training.step import Epoch, Step

CHECKPOINT_SECONDS = 10.0
STATUS_SECONDS = 0.5
WRONG_KEPT = 60
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
        replace_file(self._folder / METRICS_FILE, "".join(kept).encode("utf-8"))

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
        with (self._folder / METRICS_FILE).open("a", encoding="utf-8") as file:
            file.writelines(self._lines)
        self._lines = []
        write_status(self._folder, self.status)

    def checkpoint(self) -> None:
        """Keep all that is needed to go on from here."""
        self._flush()
        save_checkpoint(self._folder, self._training, self._config, self._data, self.status.seconds)
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
        replace_file(self._folder / VALIDATION_FILE, packed.getvalue())


def save_checkpoint(folder: Path, training: Training, config: TrainConfig, data: TrainingSet, seconds: float) -> None:
    """Replace the checkpoint of a run whole; it knows the configuration and the images that it belongs to.

    Args:
        seconds: spent so far.

    Raises:
        OSError: it cannot be written; the one before is still there.
    """
    packed = io.BytesIO()
    state = {"config": asdict(config), "images": data.digest, "seconds": seconds, "training": training.state()}
    torch.save(state, packed)
    replace_file(folder / CHECKPOINT_FILE, packed.getvalue())


def restore_checkpoint(folder: Path, training: Training, config: TrainConfig, data: TrainingSet) -> float:
    """Let a training that has not begun go on from the checkpoint of its run; without one it begins at its first step.

    Returns:
        The seconds that were spent until then.

    Raises:
        RunError: the checkpoint is damaged, or belongs to another configuration or to other images.
    """
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return 0.0
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
        before, images, seconds = state["config"], state["images"], float(state["seconds"])
        _check_same(before, images, config, data)
        training.load_state(state["training"])
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise RunError(f"{CHECKPOINT_FILE} is damaged, so the training cannot go on. {WAY_OUT}") from error
    log.info("going on after epoch %d, step %d", training.epoch, training.step)
    return seconds


def _check_same(before: dict[str, Any], images: str, config: TrainConfig, data: TrainingSet) -> None:
    """To go on with other options or other images would end in a model that no configuration describes."""
    now = asdict(config)
    before = asdict(TrainConfig()) | before  # an earlier version had fewer options, and did as their defaults do
    if changed := sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)):
        raise RunError(
            f"{CHECKPOINT_FILE} is that of a training with other options ({', '.join(changed)}), "
            f"so this one cannot go on from it. {WAY_OUT}"
        )
    if images != data.digest:
        titles = " and ".join(source.title for source in data.sources)
        raise RunError(
            f"{titles}: the images are no longer those that the training began with, so it cannot go on with them: "
            "the files have changed, or another version of this program frames them differently. "
            "Restore the former ones and resume, or start the training over with those of now."
        )
