"""What a training will cost, before it starts: as the last one of its kind took here, or else from a few timed batches.

    python -m core.runs.estimate CONFIG_FILE

times the batches and prints the timing as JSON. A page calls `time_batches`, which starts that process: in the server
itself torch has one thread, and its timings would say nothing about the worker.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from core.data.datasets import count
from core.data.register import get_source
from core.errors import RunError
from core.runs.folder import Run, State, list_runs
from core.runs.queue import process_environment
from core.runs.reader import read_validation
from core.settings import PROJECT_ROOT, Settings
from core.training.config import TrainConfig, from_json, to_json

TIMED_STEPS = 5
VALIDATED = 500  # images
PATIENCE_SECONDS = 120
STALE_SECONDS = 600  # after which batches are timed again: the machine may have been busy with something else
# Options on which neither a step's time nor the network's size depends.
_TIMELESS = (
    *("name", "datasets", "images", "validation_share", "start", "start_share", "balance", "epochs", "learning_rate"),
    *("momentum", "weight_decay", "schedule", "label_smoothing", "patience", "seed"),
)


@dataclass(frozen=True)
class Timing:
    """How long the parts of a training take."""

    parameters: int
    step_seconds: float
    image_seconds: float  # of a validation, with what else comes once an epoch
    measured: float = 0.0  # when, seconds since 1970
    disturbed: bool = False  # whether another training ran meanwhile, so that all took longer than it will alone
    run: str = ""  # name of the training that took so long; empty for a few timed batches


def timed_options(config: TrainConfig) -> dict[str, Any]:
    """What the time of a step, and of an image, depends on: trainings that have these in common take as long."""
    options = {name: value for name, value in asdict(config).items() if name not in _TIMELESS}
    return options | {"charset": config.charset.name}


def timing_of_last_run(config: TrainConfig, settings: Settings) -> Timing | None:
    """How long the last finished training with the same network and options took here; None where there is none."""
    wanted = timed_options(config)
    for run in list_runs(settings):
        if run.state is State.FINISHED and isinstance(run.config, TrainConfig) and timed_options(run.config) == wanted:
            timing = _timing_of(run, run.config)
            if timing:
                return timing
    return None


def _timing_of(run: Run, config: TrainConfig) -> Timing | None:
    """Steps as fast as in its last epoch; the rest of its seconds is that of the validations."""
    status, validation = run.status, read_validation(run.folder)
    if validation is None or not (status.parameters and status.epoch and status.images_per_second):
        return None  # a run of an earlier version
    step_seconds = config.batch_size / status.images_per_second
    trained = (status.epoch * status.steps + status.step) * step_seconds  # one that was stopped began another epoch
    rest = max(0.0, status.seconds - trained) / status.epoch
    return Timing(status.parameters, step_seconds, rest / len(validation.labels), status.queued, run=config.name)


def is_stale(timing: Timing, settings: Settings) -> bool:
    """Whether timed batches are to be timed again: they are old, or were disturbed by a training that has ended."""
    return time.time() - timing.measured > STALE_SECONDS or (timing.disturbed and not is_busy(settings))


def make_estimate(config: TrainConfig, timing: Timing, images: int, validation_images: int) -> tuple[int, float]:
    """Steps and seconds of all epochs; reading the data and the final measurement come on top."""
    steps = config.epochs * math.ceil(images / config.batch_size)
    return steps, steps * timing.step_seconds + config.epochs * validation_images * timing.image_seconds


def count_images(config: TrainConfig, settings: Settings) -> tuple[int, int]:
    """How many images a training has to train on, and to choose on, outliers among them; a DataError without data."""
    training = validation = 0
    for name in config.datasets:
        whole = count(name, "train", settings)
        has_split = "validation" in get_source(name).splits
        held_out = count(name, "validation", settings) if has_split else max(round(whole * config.validation_share), 1)
        training += whole if has_split else whole - held_out
        validation += held_out
    shown = 1 + config.outliers
    return round(min(training, config.images or training) * shown), round(validation * shown)


def is_busy(settings: Settings) -> bool:
    """Whether a training runs at this moment."""
    return any(run.state is State.RUNNING for run in list_runs(settings))


def time_batches(config: TrainConfig, settings: Settings) -> Timing:
    """Time a few batches of noise in a process of their own, with a worker's threads; a RunError where that fails."""
    before = is_busy(settings)
    timing = _time_in_process(config, settings)
    return replace(timing, measured=time.time(), disturbed=before or is_busy(settings))


def _time_in_process(config: TrainConfig, settings: Settings) -> Timing:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_text(to_json(config), encoding="utf-8")
        command, environment = [sys.executable, "-m", "core.runs.estimate", str(file)], process_environment(settings)
        try:
            output = subprocess.check_output(
                command, cwd=PROJECT_ROOT, env=environment, stderr=subprocess.DEVNULL, timeout=PATIENCE_SECONDS
            )
            return Timing(**json.loads(output))
        except subprocess.TimeoutExpired as error:
            raise RunError(f"A few batches take more than {PATIENCE_SECONDS} seconds on this machine.") from error
        except (subprocess.CalledProcessError, OSError, ValueError, TypeError) as error:
            raise RunError(f"The timing of a few batches failed: {error}.") from error


def _time(config: TrainConfig) -> Timing:
    import numpy as np
    import torch

    from core.data import outliers
    from core.model.architectures import count_parameters
    from core.model.inference import network_logits
    from core.training.data import TrainingSet
    from core.training.loop import Training
    from core.training.step import Step

    random = np.random.default_rng(0)
    count = config.batch_size * (TIMED_STEPS + 2)
    glyphs = random.integers(0, 256, (count, 28, 28), np.uint8)
    labels = random.integers(0, len(config.classes.characters), count)
    held_out = glyphs[:VALIDATED]
    data = TrainingSet(
        images=torch.from_numpy(glyphs),
        labels=torch.from_numpy(labels),
        validation_images=held_out,
        validation_labels=labels[:VALIDATED],
        validation_sources=np.zeros(0, "U1"),
        charset=config.charset,
        classes=config.classes,
        mean=0.1,
        std=0.3,
        sources=(),
        rejections=outliers.NAMES if config.outliers else (),
    )
    training = Training(config, data, max_steps=TIMED_STEPS + 1)
    times, before = [], time.perf_counter()
    for event in training:
        if isinstance(event, Step):
            times.append(time.perf_counter() - before)
        before = time.perf_counter()
    network_logits(training.network, held_out, data.mean, data.std)
    validation = (time.perf_counter() - before) / len(held_out)
    return Timing(count_parameters(training.network), median(times[1:]), validation)


if __name__ == "__main__":
    timing = _time(from_json(Path(sys.argv[1]).read_text(encoding="utf-8")))
    sys.stdout.write(json.dumps(asdict(timing)))
