"""What can be made of any model's answers, under a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.evaluation.predictions import Predictions

Made = TypeVar("Made")


@dataclass(frozen=True)
class Artifact(Generic[Made]):
    """A table or a figure that can be made from any predictions.

    Attributes:
        name: of its file, without an ending.
        title: as it is shown.
        make: makes it.
    """

    name: str
    title: str
    make: Callable[[Predictions], Made]
