"""Checkpoints of trainings that take no run folder: those of an eye and of a reader of numbers."""

import io
import pickle
from pathlib import Path
from typing import Any, Protocol

import torch

from core.errors import DataError
from core.files import replace_file


class Resumable(Protocol):
    """A training whose state is a dictionary that torch can save."""

    def state(self) -> dict[str, Any]: ...

    def load_state(self, state: dict[str, Any]) -> None: ...


def go_on(training: Resumable, checkpoint: Path) -> None:
    """Go on from a checkpoint; DataError where it is damaged or that of another training."""
    try:
        training.load_state(torch.load(checkpoint, weights_only=True))
    except (OSError, LookupError, TypeError, ValueError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise DataError(
            f"{checkpoint} is no checkpoint of this training ({str(error)[:200]}). Delete it, or name another file."
        ) from error


def save(training: Resumable, checkpoint: Path) -> None:
    """Write a checkpoint; DataError where that fails."""
    packed = io.BytesIO()
    torch.save(training.state(), packed)
    try:
        replace_file(checkpoint, packed.getvalue())
    except OSError as error:
        raise DataError(f"{checkpoint} cannot be written: {error.strerror or error}.") from error
