"""Checkpoints of trainings that take no run folder: those of an eye and of a reader of numbers."""

import io
import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch

from core.errors import ConfigError, DataError
from core.files import check_place, replace_file
from core.options import shorten

_OPTIONS, _HISTORY = "options", "history"
_DAMAGED = (
    *(OSError, LookupError, TypeError, ValueError, RuntimeError, EOFError),
    *(AttributeError, pickle.UnpicklingError),
)


class Resumable(Protocol):
    """A training whose state is a dictionary that torch can save, without the keys "options" and "history"."""

    def state(self) -> dict[str, Any]: ...

    def load_state(self, state: dict[str, Any]) -> None: ...


class Checkpoint:
    """A file that a training goes on from and writes now and then, with its options and its history.

    Earlier versions wrote neither: theirs are taken for those of the training that is to go on.

    Attributes:
        history: what the training puts there, a row for each part that is finished; those before it was stopped too.
    """

    def __init__(self, path: Path | None, options: Mapping[str, Any]) -> None:
        """Read the file if it is there; without a path nothing is read or written.

        Raises:
            ConfigError: it is that of a training with other options.
            DataError: it is damaged, or its folder cannot be written.
        """
        self._path, self._options = path, dict(options)
        self._state: dict[str, Any] | None = None
        self.history: list[dict[str, float]] = []
        if path:
            _check_place(path)
        if path and path.is_file():
            self._read(path)

    def _read(self, path: Path) -> None:
        with _explained(path):
            state = dict(torch.load(path, weights_only=True))
            before = dict(state.pop(_OPTIONS, {}))
            self._state, self.history = state, [dict(row) for row in state.pop(_HISTORY, [])]
        if others := [name for name, value in self._options.items() if before.get(name, value) != value]:
            changes = (f"{name} {shorten(before[name])} and not {shorten(self._options[name])}" for name in others)
            raise ConfigError(
                f"{path} is the checkpoint of a training with other options: {', '.join(changes)}. Go on with the "
                "same, or name another file."
            )

    def resume(self, training: Resumable) -> None:
        """Go on where the training was stopped, if it was; DataError where the file is that of another one."""
        if self._path and self._state is not None:
            with _explained(self._path):
                training.load_state(self._state)
            self._state = None

    def save(self, training: Resumable) -> None:
        """Write the file, if there is to be one; DataError where that fails."""
        if not self._path:
            return
        packed = io.BytesIO()
        torch.save(training.state() | {_OPTIONS: self._options, _HISTORY: self.history}, packed)
        try:
            replace_file(self._path, packed.getvalue())
        except OSError as error:
            raise DataError(f"{self._path} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise DataError(
            f"{path} is no checkpoint of this training ({str(error)[:200]}). Delete it, or name another file."
        ) from error


def _check_place(path: Path) -> None:
    """Raise DataError where a file cannot be written: a long training should not find that out on its way."""
    try:
        check_place(path)
    except IsADirectoryError as error:
        raise DataError(f"{path} is a folder. Name a file for the checkpoint.") from error
    except OSError as error:
        raise DataError(f"No checkpoint can be written to {path.parent}: {error.strerror or error}.") from error
