"""What pages say of a teaching: the data set that it replays, what it did, and where its model is. Imports no torch."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.charsets import get_charset
from core.data.register import ALWAYS_PRESENT, SOURCES, is_mine
from core.data.source import Source
from core.errors import ConfigError, ModelError, RunError
from core.model.card import Card, read_card
from core.model.library import list_models
from core.model.library_admin import add
from core.runs.folder import CANDIDATE_FOLDER, LESSON_FILE, Run
from core.settings import Settings

LARGEST_COST = 0.001  # share of a test set that a teaching may cost without a warning


def replay_source(card: Card, settings: Settings) -> Source:
    """What is shown again against forgetting: the first data set on this machine that a model has learnt from.

    For a model of digits, else the one that is always there; a ConfigError where there is none of its characters.
    """
    charset = get_charset(card.charset)
    learnt_from = [SOURCES[source.name] for source in card.sources if source.name in SOURCES]
    fitting = [
        source
        for source in (*learnt_from, SOURCES[ALWAYS_PRESENT])
        if source.charset == charset and not source.slow and not is_mine(source.name)
    ]
    if source := next((source for source in fitting if source.present(settings)), None):
        return source
    if not fitting:
        raise ConfigError(
            f"Against forgetting, images are needed that {card.name!r} has learnt from, and it has learnt from samples "
            "alone. Train a model on a data set, and teach that one."
        )
    raise ConfigError(
        f"Against forgetting, images are needed that {card.name!r} has learnt from "
        f"({' or '.join(source.title for source in fitting)}), and none is on this machine. Fetch them on the Explore "
        "page, and try again."
    )


@dataclass(frozen=True)
class Tested:
    """A test set of so many images: the accuracies of 0 to 1 before and after."""

    dataset: str
    title: str
    images: int
    before: float
    after: float

    @property
    def forgotten(self) -> bool:
        """Whether it cost more than LARGEST_COST."""
        lost = round(self.before * self.images) - round(self.after * self.images)
        return lost > LARGEST_COST * self.images


@dataclass(frozen=True)
class Outcome:
    """What a teaching did."""

    samples: int  # how many were taught
    right_before: int  # how many of them the model read before
    right_after: int  # how many of them a model read that was taught with the other folds (cross-validation)
    folds: int
    replay: str  # title of the data that kept it from forgetting, and how many images
    tests: tuple[Tested, ...]  # the test sets on this machine that the model was not trained on
    fitted: int = 0  # number of validation images that recalibrated it; 0 where it was not recalibrated


def read_outcome(folder: Path) -> Outcome:
    """Read the outcome from the run's folder; a RunError where it has not ended, or the file is damaged."""
    try:
        values = json.loads((folder / LESSON_FILE).read_text(encoding="utf-8"))
        return Outcome(**{**values, "tests": tuple(Tested(**test) for test in values["tests"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RunError(f"{folder / LESSON_FILE} cannot be read: {error}.") from error


def keep(run: Run, settings: Settings, name: str = "") -> str:
    """Put the model of a teaching that has ended into the library, and return its name there: by default the planned.

    Raises:
        ConfigError: there is a model of the name already.
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
