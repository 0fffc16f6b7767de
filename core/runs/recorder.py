"""What a training tells, written into its run's folder, with a checkpoint every few seconds."""

import io
import json
import logging
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from core.files import replace_file
from core.runs import checkpoint
from core.runs.folder import METRICS_FILE, VALIDATION_FILE, Status, metric_lines, write_status
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.loop import Training
from core.training.step import Epoch, Step

CHECKPOINT_SECONDS = 10.0
STATUS_SECONDS = 0.5
WRONG_KEPT = 60

log = logging.getLogger("worker")


class Recorder:
    """Writes what a training tells into the run's folder."""

    def __init__(
        self, folder: Path, training: Training, config: TrainConfig, data: TrainingSet, status: Status
    ) -> None:
        self._folder, self._training, self._config, self._data = folder, training, config, data
        self.status = self._now(status)
        self._lines: list[str] = []
        self._written = self._saved = time.monotonic()
        self._cut_back()

    def _cut_back(self) -> None:
        """Forget what was told after the checkpoint from which the training goes on: it is told again."""
        here = (self._training.epoch, self._training.step)
        kept = []
        for kind, row in metric_lines(self._folder):
            told_at = (row["epoch"], 0) if kind == "epoch" else (row["epoch"] - 1, row["step"])
            if told_at <= here:
                kept.append(json.dumps([kind, row]) + "\n")
        replace_file(self._folder / METRICS_FILE, "".join(kept).encode("utf-8"))

    def _now(self, status: Status) -> Status:
        training = self._training
        return replace(status, epoch=training.epoch, step=training.step, best_epoch=training.best_epoch)

    def tell(self, event: Step | Epoch) -> None:
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
            self.flush()
        if isinstance(event, Epoch) or now - self._saved >= CHECKPOINT_SECONDS:
            self.checkpoint()

    def flush(self) -> None:
        """Write what has been noted."""
        with (self._folder / METRICS_FILE).open("a", encoding="utf-8") as file:
            file.writelines(self._lines)
        self._lines = []
        write_status(self._folder, self.status)

    def checkpoint(self) -> None:
        """Keep all that is needed to go on from here."""
        self.flush()
        checkpoint.save(self._folder, self._training, self._config, self._data, self.status.seconds)
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
