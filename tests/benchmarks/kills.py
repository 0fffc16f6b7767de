"""What the benchmarks that kill have in common: places to train in, a watcher of all files, a comparison at the end."""

import io
import json
import shutil
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import DigitLabError
from core.model.card import read_card
from core.model.library import list_models
from core.model.records import read_evaluations, read_history
from core.runs.folder import METRICS_FILE, read_run
from core.settings import PROJECT_ROOT, Settings, get_settings
from tests.unit.test_worker import weights

COLUMNS = ["epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate"]
# What reading a file raises that is cut off or not what it should be.
WRONG = (AssertionError, ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile, DigitLabError)
REPLACED = ("config.json", "status.json", "validation.npz", "checkpoint.pt")


def place(folder: Path) -> Settings:
    """An empty place for data and runs, and a library with the shipped model."""
    shutil.copytree(PROJECT_ROOT / "models", folder / "models")
    (folder / "data").mkdir()
    return Settings(
        folder / "data",
        folder / "models",
        folder / "runs",
        f"sqlite:///{folder / 'samples.db'}",
        niceness=get_settings().niceness,
    )


def history(settings: Settings, name: str) -> pd.DataFrame:
    """The course of a training, without its times."""
    return read_history(settings.models_dir / name)[COLUMNS]


def same(settings: Settings, name: str, other: Settings, other_name: str) -> bool:
    """Whether two trainings ended with the same weights, bit for bit, and took the same course."""
    alike = weights(settings, name) == weights(other, other_name)
    return alike and history(settings, name).equals(history(other, other_name))


class Watcher:
    """Reads all files of runs and models over and over, from its beginning to its end, and notes what is not whole.

    Attributes:
        looks: how many files were read.
        problems: what was found, a sentence each.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.looks = 0
        self.problems: list[str] = []

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._end.is_set():
            self.look()
            time.sleep(0.01)

    def look(self) -> None:
        """Read everything once."""
        folder = self._settings.runs_dir
        for run in [path for path in folder.glob("*") if path.is_dir() and not path.name.startswith(".")]:
            for name in REPLACED:
                self._read(run / name)
            self._read_metrics(run / METRICS_FILE)
            try:
                read_run(run)
            except WRONG as error:
                self._note(run, error)
        for entry in list_models(self._settings):
            self._read_model(entry.folder, entry.problem)

    def _read(self, path: Path) -> None:
        """A file that is replaced whole is never found in part."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return  # it is not there yet
        self.looks += 1
        try:
            if path.suffix == ".json":
                assert isinstance(json.loads(data), dict)
            elif path.suffix == ".npz":
                with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                    assert len(arrays["labels"]) == len(arrays["predicted"])
                    assert len(arrays["wrong"]) == len(arrays["images"])
            else:
                damaged = zipfile.ZipFile(io.BytesIO(data)).testzip()
                assert damaged is None, damaged
        except WRONG as error:
            self._note(path, error)

    def _read_metrics(self, path: Path) -> None:
        """Of a file that grows, every line that has ended is whole."""
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        self.looks += 1
        try:
            for line in text.splitlines(keepends=True):
                if line.endswith("\n"):
                    kind, row = json.loads(line)
                    assert kind in ("step", "epoch")
                    assert "epoch" in row
        except WRONG as error:
            self._note(path, error)

    def _read_model(self, folder: Path, problem: str | None) -> None:
        self.looks += 1
        try:
            assert problem is None, problem
            read_evaluations(folder, read_card(folder))
            read_history(folder)
        except WRONG as error:
            self._note(folder, error)

    def _note(self, path: Path, error: Exception) -> None:
        self.problems.append(f"{path.parent.name}/{path.name}: {type(error).__name__}: {error}")

    def __str__(self) -> str:
        told = "".join(f"\n  {problem}" for problem in self.problems[:20])
        return f"{self.looks:,} looks at files, {len(self.problems)} found one that was not whole{told}"
