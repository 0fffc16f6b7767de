"""From a configuration to a model in the library: read the data, fit, calibrate, score once, write."""

import hashlib
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from core.charsets import Charset
from core.data.datasets import Dataset, load
from core.data.register import get_source, is_mine
from core.errors import DataEmpty
from core.evaluation.calibration import calibrate, choose_rejection_threshold
from core.evaluation.predictions import Predictions, evaluate
from core.model.architectures import ARCHITECTURES, count_parameters
from core.model.card import CARD_VERSION, Card, TrainingData
from core.model.checkpoint import check_free, check_library, pack_weights, write_model
from core.model.inference import Recogniser, carry_over
from core.model.library import list_models, load_sighted, title_of
from core.model.library import load as load_model
from core.model.records import StoredAnswers
from core.settings import Settings, check_writable
from core.training.config import TrainConfig
from core.training.data import TrainingSet, load_training_set
from core.training.loop import Trained, Training
from core.training.step import Epoch, Event, validate
from core.training.warm_start import check_start

_UNLIKELY = -2.0  # the first bias of what a network has not known: a tenth as likely as a character of logit 0
_LIBRARIES = ("torch", "torchvision", "numpy", "opencv-python-headless", "scikit-learn")


def train(config: TrainConfig, settings: Settings, on_event: Event, max_steps: int = 0) -> Path | None:
    """Train a model and put it into the library, replacing one of the same name; return its folder.

    Args:
        max_steps: for a trial run: stop after so many steps, write nothing, and return None.

    Raises:
        ReadOnly: nothing may be trained here; a trial run may.
        DataError: a data set is not there or damaged.
        ConfigError: the model to start from is another network, or reads other characters; the name is that of a
            reader of numbers.
        ModelError: there is no model to start from, or no new one can be written.
    """
    if not max_steps:
        check_writable(settings, "trained")
        check_library(settings.models_dir)
        check_free(settings.models_dir / config.name)
    data = load_training_set(config, settings)
    trained = fit(config, data, on_event, max_steps, load_start(config, data, settings))
    return None if max_steps else finish(config, data, trained, settings)


def fit(
    config: TrainConfig,
    data: TrainingSet,
    on_event: Event,
    max_steps: int = 0,
    weights: Mapping[str, Tensor] | None = None,
) -> Trained:
    """Train a network from beginning to end; the arguments are those of `Training`."""
    training = Training(config, data, max_steps, weights)
    for event in training:
        on_event(event)
    return training.best()


def load_start(config: TrainConfig, data: TrainingSet, settings: Settings) -> dict[str, Tensor] | None:
    """The weights that a training starts from, None for scratch; an error where it may not start from that model."""
    if not config.start:
        return None
    model = load_model(config.start, settings)
    check_start(config, model.card, settings)
    return _with_outputs(model.network.state_dict(), model.card.classes, data)


def _with_outputs(weights: dict[str, Tensor], before: Charset, data: TrainingSet) -> dict[str, Tensor]:
    """Weights with the outputs of a training: those for what is no character are dropped, or begin as unlikely.

    Every architecture ends in a linear layer, whose weight and bias come last.
    """
    *_, weight, bias = weights
    last = {name: carry_over(weights[name], before, data.classes, bias=name == bias) for name in (weight, bias)}
    missing = max(0, data.outputs - len(last[bias]))
    more = torch.zeros(missing, weights[weight].shape[1]), torch.full((missing,), _UNLIKELY)
    return weights | {
        name: torch.cat([rows, added])[: data.outputs] for (name, rows), added in zip(last.items(), more, strict=True)
    }


def finish(
    config: TrainConfig,
    data: TrainingSet,
    trained: Trained,
    settings: Settings,
    rename: Callable[[str], str] | None = None,
) -> Path:
    """Calibrate a trained network, score it once on the test sets, and put it into the library; return its folder.

    Args:
        rename: gives another name where there is a model of this name, unless this very training has written it: its
            process may have ended before it could say so. None: that model is replaced.

    Raises:
        DataError: a test set is not there or damaged.
        ModelError: the model could not be written.
    """
    sources = (*data.sources, *_learnt_before(config, settings))
    shipped = load_sighted(config.charset, settings)
    card = _card(config, data, trained, sources)
    if shipped and shipped.eye:
        parameters = card.parameters + count_parameters(shipped.eye)
        card = replace(card, parameters=parameters, blend=shipped.card.blend, eye_forms=shipped.card.eye_forms)
    recogniser = Recogniser(card, trained.network, shipped.eye if shipped else None)
    # The test sets are opened here, once, after everything has been chosen.
    answers = [evaluate(recogniser, test_set) for test_set in _test_sets(config, settings)]
    folder = settings.models_dir / config.name
    if rename and folder.exists():
        if before := _written_before(config.name, recogniser, settings):
            return before
        folder = settings.models_dir / rename(config.name)
    publish(folder, recogniser, answers, trained.history)
    return folder


