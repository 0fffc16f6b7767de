"""Readers of numbers in the library."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.errors import ConfigError, ModelError, ModelMissing
from core.model.library import list_models
from core.model.numbers import NumberVerdict
from core.model.numbers_library import list_numbers, load_numbers
from core.settings import Settings
from tests.support.models import make_model
from tests.support.numbers import make_numbers

PAPER = np.full((40, 120), 220, np.uint8)


def test_a_reader_is_written_and_read(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    (answer,) = load_numbers(settings).read([PAPER])
    assert answer.text == "7"
    assert list_numbers(settings) == ["numbers"]


def test_one_that_reads_nothing_says_blank(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    answers = load_numbers(settings).read([PAPER, PAPER[:, :7], PAPER[:5]])
    assert [answer.verdict for answer in answers] == [NumberVerdict.BLANK] * 3


def test_readers_of_numbers_are_no_models_of_characters(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings)
    assert [entry.name for entry in list_models(settings)] == ["tiny"]


def test_without_one_the_message_says_so(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match="There are none in"):
        load_numbers(settings)
    make_numbers(settings)
    with pytest.raises(ModelMissing, match=r"no reader of numbers 'other'\. There are: numbers"):
        load_numbers(settings, "other")
    with pytest.raises(ModelMissing, match="There is no model 'digits'"):  # the second opinion
        load_numbers(settings)


def card_with(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: values | changes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (card_with(alphabet="0123"), "this program reads the signs"),
        (card_with(name="other"), "is that of the model 'other'"),
        (card_with(temperature=0), "temperature"),
        (card_with(weights_sha256="0" * 64), "its hash differs"),
        (card_with(network="other"), r"card\.json: There is no network 'other' for lines"),
        (card_with(network="eye"), "tensors differ from the architecture"),
        (lambda values: {key: value for key, value in values.items() if key != "scores"}, "'scores' is missing"),
    ],
)
def test_a_damaged_reader_says_what_is_wrong(
    settings: Settings, change: Callable[[dict[str, Any]], dict[str, Any]], words: str
) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    path = settings.models_dir / "numbers" / "card.json"
    path.write_text(json.dumps(change(json.loads(path.read_text("utf-8")))), "utf-8")
    with pytest.raises(ModelError, match=words):
        load_numbers(settings)


def test_a_card_of_the_time_when_there_was_one_network_opens(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny", says="7")
    path = settings.models_dir / "numbers" / "card.json"
    values = json.loads(path.read_text("utf-8"))
    assert values.pop("network") == "plain"
    path.write_text(json.dumps(values), "utf-8")
    assert load_numbers(settings).read([PAPER])[0].text == "7"


def test_weights_that_are_cut_off_are_refused(settings: Settings) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    path = settings.models_dir / "numbers" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cut off or damaged"):
        load_numbers(settings)


@pytest.mark.parametrize("content", ['{"reads": "numb', "[]", ""])
def test_where_no_card_tells_of_which_kind_a_model_is_none_takes_its_place(settings: Settings, content: str) -> None:
    make_model(settings)
    make_numbers(settings, second="tiny")
    (settings.models_dir / "numbers" / "card.json").write_text(content, "utf-8")
    for make in (make_model, make_numbers):
        with pytest.raises(
            ConfigError,
            match=r"numbers is there already, without a card\.json that can be read\. Delete that folder, or choose",
        ):
            make(settings, "numbers")


def test_models_of_the_other_kind_are_not_overwritten(settings: Settings) -> None:
    make_model(settings)
    with pytest.raises(ConfigError, match="There is a model 'tiny' that is no reader of numbers"):
        make_numbers(settings, "tiny")
    make_numbers(settings, second="tiny")
    with pytest.raises(ConfigError, match="There is a reader of numbers 'numbers'"):
        make_model(settings, "numbers")
    assert [entry.name for entry in list_models(settings)] == ["tiny"]
    assert list_numbers(settings) == ["numbers"]
    make_numbers(settings, second="tiny", says="7")
    assert load_numbers(settings).read([PAPER])[0].text == "7", "one of its own kind is replaced"
