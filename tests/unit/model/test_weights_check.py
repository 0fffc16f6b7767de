"""Damaged model folders: each kind is listed with its reason, without torch, and the others go on working."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from core.model.library import list_models, load, problem_at_load
from core.settings import PROJECT_ROOT, Settings
from tests.support.models import make_model

Damage = Callable[[Path], object]


def weights(folder: Path) -> Path:
    return folder / "model.safetensors"


def write_weights(folder: Path, data: bytes) -> None:
    """Change the weights and let the card describe the changed file, so that its hash does not give it away."""
    weights(folder).write_bytes(data)
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def change_card(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | changes), encoding="utf-8")


def change_header(folder: Path, change: Callable[[dict[str, dict[str, object]]], object]) -> None:
    data = weights(folder).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    write_weights(folder, len(text).to_bytes(8, "little") + text + data[8 + length :])


def flip_last_byte(folder: Path) -> None:
    data = weights(folder).read_bytes()
    weights(folder).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def drop_a_tensor(header: dict[str, dict[str, object]]) -> None:
    header.pop(next(name for name in header if name.endswith("bias")))


def stretch_a_tensor(header: dict[str, dict[str, object]]) -> None:
    tensor = next(tensor for name, tensor in header.items() if name.endswith("weight"))
    tensor["shape"] = [3, 5, 7]


def put_a_folder_for_the_card(folder: Path) -> None:
    (folder / "card.json").unlink()
    (folder / "card.json").mkdir()


DAMAGES: dict[str, tuple[Damage, str]] = {
    "no card": (lambda folder: (folder / "card.json").unlink(), "card.json is missing"),
    "card is a folder": (put_a_folder_for_the_card, "card.json cannot be read"),
    "card cut off": (lambda folder: os.truncate(folder / "card.json", 100), "card.json is not JSON"),
    "card not text": (lambda folder: (folder / "card.json").write_bytes(b"\xff\xfe\x00"), "card.json cannot be read"),
    "card of another version": (lambda folder: change_card(folder, version=99), "version 99; this program reads"),
    "card without a version": (lambda folder: (folder / "card.json").write_text("{}"), "version None"),
    "no weights": (lambda folder: weights(folder).unlink(), "model.safetensors is missing"),
    "empty weights": (lambda folder: os.truncate(weights(folder), 0), "model.safetensors is empty"),
    "weights cut off": (
        lambda folder: os.truncate(weights(folder), 100_000),
        "damaged: it has 100,000 bytes",
    ),
    "weights cut off in the header": (
        lambda folder: os.truncate(weights(folder), 50),
        "damaged: it has 50 bytes",
    ),
    "weights cut off in the length": (lambda folder: os.truncate(weights(folder), 5), "cut off"),
    "weights changed": (flip_last_byte, "its hash differs"),
    "weights of another kind": (lambda folder: weights(folder).write_bytes(b"PK\x03\x04" * 99), "header"),
    "header is no object": (
        lambda folder: write_weights(folder, (2).to_bytes(8, "little") + b"[]"),
        "invalid JSON in header",
    ),
    "a tensor less": (lambda folder: change_header(folder, drop_a_tensor), "cannot be read as safetensors"),
    "numbers of a type that no network has": (
        lambda folder: write_weights(folder, safetensors.numpy.save({"weight": np.zeros(4, np.uint8)})),
        "holds numbers of the type U8",
    ),
    "a wrong shape": (lambda folder: change_header(folder, stretch_a_tensor), "cannot be read as safetensors"),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_model_is_listed_with_the_reason(settings: Settings, kind: str) -> None:
    damage, reason = DAMAGES[kind]
    make_model(settings, "bad")
    make_model(settings, "good")
    assert [entry.problem for entry in list_models(settings)] == [None, None]
    damage(settings.models_dir / "bad")
    bad, good = list_models(settings)
    assert bad.card is None
    assert reason in str(bad.problem)
    assert good.problem is None
    assert load("good", settings).card == good.card


def test_a_mended_model_is_no_longer_listed(settings: Settings) -> None:
    make_model(settings, "bad")
    whole = weights(settings.models_dir / "bad").read_bytes()
    os.truncate(weights(settings.models_dir / "bad"), 1000)
    assert list_models(settings)[0].problem
    weights(settings.models_dir / "bad").write_bytes(whole)
    assert list_models(settings)[0].problem is None


def test_the_shipped_model_is_whole(settings: Settings) -> None:
    shutil.copytree(PROJECT_ROOT / "models" / "digits", settings.models_dir / "digits")
    assert [entry.problem for entry in list_models(settings)] == [None]


def test_shapes_that_fit_no_network_show_at_load(settings: Settings) -> None:
    make_model(settings, "good")
    make_model(settings, "bad")
    change_card(settings.models_dir / "bad", architecture="classic")  # a network of other shapes
    assert [entry.problem for entry in list_models(settings)] == [None, None]
    assert "tensors differ from the architecture" in str(problem_at_load("bad", settings))
    assert problem_at_load("good", settings) is None


def test_an_argument_that_no_network_takes_shows_at_load(settings: Settings) -> None:
    make_model(settings, "bad")
    change_card(settings.models_dir / "bad", architecture_arguments={"dropout": 7.0})
    assert "does not fit card.json" in str(problem_at_load("bad", settings))
