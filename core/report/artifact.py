"""A named table or figure of an evaluation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.evaluation.predictions import Predictions

Made = TypeVar("Made")


@dataclass(frozen=True)
class Artifact(Generic[Made]):
    """A table or a figure that can be made from any predictions; `name` is that of its file, without an ending."""

    name: str
    title: str
    make: Callable[[Predictions], Made]
