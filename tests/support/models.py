"""A small model that is made in a moment, for tests of what handles models."""

import hashlib
from pathlib import Path

import numpy as np
import torch

from core.charsets import get_charset
from core.model.architectures import build, count_parameters
from core.model.card import CARD_VERSION, Card, Score, TrainingData
from core.model.checkpoint import pack_weights, write_model
from core.model.networks import Eye
from core.model.prediction import REJECTIONS, Blend
from core.model.records import StoredAnswers
from core.settings import Settings

HISTORY = {
    "epoch": 1,
    "train_loss": 0.5,
    "train_accuracy": 0.9,
    "validation_loss": 0.4,
    "validation_accuracy": 0.95,
    "learning_rate": 0.001,
    "seconds": 2.5,
}
BLEND = {
    "ink": 1.0,
    "marked": 1.0,
    "whole": 0.5,
    "closest": 0.5,
    "alike": 0.5,
    "other": -50.0,
    "several": -50.0,
    "blank": -50.0,
    "no_ink": 0.0,
    "nothing_marked": 0.0,
    "threshold": 0.0,
    "rejection_threshold": 0.5,
}
"""How the views count for a model with an eye, `make_model(settings, blend=BLEND)`: it always answers, and is sure."""
SCORE = Score("mnist", "MNIST", 1000, 0.98, 0.97, 0.99, 0.004, 0.9, 0.002)


def make_model(
    settings: Settings, name: str = "tiny", seed: int = 0, says: str = "", refuses: str = "", **changes: object
) -> Card:
    """Write an untrained LeNet-5 as a model into the library and return its card.

    Args:
        says: characters that it takes everything for, the first with a little more probability than the next.
        refuses: "other" or "several", for a model that knows outliers and takes everything for such a one.
        changes: to its card; with a `blend`, as values, it has an eye, untrained as well.
    """
    torch.manual_seed(seed)
    charset = get_charset(str(changes.get("charset", "digits")))
    characters = charset.forms.characters if changes.get("forms") else charset.characters
    seen = charset.forms.characters if changes.get("eye_forms") else charset.characters
    classes = len(charset.characters)
    changes = {"knows_outliers": bool(refuses), "rejection_threshold": 0.5 if refuses else 1.0, **changes}
    outputs = [*characters, *(("other", "several") if changes["knows_outliers"] else ())]
    network = build("lenet5", len(outputs), 0.0)
    eye = Eye(len(seen) + len(REJECTIONS)) if changes.get("blend") else None
    if says or refuses:
        last = network.get_submodule("output")
        assert isinstance(last, torch.nn.Linear)
        torch.nn.init.zeros_(last.weight)
        with torch.no_grad():
            for place, output in enumerate((*((refuses,) if refuses else ()), *says)):
                last.bias[outputs.index(output)] = 30 - (5 if refuses else 0.3) * place
    weights = pack_weights(network, eye)
    values = {
        "version": CARD_VERSION,
        "name": name,
        "title": name.capitalize(),
        "description": "An untrained network.",
        "charset": "digits",
        "architecture": "lenet5",
        "architecture_arguments": {"dropout": 0.0},
        "parameters": count_parameters(network) + (count_parameters(eye) if eye else 0),
        "mean": 0.13,
        "std": 0.31,
        "temperature": 1.5,
        "threshold": 0.8,
        "created": "2026-01-02T03:04:05+00:00",
        "seed": seed,
        "sources": (TrainingData("mnist", "MNIST", "CC BY-SA 3.0", 54_000, "00"),),
        "scores": (SCORE,),
        "training": {"epochs": 1},
        "versions": {"python": "3.11"},
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    if isinstance(blend := changes.get("blend"), dict):
        changes["blend"] = Blend(**blend)
    card = Card(**{**values, **changes})  # type: ignore[arg-type]
    dataset = "mnist" if classes == 10 else "own"
    evaluation = StoredAnswers(dataset, np.arange(classes), np.eye(classes), card.charset)
    write_model(settings.models_dir / name, weights, card, [evaluation], [HISTORY])
    return card


def spoil(folder: Path, count: int) -> None:
    """Make the first answers to MNIST wrong."""
    with np.load(folder / "evaluation.npz") as file:
        arrays = dict(file)
    shares, labels = arrays["mnist/probabilities"].copy(), arrays["mnist/labels"]
    shares[:count] = 0.02
    shares[np.arange(count), (labels[:count] + 1) % 10] = 0.82
    np.savez(folder / "evaluation.npz", **(arrays | {"mnist/probabilities": shares}))
