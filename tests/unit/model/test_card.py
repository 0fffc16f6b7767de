import json
from typing import Any

import pytest

from core.errors import ConfigError, ModelError
from core.model.card import check_name, from_json, to_json
from core.settings import Settings
from tests.support.models import SCORE, make_model


def values(settings: Settings) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(to_json(make_model(settings)))
    return result


def test_a_card_comes_back_as_it_was(settings: Settings) -> None:
    card = make_model(settings)
    assert from_json(to_json(card)) == card
    assert card.score("mnist") == SCORE
    assert card.score("moon") is None


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("version", 99, "version 99"),
        ("temperature", 0.0, "'temperature' is out of range"),
        ("temperature", "hot", "'temperature' must be float"),
        ("threshold", 1.2, "'threshold' is out of range"),
        ("mean", float("nan"), "'mean' must be float"),
        ("parameters", True, "'parameters' must be int"),
        ("charset", "runes", "no charset 'runes'"),
        ("name", "../x", "A model's name is"),
        ("created", "yesterday", "Invalid isoformat"),
        ("scores", {}, "'scores' must be a list"),
        ("scores", [{"dataset": "mnist"}], "scores lacks 'title'"),
        ("sources", ["mnist"], "must be an object"),
    ],
)
def test_a_bad_value_is_named(settings: Settings, key: str, value: object, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        from_json(json.dumps(values(settings) | {key: value}))


ADDED_IN_VERSION_2 = ("knows_outliers", "rejection_threshold", "blend", "forms", "eye_forms")


def test_a_card_of_the_first_version_still_opens(settings: Settings) -> None:
    old = {key: value for key, value in values(settings).items() if key not in ADDED_IN_VERSION_2} | {"version": 1}
    card = from_json(json.dumps(old))
    assert not card.knows_outliers
    assert card.rejection_threshold == 1
    assert card.blend == {}


def test_every_missing_value_is_named(settings: Settings) -> None:
    whole = values(settings)
    for key in whole.keys() - {"version", *ADDED_IN_VERSION_2}:
        with pytest.raises(ModelError, match=key):
            from_json(json.dumps({other: value for other, value in whole.items() if other != key}))


def test_an_impossible_score_is_refused(settings: Settings) -> None:
    whole = values(settings)
    whole["scores"][0]["accuracy"] = 1.5
    with pytest.raises(ModelError, match="share outside 0 to 1"):
        from_json(json.dumps(whole))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"card"'])
def test_what_is_no_card_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match=r"card\.json"):
        from_json(text)


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden", "CON", "x" * 65, "a b"])
def test_names_that_are_no_folders_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="A model's name is"):
        check_name(name)
