"""Writing and reading a model's folder. Weights are safetensors: nothing that comes from outside is ever unpickled."""

import copy
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from core.errors import ConfigError, ModelError
from core.model.architectures import build, rename_weights
from core.model.card import CARD_FILE, Card, check_name, read_card, to_json
from core.model.inference import Recogniser
from core.model.networks import Eye
from core.model.numbers_card import NumbersCard, reads_numbers
from core.model.records import HISTORY_FILE, StoredAnswers, write_evaluations
from core.model.weights_check import WEIGHTS_FILE, read_weights

if TYPE_CHECKING:
    import pandas as pd

Network = TypeVar("Network", bound=nn.Module)
_EYE = "eye."  # before the names of an eye's weights, which lie in the same file


def round_to_half(network: Network) -> Network:
    """A copy of a network with its weights rounded to half precision, as its file will hold them.

    A trained network is rounded before it is calibrated and scored, so that its figures are those of the model that is
    read back.
    """
    return copy.deepcopy(network).half().float()


def pack_weights(network: nn.Module, eye: Eye | None = None) -> bytes:
    """The weights as the bytes of a safetensors file: in half precision, contiguous and sorted by name."""
    networks = {"": network, **({_EYE: eye} if eye else {})}
    tensors = {
        f"{prefix}{name}": tensor.contiguous()
        for prefix, trained in networks.items()
        for name, tensor in copy.deepcopy(trained).cpu().half().state_dict().items()
    }
    return safetensors.torch.save(tensors)


def check_library(models_dir: Path) -> None:
    """Raise ModelError where no model can be written: a long training should not find that out at its end."""
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=models_dir):
            pass
    except OSError as error:
        raise ModelError(
            f"No model can be written to {models_dir}: {error.strerror or error}. Mend that, or name another folder in "
            "DIGITS_MODELS_DIR."
        ) from error


def check_free(folder: Path, numbers: bool = False) -> None:
    """Raise ConfigError where a model may not be written into a folder: only one of the same kind is replaced."""
    there = reads_numbers(folder)
    if not folder.exists() or there == numbers:
        return
    if there is None:
        raise ConfigError(
            f"{folder} is there already, without a {CARD_FILE} that can be read. Delete that folder, or choose another "
            "name."
        )
    if numbers:
        raise ConfigError(f"There is a model {folder.name!r} that is no reader of numbers. Choose another name.")
    raise ConfigError(f"There is a reader of numbers {folder.name!r}. Choose another name for the model.")


def write_model(
    folder: Path,
    weights: bytes,
    card: Card,
    evaluations: Sequence[StoredAnswers],
    history: "Sequence[Mapping[str, Any]] | pd.DataFrame",
) -> None:
    """Write a whole model folder, replacing one that exists.

    It is written beside its final path and renamed, so that a crash leaves either the old one or the new one.
    ConfigError where the folder's name cannot be a model's or is that of a reader of numbers, ModelError where it could
    not be written.
    """
    import pandas as pd

    with replacing(folder) as fresh:
        (fresh / WEIGHTS_FILE).write_bytes(weights)
        (fresh / CARD_FILE).write_text(to_json(card), encoding="utf-8")
        write_evaluations(fresh, evaluations)
        pd.DataFrame(history).to_csv(fresh / HISTORY_FILE, index=False, float_format="%.6g")


@contextmanager
def replacing(folder: Path, numbers: bool = False) -> Iterator[Path]:
    """A new folder to write a model into, or a reader of numbers, which takes the place of `folder` in the end.

    ConfigError as by `check_free`, ModelError where something could not be written.
    """
    check_name(folder.name)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        recover(folder)
        check_free(folder, numbers)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
            fresh, old = Path(scratch) / "new", Path(scratch) / "old"
            fresh.mkdir()
            yield fresh
            _swap(fresh, folder, old)
    except OSError as error:
        raise ModelError(f"The model could not be written to {folder}: {error}.") from error


def _swap(fresh: Path, folder: Path, old: Path) -> None:
    """Move `folder` to `old` and `fresh` to `folder`: a folder cannot be replaced in one step."""
    if folder.exists():
        folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise


def recover(folder: Path) -> None:
    """Clean up after a crash inside `write_model`, and restore the old model where the new one was not in place."""
    # The folders of `my-model` are none of the model `my`.
    leftover = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}")
    for scratch in [path for path in folder.parent.iterdir() if leftover.fullmatch(path.name)]:
        if not folder.exists() and (scratch / "old").is_dir():
            (scratch / "old").rename(folder)
        shutil.rmtree(scratch, ignore_errors=True)


def read_model(folder: Path) -> Recogniser:
    """Read a model's folder; ModelError where a file is missing or damaged, or the weights do not fit the card."""
    card = read_card(folder)
    tensors = read_tensors(folder, card)
    of_eye = {name.removeprefix(_EYE): tensors.pop(name) for name in list(tensors) if name.startswith(_EYE)}
    try:
        network = build(card.architecture, card.outputs, **card.architecture_arguments)
        eye = Eye(card.eye_outputs) if card.blend else None
        fill(network, rename_weights(network, tensors))
        if eye:
            fill(eye, of_eye)
    except (ConfigError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{WEIGHTS_FILE} does not fit {CARD_FILE}: {error}.") from error
    return Recogniser(card, for_reading(network), for_reading(eye) if eye else None)


def read_tensors(folder: Path, card: Card | NumbersCard) -> dict[str, Tensor]:
    """The weights of a model or reader of numbers; ModelError where they are missing, damaged, or others."""
    data = read_weights(folder / WEIGHTS_FILE, card)
    try:
        return safetensors.torch.load(data)
    except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise ModelError(f"{WEIGHTS_FILE} holds numbers of a type that cannot be read: {error}.") from error


def for_reading(network: Network) -> Network:
    # In this memory order convolutions are a quarter faster on a CPU.
    return network.to(memory_format=torch.channels_last).eval()


def fill(network: nn.Module, tensors: dict[str, Tensor]) -> None:
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if different := sorted(name for name in expected.keys() | shapes.keys() if expected.get(name) != shapes.get(name)):
        first = different[0]
        raise ModelError(
            f"{len(different)} tensors differ from the architecture, first {first}: "
            f"expected {expected.get(first, 'none')}, got {shapes.get(first, 'none')}."
        )
    network.load_state_dict(tensors)