def _written_before(name: str, recogniser: Recogniser, settings: Settings) -> Path | None:
    """The folder of the model that came of this very training; it may have got another name."""
    digest = hashlib.sha256(pack_weights(recogniser.network, recogniser.eye)).hexdigest()
    for entry in list_models(settings):
        if entry.card and entry.card.weights_sha256 == digest and entry.card.training.get("name") == name:
            return entry.folder
    return None


def _test_sets(config: TrainConfig, settings: Settings) -> Iterator[Dataset]:
    """The test images of every data set; a few samples of one's own may have none, and the training counts for all."""
    for name in (name for name in config.datasets if "test" in get_source(name).splits):
        try:
            yield load(name, "test", settings)
        except DataEmpty:
            if not is_mine(name):
                raise


def _learnt_before(config: TrainConfig, settings: Settings) -> list[TrainingData]:
    """What else the model that it started from has learnt from; nothing where that is no longer there."""
    start = next((entry.card for entry in list_models(settings) if entry.name == config.start), None)
    return [source for source in start.sources if source.name not in config.datasets] if start else []


def _card(config: TrainConfig, data: TrainingSet, trained: Trained, sources: tuple[TrainingData, ...]) -> Card:
    """The card, but for scores and hash: temperature and threshold are chosen on the validation images."""
    everything = validate(trained.network, data)
    logits = everything[:, : len(config.charset.characters)]
    # Between the characters of a narrower data set a model chooses more easily than between all of its own.
    names = [name for name in config.datasets if data.class_subsets.get(name, config.charset) == config.charset]
    trusted = [name for name in names if not get_source(name).doubtful] or names
    whole = [data.validation_sources == name for name in trusted]
    temperature, threshold = calibrate([(logits[chosen], data.validation_labels[chosen]) for chosen in whole])
    *most, last = (source.title for source in data.sources)
    titles = f"{', '.join(most)} and {last}" if most else last
    return Card(
        version=CARD_VERSION,
        name=config.name,
        title=config.name,
        description=f"{ARCHITECTURES[config.architecture].title}, trained on {titles}.",
        charset=config.charset.name,
        architecture=config.architecture,
        architecture_arguments={"dropout": config.dropout},
        parameters=count_parameters(trained.network),
        mean=data.mean,
        std=data.std,
        temperature=temperature,
        threshold=threshold,
        knows_outliers=bool(config.outliers),
        forms=data.classes != config.charset,
        rejection_threshold=choose_rejection_threshold(
            everything, data.validation_labels, temperature, len(data.rejections)
        ),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=config.seed,
        sources=sources,
        scores=(),
        training=asdict(config) | {"best_epoch": trained.best_epoch},
        versions=versions(),
        weights_sha256="",
    )


def versions() -> dict[str, str]:
    """Those of Python and of the libraries that a model is made with."""
    return {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def publish(
    folder: Path, recogniser: Recogniser, answers: Sequence[Predictions], history: Sequence[Epoch] | pd.DataFrame
) -> None:
    """Write a model under the name of its folder, with its answers to test sets and the scores that follow."""
    name = folder.name
    card = replace(recogniser.card, name=name, title=title_of(name), scores=tuple(answer.score() for answer in answers))
    evaluations = [
        StoredAnswers(answer.dataset, answer.labels, answer.probabilities, answer.charset.name) for answer in answers
    ]
    write_hashed(folder, recogniser, card, evaluations, pd.DataFrame(history))


def write_hashed(
    folder: Path, recogniser: Recogniser, card: Card, evaluations: Sequence[StoredAnswers], history: pd.DataFrame
) -> None:
    """Write a model with this card, which gets the hash of its weights."""
    weights = pack_weights(recogniser.network, recogniser.eye)
    card = replace(card, weights_sha256=hashlib.sha256(weights).hexdigest())
    write_model(folder, weights, card, evaluations, history)
