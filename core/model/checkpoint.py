"""Writing and reading a model's folder. Weights are safetensors: nothing that comes from outside is ever unpickled."""

import copy
import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from core.errors import ConfigError, ModelError
from core.model.architectures import build, count_parameters
from core.model.card import Card, check_name, to_json
from core.model.eye import Eye
from core.model.inference import Recogniser
from core.model.library import read_card
from core.model.records import EVALUATION_FILE, HISTORY_FILE, StoredAnswers
from core.model.weights_check import WEIGHTS_FILE

Network = TypeVar("Network", bound=nn.Module)


def as_stored(network: Network) -> Network:
    """A copy of a network with its weights rounded to half precision, as its file will hold them.

    A trained network is rounded before it is calibrated and scored, so that what is said of it is true of what is read
    back. Answers change by some ten-thousandths.
    """
    return copy.deepcopy(network).half().float()


_EYE = "eye."  # before the names of an eye's weights, which lie in the same file


def pack_weights(network: nn.Module, eye: Eye | None = None) -> bytes:
    """The weights as the bytes of a safetensors file: in half precision, contiguous and in their names' order."""
    tensors = _halved(network) | ({f"{_EYE}{name}": tensor for name, tensor in _halved(eye).items()} if eye else {})
    return safetensors.torch.save({name: tensor.contiguous() for name, tensor in tensors.items()})


def _halved(network: nn.Module) -> dict[str, Tensor]:
    return copy.deepcopy(network).cpu().half().state_dict()


def check_library(models_dir: Path) -> None:
    """Refuse where no model could be written: a long training is not to find that out at its end.

    Raises:
        ModelError: a file cannot be written there.
    """
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=models_dir):
            pass
    except OSError as error:
        raise ModelError(
            f"No model can be written to {models_dir}: {error.strerror or error}. Mend that, or name another folder in "
            "DIGITS_MODELS_DIR."
        ) from error


def write_model(
    folder: Path, weights: bytes, card: Card, evaluations: Sequence[StoredAnswers], history: Sequence[Mapping[str, Any]]
) -> None:
    """Write a model's folder whole, in the place of one that may be there.

    It is written beside its place and renamed, so that a crash leaves the old one or the new one.

    Raises:
        ConfigError: the folder's name cannot be a model's.
        ModelError: it could not be written.
    """
    import pandas as pd

    check_name(folder.name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        recover(folder)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
            fresh, old = Path(scratch) / "new", Path(scratch) / "old"
            fresh.mkdir()
            (fresh / WEIGHTS_FILE).write_bytes(weights)
            (fresh / "card.json").write_text(to_json(card), encoding="utf-8")
            _write_evaluations(fresh / EVALUATION_FILE, evaluations)
            pd.DataFrame(list(history)).to_csv(fresh / HISTORY_FILE, index=False, float_format="%.6g")
            _swap(fresh, folder, old)
    except OSError as error:
        raise ModelError(f"The model could not be written to {folder}: {error}.") from error


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    """Put `fresh` in the place of `folder`; a folder cannot be replaced in one step, so the old one steps aside."""
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def recover(folder: Path) -> None:
    """Undo what a crash inside `write_model` left: bring the old model back if the new one never came, tidy up."""
    # Of a model `my` the folders of `my-model` are none.
    own = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}")
    for scratch in [path for path in folder.parent.iterdir() if own.fullmatch(path.name)]:
        if not folder.exists() and (scratch / "old").is_dir():
            (scratch / "old").rename(folder)
        shutil.rmtree(scratch, ignore_errors=True)


def _write_evaluations(path: Path, evaluations: Sequence[StoredAnswers]) -> None:
    arrays: dict[str, Any] = {}
    for evaluation in evaluations:
        arrays[f"{evaluation.dataset}/labels"] = evaluation.labels.astype(np.uint8)
        arrays[f"{evaluation.dataset}/probabilities"] = evaluation.probabilities.astype(np.float32)
        arrays[f"{evaluation.dataset}/charset"] = np.array(evaluation.charset)
    np.savez_compressed(path, **arrays)


def read_model(folder: Path) -> Recogniser:
    """Read a model's folder and check that its parts fit each other.

    Raises:
        ModelError: a file is missing, cut off or changed, or the weights do not fit the card.
    """
    card = read_card(folder)
    try:
        data = (folder / WEIGHTS_FILE).read_bytes()
    except OSError as error:
        raise ModelError(f"{WEIGHTS_FILE} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(data).hexdigest() != card.weights_sha256:
        raise ModelError(f"{WEIGHTS_FILE} is not the file that the card describes: its hash differs.")
    try:
        tensors = safetensors.torch.load(data)
        own = {name: tensor for name, tensor in tensors.items() if not name.startswith(_EYE)}
        network = build(card.architecture, card.outputs, **card.architecture_arguments)
        _fill(network, own)
        eye = Eye(card.eye_outputs) if card.blend else None
        if eye:
            _fill(eye, {name.removeprefix(_EYE): tensor for name, tensor in tensors.items() if name not in own})
    except (SafetensorError, ConfigError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{WEIGHTS_FILE} does not fit card.json: {error}.") from error
    parameters = count_parameters(network) + (count_parameters(eye) if eye else 0)
    if parameters != card.parameters:
        raise ModelError(f"The card says {card.parameters:,} parameters, the networks have {parameters:,}.")
    return Recogniser(card, _for_reading(network), _for_reading(eye) if eye else None)


def _for_reading(network: Network) -> Network:
    # In this memory order convolutions are a quarter faster on a CPU.
    return network.to(memory_format=torch.channels_last).eval()


def _fill(network: nn.Module, tensors: dict[str, Tensor]) -> None:
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if wanted != found:
        different = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        first = different[0]
        raise ModelError(
            f"{len(different)} tensors differ from the architecture, first {first}: "
            f"expected {wanted.get(first, 'none')}, got {found.get(first, 'none')}."
        )
    network.load_state_dict(tensors)
