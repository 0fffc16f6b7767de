"""Writing a model that was trained, taught or given an eye into its folder."""

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.evaluation.predictions import Predictions
from core.model.card import Card
from core.model.checkpoint import pack_weights, write_model
from core.model.inference import Recogniser
from core.model.library import SHIPPED
from core.model.records import StoredAnswers, read_history


def publish(
    folder: Path, recogniser: Recogniser, answers: Sequence[Predictions], history: list[dict[str, Any]]
) -> None:
    """Write a model under the name of its folder, with its answers to test sets and the scores that follow from them.

    Raises:
        ModelError: it could not be written.
    """
    name = folder.name
    title = SHIPPED.get(name) or name.replace("-", " ").replace("_", " ").capitalize()
    card = dataclasses.replace(
        recogniser.card, name=name, title=title, scores=tuple(answer.score() for answer in answers)
    )
    evaluations = [
        StoredAnswers(answer.dataset, answer.labels, answer.probabilities, answer.charset.name) for answer in answers
    ]
    write(folder, recogniser, card, evaluations, history)


def write(
    folder: Path,
    recogniser: Recogniser,
    card: Card,
    evaluations: Sequence[StoredAnswers],
    history: list[dict[str, Any]],
) -> None:
    """Write a model with this card, which gets the hash of its weights.

    Raises:
        ModelError: it could not be written.
    """
    weights = pack_weights(recogniser.network, recogniser.eye)
    card = dataclasses.replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    write_model(folder, weights, card, evaluations, history)


def history_of(folder: Path) -> list[dict[str, Any]]:
    """The history of a model's training as `publish` takes it.

    Raises:
        ModelError: it is missing or damaged.
    """
    return [{str(name): value for name, value in row.items()} for row in read_history(folder).to_dict("records")]
