"""The process that trains: python -m core.training.worker RUN_FOLDER. It outlives the page and the server.

It holds the run's lock for as long as it lives, tells how it goes through the run's files, keeps a checkpoint of the
last seconds, and obeys the requests that lie in the folder. Killed at any moment, it can be started again and ends as
it would have.
"""

import json
import logging
import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from core.errors import DigitLabError
from core.model.library import read_card
from core.settings import Settings, get_settings
from core.training import runs
from core.training.config import TeachConfig, TrainConfig
from core.training.events import Epoch, Step
from core.training.runs import Request, State, Status

if TYPE_CHECKING:
    from core.training.data import TrainingSet
    from core.training.loop import Training

CHECKPOINT_SECONDS = 10.0
STATUS_SECONDS = 0.5
LOCK_SECONDS = 10
NICENESS = 10
WRONG_KEPT = 60

log = logging.getLogger("worker")


class Stopped(Exception):
    """The training was asked to end before its time."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.request = request


class Recorder:
    """Writes what a training tells into the run's folder."""

    def __init__(self, folder: Path, training: "Training", data: "TrainingSet", status: Status) -> None:
        self._folder, self._training, self._data = folder, training, data
        self.status = status
        self._lines: list[str] = []
        self._written = self._saved = time.monotonic()
        self._cut_back()

    def _cut_back(self) -> None:
        """Forget what was told after the checkpoint from which the training goes on: it is told again."""
        here = (self._training.epoch, self._training.step)
        kept = []
        for kind, row in runs.metric_lines(self._folder):
            told_at = (row["epoch"], 0) if kind == "epoch" else (row["epoch"] - 1, row["step"])
            if told_at <= here:
                kept.append(json.dumps([kind, row]) + "\n")
        runs.replace_file(self._folder / runs.METRICS_FILE, "".join(kept).encode("utf-8"))

    def tell(self, event: Step | Epoch) -> None:
        """Note an event. Steps are written twice a second, epochs at once."""
        self._lines.append(json.dumps(["epoch" if isinstance(event, Epoch) else "step", asdict(event)]) + "\n")
        training = self._training
        self.status = replace(self.status, epoch=training.epoch, step=training.step, best_epoch=training.best_epoch)
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
        with (self._folder / runs.METRICS_FILE).open("a", encoding="utf-8") as file:
            file.writelines(self._lines)
        self._lines = []
        runs.write_status(self._folder, self.status)

    def checkpoint(self) -> None:
        """Keep all that is needed to go on from here."""
        import io

        import torch

        self.flush()
        packed = io.BytesIO()
        torch.save({"seconds": self.status.seconds, "training": self._training.state()}, packed)
        runs.replace_file(self._folder / runs.CHECKPOINT_FILE, packed.getvalue())
        self._saved = time.monotonic()

    def _write_validation(self) -> None:
        """The answers of the epoch that ended last, and some of the pictures that were read wrong."""
        import io

        import numpy as np

        logits, labels = self._training.validation_logits, self._data.validation_labels
        assert logits is not None
        predicted = logits.argmax(axis=1)
        wrong = np.flatnonzero(predicted != labels)[:WRONG_KEPT]
        packed = io.BytesIO()
        np.savez_compressed(
            packed, labels=labels, predicted=predicted, wrong=wrong, images=self._data.validation_images[wrong]
        )
        runs.replace_file(self._folder / runs.VALIDATION_FILE, packed.getvalue())


def work(folder: Path, settings: Settings) -> None:
    """Train the run in this folder, from its checkpoint if it has one. The caller holds its lock."""
    run = runs.read_run(folder)
    status = replace(run.status, state=State.RUNNING, message="Reading the data")
    runs.write_status(folder, status)
    try:
        if isinstance(run.config, TrainConfig):
            status = _train(folder, run.config, status, settings)
        else:
            status = _teach(folder, run.config, status, settings)
    except DigitLabError as error:
        log.error("%s", error)
        status = _last(folder, State.FAILED, str(error))
    except OSError as error:
        log.exception("a file could not be written or read")
        status = _last(folder, State.FAILED, f"{error.strerror or error}. Mend it, and resume.")
    except Exception as error:
        log.exception("the training failed")
        status = _last(folder, State.FAILED, f"{type(error).__name__}: {error}")
    runs.write_status(folder, status)
    log.info("%s %s", status.state.value, status.message)


def _last(folder: Path, state: State, message: str) -> Status:
    """The status that was written last, with another state."""
    return replace(runs.read_run(folder).status, state=state, message=message)


def _train(folder: Path, config: TrainConfig, status: Status, settings: Settings) -> Status:
    from core.training.board import Board
    from core.training.data import load_training_set
    from core.training.loop import Training
    from core.training.train import finish, load_start

    data = load_training_set(config, settings)
    training = Training(config, data, weights=load_start(config, settings))
    seconds = _load_checkpoint(folder, training)
    recorder = Recorder(folder, training, data, replace(status, message="", seconds=seconds))
    board = Board(folder, training, data, config)
    try:
        for event in training:
            board.tell(event)
            recorder.tell(event)
            if request := runs.taken_request(folder):
                raise Stopped(request)
    except Stopped as stopped:
        recorder.checkpoint()
        if stopped.request is not Request.STOP:
            board.close()
        if stopped.request is Request.PAUSE:
            return replace(recorder.status, state=State.PAUSED)
        if stopped.request is Request.CANCEL or not training.best_epoch:
            (folder / runs.CHECKPOINT_FILE).unlink(missing_ok=True)
            message = "" if stopped.request is Request.CANCEL else "It was stopped before its first epoch had ended."
            return replace(recorder.status, state=State.CANCELLED, message=message)
    recorder.status = replace(recorder.status, message="Measuring on the test images")
    recorder.checkpoint()
    board.end(read_card(finish(config, data, training.best(), settings)))
    board.close()
    (folder / runs.CHECKPOINT_FILE).unlink(missing_ok=True)
    return replace(recorder.status, state=State.FINISHED, model=config.name, message="")


def _teach(folder: Path, config: TeachConfig, status: Status, settings: Settings) -> Status:
    from core.training.lesson import hold

    told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal status, told
        if request := runs.taken_request(folder):
            raise Stopped(request)
        if time.monotonic() - told >= STATUS_SECONDS:
            seconds = status.seconds + time.monotonic() - told
            status = replace(status, epochs=1, step=done, steps=total, seconds=seconds, message="")
            runs.write_status(folder, status)
            told = time.monotonic()

    try:
        hold(config, folder, settings, progress)
    except Stopped:
        return replace(status, state=State.CANCELLED, message="")
    return replace(status, state=State.FINISHED, epoch=1, step=0, message="")


def _load_checkpoint(folder: Path, training: "Training") -> float:
    """Take up where the checkpoint says, if there is one; the seconds that were spent until then."""
    import torch

    path = folder / runs.CHECKPOINT_FILE
    if not path.exists():
        return 0.0
    kept: dict[str, Any] = torch.load(path, weights_only=True)
    training.load_state(kept["training"])
    log.info("going on after epoch %d, step %d", training.epoch, training.step)
    return float(kept["seconds"])


def main(folder: Path) -> int:
    """Take the run's lock and work; then let the next run of the queue begin."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    settings = get_settings()
    lock = FileLock(folder / runs.LOCK_FILE)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        log.error("another worker has this run")
        return 1
    with lock:
        os.nice(NICENESS)  # pages come first
        work(folder, settings)
    runs.dispatch(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
