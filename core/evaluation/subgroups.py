"""How well each kind of character is read, and how much of what is read wrong only looks alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.charsets import GROUPS
from core.evaluation.metrics import wilson_interval
from core.evaluation.predictions import Predictions

LOOK_ALIKES, FIRST_TWO = "Alike as one", "In the first two"


@dataclass(frozen=True)
class Share:
    """How many of some images were read right.

    Attributes:
        title: which images, or what counts as right.
        images: how many there are, at least 1.
        right: how many of them are right.
    """

    title: str
    images: int
    right: int

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1."""
        return self.right / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """Its 95 % interval (Wilson)."""
        return wilson_interval(self.right, self.images)


def shares(answers: Predictions) -> list[Share]:
    """The kinds that occur, if the charset has several; and what there is with look-alikes as one, if it has any."""
    found = by_kind(answers) if len(answers.charset.groups) > 1 else []
    if answers.charset.look_alikes:
        found += [alike_as_one(answers), among_first_two(answers)]
    return found


def by_kind(answers: Predictions) -> list[Share]:
    """Digits, capitals and lower case, by the true class; a capital that stands for both cases counts as a capital."""
    places = {character: place for place, character in enumerate(answers.charset.characters)}
    found = []
    for kind, characters in answers.charset.groups.items():
        chosen = np.isin(answers.labels, [places[character] for character in characters])
        if chosen.any():
            found.append(Share(GROUPS[kind], int(chosen.sum()), int(answers.right[chosen].sum())))
    return found


def alike_as_one(answers: Predictions) -> Share:
    """Right is an answer that looks like the true character, too."""
    group = _groups(answers)
    right = (group[answers.predicted] == group[answers.labels]) & ~answers.blank
    return Share(LOOK_ALIKES, len(answers), int(right.sum()))


def among_first_two(answers: Predictions) -> Share:
    """Right is an answer of which the true character is one of the two most probable."""
    first = np.argsort(-answers.probabilities, axis=1, kind="stable")[:, :2]
    right = (first == answers.labels[:, None]).any(axis=1) & ~answers.blank
    return Share(FIRST_TWO, len(answers), int(right.sum()))


def _groups(answers: Predictions) -> NDArray[np.int64]:
    """The group of look-alikes that each class belongs to, (C,): the place of its first character."""
    charset = answers.charset
    return np.array([charset.characters.index(charset.alike(character)[0]) for character in charset.characters])
