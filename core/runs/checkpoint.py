"""Where a run goes on: its checkpoint, which knows the configuration and the images that it belongs to."""

import io
import logging
import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from core.errors import RunError
from core.files import replace_file
from core.runs.folder import CHECKPOINT_FILE
from core.training.config import TrainConfig
from core.training.data import TrainingSet
from core.training.loop import Training

WAY_OUT = "Start the training over: it begins again at its first step."

log = logging.getLogger("worker")


def save(folder: Path, training: Training, config: TrainConfig, data: TrainingSet, seconds: float) -> None:
    """Replace the checkpoint of a run whole.

    Args:
        folder: of the run.
        training: as it is now.
        config, data: what it trains with.
        seconds: spent so far.

    Raises:
        OSError: it cannot be written; the one before is still there.
    """
    packed = io.BytesIO()
    kept = {"config": asdict(config), "images": data.digest, "seconds": seconds, "training": training.state()}
    torch.save(kept, packed)
    replace_file(folder / CHECKPOINT_FILE, packed.getvalue())


def restore(folder: Path, training: Training, config: TrainConfig, data: TrainingSet) -> float:
    """Let a new training go on where the checkpoint of its run says; without one it begins at its first step.

    Args:
        folder: of the run.
        training: that has not begun.
        config, data: what it trains with.

    Returns:
        The seconds that were spent until then.

    Raises:
        RunError: the checkpoint is damaged, or belongs to another configuration or to other images.
    """
    path = folder / CHECKPOINT_FILE
    if not path.exists():
        return 0.0
    try:
        kept: dict[str, Any] = torch.load(path, weights_only=True)
        before, images, seconds = kept["config"], kept["images"], float(kept["seconds"])
        _check_same(before, images, config, data)
        training.load_state(kept["training"])
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise RunError(f"{CHECKPOINT_FILE} is damaged, so the training cannot go on. {WAY_OUT}") from error
    log.info("going on after epoch %d, step %d", training.epoch, training.step)
    return seconds


def _check_same(before: dict[str, Any], images: str, config: TrainConfig, data: TrainingSet) -> None:
    """To go on with other options or other images would end in a model that no configuration describes."""
    now = asdict(config)
    if changed := sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name)):
        raise RunError(
            f"{CHECKPOINT_FILE} is that of a training with other options ({', '.join(changed)}), "
            f"so this one cannot go on from it. {WAY_OUT}"
        )
    if images != data.digest:
        titles = " and ".join(source.title for source in data.sources)
        raise RunError(
            f"{titles}: the images are no longer those that the training began with, so it cannot go on with them: "
            "the files are others, or another version of this program frames them otherwise. "
            "Bring the former ones back and resume. Or start the training over, with those of now."
        )
