"""What a training will cost, before it starts: from a few timed batches, in a process like the worker's.

    python -m core.runs.estimate CONFIG_FILE

prints the timings as JSON. A page calls `time_batches`, which starts that process: in the server itself torch has one
thread, and its timings would say nothing about the worker.
"""

import json
import math
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from core.data.datasets import count
from core.data.register import get_source
from core.errors import RunError
from core.runs.folder import State, list_runs
from core.runs.queue import process_environment
from core.settings import PROJECT_ROOT, Settings
from core.training.config import TrainConfig, from_json, to_json

TIMED_STEPS = 5
VALIDATED = 500  # images
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Timing:
    """What the timed batches say.

    Attributes:
        parameters: of the network.
        step_seconds: one step of the training, median of a few after the first.
        image_seconds: one image of a validation.
        disturbed: whether another training ran meanwhile, so that all took longer than it will alone.
    """

    parameters: int
    step_seconds: float
    image_seconds: float
    disturbed: bool = False


@dataclass(frozen=True)
class Estimate:
    """What a training will cost.

    Attributes:
        parameters: of the network.
        images, validation_images: to train on, and to choose on.
        steps: in all epochs.
        seconds: of all epochs; reading the data and the final measurement come on top.
    """

    parameters: int
    images: int
    validation_images: int
    steps: int
    seconds: float


def make_estimate(config: TrainConfig, timing: Timing, images: int, validation_images: int) -> Estimate:
    """From the timing of a few batches to the whole training.

    Args:
        config: the training.
        timing: of this configuration on this machine.
        images, validation_images: how many there are.
    """
    steps = config.epochs * math.ceil(images / config.batch_size)
    seconds = steps * timing.step_seconds + config.epochs * validation_images * timing.image_seconds
    return Estimate(timing.parameters, images, validation_images, steps, seconds)


def count_images(config: TrainConfig, settings: Settings) -> tuple[int, int]:
    """How many images a training has to train on, and to choose on, drawings that are no character among them.

    Raises:
        DataMissing, DataError: a data set is not there or damaged.
    """
    training = validation = 0
    for name in config.datasets:
        whole = count(name, "train", settings)
        has_split = "validation" in get_source(name).splits
        aside = count(name, "validation", settings) if has_split else max(round(whole * config.validation_share), 1)
        training += whole if has_split else whole - aside
        validation += aside
    shown = 1 + config.outliers
    return round(min(training, config.images or training) * shown), round(validation * shown)


def is_busy(settings: Settings) -> bool:
    """Whether a training runs at this moment."""
    return any(run.state is State.RUNNING for run in list_runs(settings))


def time_batches(config: TrainConfig, settings: Settings) -> Timing:
    """Time a few batches of noise in a process of their own, with a worker's threads.

    Raises:
        RunError: the process failed or takes too long.
    """
    before = is_busy(settings)
    timing = _time_there(config, settings)
    return replace(timing, disturbed=before or is_busy(settings))


def _time_there(config: TrainConfig, settings: Settings) -> Timing:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_text(to_json(config), encoding="utf-8")
        command = [sys.executable, "-m", "core.runs.estimate", str(file)]
        try:
            done = subprocess.run(
                command,
                cwd=PROJECT_ROOT,
                env=process_environment(settings),
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=True,
            )
            return Timing(**json.loads(done.stdout))
        except subprocess.TimeoutExpired as error:
            raise RunError(f"A few batches take more than {PATIENCE_SECONDS} seconds on this machine.") from error
        except (subprocess.CalledProcessError, OSError, ValueError, TypeError) as error:
            raise RunError(f"The timing of a few batches failed: {error}.") from error


def _time_here(config: TrainConfig) -> Timing:
    import time

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
    aside = glyphs[:VALIDATED]
    images, answers = torch.from_numpy(glyphs), torch.from_numpy(labels)
    names = outliers.NAMES if config.outliers else ()
    read, sets = (config.charset, config.classes), np.zeros(0, "U1")
    data = TrainingSet(images, answers, aside, labels[:VALIDATED], sets, *read, 0.1, 0.3, (), rejections=names)
    training = Training(config, data, max_steps=TIMED_STEPS + 1)
    times, before = [], time.perf_counter()
    for event in training:
        if isinstance(event, Step):
            times.append(time.perf_counter() - before)
        before = time.perf_counter()
    network_logits(training.network, aside, data.mean, data.std)
    validation = (time.perf_counter() - before) / len(aside)
    return Timing(count_parameters(training.network), median(times[1:]), validation)


if __name__ == "__main__":
    timing = _time_here(from_json(Path(sys.argv[1]).read_text(encoding="utf-8")))
    sys.stdout.write(json.dumps(asdict(timing)))
