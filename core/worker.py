"""The process that trains: python -m core.worker RUN_FOLDER. It outlives the page and the server.

It holds the run's lock for as long as it lives, reports through the run's files, keeps a checkpoint of the last
seconds, and obeys the requests that lie in the folder. Killed at any moment, it can be started again and ends as
it would have.
"""

import errno
import logging
import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import DigitLabError, RunError
from core.model.card import read_card
from core.runs import folder as run_files
from core.runs import queue
from core.runs.folder import ENDED, Request, State, Status, read_run, take_request, write_status
from core.settings import Settings, get_settings
from core.training.config import TeachConfig, TrainConfig

STATUS_SECONDS = 0.5
LOCK_SECONDS = 10
_GOES_ON = "the training goes on from its last checkpoint."

log = logging.getLogger("worker")


class Stopped(Exception):
    """The training was asked to end before its time."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.request = request


def work(folder: Path, settings: Settings) -> None:
    """Train the run in this folder, from its checkpoint if it has one. The caller holds the run's lock."""
    run = read_run(folder)
    status = replace(run.status, state=State.RUNNING, message="Reading the data")
    try:
        write_status(folder, status)
        if isinstance(run.config, TrainConfig):
            status = _train(folder, run.config, status, settings)
        else:
            status = _teach(folder, run.config, status, settings)
    except DigitLabError as error:
        log.error("%s", error, exc_info=error.__cause__)
        status = _failed(folder, str(error))
    except OSError as error:
        log.exception("a file could not be written or read")
        status = _failed(folder, explain(error, folder))
    except Exception as error:
        log.exception("the training failed")
        status = _failed(folder, f"{type(error).__name__}: {error}")
    _write_last(folder, status)
    if status.state in ENDED:  # last, so that a worker that is killed on the way here need not begin again
        for name in (run_files.CHECKPOINT_FILE, run_files.REQUEST_FILE):
            (folder / name).unlink(missing_ok=True)


def explain(error: OSError, folder: Path) -> str:
    """What went wrong with a file of a run, and the way out."""
    what = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is no room left where {folder} is ({what}). Make some, and resume: {_GOES_ON}"
    if error.errno == errno.EROFS:
        return f"{folder} can only be read ({what}). Make it writable, and resume: {_GOES_ON}"
    where = f"{error.filename}: " if error.filename else f"A file in {folder} could not be written or read: "
    return f"{where}{what}. Mend that, and resume: {_GOES_ON}"


def _failed(folder: Path, message: str) -> Status:
    """The status that was written last, as that of a run that failed."""
    return replace(read_run(folder).status, state=State.FAILED, message=message)


def _write_last(folder: Path, status: Status) -> None:
    """Write the last status. On a full disk the reserve makes room; else the run is found interrupted."""
    with suppress(OSError):
        (folder / run_files.RESERVE_FILE).unlink(missing_ok=True)
    try:
        write_status(folder, status)
    except OSError as error:
        log.error("%s %s", status.state.value, status.message)
        log.error("this could not be written down: %s", explain(error, folder))
    else:
        log.info("%s %s", status.state.value, status.message)


def _train(folder: Path, config: TrainConfig, status: Status, settings: Settings) -> Status:
    from core.model.checkpoint import check_library
    from core.runs.recorder import EventWriter, Recorder, restore_checkpoint
    from core.training.data import load_training_set
    from core.training.loop import Training
    from core.training.train import finish, load_start

    check_library(settings.models_dir)
    data = load_training_set(config, settings)
    training = Training(config, data, weights=load_start(config, data, settings))
    seconds = restore_checkpoint(folder, training, config, data)
    recorder = Recorder(folder, training, config, data, replace(status, message="", seconds=seconds))
    board = EventWriter(folder, training, config, data)
    try:
        _obey(folder)
        for event in training:
            board.record(event)
            recorder.record(event)
            _obey(folder)
    except Stopped as stopped:
        recorder.checkpoint()
        if stopped.request is not Request.STOP:
            board.close()
        if stopped.request is Request.PAUSE:
            return replace(recorder.status, state=State.PAUSED)
        if stopped.request is Request.CANCEL or not training.best_epoch:
            message = "" if stopped.request is Request.CANCEL else "It was stopped before its first epoch had ended."
            return replace(recorder.status, state=State.CANCELLED, message=message)
    recorder.status = replace(recorder.status, message="Measuring on the test images")
    recorder.checkpoint()
    model = finish(config, data, training.best(), settings, rename=lambda name: queue.free_name(name, settings))
    board.end(read_card(model))
    board.close()
    named = f"The name “{config.name}” was taken meanwhile, so the model is called “{model.name}”."
    message = named if model.name != config.name else ""
    return replace(recorder.status, state=State.FINISHED, model=model.name, message=message)


def _obey(folder: Path) -> None:
    if request := take_request(folder):
        raise Stopped(request)


def _teach(folder: Path, config: TeachConfig, status: Status, settings: Settings) -> Status:
    from core.teaching.teach import run_teaching

    written = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal status, written
        _obey(folder)
        if time.monotonic() - written >= STATUS_SECONDS:
            seconds = status.seconds + time.monotonic() - written
            status = replace(status, epochs=1, step=done, steps=total, seconds=seconds, message="")
            write_status(folder, status)
            written = time.monotonic()

    try:
        run_teaching(config, folder, settings, progress)
    except Stopped:
        return replace(status, state=State.CANCELLED, message="")
    return replace(status, state=State.FINISHED, epoch=1, step=0, message="")


def main(folder: Path) -> int:
    """Take the run's lock and work; then let the next run of the queue begin."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    settings = get_settings()
    if settings.read_only:
        log.error("nothing can be trained here: DIGITS_READ_ONLY is set")
        return 1
    lock = FileLock(folder / run_files.LOCK_FILE)
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        log.error("another worker has this run")
        return 1
    with lock:
        if hasattr(os, "nice"):  # not on Windows
            os.nice(settings.niceness)  # pages come first
        work(folder, settings)
    try:
        queue.dispatch(settings)
    except RunError as error:
        log.error("%s", error)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
