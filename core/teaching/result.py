"""The outcome of a teaching, and keeping its model. Imports no torch: pages read it."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelError, RunError
from core.model.card import read_card
from core.model.library import list_models
from core.model.library_admin import add
from core.runs.folder import CANDIDATE_FOLDER, LESSON_FILE, Run
from core.settings import Settings

LARGEST_COST = 0.001  # share of a test set that a teaching may cost without a warning


@dataclass(frozen=True)
class Tested:
    """A test set before and after.

    Attributes:
        dataset, title, images: which, and how many images.
        before, after: accuracies, 0 to 1.
    """

    dataset: str
    title: str
    images: int
    before: float
    after: float

    @property
    def forgotten(self) -> bool:
        """Whether it cost more than a tenth of a point."""
        lost = round(self.before * self.images) - round(self.after * self.images)
        return lost > LARGEST_COST * self.images


@dataclass(frozen=True)
class Outcome:
    """What a teaching did.

    Attributes:
        samples: how many were taught.
        right_before: how many of them the model read before.
        right_after: how many of them a model read that was taught with the other parts (cross-validation).
        folds: number of parts.
        replay: title of the data that kept it from forgetting, and how many images.
        tests: the test sets on this machine that the model was not trained on.
        fitted: number of validation images that recalibrated it; 0 where it was not recalibrated.
    """

    samples: int
    right_before: int
    right_after: int
    folds: int
    replay: str
    tests: tuple[Tested, ...]
    fitted: int = 0


def read_outcome(folder: Path) -> Outcome:
    """Read the outcome from the run's folder.

    Raises:
        RunError: it has not ended, or the file is damaged.
    """
    try:
        values = json.loads((folder / LESSON_FILE).read_text(encoding="utf-8"))
        return Outcome(**{**values, "tests": tuple(Tested(**test) for test in values["tests"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"{folder / LESSON_FILE} cannot be read: {error}.") from error


def keep(run: Run, settings: Settings, name: str = "") -> str:
    """Put the model of a teaching that has ended into the library, and return its name.

    Args:
        name: of the model there; empty for the name that was planned.

    Raises:
        ReadOnly: nothing may be changed here.
        ConfigError: a model of the name is there already.
        ModelError: there is no new model in the run, or it cannot be written.
    """
    planned = run.config.name
    add(run.folder / CANDIDATE_FOLDER / planned, name or planned, settings)
    return name or planned


def kept_as(run: Run, settings: Settings) -> str | None:
    """The name that the taught model has in the library; None while it is not there."""
    try:
        digest = read_card(run.folder / CANDIDATE_FOLDER / run.config.name).weights_sha256
    except ModelError:
        return None
    names = (entry.name for entry in list_models(settings) if entry.card and entry.card.weights_sha256 == digest)
    return next(names, None)
